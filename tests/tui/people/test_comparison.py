"""How people compare pairs, and generators by rank, on a lead's screens; and an alarm of position, decided there."""

from typing import Any

import pytest

from cotlab.domain.agreement.coefficients import Interval
from cotlab.domain.reports.pairs import (
    Comparing,
    ComparingReport,
    Consistency,
    CriterionWork,
    PairShare,
    PositionAlarm,
    PositionTest,
    RankedBy,
    RankedGenerator,
    Ranking,
    RankingReport,
)
from cotlab.domain.reports.people import Alarm, AlarmKind
from cotlab.domain.traces.pairs import STRENGTH
from tests.tui.conftest import Desktop, running
from tests.tui.fakes.calibration import HERE, lead
from tests.tui.fakes.lead import AT, dump
from tests.tui.fakes.server import FakeServer
from tests.tui.people.test_accuracy import open_from_board
from tui.app.settings import Settings
from tui.people.comparison import NONE

SIZES = [(60, 16), (80, 24), (160, 50)]


def share(hits: int, of: int, chance: float | None = None) -> PairShare:
    if not of:
        return PairShare(reason="no choice", interval_reason="no choice", hits=0, of=0, pairs=0)
    value = hits / of
    ends = Interval(low=max(0.0, value - 0.06), high=min(1.0, value + 0.06))
    return PairShare(value=value, interval=ends, hits=hits, of=of, pairs=of, chance=chance)


def comparing(person: str | None, left: int, of: int, position: PositionTest | None = None) -> Comparing:
    return Comparing(
        person=person, choices=of + 20, first_position=share(left, of, 0.0004 if left * 2 > of + 10 else 0.4),
        position=position, consistency=Consistency(same=share(11, 27), same_side=12, tie_changed=3),
        longer=share(of // 2, of), ties=share(16, of + 16), both_bad=share(4, of + 20), cannot_judge=share(0, of + 20),
        strengths={choice: 7 for choice in STRENGTH}, contradictions=share(3, of),
        criteria=(CriterionWork(criterion="clarity [c]", choices=of, first_position=share(left, of),
                                ties=share(1, of), as_overall=share(of - 9, of)),),
    )  # fmt: skip


BIASED = PositionTest(choices=158, left=97, evidence=21.5, alarm_at=20, alarm=PositionAlarm(found=157, left=97))
CALM = PositionTest(choices=263, left=134, evidence=0.1, alarm_at=20)
REPORT = ComparingReport(
    as_of=900, everybody=comparing(None, 565, 1_085),
    people=(comparing("ann", 134, 263, CALM), comparing("bob [b]", 162, 269, BIASED)),
)  # fmt: skip
ALARM = Alarm(
    id="x1", kind=AlarmKind.POSITION, person="bob [b]", domain=None, raised_at=AT, since=AT, position=BIASED,
    sentence="The left response was chosen in 97 of 158 decided pairs (61%), though sides are drawn by lot.",
)  # fmt: skip


def ranking(query: dict[str, list[str]]) -> Any:
    by = RankedBy(query["by"][0])
    if by is RankedBy.SETTLED:
        none = Ranking(reason="nothing compares amber with beryl", comparisons=3, clusters=3)
        return dump(RankingReport(by=by, as_of=900, ranking=none, left_out={"not settled": 8}))
    ranked = tuple(
        RankedGenerator(generator=name, strength=strength, wins=30, ties=2, losses=10,
                        interval=Interval(low=strength - 0.2, high=strength + 0.2))
        for name, strength in (("amber [a]", 0.87), ("beryl", -0.87))
    )  # fmt: skip
    found = Ranking(
        generators=ranked, position=0.08, position_interval=Interval(low=-0.05, high=0.2), comparisons=84, clusters=60
    )
    return dump(RankingReport(by=by, as_of=900, ranking=found, left_out={"both bad": 4}))


def served(server: FakeServer, report: ComparingReport = REPORT) -> FakeServer:
    lead(server).entry |= {"position_alarms": 1}
    server.replies |= {
        ("GET", f"{HERE}/reports/comparing"): dump(report),
        ("GET", f"{HERE}/reports/ranking"): ranking,
        ("GET", f"{HERE}/reports/alarms"): [dump(ALARM)],
        ("POST", f"{HERE}/alarms/x1/decision"): {"receipt": "0" * 64},
    }
    return server


@pytest.mark.parametrize("size", SIZES)
async def test_everybody_and_each_person(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    async with running(served(server), settings, size) as ui:
        await open_from_board(ui, "H", "ComparingScreen")
        assert "2 people · left chosen · 1 alarm" in ui.text()
        assert "▸ everybody  0.52" in ui.text() or size[1] < 24
        assert "0.52 (0.46-0.58) of 1,085, by chance under 0.001" in ui.words()
        await ui.press("j", "j")
        await ui.until(lambda: "0.60 (0.54-0.66) of 269" in ui.words())
        assert "bob [b]" in ui.text() and "! alarm" in ui.text(), ui.text()
        assert "21.5, an alarm at 20, which is an alarm" in ui.words()
        await until_read(ui, "12 times the same side, 3 times a tie once")
        await until_read(ui, "clarity [c]")
        await ui.press("escape")
        await ui.until(lambda: ui.shows("BoardScreen"))


async def until_read(ui: Desktop, words: str) -> None:
    """Page on until the words are there."""
    for _ in range(12):
        if words in ui.words():
            return
        await ui.press("pagedown")
    await ui.until(lambda: words in ui.words())


async def test_nobody_has_compared_anything(server: FakeServer, settings: Settings) -> None:
    nothing = REPORT.model_copy(update={"everybody": comparing(None, 0, 0), "people": ()})
    async with running(served(server, nothing), settings) as ui:
        await open_from_board(ui, "H", "ComparingScreen")
        assert NONE in ui.text() and "0 people" in ui.text()


@pytest.mark.parametrize("size", SIZES)
async def test_generators_by_choices_and_by_what_is_settled(
    server: FakeServer, settings: Settings, size: tuple[int, int]
) -> None:
    async with running(served(server), settings, size) as ui:
        await open_from_board(ui, "H", "ComparingScreen")
        await ui.press("tab")
        await ui.until(lambda: ui.shows("RankingScreen") and "amber [a]" in ui.text())
        assert "2 generators · 84 comparisons on 60 problems" in ui.text()
        assert "+0.87 (+0.67 to +1.07)" in ui.text() and "30 won, 2 tied, 10 lost" in ui.words()
        await until_read(ui, "The left position is worth +0.08 (-0.05 to +0.20).")
        await until_read(ui, "left out: 4 both bad")
        await ui.press("tab")
        await ui.until(lambda: "There is no order: nothing compares amber with beryl." in ui.words())
        assert "left out: 8 not settled" in ui.words() and "amber [a]" not in ui.text()


async def test_an_alarm_of_position_is_decided(server: FakeServer, settings: Settings) -> None:
    async with running(served(server), settings) as ui:
        await ui.until(lambda: "1 alarm of position (B, then T)" in ui.words())
        await ui.press("B")
        await ui.until(lambda: ui.shows("BoardScreen") and "1 of position (T)" in ui.text())
        await ui.press("T")
        await ui.until(lambda: ui.shows("AlarmsScreen") and ui.status == "")
        assert "! open     position  bob [b]" in ui.text()
        assert "2 confirmed: a side was chosen, and not a response" in ui.words()
        await ui.press("2")
        await ui.until(lambda: ui.shows("SayingWhyScreen"))
        await ui.type("clicked through")
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.status == "bob [b]: confirmed")
    asked = [body for path, _, body in server.heard if path == f"{HERE}/alarms/x1/decision"]
    assert asked == [{"decision": "confirmed", "reason": "clicked through"}]
