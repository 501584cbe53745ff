"""Answers and steps judged apart, on a lead's screens: the table with slices, the traces of a cell, and the case."""

from typing import Any

import pytest

from cotlab.domain.labels.two_level import AnswerCell, Source
from cotlab.domain.reports.quality import CellShare, CellTrace, CellTraces, Share, TwoLevel, TwoLevelSlice
from tests.tui.conftest import Desktop, running
from tests.tui.fakes.calibration import lead as with_board
from tests.tui.fakes.lead import CASE, dump
from tests.tui.fakes.server import PROJECT, FakeServer, Refusal
from tui.app.settings import Settings
from tui.quality.answer_rows import Columns, sentence, title_of
from tui.quality.answers import NONE

SIZES = [(60, 16), (80, 24), (160, 50)]
HERE = f"projects/{PROJECT}"


def share(count: int, of: int) -> Share:
    if not of:
        return Share(count=count, of=of)
    return Share(count=count, of=of, share=count / of, interval=(max(0.0, count / of - 0.05), count / of + 0.05))


def part(name: str | None, right: tuple[int, int] = (120, 12), wrong: tuple[int, int] = (3, 34)) -> TwoLevelSlice:
    total = sum(right) + sum(wrong)
    counts = dict(zip(AnswerCell, (*right, *wrong), strict=True))
    return TwoLevelSlice(
        name=name, cells=tuple(CellShare(cell=cell, traces=share(count, total)) for cell, count in counts.items()),
        bad_among_right=share(right[1], sum(right)), by={Source.CHECKED: 160, Source.FILE: 9, Source.ADJUDICATED: 0},
        undecided=4, unsettled=21, unusable=1,
    )  # fmt: skip


def slices(query: dict[str, list[str]]) -> Any:
    names = {"domain": ("everyday", "law"), "source": ("gsm8k",)}.get(query["by"][0], ("-",))
    return dump(TwoLevel(whole=part(None), slices=tuple(part(name, (40, 4)) for name in names)))


def trace(number: int) -> CellTrace:
    return CellTrace(
        item_id=f"{number:032d}", external_id=f"gsm-{number}", domain="everyday", problem=f"Problem {number} [b]",
        final_answer=r"$\frac{1}{2}$", by=Source.CHECKED, bad_steps=(2, 4), case_id=None if number else "c1",
    )  # fmt: skip


def traces(total: int) -> Any:
    def page(query: dict[str, list[str]]) -> Any:
        after = query["after"][0] if "after" in query else ""
        first, most = int(after) + 1 if after else 0, int(query["most"][0])
        rows = [trace(number) for number in range(first, min(total, first + most))]
        more = bool(rows) and first + most < total
        return dump(CellTraces(traces=tuple(rows), next_after=rows[-1].item_id if more else None))

    return page


@pytest.fixture
def server(server: FakeServer) -> FakeServer:
    """The same server to somebody who leads its project."""
    server.entry = {"roles": ["lead"]}
    server.replies |= {
        ("GET", f"{HERE}/quality/two-level"): slices, ("GET", f"{HERE}/quality/traces"): traces(3),
        ("GET", f"{HERE}/cases/c1"): dump(CASE),
    }  # fmt: skip
    return server


async def open_quality(ui: Desktop) -> None:
    await ui.until(lambda: "algebra-pilot" in ui.text())
    await ui.press("Q")
    await ui.until(lambda: ui.shows("QualityScreen") and ui.status == "")


def test_words_of_a_cell() -> None:
    words = ["right answer, no bad step", "right answer, a bad step"]
    words += ["wrong answer, no bad step", "wrong answer, a bad step"]
    assert [title_of(cell) for cell in AnswerCell] == words
    said = "wrong answer, no bad step: 3 of 169 judged traces, 1.8 % (0.0 % to 6.8 %)"
    assert sentence(part(None), AnswerCell.WRONG_NO_BAD_STEP) == said


@pytest.mark.parametrize("width", [58, 78, 158])
def test_rows_fit(width: int) -> None:
    parts = [part(None), part("d" * 90), part("law", (0, 0))]
    columns = Columns.of(parts, width)
    lines = [columns.line(one) for one in parts]
    assert all(line.cell_length <= width for line in lines)
    assert ("├" in lines[0].plain) and "9.1 %  12 of 132" in lines[0].plain and "-  0 of 0" in lines[2].plain


@pytest.mark.parametrize("size", SIZES)
async def test_the_table(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    async with running(server, settings, size) as ui:
        await open_quality(ui)
        assert "quality · algebra-pilot" in ui.text() and "2 slices by domain · right answers" in ui.text()
        assert "▸ all traces" in ui.text() and "12 of 132 traces with a right answer have a bad step" in ui.words()
        if size[1] > 20:
            assert "✓ right answer          120  71.0 %          [12  7.1 %]" in ui.text()
            assert "✗ wrong answer             3  1.8 %          34  20.1 %" in ui.text()
            assert "right answer, a bad step: 12 of 169 judged traces, 7.1 % (2.1 % to 12.1 %)" in ui.words()
            assert "the answer is judged by: the check 160, the file 9" in ui.words()
            assert "21 with open steps" in ui.words()
            await ui.press("l")
            await ui.until(lambda: "[3  1.8 %]" in ui.text())
            await ui.press("h", "h")
            await ui.until(lambda: "[120  71.0 %]" in ui.text())
        await ui.press("tab")
        await ui.until(lambda: "1 slice by source" in ui.text() and "gsm8k" in ui.text())


@pytest.mark.parametrize("size", SIZES)
async def test_the_traces_of_a_cell(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    async with running(server, settings, size) as ui:
        await open_quality(ui)
        await ui.press("j", "l", "enter")
        await ui.until(lambda: ui.shows("CellTracesScreen") and ui.status == "")
        assert "3 · wrong answer, no bad step · everyday · by id" in ui.text()
        assert "▸ everyday      ✗ steps 2, 4" in ui.text() and "gsm-0" in ui.text()
        if size[1] > 20:
            assert "final answer  1/2" in ui.text() and "judged by the check" in ui.text()
            await ui.press("m")
            await ui.until(lambda: r"final answer  $\frac" in ui.text())
        await ui.press("j", "enter")
        assert ui.status == "there is no case on this trace"
        await ui.press("k", "enter")
        await ui.until(lambda: ui.shows("CaseFileScreen"))
    asked = [query for path, query, _ in server.heard if path == f"{HERE}/quality/traces"]
    assert [{name: query.get(name) for name in ("cell", "by", "slice")} for query in asked] == [
        {"cell": ["wrong_no_bad_step"], "by": ["domain"], "slice": ["everyday"]}
    ]


async def test_of_all_traces_a_page_after_the_other(server: FakeServer, settings: Settings) -> None:
    server.replies["GET", f"{HERE}/quality/traces"] = traces(120)
    async with running(server, settings) as ui:
        await open_quality(ui)
        await ui.press("enter")
        await ui.until(lambda: "50, more on the server · right answer, a bad step · all traces" in ui.text())
        await ui.hold("j", 46)
        await ui.until(lambda: "100, more on the server" in ui.text())
        await ui.hold("j", 52)
        await ui.until(lambda: "120 · right answer, a bad step" in ui.text())
    assert all("by" not in query for path, query, _ in server.heard if path == f"{HERE}/quality/traces")


async def test_nothing_is_judged_yet(server: FakeServer, settings: Settings) -> None:
    server.replies["GET", f"{HERE}/quality/two-level"] = dump(TwoLevel(whole=part(None, (0, 0), (0, 0))))
    async with running(server, settings) as ui:
        await open_quality(ui)
        assert NONE in ui.words() and "21 with open steps" in ui.words()
        await ui.press("enter")
        assert ui.status == "there is no trace behind this"


async def test_from_the_board_and_a_refusal(server: FakeServer, settings: Settings) -> None:
    with_board(server).replies["GET", f"{HERE}/quality/two-level"] = Refusal(409, "conflict", "It broke.")
    async with running(server, settings) as ui:
        await ui.until(lambda: "algebra-pilot" in ui.text())
        await ui.press("B")
        await ui.until(lambda: ui.shows("BoardScreen") and "! drift" in ui.text())
        await ui.press("Q")
        await ui.until(lambda: ui.status == "It broke; enter asks again")
        server.replies["GET", f"{HERE}/quality/two-level"] = slices
        await ui.press("enter")
        await ui.until(lambda: "12 of 132" in ui.text())


async def test_who_does_not_lead_it(server: FakeServer, settings: Settings) -> None:
    server.entry = {"roles": ["annotator"]}
    async with running(server, settings) as ui:
        await ui.until(lambda: "algebra-pilot" in ui.text())
        await ui.press("Q")
        assert ui.status == "this is for the lead of a project, and you do not lead this one"
