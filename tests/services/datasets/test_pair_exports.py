"""Settled pairs in the formats of trainers: which become rows, and what the manifest counts."""

import json
from typing import Any

import pytest

from cotlab.domain.datasets.exports import ExportOrder, LabelChoice, Manifest
from cotlab.domain.datasets.pair_exports import PairShape
from cotlab.domain.datasets.splits import Benchmark, Facet, FacetValue
from cotlab.domain.errors import BadInput
from cotlab.domain.traces.records import Problem
from cotlab.services.datasets.export import prepared
from tests.adjudicator import adjudicators
from tests.services.work.comparing import add, for_text, pair, prefer, prepare, take
from tests.world import World, people_and_project


@pytest.fixture
def world(store: Any, clock: Any) -> World:
    world = people_and_project(store, clock)
    prepare(world)
    world.set_policy(overlap=1)
    add(world, pair("a"), pair("b"), pair("c"))
    for _ in range(3):
        view, shown = take(world.expert("ann"))
        tie = "of a" in shown.left
        prefer(world.expert("ann"), view.id, "tie" if tie else for_text(shown, "one"))
    return world


def export(world: World, format: str, **shape: bool) -> tuple[list[dict[str, Any]], Manifest]:
    return exported(world, ExportOrder(format=format, labels=LabelChoice.SETTLED, shape=PairShape(**shape)))


def exported(world: World, order: ExportOrder) -> tuple[list[dict[str, Any]], Manifest]:
    made = world.store.read(lambda db: prepared(db, world.project, order))
    rows = [json.loads(line) for line in b"".join(made.chunks(world.store)).splitlines()]
    return rows, made.manifest(0)


@pytest.mark.parametrize("format", ["trl-dpo", "trl-reward"])
def test_a_tie_is_no_row_and_is_counted(world: World, format: str) -> None:
    rows, manifest = export(world, format, ties=True, margin=True)
    assert len(rows) == manifest.rows == 2 and manifest.traces_dropped == {"tie": 1}
    assert all(row["chosen"].startswith("one") and row["rejected"].startswith("other") for row in rows)
    assert [row.get("margin") for row in rows] == ([2.0, 2.0] if format == "trl-reward" else [None, None])


def test_kto_has_ties_where_asked(world: World) -> None:
    assert [len(export(world, "trl-kto", ties=asked)[0]) for asked in (True, False)] == [6, 4]


def test_margins_are_left_out_of_all_rows_where_one_pair_has_none(world: World) -> None:
    add(world, pair("d").model_copy(update={"problem": Problem(text="Whose river is it?", domain="law")}))
    world.set_policy(overlap=1, second_adjudicator_share=0)
    view, _ = take(world.expert("bob"))
    prefer(world.expert("bob"), view.id, "both-bad", criteria={}, unsure=True)
    world.catch_up()
    (one,) = adjudicators(world, ["one"])
    one.take_case()
    one.settle(label="much-better", citations=[{"kind": "rule", "name": "P1"}])
    rows, manifest = export(world, "trl-reward", margin=True)
    assert len(rows) == 3 and not any("margin" in row for row in rows)
    assert manifest.shape == PairShape(margin=False)
    known = Benchmark(name="known", sha256="a" * 64, problems=("Whose river is it?",))
    in_mathematics = FacetValue(facet=Facet.DOMAIN, value="mathematics")
    order = ExportOrder(format="trl-reward", labels=LabelChoice.SETTLED, shape=PairShape(margin=True))
    for without_it in ({"against": (known,)}, {"where": (in_mathematics,)}):
        rows, manifest = exported(world, order.model_copy(update=without_it))
        assert [row["margin"] for row in rows] == [2.0, 2.0] and manifest.shape == PairShape(margin=True)
    rows, manifest = export(world, "trl-dpo", margin=True)
    assert manifest.shape == PairShape(margin=True), "the format has no place for them"


def test_what_is_of_steps_is_refused_for_responses(world: World) -> None:
    with pytest.raises(BadInput, match="redundant: this is of steps"):
        world.store.read(lambda db: prepared(
            db, world.project, ExportOrder(format="trl-dpo", labels=LabelChoice.SETTLED, redundant=True)
        ))  # fmt: skip
