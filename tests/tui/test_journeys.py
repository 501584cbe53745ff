"""The registry of journeys is whole: every package is in it, and every key that leads into one."""

import pkgutil

import tui
from cotlab.domain.actions import Place, actions_of
from tui.app.screens.queue import ENTRANCES
from tui.journeys import JOURNEYS

NO_JOURNEYS = {"app", "widgets", "mathematics"}
PLACES: tuple[Place, ...] = ("queue", "board")


def test_each_package_of_a_journey_is_registered() -> None:
    packages = {module.name for module in pkgutil.iter_modules(tui.__path__) if module.ispkg}
    assert [journey.name for journey in JOURNEYS] == list(dict.fromkeys(journey.name for journey in JOURNEYS))
    assert {journey.name for journey in JOURNEYS} == packages - NO_JOURNEYS


def test_each_action_of_the_queue_that_is_not_its_own_leads_into_one_journey() -> None:
    leading = [one.name for journey in JOURNEYS for one in journey.entrances]
    leading += [one.name for journey in JOURNEYS for one in journey.commands]
    assert len(leading) == len(set(leading))
    assert set(ENTRANCES) <= set(leading)


def test_each_entrance_is_on_a_key_of_the_queue_or_the_board() -> None:
    keys = {action.name for place in PLACES for action in actions_of(place)}
    assert {one.name for journey in JOURNEYS for one in journey.entrances} <= keys
