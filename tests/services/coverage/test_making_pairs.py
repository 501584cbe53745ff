"""Pairs made of traces: which and how many, balanced and drawn by a seed, made anew alike, kept apart as all are."""

import json
from collections import Counter
from typing import Any

import pytest

from cotlab.domain.coverage.pair_making import Balance, MakePairsBody, PairsMade
from cotlab.domain.errors import ProjectClosed
from cotlab.domain.gold import PromoteBody
from cotlab.domain.projects.projects import ClosingBody
from cotlab.domain.projects.slices import TraceSlice
from cotlab.domain.traces.pairs import Pair, Response, ResponseKind, ResponseOrigin
from cotlab.domain.traces.records import Problem, SourceLabel, Step, Trace
from cotlab.services.audit import verification
from cotlab.services.coverage import pair_making
from cotlab.services.gold import promotion
from cotlab.services.projects import projects
from cotlab.services.traces.pair_import import add_pairs
from tests.services.work.comparing import add, prefer, prepare, take
from tests.support import SIGNER
from tests.world import ANNOTATORS, World, people_and_project, trace

RIGHT, WRONG = (SourceLabel(source="s", value=f"final_answer_correct: {said}") for said in ("true", "false"))


@pytest.fixture
def world(store: Any, clock: Any) -> World:
    world = people_and_project(store, clock)
    prepare(world)
    return world


def problem(number: int, **fields: Any) -> Problem:
    return Problem(text=f"Problem {number}", **{"domain": "mathematics", **fields})


def path(number: int, name: str, right: bool | None = None, of: Problem | None = None, **fields: Any) -> Trace:
    return Trace(
        problem=of or problem(number), steps=(Step(text=f"{name} of {number}"), Step(text="then")),
        final_answer=f"answer {name}", labels=() if right is None else (RIGHT if right else WRONG,), **fields,
    )  # fmt: skip


def make(world: World, **fields: Any) -> PairsMade:
    body = MakePairsBody.model_validate(fields)
    return pair_making.make_pairs(world.store, world.host, world.project, body)


def made(world: World) -> list[Any]:
    return list(world.rows("SELECT * FROM pairs ORDER BY first_text"))


def kinds(world: World) -> Counter[tuple[str, ...]]:
    """How often two strategies stand in one pair."""
    parameters = (
        [json.loads(row[name])["parameters"]["strategy"] for name in ("first_origin", "second_origin")]
        for row in made(world)
    )
    return Counter(tuple(sorted(one)) for one in parameters)


def test_two_traces_become_a_pair_whose_origins_nobody_sees(world: World) -> None:
    world.add_traces(path(1, "one", generator="secret-model", strategy="secret-way"), path(1, "other"), path(2, "lone"))
    said = make(world)
    assert (said.made, said.there_already, said.problems, said.alone, said.traces) == (1, 0, 2, 1, 3)
    (row,) = made(world)
    assert {row["first_text"], row["second_text"]} == {
        f"{name} of 1\n\nthen\n\nFinal answer: answer {name}" for name in ("one", "other")
    }
    origins = [json.loads(row[name]) for name in ("first_origin", "second_origin")]
    (one,) = (origin for origin in origins if origin["generator"])
    assert one["kind"] == "trace" and one["generator"] == "secret-model"
    assert one["parameters"] == {"origin": "unknown", "strategy": "secret-way"}
    traces = {one["id"] for one in world.rows("SELECT id FROM traces WHERE task = 'steps'")}
    assert {origin["trace_id"] for origin in origins} < traces
    assert world.value("SELECT count(DISTINCT problem_id) FROM traces WHERE task = 'pairs'") == 1
    world.set_policy(overlap=1)
    view, _ = take(world.expert("ann"))
    assert "secret" not in view.model_dump_json() and not any(one in view.model_dump_json() for one in traces)


def test_whoever_was_given_a_made_pair_gets_no_trace_of_it_afterwards(world: World) -> None:
    world.set_policy(overlap=4)
    world.add_traces(path(1, "one"), path(1, "other"))
    make(world)
    given: dict[str, list[str]] = {}
    for name in ANNOTATORS:
        expert = world.expert(name)
        while (view := expert.claim().assignment) is not None:
            given.setdefault(name, []).append(view.next.kind)
            if view.next.kind == "pair":
                prefer(expert, view.id)
            else:
                expert.end(view.id, "bad_problem")
    assert set(given) == set(ANNOTATORS)
    assert all(kinds.index("pair") == len(kinds) - 1 for kinds in given.values() if "pair" in kinds)
    assert sum(kinds.count("pair") for kinds in given.values()) == 4


@pytest.mark.parametrize(
    ("where", "traces"),
    [
        ({"domain": "law"}, 2), ({"tags": ["t"]}, 2), ({"source": "exam"}, 2), ({"generator": "g"}, 3),
        ({"strategy": "s"}, 2), ({"difficulty": 3}, 2), ({"domain": "law", "generator": "g"}, 1), ({}, 6),
    ],
)  # fmt: skip
def test_only_traces_of_the_slice_are_taken(world: World, where: dict[str, Any], traces: int) -> None:
    law = problem(2, domain="law", tags=("t",), source="exam", difficulty=3)
    world.add_traces(
        path(1, "a", generator="g", strategy="s"), path(1, "b", generator="g", strategy="s"), path(1, "c"),
        path(1, "d", strategy="other"), path(2, "a", of=law, generator="g"), path(2, "b", of=law),
    )  # fmt: skip
    said = make(world, where=where, dry_run=True)
    assert said.traces == traces
    assert said.made == (0 if where == {"domain": "law", "generator": "g"} else 2 if where == {} else 1)


def test_pairs_are_balanced_by_whether_the_answers_are_right(world: World) -> None:
    """Of each problem four traces are right and one is wrong: by chance three of five pairs would be of two right."""
    names = (("a", True), ("b", True), ("c", True), ("d", True), ("e", False))
    world.add_traces(*(path(number, name, right) for number in range(30) for name, right in names))
    said = make(world, dry_run=True)
    assert said.by_correctness == {"right and right": 15, "right and wrong": 15}
    assert said.answers == {"right": 120, "wrong": 30} and said.answers_by == {"file": 150}
    alone = make(world, dry_run=True, balance=())
    assert alone.by_correctness["right and right"] not in (14, 15, 16) and sum(alone.by_correctness.values()) == 30


def test_pairs_are_balanced_by_strategy(world: World) -> None:
    ways = ("drawing", "drawing", "drawing", "algebra", "guessing")
    world.add_traces(*(
        path(number, f"{way} {place}", strategy=way) for number in range(20) for place, way in enumerate(ways)
    ))  # fmt: skip
    said = make(world, per_problem=2, balance=[Balance.STRATEGY.value])
    assert said.made == 40 and kinds(world) == Counter({
        ("drawing", "drawing"): 10, ("algebra", "drawing"): 10, ("drawing", "guessing"): 10, ("algebra", "guessing"): 10
    })  # fmt: skip
    assert said.by_strategy["algebra and drawing"] == 10 and said.answers == {"unknown": 100}


def test_the_traces_of_a_problem_come_in_evenly(world: World) -> None:
    world.add_traces(*(path(number, name) for number in range(12) for name in "abcd"))
    assert make(world, per_problem=2).made == 24
    texts = Counter(row[f"{which}_text"] for row in made(world) for which in ("first", "second"))
    assert set(texts.values()) == {1}, "each of four traces is in one of two pairs"


def test_what_nobody_says_is_right_is_said(world: World) -> None:
    world.add_traces(path(1, "a", True), path(1, "b"))
    assert make(world).by_correctness == {"right and unknown": 1}


def test_the_seed_draws_and_the_same_seed_draws_the_same(world: World) -> None:
    world.add_traces(*(path(number, name) for number in range(8) for name in "abcde"))
    dry = make(world, seed=3, dry_run=True)
    assert dry.made == 8 and dry.dry_run and made(world) == []
    make(world, seed=3)
    first = {row["first_text"] + row["second_text"] for row in made(world)}
    other = world.add_project("other", "lea")
    world.add_traces(*(path(number, name) for number in reversed(range(8)) for name in "edcba"), project=other)
    world.project = other
    make(world, seed=3)
    texts = world.rows("SELECT first_text, second_text FROM pairs WHERE project_id = :p", p=other)
    assert {row["first_text"] + row["second_text"] for row in texts} == first
    another = world.add_project("another", "lea")
    world.add_traces(*(path(number, name) for number in range(8) for name in "abcde"), project=another)
    world.project = another
    make(world, seed=4)
    texts = world.rows("SELECT first_text, second_text FROM pairs WHERE project_id = :p", p=another)
    assert {row["first_text"] + row["second_text"] for row in texts} != first


def test_it_goes_on_where_it_was_halted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the write before which it ends: what is made in two runs is what one makes."""
    paths = [path(number, name, name in "ab") for number in range(6) for name in "abcd"]
    world.add_traces(*paths)
    whole = world.project
    make(world, per_problem=3)
    texts = "SELECT first_text, second_text FROM pairs WHERE project_id = :p"
    wanted = {tuple(row.values()) for row in world.rows(texts, p=whole)}
    assert len(wanted) == 18
    monkeypatch.setattr(pair_making, "PAIRS_A_WRITE", 4)
    for halted_after in (1, 2, 4):
        world.project = world.add_project(f"halted {halted_after}", "lea")
        world.add_traces(*paths)
        writes = [True] * halted_after

        def halting(*arguments: Any, writes: list[bool] = writes, **named: Any) -> Any:
            if not writes:
                raise RuntimeError("halted")
            writes.pop()
            return add_pairs(*arguments, **named)

        with monkeypatch.context() as patched:
            patched.setattr(pair_making, "add_pairs", halting)
            with pytest.raises(RuntimeError):
                make(world, per_problem=3)
        there = len(world.rows(texts, p=world.project))
        assert there == 4 * halted_after
        said = make(world, per_problem=3)
        assert (said.made, said.there_already) == (18 - there, there)
        assert {tuple(row.values()) for row in world.rows(texts, p=world.project)} == wanted
        again = make(world, per_problem=3)
        assert (again.made, again.there_already, again.short) == (0, 18, 0)


def test_a_pair_of_the_same_content_is_there_already(world: World) -> None:
    world.add_traces(path(1, "one"), path(1, "other"))
    texts = (f"{name} of 1\n\nthen\n\nFinal answer: answer {name}" for name in ("other", "one"))
    one, other = (Response(text=text) for text in texts)
    add(world, Pair(problem=problem(1), responses=(one, other)))
    said = make(world, per_problem=2)
    assert (said.made, said.there_already, said.short) == (0, 1, 1)


def test_a_pair_of_a_trace_with_what_was_edited_of_it_is_no_pair_of_traces(world: World) -> None:
    world.add_traces(path(1, "one"), path(1, "other"))
    item = world.rows("SELECT id FROM traces")[0]["id"]
    one, other = (
        Response(text=kind.value, origin=ResponseOrigin(kind=kind, trace_id=item))
        for kind in (ResponseKind.TRACE, ResponseKind.EDITED)
    )
    add(world, Pair(problem=problem(1), responses=(one, other)))
    assert (make(world).made, make(world).there_already) == (1, 1)


def test_what_no_pair_is_made_of_is_counted(world: World) -> None:
    same = Trace(problem=problem(1), steps=(Step(text="a\n\nb"),))
    world.add_traces(same, Trace(problem=problem(1), steps=(Step(text="a"), Step(text="b"))))
    long = Trace(problem=problem(2), steps=tuple(Step(text="x" * 150_000 + str(n)) for n in range(8)))
    world.add_traces(long, path(2, "short"))
    world.add_traces(path(3, "gold", True), path(3, "other"))
    said = make(world)
    assert said.made == 1 and said.left_out == {"same_text": 1, "too_long": 1} and said.short == 2


def test_gold_is_in_no_pair(world: World) -> None:
    world.add_traces(trace("g", 1, problem=problem(1)))
    world.expert("ann").label_all()
    world.expert("bob").label_all()
    item = world.value("SELECT id FROM traces")
    body = PromoteBody(item_id=item, justifications={1: "so it is"})
    world.write(lambda db: promotion.promote(db, world.host, world.project, body))
    world.add_traces(path(1, "a"), path(1, "b"))
    said = make(world, per_problem=9)
    assert said.made == 1 and said.left_out == {"gold": 1}
    assert item not in json.dumps([dict(row) for row in made(world)])


def test_alternatives_are_in_no_pair_and_closed_projects_get_none(world: World) -> None:
    world.add_traces(path(1, "a"))
    ann = world.expert("ann")
    view = ann.take()
    ann.commit(view.id, 1)
    ann.write(view.id, 1, "said better")
    assert make(world).made == 0
    world.add_traces(path(1, "b"))
    world.write(lambda db: projects.close_project(db, world.host, world.project, ClosingBody(reason="done")))
    with pytest.raises(ProjectClosed):
        make(world)


def test_the_trail_tells_how_they_were_made_and_holds(world: World) -> None:
    world.add_traces(path(1, "a"), path(1, "b"))
    make(world, seed=7, where=TraceSlice(domain="mathematics").model_dump())
    body = json.loads(
        world.rows("SELECT body FROM events WHERE chain = :c ORDER BY sequence", c=world.project)[-1]["body"]
    )
    assert body["kind"] == "pairs.imported" and body["data"]["made"]["seed"] == 7
    assert body["data"]["made"]["where"] == {"domain": "mathematics", "tags": []}
    verdicts = world.store.read(lambda db: verification.verify(db, [SIGNER.public_key], (), ()))
    assert [finding.sentence for verdict in verdicts.values() for finding in verdict.findings] == []
