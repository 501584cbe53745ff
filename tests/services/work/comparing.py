"""Pairs to compare, and a person who compares them."""

from pathlib import Path
from typing import Any

from cotlab.domain.traces.pairs import (
    Pair,
    PairView,
    PreferenceBody,
    Response,
    ResponseKind,
    ResponseOrigin,
    SourceChoice,
)
from cotlab.domain.traces.records import Problem
from cotlab.domain.work.views import AssignmentView, NextPair, Preferred
from cotlab.exchange.readers.jsonl import read_traces
from cotlab.services.labels.labelled_pairs import PAIRS_A_READ, labelled_pairs, pair_selection
from cotlab.services.traces.trace_import import Progress, import_lines
from cotlab.services.work import preferences
from cotlab.storage.engine.database import Reading
from cotlab.storage.labels import exports
from tests.world import Expert, World

GUIDELINE = Path(__file__).parents[3] / "guidelines" / "preference" / "1.0.md"
CRITERIA = ("correctness", "completeness", "clarity", "safety", "following-instruction")


def pair(name: str, problem: str | None = None, labels: tuple[SourceChoice, ...] = (), **fields: Any) -> Pair:
    """A pair whose responses tell where they came from in their origins alone."""
    one, other = (
        Response(text=f"{which} of {name}", origin=ResponseOrigin(kind=ResponseKind.MODEL, generator=f"secret-{which}"))
        for which in ("one", "other")
    )
    text = problem or f"Prompt {name}"
    return Pair(problem=Problem(text=text, domain="mathematics"), responses=(one, other), labels=labels, **fields)


def add(world: World, *pairs: Pair) -> Progress:
    lines = (one.model_dump_json(exclude_defaults=True).encode() for one in pairs)
    return import_lines(world.store, world.host, world.project, read_traces(lines))


def prepare(world: World) -> None:
    """Put the shipped guideline for pairs in force."""
    world.publish(GUIDELINE.read_text(encoding="utf-8"))


def take(expert: Expert) -> tuple[AssignmentView, PairView]:
    """Claim until it is a pair; a trace on the way is given up."""
    view = expert.take()
    while not isinstance(view.next, NextPair):
        expert.end(view.id, "give_up")
        view = expert.take()
    return view, view.next.pair


def body(overall: str = "better", **fields: Any) -> PreferenceBody:
    fields.setdefault("criteria", dict.fromkeys(CRITERIA, overall))
    return PreferenceBody.model_validate({"overall": overall, **fields})


def prefer(expert: Expert, assignment_id: str, overall: str = "better", **fields: Any) -> Preferred:
    return expert._run(lambda db, who: preferences.prefer(db, who, assignment_id, body(overall, **fields)))


def for_text(view: PairView, text: str) -> str:
    """The choice that finds the response with that text better."""
    return "better" if text in view.left else "worse"


def labelled(world: World) -> list[Any]:
    """All pairs of a project as exports have them."""

    def read(db: Reading) -> list[Any]:
        at = exports.sequence_now(db, world.project)[0]
        return labelled_pairs(db, world.project, at, "", PAIRS_A_READ, pair_selection(db, world.project, None))[1]

    return world.store.read(read)


def answers(world: World, item_or_assignment: str) -> dict[str, str]:
    """Question -> the value that stands, in canonical order, of an assignment."""
    rows = world.rows(
        """SELECT n.question, n.value FROM answers n WHERE n.assignment_id = :id
           AND NOT EXISTS (SELECT 1 FROM answers r WHERE r.replaces = n.id)""",
        id=item_or_assignment,
    )
    return {row["question"]: row["value"] for row in rows}
