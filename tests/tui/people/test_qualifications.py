"""A lead's board: people by domains, what can be decided about them, rechecks, and the team's gate."""

from typing import Any

import pytest

from cotlab.domain.calibration.qualification import CalibrationState, Standing
from cotlab.domain.calibration.results import LabelScore
from cotlab.domain.guidelines.schema import Schema
from tests.tui.conftest import Desktop, running
from tests.tui.fakes.calibration import ANN, BOARD, HERE, TEAM, agreement, attempt, gate_result, lead, standing
from tests.tui.fakes.lead import dump
from tests.tui.fakes.server import FakeServer, Refusal
from tui.app.screens.editor import Editor
from tui.app.settings import Settings
from tui.people.qualification_rows import Columns, Row, in_order, searched
from tui.widgets.qualification import standing_lines

SIZES = [(60, 16), (80, 24), (160, 50)]
ROWS: list[Row] = [TEAM, *BOARD.standings]


def names(rows: list[Standing]) -> list[str]:
    return [f"{row.person} {row.domain}" for row in rows]


ORDERED = [
    ("alarms first", ["ann law", "ann everyday", "bob everyday", "bob law"]),
    ("by person", ["ann everyday", "ann law", "bob everyday", "bob law"]),
    ("by domain", ["ann everyday", "bob everyday", "ann law", "bob law"]),
    ("lowest first", ["bob everyday", "ann law", "ann everyday", "bob law"]),
]


@pytest.mark.parametrize(("order", "expected"), ORDERED)
def test_orders(order: str, expected: list[str]) -> None:
    assert names(in_order(list(BOARD.standings), order)) == expected


@pytest.mark.parametrize("width", [58, 78, 158])
def test_rows_fit_with_all_of_a_person(width: int) -> None:
    columns = Columns.of(ROWS, width)
    lines = [columns.line(row) for row in ROWS]
    assert all(line.cell_length <= width for line in lines[1:]), "a team's sentence is cut by the list"
    plain = columns.line(ANN).plain
    assert plain.startswith("ann") and "■ suspended" in plain and "240  0.91" in plain and plain.endswith("! drift")
    assert ("├" in plain) == (width > 60), "the interval is drawn where there is room for it"


def test_a_long_name_is_cut() -> None:
    line = Columns.of([standing("new", "d" * 80, person="p" * 80)], 78).line(standing("new", "d" * 80, person="p" * 80))
    assert line.plain.startswith("pppppppppppp…  dddddddddddd…  · new")


def test_a_field_of_pairs_is_read_in_full_where_there_is_room() -> None:
    row = standing("qualified", "pairs: mathematics", person="ann", attempts=ANN.attempts)
    line = Columns.of([row], 78).line(row).plain
    assert "pairs: mathematics  ✓" in line and "├" in line


def test_pairs_are_called_pairs_and_read_by_their_choices() -> None:
    beside = (
        agreement(0.6, coefficient="cohen-kappa", slice={"question": "clarity"}),
        agreement(0.7, coefficient="alpha-ordinal", slice={"question": "overall"}),
    )
    judged = gate_result(True, 0.91).model_copy(update={
        "beside": beside, "labels": (LabelScore(label="first", gold=7, given=6, right=6, recall=0.86, precision=1.0),),
    })  # fmt: skip
    one = ANN.model_copy(update={"domain": "pairs: law", "attempts": (attempt(1, 40, judged),)})
    text = "\n".join(line.plain for line in standing_lines(one, Schema(), 79))
    for words in ("97 of 130 pairs right", "Calibration showed 0.93 on 240 pairs", "alarm at pair 130",
                  "attempt 1  40 of 40 pairs", "found of the gold pairs of each choice", "← first",
                  "  clarity  cohen-kappa    0.60  0.52 to 0.66", "  overall  alpha-ordinal  0.70"):  # fmt: skip
        assert words in text, words
    assert "beside it" not in "\n".join(line.plain for line in standing_lines(ANN, Schema(), 79))
    fresh = standing("new", "pairs: law", person="ann")
    assert "at least 240 counted pairs" in "\n".join(line.plain for line in standing_lines(fresh, Schema(), 79))


@pytest.mark.parametrize(
    ("words", "row"), [("ann law", ANN), ("suspended", ANN), ("drift", ANN), ("team everyday closed", TEAM)]
)
def test_what_a_row_is_found_by(words: str, row: Row) -> None:
    assert all(word in searched(row) for word in words.split())


async def open_board(ui: Desktop) -> None:
    await ui.until(lambda: "algebra-pilot" in ui.text())
    await ui.press("B")
    await ui.until(lambda: ui.shows("BoardScreen") and "! drift" in ui.text())


@pytest.mark.parametrize("size", SIZES)
async def test_the_board(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    async with running(lead(server), settings, size) as ui:
        await ui.until(lambda: "2 alarms of drift (B)" in ui.text())
        await open_board(ui)
        assert "5 · alarms first · 2 people · 1 alarm" in ui.text()
        assert "▸ the team  everyday  ■ closed" in ui.text() and "○ redundant   0.50" in ui.text()
        await ui.press("j")
        await ui.pilot.pause()
        assert "▸ ann       law" in ui.text() and "The sentence of law." in ui.text()
        assert "97 of 130 steps right (0.75)" in ui.text()
        await ui.press("s")
        assert "by person" in ui.text()
        await ui.press("/")
        await ui.type("bob law")
        await ui.until(lambda: "1 of 5 match “bob law” · by person" in ui.text())
        await ui.press("enter")
        await ui.until(lambda: "▸ bob" in ui.text() and "attempt 1" in ui.text() and "18/40" in ui.text())
        await ui.press("escape")
        await ui.until(lambda: ui.shows("QueueScreen"))


async def open_ann(ui: Desktop) -> None:
    await open_board(ui)
    await ui.press("j", "enter")
    await ui.until(lambda: ui.shows("GateScreen"))


DECISIONS = [
    ("1", "qualify", "qualify", "ann: qualified"),
    ("2", "suspend", "suspend", "ann: suspended"),
    ("3", "overrule the alarm", "overrule_alarm", "ann: overruled"),
    ("4", "another attempt", "another_attempt", "ann: one more attempt is open"),
]


@pytest.mark.parametrize(("key", "title", "kind", "said"), DECISIONS)
async def test_a_decision(server: FakeServer, settings: Settings, key: str, title: str, kind: str, said: str) -> None:
    async with running(lead(server), settings) as ui:
        await open_ann(ui)
        assert "alarm at step 130: of the 50 steps from step 81 on, 27 are right" in ui.words()
        await ui.press(key)
        await ui.until(lambda: ui.shows("SayingWhyScreen"))
        assert f"{title} · ann in law" in ui.text()
        await ui.press("ctrl+s")
        assert ui.status == "say in a few words why"
        await ui.type("seen it")
        await ui.press("escape")
        await ui.until(lambda: ui.shows("GateScreen"))
        await ui.press(key)
        await ui.until(lambda: "seen it" in ui.text())
        now = ANN.model_copy(update={"state": CalibrationState.QUALIFIED, "drift": None, "sentence": "So it is now."})
        server.replies["GET", f"{HERE}/calibration"] = dump(
            BOARD.model_copy(update={"standings": (*BOARD.standings[:3], now)})
        )
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.status == said)
        assert "So it is now." in ui.text() and "alarm at step" not in ui.text()
        await ui.press(key)
        await ui.until(lambda: ui.shows("SayingWhyScreen"))
        assert "seen it" not in ui.text(), "what was sent is no draft any more"
        await ui.press("escape", "escape")
        await ui.until(lambda: ui.shows("BoardScreen") and "no alarm" in ui.text())
    asked = [body for path, _, body in server.heard if path == f"{HERE}/calibration/decisions"]
    assert asked == [{"domain": "law", "kind": kind, "person": "ann", "reason": "seen it"}]


async def test_a_refused_decision_keeps_its_reason(server: FakeServer, settings: Settings) -> None:
    lead(server).replies["POST", f"{HERE}/calibration/decisions"] = Refusal(409, "conflict", "There is no alarm.")
    async with running(server, settings) as ui:
        await open_ann(ui)
        await ui.press("3")
        await ui.type("why")
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.status == "There is no alarm")
        await ui.press("3")
        await ui.until(lambda: ui.shows("SayingWhyScreen"))
        assert ui.screen.query_one(Editor).text == "why"


@pytest.mark.parametrize("size", SIZES)
async def test_a_recheck_is_drawn(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    async with running(lead(server), settings, size) as ui:
        await open_ann(ui)
        await ui.press("9")
        assert ui.status == "nothing is on 9 here; decisions are on 1, 2, 3, 4, 5, and ? shows all keys"
        await ui.press("5")
        await ui.until(lambda: "which share" in ui.status)
        await ui.press("backspace", "5", "enter")
        await ui.until(lambda: ui.status == "12 of 60 traces drawn: others label them")
        await ui.press("5", "backspace", "backspace", "backspace", "7", "enter")
        await ui.until(lambda: ui.status == "a number above 0, and 1 at most")
        await ui.press("escape")
        await ui.until(lambda: ui.shows("GateScreen") and ui.app.focused is None)
        await ui.press("escape", "R")
        await ui.until(lambda: "5 of 12 traces done  6 of 30 steps differ" in ui.text())
        assert "On 6 of 30 steps (20 %) they gave another label" in ui.words()
    (body,) = [body for path, _, body in server.heard if path == f"{HERE}/rechecks" and body is not None]
    assert (body["person"], body["domain"], body["share"]) == ("ann", "law", 0.5)


async def test_no_recheck_yet(server: FakeServer, settings: Settings) -> None:
    lead(server).replies["GET", f"{HERE}/rechecks"] = []
    async with running(server, settings) as ui:
        await open_board(ui)
        await ui.press("R")
        await ui.until(lambda: "No recheck was drawn yet" in ui.text())
        await ui.press("escape")
        await ui.until(lambda: ui.shows("BoardScreen"))


async def test_the_team_is_opened(server: FakeServer, settings: Settings) -> None:
    async with running(lead(server), settings) as ui:
        await open_board(ui)
        await ui.press("enter")
        await ui.until(lambda: ui.shows("GateScreen"))
        assert "1 open it" in ui.text() and "Alpha among 3" in ui.text() and "2 suspend" not in ui.text()
        await ui.press("1")
        await ui.type("we begin")
        opened = TEAM.model_copy(update={"open": True, "opened_because": "we begin"})
        server.replies["GET", f"{HERE}/calibration"] = dump(BOARD.model_copy(update={"teams": (opened,)}))
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.status == "the domain is open" and "✓ opened early" in ui.text())
    asked: list[Any] = [body for path, _, body in server.heard if path == f"{HERE}/calibration/decisions"]
    assert asked == [{"domain": "everyday", "kind": "open_team", "person": None, "reason": "we begin"}]


async def test_nobody_labels_here_yet(server: FakeServer, settings: Settings) -> None:
    lead(server).replies["GET", f"{HERE}/calibration"] = {"standings": [], "teams": []}
    async with running(server, settings) as ui:
        await ui.until(lambda: "algebra-pilot" in ui.text())
        await ui.press("B")
        await ui.until(lambda: "Nobody labels in this project yet" in ui.text())
        await ui.press("enter")
        assert ui.status == "there is nobody here"
