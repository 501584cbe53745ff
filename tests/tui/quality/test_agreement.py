"""The lead's agreement: bars, shades and findings as tables, and the screen from the queue down."""

import asyncio
import re
from typing import Any

import httpx
import pytest

from cotlab.agreement.coefficients import NOMINAL
from cotlab.agreement.slices import OWN as SLICES_OF_ALL
from cotlab.domain.agreement.coefficients import Agreement, AgreementChange, Contingency, Diagnosis, Interval
from cotlab.domain.guidelines.publishing import VersionEntry
from cotlab.domain.guidelines.schema import Schema
from cotlab.services.agreement.labels import COLUMNS
from tests.tui.conftest import Desktop, running
from tests.tui.fakes.lead import DIAGNOSIS, WHOLE, dump, label, lead, report, result, versions
from tests.tui.fakes.server import LABELS, PROJECT, FakeServer, Refusal
from tui.app.settings import Settings
from tui.quality.agreement_results import two_versions
from tui.quality.diagnosis import findings, heading
from tui.quality.version_change import rise
from tui.widgets.agreement import COEFFICIENTS, OWN, QUESTION, SLICES, Axis, Table, lowest, name_of, rows_of
from tui.widgets.grid import Grid, shade

HERE = f"projects/{PROJECT}"
SIZES = [(60, 16), (80, 24), (160, 50)]


def between(low: float, high: float) -> Interval:
    return Interval(low=low, high=high)


@pytest.mark.parametrize(
    ("value", "interval", "axis", "drawn"),
    [
        (0.5, between(0.2, 0.8), Axis(0.0, None, 11), "  ├──●──┤  "),
        (0.5, between(0.2, 0.8), Axis(0.0, 0.9, 11), "  ├──●──┤┊ "),
        (0.5, between(0.2, 0.8), Axis(0.0, 0.7, 11), "  ├──●─┼┤  "),
        (0.7, between(0.2, 0.8), Axis(0.0, 0.7, 11), "  ├────●┤  "),
        (0.5, None, Axis(0.0, 0.8, 11), "     ●  ┊  "),
        (1.0, between(0.98, 1.0), Axis(0.0, None, 11), "          ●"),
        (0.0, between(-1.0, 1.0), Axis(-1.0, None, 11), "├────●────┤"),
        (-0.5, None, Axis(0.0, None, 11), "●          "),
    ],
)
def test_a_bar(value: float, interval: Interval | None, axis: Axis, drawn: str) -> None:
    assert axis.draw(value, interval) == drawn


@pytest.mark.parametrize(
    ("axis", "heading"),
    [
        (Axis(0.0, 0.8, 26), "0               0.80┊    1"),
        (Axis(0.0, None, 12), "0          1"),
        (Axis(-0.3, 0.1, 14), "-0.3┊        1"),
        (Axis(0.0, 1.0, 12), "0      1.00┊"),
    ],
)
def test_the_heading_of_an_axis(axis: Axis, heading: str) -> None:
    assert axis.heading() == heading


@pytest.mark.parametrize(
    ("rows", "low"),
    [
        ([result(0.8, 0.7, 0.9)], 0.0),
        ([result(-0.09, -0.28, 0.08)], -0.3),
        ([result(-0.31)], -0.4),
        ([result(None)], 0),
    ],
)
def test_where_the_axis_begins(rows: list[Agreement], low: float) -> None:
    assert lowest(rows) == pytest.approx(low)


ROWS = (result(0.71, 0.64, 0.78), label("correct", 0.84, 0.78, 0.9), label("incomplete", None, units=11),
        label("redundant", 0.52, 0.41, 0.62))  # fmt: skip


@pytest.mark.parametrize("width", [50, 56, 76, 120])
def test_rows_share_an_axis_and_fit(width: int) -> None:
    table = Table(ROWS, Schema.model_validate({"labels": LABELS}), 0.8, width)
    lines = [table.line(row) for row in ROWS]
    assert all(line.cell_length <= width for line in (*lines, table.heading()))
    assert len({line.plain.index("┊") for line in (lines[0], lines[3], table.heading())}) == 1
    assert [("below" in line.plain) for line in lines] == [True, False, False, True]
    assert "✓ correct" in lines[1].plain and "one label only (11 steps)" in lines[2].plain
    assert ("1,204" in lines[1].plain) == (width >= 72)


def test_a_bar_that_the_policy_does_not_have_is_not_drawn() -> None:
    table = Table(ROWS, Schema(), None, 80)
    assert "┊" not in table.heading().plain and "below" not in table.line(ROWS[3]).plain


def test_the_order_of_rows() -> None:
    positions = [result(value, slice={"position": name}) for name, value in (("10", 0.5), ("2", None), ("1", 0.9))]
    minutes = [result(0.5, slice={"minutes": name}) for name in ("15-30", "0-15", "90-", "(none)")]
    found = report(result(0.7), *positions, *minutes)
    assert [name_of(row) for row in rows_of(found, "position", False)] == ["all", "1", "2", "10"]
    assert [name_of(row) for row in rows_of(found, "position", True)] == ["all", "10", "1", "2"]
    assert [name_of(row) for row in rows_of(found, "minutes", False)] == ["all", "0-15", "15-30", "90-", "(none)"]


def test_slices_and_coefficients_are_those_that_the_server_has() -> None:
    assert set(SLICES) == {*SLICES_OF_ALL, *COLUMNS} and set(OWN) == {*SLICES_OF_ALL, QUESTION}
    assert set(COEFFICIENTS) == {one.name for one in NOMINAL}


@pytest.mark.parametrize(
    ("count", "total", "sign"),
    [(0, 10, "·"), (0, 0, "·"), (1, 10, "░"), (1.01, 10, "▒"), (3, 10, "▒"), (6, 10, "▓"), (7, 10, "█"), (5, 5, "█")],
)
def test_a_shade(count: float, total: float, sign: str) -> None:
    assert shade(count, total) == sign


def test_a_grid_has_every_number_with_its_shade_and_marks_one() -> None:
    grid = Grid(WHOLE, Schema.model_validate({"labels": LABELS}), 0, 3)
    lines = [line.plain for line in grid.lines(76)]
    assert lines[0].split() == ["✓", "correct", "…", "incomplete", "✗", "incorrect", "○", "redundant"]
    assert lines[1].split() == ["✓", "correct", "██", "600", "··", "0", "░░", "4", "[░░", "41]"], lines[1]
    assert grid.sentence() == "correct met redundant 41 times, 6 % of the row"
    assert [line.cell_length for line in grid.lines(76)] == [73] * 5
    assert [line.count("[") for line in lines] == [0, 1, 0, 0, 0]


def test_a_grid_that_is_too_wide_shows_the_columns_around_the_marked_one() -> None:
    labels = tuple(f"label-{at}" for at in range(20))
    counts = tuple(tuple(float(row == column) for column in range(20)) for row in range(20))
    table = Contingency(title="coincidences", labels=labels, counts=counts)
    for column, first, last in ((0, "label-0", "label-3"), (10, "label-8", "label-11"), (19, "label-16", "label-19")):
        lines = Grid(table, Schema(), 19, column).lines(60)
        assert all(line.cell_length <= 62 for line in lines) and len(lines) == 21
        names = re.findall(r"label-\d+", lines[0].plain)
        assert (names[0], names[-1]) == (first, last)
        assert ("‹" in lines[0].plain, "›" in lines[0].plain) == (column > 0, column < 19)
        assert "[" in lines[20].plain


def test_findings_lead_to_the_steps_behind_them() -> None:
    found = [(one.line.plain, one.query) for one in findings(DIAGNOSIS)]
    both, where = {"labels": "correct,redundant"}, {"where": ["domain=mathematics"]}
    assert found[0] == ("correct | redundant    41 of 63 splits   as one label +0.15", both)
    assert found[1] == ("  M2 cited on both sides  12", both | {"rule": "M2"})
    assert found[2] == ("  no rule cited  19", both | {"rule": "none"})
    assert found[5] == (
        "+0.12  correct | redundant  mathematics  no rule  19 of 820 pairs", both | where | {"rule": "none"}
    )  # fmt: skip
    assert found[6][1] == both | where | {"rule": "M2"}
    assert found[7] == (
        "no rule decides  correct | redundant  mathematics  2 cases  “What only restates?”", both | where
    )  # fmt: skip
    assert findings(Diagnosis(reason="one label only")) == ()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (DIAGNOSIS, "where they split · by tag · +: how much alpha would rise if these agreed"),
        (Diagnosis(value=1.0), "nobody disagrees"),
        (Diagnosis(reason="one label only"), "no diagnosis: one label only"),
    ],
)
def test_the_heading_of_a_diagnosis(said: Diagnosis, words: str) -> None:
    assert heading(said, "tag") == words


@pytest.mark.parametrize(
    ("after", "two"),
    [(None, ("g 1.1", "g 2.0")), ("g 1.1", ("g 1.0", "g 1.1")), ("g 1.0", None), ("other 1.0", ("g 1.1", "g 2.0"))],
)
def test_which_versions_are_compared(after: str | None, two: tuple[str, str] | None) -> None:
    listed = [
        VersionEntry(id=f"{name}{at}", guideline=name, version=version, change="initial", published_at=at, by="lea")
        for at, name, version in ((3, "g", "2.0"), (1, "g", "1.0"), (2, "g", "1.1"), (9, "other", "3.0"))
    ]
    assert two_versions(tuple(listed), "g", after) == two
    assert two_versions((), "g", None) is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"value": 0.37, "interval": between(0.21, 0.5)}, "rise  +0.37  0.21 to 0.50  the interval leaves out zero"),
        ({"value": -0.1, "interval": between(-0.3, -0.01)},
         "fall  -0.10  -0.30 to -0.01  the interval leaves out zero"),
        ({"value": 0.1, "interval": between(-0.1, 0.3)},
         "rise  +0.10  -0.10 to 0.30  the interval holds zero: this may be chance"),
        ({"value": 0.1, "interval_reason": "4 clusters; an interval takes 10"},
         "rise  +0.10  no interval: 4 clusters; an interval takes 10"),
        ({"reason": "before: one label only", "interval_reason": "before: one label only"},
         "no difference: before: one label only"),
    ],
)  # fmt: skip
def test_the_difference_in_words(change: dict[str, Any], said: str) -> None:
    assert rise(AgreementChange(**change, before=result(0.5), after=result(0.6))).plain == said


async def open_agreement(ui: Desktop) -> None:
    await ui.until(lambda: "agreement below the bar (A): mathematics" in ui.text())
    await ui.press("A")
    await ui.until(lambda: ui.shows("AgreementScreen") and "of 63 splits" in ui.text())


@pytest.mark.parametrize("size", SIZES)
async def test_the_table_and_the_diagnosis(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    async with running(lead(server), settings, size) as ui:
        await open_agreement(ui)
        for words in ("agreement · algebra-pilot · 1.1 · 3 people · 1,204 steps",
                      "4 · by label · alpha · in their order", "✓ correct", "0.84", "one label only (11 steps)", "┊",
                      "correct | redundant    41 of 63 splits",
                      "no rule cited  19"):  # fmt: skip
            assert words in ui.text(), words
        assert ui.status == ""
        row = next(line for line in ui.text().splitlines() if " all " in line)
        assert row.startswith("▸   all") and "├" in row and "●" in row and "below" in row
    asked = [query for path, query, _ in server.heard if path == f"{HERE}/agreement"]
    assert asked == [{"by": ["label,version"], "coefficient": ["alpha"], "kinds": ["false"]}]


async def test_slices_coefficients_and_kinds(server: FakeServer, settings: Settings) -> None:
    async with running(lead(server), settings) as ui:
        await open_agreement(ui)
        await ui.press("l")
        await ui.until(lambda: "2 · by domain" in ui.text() and "law" in ui.text())
        await ui.press("s")
        assert "lowest first" in ui.text()
        assert ui.text().index("mathematics   0.48") < ui.text().index("law           0.91")
        await ui.press("%")
        await ui.until(lambda: "by domain · percent" in ui.text() and "measuring" not in ui.status)
        assert "┊" not in ui.text() and "below" not in ui.text().split("where they split")[0]
        await ui.press("h", "h")
        await ui.until(lambda: "by minutes" in ui.text() and ui.status == "")
        await ui.press("right", ".")
        await ui.until(lambda: "by label, kinds apart" in ui.text() and ui.status == "")
        heard = len(server.heard)
        await ui.press(".", *["%"] * 4)
        await ui.until(lambda: ui.status == "")
        await ui.press("l")
        await ui.until(lambda: "by domain" in ui.text() and ui.status == "")
        again = [query for path, query, _ in server.heard[heard:] if query.get("coefficient") == ["alpha"]]
        assert again == [], "what was measured once is not asked again"
    measured = [query for path, query, _ in server.heard if path == f"{HERE}/agreement"]
    assert {"by": ["minutes"], "coefficient": ["percent"], "kinds": ["false"]} in measured
    assert {"by": ["label"], "coefficient": ["percent"], "kinds": ["true"]} in measured
    diagnosed = [query["by"] for path, query, _ in server.heard if path == f"{HERE}/agreement/diagnosis"]
    assert diagnosed == [["domain"], ["minutes"]], "a slice that is no column is diagnosed by domain"


async def test_from_a_row_and_from_a_finding_to_the_steps(server: FakeServer, settings: Settings) -> None:
    async with running(lead(server), settings) as ui:
        await open_agreement(ui)
        wanted = []
        for keys, query in (
            (["j", "j", "j", "j"], {"labels": ["redundant"]}),
            (["tab", "j", "j"], {"labels": ["correct,redundant"], "rule": ["none"]}),
            (["j", "j", "j", "j"], {"labels": ["correct,redundant"], "rule": ["M2"], "where": ["domain=mathematics"]}),
            (["tab", "l", "j", "j"], {"where": ["domain=mathematics"]}),
        ):
            for key in keys:
                await ui.press(key)
                await ui.until(lambda: ui.status == "")
            await ui.press("enter")
            await ui.until(lambda: ui.shows("DisputedScreen") and "3 of 3" in ui.text())
            wanted.append(query | {"offset": ["0"], "limit": ["50"]})
            await ui.press("escape")
            await ui.until(lambda: ui.shows("AgreementScreen"))
    assert [query for path, query, _ in server.heard if path == f"{HERE}/agreement/steps"] == wanted


@pytest.mark.parametrize("size", SIZES)
async def test_the_grid(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    async with running(lead(server), settings, size) as ui:
        await open_agreement(ui)
        await ui.press("j", "j", "j", "j", "#")
        await ui.until(lambda: ui.shows("ConfusionScreen"))
        assert "redundant met itself 60 times" in ui.text(), "it begins at the marked label"
        await ui.press("left", "h", "h", "h")
        assert "redundant met correct 41 times, 34 % of the row" in ui.text() and "[▓▓ 41]" in ui.text()
        await ui.press("k")
        assert "incorrect met correct 4 times" in ui.text()
        await ui.press("tab")
        assert ui.status == "there is no other table behind this row"
        await ui.press("enter")
        await ui.until(lambda: ui.shows("DisputedScreen") and "incorrect | correct" in ui.text())
        await ui.press("escape", "escape")
        await ui.until(lambda: ui.shows("AgreementScreen"))
    assert server.heard[-1][1] == {"labels": ["incorrect,correct"], "offset": ["0"], "limit": ["50"]}


async def test_the_grids_of_each_two_people(server: FakeServer, settings: Settings) -> None:
    async with running(lead(server), settings) as ui:
        await open_agreement(ui)
        for _ in range(8):
            await ui.press("l")
        await ui.until(lambda: "by pair" in ui.text() and "ann ~ bob" in ui.text())
        await ui.press("j", "#")
        await ui.until(lambda: "1 of 2, tab: the next · rows are the first one's labels" in ui.text())
        await ui.press("tab", "l", "enter")
        await ui.until(lambda: ui.shows("DisputedScreen"))
    assert server.heard[-1][1]["where"] == ["pair=ann ~ cyn"]
    assert server.heard[-1][1]["labels"] == ["correct,redundant"]


async def test_a_row_without_a_pair_has_no_grid(server: FakeServer, settings: Settings) -> None:
    server.replies |= lead(server).replies | {
        ("GET", f"{HERE}/agreement"): dump(report(result(None, reason="no unit has two ratings"))),
        ("GET", f"{HERE}/agreement/diagnosis"): dump(Diagnosis(reason="no unit has two ratings")),
    }
    async with running(server, settings) as ui:
        await ui.until(lambda: "algebra-pilot" in ui.text())
        await ui.press("A")
        await ui.until(lambda: "no diagnosis: no unit has two ratings" in ui.text())
        await ui.press("#")
        assert ui.status == "no two labels met here, so there is no grid"
        await ui.press("tab", "enter")
        assert ui.status == "there is nothing behind this yet"


@pytest.mark.parametrize("size", SIZES)
async def test_before_and_after(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    async with running(lead(server), settings, size) as ui:
        await open_agreement(ui)
        await ui.press("w")
        await ui.until(lambda: "before and after" in ui.text())
        for words in ("step-correctness 1.0 → step-correctness 1.1", "alpha on 96 steps", "before 1.0", "0.45",
                      "after 1.1", "0.82", "rise +0.37 0.21 to 0.50 the interval leaves out zero"):  # fmt: skip
            assert words in ui.words(), words
        await ui.press("escape")
        server.replies["GET", "guidelines"] = dump(versions("1.1"))
        await ui.press("w")
        await ui.until(lambda: ui.status == "there is no version before this one, so there is no before and after")
    query = next(query for path, query, _ in server.heard if path == f"{HERE}/agreement/change")
    assert (query["before"], query["after"]) == (["step-correctness 1.0"], ["step-correctness 1.1"])


async def test_a_refusal_is_one_sentence_and_enter_asks_again(server: FakeServer, settings: Settings) -> None:
    lead(server).replies["GET", f"{HERE}/agreement/diagnosis"] = Refusal(
        422, "bad-input", "by: there is no such slice."
    )
    async with running(server, settings) as ui:
        await ui.until(lambda: "algebra-pilot" in ui.text())
        await ui.press("A")
        await ui.until(lambda: ui.status == "by: there is no such slice; enter asks again")
        assert "✓ correct" in ui.text(), "what was answered stays"
        server.replies["GET", f"{HERE}/agreement/diagnosis"] = dump(DIAGNOSIS)
        await ui.press("enter")
        await ui.until(lambda: "of 63 splits" in ui.text() and ui.status == "")
    assert [path for path, *_ in server.heard].count(f"{HERE}/agreement") == 1, "only what was refused is asked again"


async def test_the_keys_work_while_it_is_measured(
    server: FakeServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A measurement that takes long holds nothing up; leaving ends the question."""
    asked, ended = asyncio.Event(), asyncio.Event()
    at_once = lead(server)._over_httpx

    async def slowly(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/agreement"):
            assert set(request.extensions["timeout"].values()) == {None}
            asked.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()
        return at_once(request)

    monkeypatch.setattr(server, "transport", lambda: httpx.MockTransport(slowly))
    async with running(server, settings) as ui:
        await ui.until(lambda: "algebra-pilot" in ui.text())
        await ui.press("A")
        await ui.until(lambda: asked.is_set() and ui.status == "measuring …")
        await ui.press("j", "tab", "#")
        assert ui.status == "no two labels met here, so there is no grid"
        await ui.press("escape")
        await ui.until(lambda: ui.shows("QueueScreen") and ended.is_set())


async def test_a_broken_line_is_said_and_the_answer_comes_after_it(server: FakeServer, settings: Settings) -> None:
    async with running(lead(server), settings) as ui:
        await open_agreement(ui)
        server.gone = True
        await ui.press("l")
        await ui.until(lambda: "no connection, trying again in" in ui.text())
        assert "mathematics   0.48" not in ui.text()
        server.gone = False
        ui.app.action_send_now()
        await ui.until(lambda: "mathematics   0.48" in ui.text())
        assert "no connection" not in ui.text()


async def test_agreement_is_for_leads(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.until(lambda: "algebra-pilot" in ui.text())
        await ui.press("A")
        assert ui.status == "agreement is for the lead of a project, and you do not lead this one"
        assert "below the bar" not in ui.text() and not server.heard


@pytest.mark.parametrize(
    ("role", "offered"), [("lead", True), ("admin", True), ("annotator", False), ("exporter", False)]
)
async def test_the_footer_of_the_queue_offers_agreement_to_who_leads(
    server: FakeServer, settings: Settings, role: str, offered: bool
) -> None:
    lead(server).entry = {"roles": [role]}
    async with running(server, settings, (160, 24)) as ui:
        await ui.until(lambda: "algebra-pilot" in ui.text())
        footer = ui.text().rstrip().splitlines()[-1]
        assert "? help" in footer and ("A agreement" in footer) is offered
