"""Leases of a worker that drafts: renewed in time and no oftener, and lost once they are another's or ended."""

import re
import threading
import time
from collections.abc import Callable, Collection

import pytest

from cotlab.domain.errors import Unavailable
from cotlab.services.drafts import leases
from cotlab.services.drafts.leases import Lease, Tending
from tests.services.drafts.drafted import add_model, ask, status, take
from tests.services.drafts.test_draft_calls import Counted, at_work, build, until, worker
from tests.services.drafts.test_draft_calls import world as one_world
from tests.world import World

__all__ = ["build"]

world = one_world
LONG = 3600.0


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "LOOK", 0.01)


def lease(name: str) -> Lease:
    return Lease(name, threading.Event())


class Asked:
    """What is asked about leases, and the answer: all but those that were taken away."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.ids: list[set[str]] = []
        self.gone: set[str] = set()
        self.fault = fault

    def __call__(self, ids: Collection[str]) -> set[str]:
        self.ids.append(set(ids))
        if self.fault is not None:
            raise self.fault
        return set(ids) - self.gone


def test_leases_are_looked_at_all_the_time_and_renewed_when_it_is_due() -> None:
    said: list[str] = []
    asked: set[frozenset[str]] = set()

    def says(sign: str) -> Callable[[Collection[str]], set[str]]:
        def ask(ids: Collection[str]) -> set[str]:
            said.append(sign)
            asked.add(frozenset(ids))
            return set(ids)

        return ask

    with Tending(says("l"), says("r"), LONG) as tending:
        tending.add(lease("a"))
        until(lambda: len(said) > 20)
    assert set(said) == {"l"}
    said.clear()
    with Tending(says("l"), says("r"), 0.1) as tending:
        tending.add(lease("a"))
        tending.add(lease("b"))
        until(lambda: "rllr" in re.sub("ll+", "ll", "".join(said)))
    assert frozenset("ab") in asked


@pytest.mark.parametrize("by", ["a look", "a renewal"])
def test_one_that_is_not_kept_is_lost_and_not_asked_about_again(by: str) -> None:
    held, renewed = Asked(), Asked()
    (held if by == "a look" else renewed).gone = {"a"}
    gone, stays = lease("a"), lease("b")
    with Tending(held, renewed, LONG if by == "a look" else 0.02) as tending:
        tending.add(gone)
        tending.add(stays)
        until(gone.lost.is_set)
        asked = len(held.ids)
        until(lambda: len(held.ids) > asked + 2)
        assert held.ids[-1] == {"b"} and gone.signal.is_set()
        tending.discard("b")
        held.gone = {"b"}
    assert not stays.lost.is_set() and not stays.signal.is_set()


def test_a_database_that_is_away_loses_none_and_is_asked_again() -> None:
    held, renewed = Asked(), Asked(Unavailable())
    kept = lease("a")
    with Tending(held, renewed, 0.02) as tending:
        tending.add(kept)
        until(lambda: len(renewed.ids) > 2)
        renewed.fault, seen = None, len(renewed.ids)
        until(lambda: len(renewed.ids) > seen + 1)
    assert not kept.lost.is_set()


def test_nothing_is_asked_once_it_is_over() -> None:
    held = Asked()
    with Tending(held, Asked(), LONG) as tending:
        tending.add(lease("a"))
        until(lambda: len(held.ids) > 1)
    assert not tending._thread.is_alive()


def expires(world: World) -> list[int]:
    return [row["expires_at"] for row in world.rows("SELECT expires_at FROM draft_leases")]


def test_a_draft_that_takes_longer_than_its_lease_is_nobody_elses(world: World) -> None:
    add_model(world)
    first, second = ask(world, number=1), ask(world, number=1, seed=2)
    driver = Counted()
    hand = worker(world, 2, driver)
    hand.lease = 0.3

    with at_work(hand):
        until(lambda: driver.now == 2)
        for _ in range(2):
            later = world.clock.advance(seconds=5)
            until(lambda: expires(world) == [later + 300_000] * 2)  # noqa: B023
            assert take(world, "another") is None
        driver.open.set()
    assert [status(world, one.id).made for one in (first, second)] == [1, 1]


def test_a_worker_goes_on_once_with_what_it_takes_again_after_its_lease_ran_out(world: World) -> None:
    add_model(world)
    made, driver = ask(world, number=1), Counted()
    with at_work(worker(world, 2, driver)):
        until(lambda: driver.now == 1)
        later = world.clock.advance(seconds=31)
        until(lambda: expires(world) == [later + 30_000_000])
        time.sleep(0.2)
        driver.open.set()
    assert status(world, made.id).made == 1 and len(driver.asked) == 1
