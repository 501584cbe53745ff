"""The lead's matrix of problems and strategies."""

from typing import Any

import pytest

from cotlab.domain.coverage.writing import CellState, PathCell, PathMatrix, ProblemPaths
from tests.tui.conftest import running
from tests.tui.fakes.lead import dump
from tests.tui.fakes.server import PROJECT, FakeServer
from tui.app.settings import Settings

HERE = f"projects/{PROJECT}/coverage"
STATES = (CellState.VALID, CellState.EMPTY, CellState.ASKED)


def row(name: str, *states: CellState) -> ProblemPaths:
    cells = tuple(
        PathCell(strategy=f"way {at}", state=state, valid=int(state is CellState.VALID))
        for at, state in enumerate(states, 1)
    )
    return ProblemPaths(problem_id=name, problem=f"Problem {name}: what is asked?", domain="law", cells=cells, other=1)


def matrix(query: dict[str, list[str]]) -> Any:
    if query.get("cursor") == ["p2"]:
        return dump(PathMatrix(problems=(row("p3", CellState.INVALID),), wanted=2, next_cursor=None))
    return dump(PathMatrix(problems=(row("p1", *STATES), row("p2", *STATES[1:])), wanted=2, next_cursor="p2"))


@pytest.fixture
def server() -> FakeServer:
    found = FakeServer()
    found.entry = {"roles": ["lead"]}
    found.replies = {("GET", f"{HERE}/paths"): matrix, ("POST", f"{HERE}/tasks"): {"tasks": 1, "there": 0}}
    return found


@pytest.mark.parametrize("size", [(80, 24), (60, 16), (160, 50)])
async def test_the_matrix_is_read_and_paged(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    async with running(server, settings, size) as ui:
        await ui.until(lambda: "algebra-pilot" in ui.text())
        await ui.press("P")
        await ui.until(lambda: ui.shows("PathsScreen") and "✓ · ▹" in ui.text())
        assert "1/2" in ui.text() and "✓ way 1  valid" in ui.text() and "page 1" in ui.text()
        await ui.press("l")
        await ui.until(lambda: "page 2" in ui.text() and "✗ way 1" in ui.text())
        await ui.press("l")
        assert "last problems" in ui.status
        await ui.press("h")
        await ui.until(lambda: "page 1" in ui.text())


async def test_what_a_problem_lacks_is_asked_for(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.until(lambda: "algebra-pilot" in ui.text())
        await ui.press("P")
        await ui.until(lambda: "✓ · ▹" in ui.text())
        await ui.press("a")
        assert "nothing is missing" in ui.status
        await ui.press("j", "a")
        await ui.until(lambda: "asked for way 1" in ui.status)
    (body,) = [body for path, _, body in server.heard if path == f"{HERE}/tasks"]
    assert (body["problem_ids"], body["strategies"]) == (["p2"], ["way 1"])


async def test_it_is_for_leads(server: FakeServer, settings: Settings) -> None:
    server.entry = {"roles": ["annotator"]}
    async with running(server, settings) as ui:
        await ui.until(lambda: "algebra-pilot" in ui.text())
        await ui.press("P")
        assert "for the lead" in ui.status
