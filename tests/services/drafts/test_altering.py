"""Altered traces: which, how many, what the checks drop, what is kept, and that nobody can tell them apart."""

import json
import pickle
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from typing import Any

import pytest

from cotlab.checks.running.runner import Checker
from cotlab.domain.drafts.altering import AlterBody, AlterReport, CorrectBy
from cotlab.domain.errors import BadInput, ProjectClosed
from cotlab.domain.gold import PromoteBody
from cotlab.domain.projects.projects import ClosingBody
from cotlab.domain.traces.records import Problem, SourceLabel, Step, Trace
from cotlab.domain.work.views import AssignmentView
from cotlab.drafting.altering import WAYS
from cotlab.exchange.formats import reader
from cotlab.services.audit import verification
from cotlab.services.checks.executors import LocalCrew
from cotlab.services.drafts import altering
from cotlab.services.gold import promotion, suggestions
from cotlab.services.projects import projects
from cotlab.storage import Store
from tests.support import SIGNER, Clock
from tests.world import ANNOTATORS, World, people_and_project, trace

SUMS = ("There are 3*4 = 12 eggs in the boxes.", "That makes 12/2 = 6 eggs for each.", "So she has 6 + 1 = 7 eggs.")


CHECKER = Checker()
"""Its child is there once it is asked, and ends with this process."""


def sums(name: str, **fields: Any) -> Trace:
    return trace(name, texts=[f"{name}: {text}" for text in SUMS], **fields)


def alter(world: World, *how: str, **fields: Any) -> AlterReport:
    body = AlterBody.model_validate({"how": how or ("off-by-one",), **fields})
    return altering.alter(world.store, world.host, world.project, body, CHECKER)


def given(world: World, *how: str, **fields: Any) -> AlterReport:
    """Of traces of the source `book`, which are taken for correct."""
    where = {"source": "book", **fields.pop("where", {})}
    return alter(world, *how, correct_by=CorrectBy.GIVEN, where=where, **fields)


def of_book(name: str, **fields: Any) -> Trace:
    return sums(name, problem=Problem(text=f"Problem {name}", domain="mathematics", source="book"), **fields)


def made(world: World) -> list[Any]:
    return list(world.rows("SELECT t.*, d.* FROM traces t JOIN derivations d ON d.item_id = t.id ORDER BY t.digest"))


def texts(world: World, item_id: str) -> list[str]:
    rows = world.rows("SELECT text FROM steps WHERE trace_id = :id ORDER BY position", id=item_id)
    return [row["text"] for row in rows]


@pytest.fixture
def world(store: Store, clock: Clock) -> World:
    return people_and_project(store, clock)


@pytest.fixture
def settled(world: World) -> World:
    """Two traces that two people called right throughout, one with an error at its second step, one unlabelled."""
    world.set_policy(overlap=2)
    world.add_traces(sums("good"), sums("other", generator="secret-model"), sums("bad"), sums("open"))
    for name in ("ann", "bob"):
        for _ in range(4):
            assignment = world.expert(name).take()
            of = assignment.problem.text.removeprefix("Problem ")
            if of == "open":
                world.expert(name).end(assignment.id, "give_up")
                continue
            for position in (1, 2, 3):
                label = "incorrect" if of == "bad" and position > 1 else "correct"
                world.expert(name).commit(assignment.id, position, label, rationale="no")
            world.expert(name).finish(assignment.id, "yes")
    return world


def test_a_settled_step_is_altered_and_names_its_parent(settled: World) -> None:
    said = alter(settled, "off-by-one", number=10, seed=1)
    assert (said.made, said.there_already, said.traces, said.steps) == (3, 0, 3, 7)
    assert said.ways["off-by-one"].refuted == 3 and said.short == 7 and said.left_out == {"no_correct_step": 1}
    for row in made(settled):
        (parent,) = settled.rows("SELECT * FROM traces WHERE digest = :digest", digest=row["parent_digest"])
        before, after = texts(settled, parent["id"]), texts(settled, row["item_id"])
        assert after[:-1] == before[: row["position"] - 1] and len(after) == row["position"]
        assert after[-1] != before[row["position"] - 1]
        assert (row["origin"], row["generator"], row["final_answer"]) == (
            "semi-synthetic",
            "altering off-by-one 1.0",
            None,
        )
        (change,) = json.loads(row["changes"])
        assert change["was"] in before[row["position"] - 1] and row["problem_id"] == parent["problem_id"]
    bad = settled.value(
        """SELECT t.digest FROM traces t JOIN problems p ON p.id = t.problem_id
           WHERE p.text = 'Problem bad' AND t.origin <> 'semi-synthetic'"""
    )
    assert [row["position"] for row in made(settled) if row["parent_digest"] == bad] == [1]


def test_the_label_that_is_meant_is_its_sources_alone(settled: World) -> None:
    alter(settled, number=10)
    rows = settled.rows(
        """SELECT n.value, n.purpose, m.kind, m.name, n.position, t.last_position FROM answers n
           JOIN actors m ON m.id = n.actor_id JOIN traces t ON t.id = n.item_id
           JOIN derivations d ON d.item_id = t.id"""
    )
    assert len(rows) == 3 and {row["value"] for row in rows} == {"incorrect"}
    assert {(row["purpose"], row["kind"], row["name"]) for row in rows} == {
        ("imported", "source", "altered: off-by-one")
    }
    assert all(row["position"] == row["last_position"] for row in rows)


def test_the_same_again_is_there_already_and_nothing_is_made_of_what_was_made(settled: World) -> None:
    first = alter(settled, number=2, seed=5)
    assert alter(settled, number=2, seed=5).model_dump(include={"made", "there_already"}) == {
        "made": 0, "there_already": first.made,
    }  # fmt: skip
    more = alter(settled, number=10, seed=5)
    assert (more.made, more.there_already) == (1, 2)
    assert alter(settled, "sign", number=10, seed=6).made == 0
    assert alter(settled, "sign", number=10, seed=6, per_trace=2).made == 3
    assert len(made(settled)) == 6


class Pickling(LocalCrew):
    """Hands what it is given over as a cluster gets it, and counts it."""

    submitted = 0

    def submit(self, work: Callable[..., Any], *given: Any) -> "Future[Any]":
        self.submitted += 1
        return super().submit(*pickle.loads(pickle.dumps((work, *given))))


def test_what_ways_offer_is_worked_out_by_the_executor_and_is_the_same_whoever_does(world: World) -> None:
    world.add_traces(*(of_book(f"t{number}") for number in range(6)))
    body = AlterBody.model_validate({
        "how": [way.name for way in WAYS], "number": 9, "seed": 2, "per_trace": 3, "correct_by": CorrectBy.GIVEN,
        "where": {"source": "book"}, "dry_run": True,
    })  # fmt: skip
    said = []
    for threads in (1, 3):
        with closing(Pickling(threads)) as hands:
            said.append(altering.alter(world.store, world.host, world.project, body, CHECKER, hands))
            assert 3 <= hands.submitted <= 6
    assert said[0] == said[1] and said[0].made == 9


def test_a_seed_draws_the_same_from_the_same_traces(world: World) -> None:
    world.add_traces(*(of_book(f"t{number}") for number in range(8)))
    drawn = [given(world, "sign", "off-by-one", number=4, seed=seed, dry_run=True) for seed in (1, 1)]
    assert drawn[0] == drawn[1] and drawn[0].made == 4 and made(world) == []
    given(world, "sign", number=3, seed=1)
    one = {row["parent_digest"] for row in made(world)}
    given(world, "sign", number=3, seed=1)
    assert {row["parent_digest"] for row in made(world)} == one
    given(world, "sign", number=8, seed=2)
    assert len(made(world)) == 8


def test_nothing_is_made_of_what_was_made(world: World) -> None:
    world.add_traces(of_book("one"), of_book("two"))
    assert given(world, "off-by-one", number=9).traces == 2
    again = given(world, "sign", number=9, per_trace=9)
    assert (again.traces, again.left_out) == (2, {})
    assert {row["parent_digest"] for row in made(world)}.isdisjoint({row["digest"] for row in made(world)})


def test_ways_are_made_evenly(world: World) -> None:
    world.add_traces(*(of_book(f"t{number}") for number in range(9)))
    said = given(world, "sign", "off-by-one", "restatement", number=9)
    assert {name: one.made for name, one in said.ways.items()} == {"sign": 3, "off-by-one": 3, "restatement": 3}
    assert said.ways["restatement"].undecided == 3 and said.ways["sign"].refuted == 3
    labels = Counter(row["value"] for row in world.rows("SELECT value FROM answers"))
    assert labels == {"incorrect": 6, "redundant": 3}


def test_a_sources_labels_say_what_is_correct(world: World) -> None:
    right, wrong = (SourceLabel(source="raters", value=value) for value in ("correct", "incorrect"))
    one, other = sums("one"), sums("other")
    steps = tuple(
        step.model_copy(update={"labels": (right if at < 2 else wrong,)}) for at, step in enumerate(one.steps)
    )
    world.add_traces(one.model_copy(update={"steps": steps}), other)
    said = alter(world, correct_by=CorrectBy.SOURCE, source="raters", number=5, per_trace=5)
    assert (said.traces, said.steps, said.left_out) == (1, 2, {"no_correct_step": 1})
    assert {row["position"] for row in made(world)} <= {1, 2}
    with pytest.raises(BadInput, match="no label came from a source nobody"):
        alter(world, correct_by=CorrectBy.SOURCE, source="nobody")


def test_of_traces_that_are_taken_for_correct_a_wrong_answer_is_left_out(world: World) -> None:
    world.add_traces(of_book("one", labels=(SourceLabel(source="s", value="final_correct: false"),)), of_book("other"))
    said = given(world)
    assert (said.made, said.left_out) == (1, {"no_correct_step": 1})


def test_what_the_checks_speak_against_is_dropped_and_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.add_traces(of_book("one"), trace("wrong", texts=["There are 3*4 = 12 eggs, and 2 + 2 = 5."], problem=Problem(
        text="p", domain="mathematics", source="book")))  # fmt: skip
    said = given(world, "off-by-one", number=5)
    assert said.made == 1 and said.ways["off-by-one"].dropped == {"parent_refuted": 1}
    away = "cotlab.drafting.altering.off_by_one.written"
    monkeypatch.setattr(away, lambda value, like: f"{like}.0")  # says the same as before
    world.add_traces(of_book("two"))
    again = given(world, "off-by-one", number=5)
    assert again.made == 0 and again.ways["off-by-one"].dropped["not_refuted"] == 3


def test_what_is_not_known_or_not_allowed_is_said(world: World) -> None:
    with pytest.raises(BadInput, match="how: there is no way guess; there are wrong-operation, unit-slip"):
        alter(world, "guess")
    for fields in ({"correct_by": "given"}, {"correct_by": "source"}, {"source": "x"}, {"how": ()}, {"number": 0}):
        with pytest.raises(ValueError):
            AlterBody.model_validate({"how": ("sign",), **fields})
    closing = ClosingBody(reason="done")
    world.write(lambda db: projects.close_project(db, world.host, world.project, closing))
    with pytest.raises(ProjectClosed):
        alter(world)


def test_gold_is_not_altered(settled: World) -> None:
    item = settled.value(
        "SELECT t.id FROM traces t JOIN problems p ON p.id = t.problem_id WHERE p.text = 'Problem good'"
    )
    body = PromoteBody(item_id=item, justifications={1: "a", 2: "b", 3: "c"})
    settled.write(lambda db: promotion.promote(db, settled.people["lea"], settled.project, body))
    said = alter(settled, number=10)
    assert said.left_out == {"gold": 1, "no_correct_step": 1} and said.made == 2


def claims_all(world: World, name: str) -> None:
    for _ in range(20):
        if (view := world.expert(name).claim().assignment) is None:
            return
        world.expert(name).end(view.id, "give_up")


def test_who_was_given_a_trace_gets_none_that_was_made_of_it_nor_the_other_way_round(settled: World) -> None:
    alter(settled, "off-by-one", "sign", number=10, per_trace=2)
    family = {row["item_id"]: row["parent_digest"] for row in made(settled)}
    own = {row["id"]: row["digest"] for row in settled.rows("SELECT id, digest FROM traces")}
    for overlap in (2, 4):
        settled.set_policy(overlap=overlap)
        for name in ANNOTATORS:
            claims_all(settled, name)
        rows = settled.rows("SELECT item_id, actor_id FROM assignments")
        per_person = Counter((row["actor_id"], family.get(row["item_id"], own[row["item_id"]])) for row in rows)
        assert set(per_person.values()) == {1}
        taken = {row["actor_id"] for row in rows if row["item_id"] in family}
        assert taken == {settled.people["cyn"], settled.people["dan"]}


def offered(world: World, name: str, item_id: str) -> AssignmentView:
    """The assignment of a person on an item; what comes before it they give up."""
    for _ in range(20):
        view = world.expert(name).take()
        if world.value("SELECT item_id FROM assignments WHERE id = :id", id=view.id) == item_id:
            return view
        world.expert(name).end(view.id, "give_up")
    raise AssertionError(f"{name} was not offered {item_id}")


def test_people_confirm_it_and_it_can_become_gold(settled: World) -> None:
    alter(settled, number=1)
    (row,) = made(settled)
    for name in ("cyn", "dan"):
        view = offered(settled, name, row["item_id"])
        for position in range(1, row["position"] + 1):
            label = "incorrect" if position == row["position"] else "correct"
            settled.expert(name).commit(view.id, position, label, rationale="12 is not it")
        settled.expert(name).finish(view.id, "no")
    found = settled.store.read(lambda db: suggestions.suggest(db, settled.project))
    assert row["item_id"] in {one.item_id for one in found.candidates}
    body = PromoteBody(item_id=row["item_id"], justifications={at: "so" for at in range(1, row["position"] + 1)})
    settled.write(lambda db: promotion.promote(db, settled.people["lea"], settled.project, body))
    assert settled.value("SELECT count(*) FROM gold_items") == 1


def confirmed(world: World) -> list[Any]:
    """The rows of an export after somebody labelled what was made."""
    world.set_policy(overlap=2)
    for name in ("cyn", "dan"):
        while world.expert(name).claim().assignment is not None:
            world.expert(name).label_all()
    content, _ = world.export(labels="each")
    return [json.loads(line) for line in content.splitlines()]


def read_back(row: dict[str, Any]) -> Trace:
    (one,) = reader("native").traces(row)
    assert isinstance(one, Trace)
    return one


def test_an_audit_holds_what_it_was_made_of(settled: World) -> None:
    alter(settled, number=10)
    verdicts = settled.store.read(lambda db: verification.verify(db, [SIGNER.public_key], (), ()))
    assert [finding.sentence for verdict in verdicts.values() for finding in verdict.findings] == []
    event = json.loads(settled.rows("SELECT body FROM events WHERE chain = :c ORDER BY sequence DESC LIMIT 1",
                                    c=settled.project)[0]["body"])  # fmt: skip
    assert event["kind"] == "traces.imported"
    assert event["data"]["altered"]["how"] == ["off-by-one"] and event["data"]["altered"]["seed"] == 0


def test_an_export_tells_what_it_was_made_of(settled: World) -> None:
    alter(settled, number=10)
    rows = confirmed(settled)
    assert all(row["derived_from"] is None for row in rows if row["origin"] != "semi-synthetic")
    altered = [read_back(row) for row in rows if row["origin"] == "semi-synthetic"]
    assert len(altered) == 3
    parents = {row["digest"] for row in settled.rows("SELECT digest FROM traces")}
    for one in altered:
        assert one.derived_from is not None and one.derived_from.trace in parents
        assert one.derived_from.position == len(one.steps) and one.derived_from.way == "off-by-one 1.0"
        (change,) = one.derived_from.changes
        assert one.steps[-1].text[change.start : change.stop] != change.was


def test_a_file_brings_back_what_it_was_made_of(settled: World) -> None:
    alter(settled, number=10)
    rows = [row for row in confirmed(settled) if row["origin"] == "semi-synthetic"]
    other = settled.add_project("other")
    settled.add_traces(*map(read_back, rows), project=other)
    sql = """SELECT d.parent_digest, d.position, d.way, d.changes FROM derivations d WHERE d.project_id = :project
        ORDER BY d.parent_digest"""
    assert len(settled.rows(sql, project=other)) == 3
    assert settled.rows(sql, project=other) == settled.rows(sql, project=settled.project)


def test_a_position_that_is_not_there_is_refused() -> None:
    derived = {"trace": "0" * 64, "position": 2, "way": "sign 1.0"}
    with pytest.raises(ValueError, match="derived_from names step 2 of 1"):
        Trace.model_validate(
            {"problem": {"text": "p"}, "steps": [Step(text="a").model_dump()], "derived_from": derived}
        )
