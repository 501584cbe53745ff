"""How problems and paths are spread, against what is wanted and against each other."""

import pytest

from cotlab.domain.coverage.spread import CoverageBody, CoveragePart, CoverageReport
from cotlab.domain.shares import difference, total_variation, wilson
from cotlab.services.coverage import spread as coverage
from tests.services.work import writing
from tests.world import World, trace


@pytest.fixture
def spread(world: World) -> World:
    """Beside three problems of mathematics: two of law, one of them with two paths."""
    writing.prepare(world, "first")
    for name, strategy, fields in (
        ("l1", "algebra", {"difficulty": 2, "tags": ("short", "new"), "source": "exam", "collected_at": "2026-01-05"}),
        ("l1", "guess", {"difficulty": 2, "tags": ("short", "new"), "source": "exam", "collected_at": "2026-01-05"}),
        ("l2", None, {"difficulty": 5, "source": "book", "collected_at": "2026-02-01"}),
    ):  # fmt: skip
        problem = writing.problem(name, domain="law", **fields)
        world.add_traces(trace(f"{name} {strategy}", problem=problem, strategy=strategy, final_answer="12"))
    return world


def report(world: World, **body: object) -> CoverageReport:
    return coverage.report(world.store, world.project, CoverageBody.model_validate(body))


def wanted(dimensions: list[str], *cells: tuple[list[str], float], size: int | None = None) -> dict[str, object]:
    return {"dimensions": dimensions, "cells": [{"values": v, "share": s} for v, s in cells], "size": size}


def counts(part: CoveragePart) -> dict[tuple[str, ...], tuple[int, int]]:
    return {cell.values: (cell.problems, cell.traces) for cell in part.cells}


def test_what_is_there(spread: World) -> None:
    found = report(spread)
    assert (found.problems, found.traces, found.compared) == (6, 7, None)
    domain, difficulty, strategy, tag = found.parts
    assert counts(domain) == {("mathematics",): (4, 4), ("law",): (2, 3)} and domain.counted == "problems"
    assert counts(difficulty) == {("(none)",): (4, 4), ("2",): (1, 2), ("5",): (1, 1)}
    assert counts(strategy) == {("(none)",): (4, 4), ("algebra",): (2, 2), ("guess",): (1, 1)}
    assert counts(tag) == {("(none)",): (5, 5), ("short",): (1, 2), ("new",): (1, 2)}
    assert domain.cells[0].share == pytest.approx(4 / 6) and strategy.cells[0].share == pytest.approx(4 / 7)
    assert domain.distance is None and strategy.counted == "traces"


def test_against_a_target_what_is_missing_comes_first(spread: World) -> None:
    target = wanted(
        ["domain", "strategy"], (["law", "algebra"], 0.2), (["law", "drawing"], 0.1), (["law", "guess"], 0.1),
        (["medicine", "guess"], 0.2), (["mathematics", "algebra"], 0.4),
    )  # fmt: skip
    (part,) = report(spread, wanted=[target]).parts
    assert [cell.values for cell in part.cells[:3]] == [
        ("medicine", "guess"), ("law", "drawing"), ("mathematics", "(none)"),
    ]  # fmt: skip
    assert part.counted == "traces" and part.total == 7
    shares = {cell.values: cell.share for cell in part.cells}
    differences = [abs(cell.difference or 0) for cell in part.cells]
    assert part.distance == pytest.approx(sum(differences) / 2)
    assert shares["law", "algebra"] == pytest.approx(1 / 7) and shares["medicine", "guess"] == 0
    for cell in part.cells:
        assert cell.low is not None and cell.high is not None and cell.difference is not None
        assert cell.low <= cell.difference <= cell.high


def test_a_target_that_is_met_has_no_distance(spread: World) -> None:
    (part,) = report(spread, wanted=[wanted(["domain"], (["mathematics"], 0.667), (["law"], 0.333))]).parts
    assert part.distance == pytest.approx(0, abs=0.001)


def test_a_sample_makes_intervals_wider_than_a_target(spread: World) -> None:
    cells = ((["mathematics"], 0.5), (["law"], 0.5))
    fixed, sampled = (
        report(spread, wanted=[wanted(["domain"], *cells, size=size)]).parts[0].cells[0] for size in (None, 10)
    )
    assert sampled.high is not None and fixed.high is not None and sampled.high > fixed.high


def test_two_sources_or_months_are_compared(spread: World) -> None:
    found = report(spread, compare="source")
    assert found.compared == "source"
    (exam,) = [part for part in found.parts if (part.group, part.dimensions) == ("exam", ("domain",))]
    assert {cell.values: (cell.share, round(cell.wanted or 0, 9)) for cell in exam.cells} == {
        ("law",): (1.0, 0.2), ("mathematics",): (0.0, 0.8),
    }  # fmt: skip
    assert exam.distance == pytest.approx(0.8)
    months = {part.group for part in report(spread, compare="collected").parts}
    assert months == {"(none)", "2026-01", "2026-02"}


def test_settled_paths_alone(spread: World) -> None:
    assert report(spread, settled=True).traces == 0
    for _ in range(7):
        spread.expert("ann").label_all()
    assert report(spread, settled=True).traces == 0
    spread.expert("bob").label_all()
    found = report(spread, settled=True)
    assert (found.traces, found.problems, found.settled) == (1, 1, True)


@pytest.mark.parametrize(
    ("share", "size", "low", "high"), [(0.0, 10, 0.0, 0.2775), (0.5, 10, 0.2366, 0.7634), (0.1, 100, 0.0552, 0.1744)]
)
def test_the_score_interval(share: float, size: int, low: float, high: float) -> None:
    assert wilson(share, size) == pytest.approx((low, high), abs=5e-4)


def test_the_interval_of_a_difference_is_newcombes() -> None:
    """Example (a) of the paper: 56/70 against 48/80."""
    assert difference(56 / 70, 70, 48 / 80, 80) == pytest.approx((0.0524, 0.3339), abs=5e-4)
    assert difference(0.5, 10, 0.3, None) == pytest.approx((-0.0634, 0.4634), abs=5e-4)


def test_total_variation() -> None:
    assert total_variation({"a": 1.0}, {"b": 1.0}) == 1
    assert total_variation({"a": 0.5, "b": 0.5}, {"a": 0.25, "b": 0.75}) == 0.25
