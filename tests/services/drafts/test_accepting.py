"""Drafts that become traces: duplicates are dropped, others accepted or turned down, with where they came from."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from cotlab.domain.drafts.requests import (
    AcceptBody,
    Decided,
    Deciding,
    DeclineBody,
    Draft,
    DraftEdit,
    DraftStatus,
    DropReason,
)
from cotlab.domain.errors import BadInput, Conflict, NotFound, ProjectClosed
from cotlab.domain.people import SERVER_ITSELF
from cotlab.domain.projects.projects import ClosingBody
from cotlab.domain.provenance import Prompt
from cotlab.domain.shown_drafts import ShownAlternative
from cotlab.domain.traces.records import Trace
from cotlab.exchange.formats import reader
from cotlab.services.audit import verification
from cotlab.services.datasets.lineage import lineage
from cotlab.services.drafts import acceptance, requests
from cotlab.services.projects import projects
from cotlab.storage import SERVER
from tests.services.drafts import drafted
from tests.services.drafts.revealed import ALWAYS, item_of, leave, opinion
from tests.services.work import writing
from tests.support import SIGNER
from tests.world import World, trace

FORWARD = "forward chaining"
ONE = "3 boxes hold 12 eggs each\nSo there are 36 eggs\n36 and 4 are 40\nAnswer: 40"


def said(*texts: str) -> drafted.Scripted:
    """A model that says these, one after the other."""
    left = list(texts)
    return drafted.Scripted(lambda _: left.pop(0))


def alternatives(world: World, *texts: str, name: str = "a", position: int = 2) -> DraftStatus:
    return filled(world, said(*texts), name, item_id=first(world, name), position=position, number=len(texts))


def first(world: World, name: str = "a") -> str:
    """The trace that a problem came with."""
    rows = world.rows(
        "SELECT t.id FROM traces t JOIN problems p ON p.id = t.problem_id WHERE p.text = :text ORDER BY t.sequence",
        text=f"Problem {name}",
    )
    return str(rows[0]["id"])


def paths(world: World, *texts: str, name: str = "a", **more: Any) -> DraftStatus:
    problem = world.value("SELECT id FROM problems WHERE text = :text", text=f"Problem {name}")
    asked = {"kind": "path", "item_id": None, "position": None, "problem_id": problem, "number": len(texts), **more}
    return filled(world, said(*texts), name, **asked)


def filled(world: World, driver: drafted.Scripted, name: str = "a", **asked: Any) -> DraftStatus:
    made = drafted.ask(world, name, **asked)
    drafted.worker(world, driver).draft_next()
    found = drafted.status(world, made.id)
    assert found.state == "done", found.sentence
    return found


def accept(world: World, request: DraftStatus, *ordinals: int, by: str = "lea", **more: Any) -> Decided:
    body = AcceptBody(drafts=ordinals, **more)
    return world.write(
        lambda db: acceptance.accept(db, world.people[by], world.project, request.id, body), SERVER, world.project
    )


def decline(world: World, request: DraftStatus, *ordinals: int, reason: str = "clumsy") -> Decided:
    body = DeclineBody(drafts=ordinals, reason=reason)
    return world.write(lambda db: acceptance.decline(db, world.people["lea"], world.project, request.id, body))


def drafts(world: World, request: DraftStatus) -> list[Draft]:
    return list(world.store.read(lambda db: requests.report(db, world.project, request.id)).drafts)


def row_of(world: World, item_id: str) -> dict[str, Any]:
    (row,) = world.rows("SELECT * FROM traces WHERE id = :id", id=item_id)
    return {**row, "steps": [one["text"] for one in world.rows(
        "SELECT text FROM steps WHERE trace_id = :id ORDER BY position", id=item_id)]}  # fmt: skip


def holds(world: World) -> bool:
    found = world.store.read(lambda db: verification.verify(db, [SIGNER.public_key], [], []))
    return all(one.good for one in found.values())


@pytest.fixture
def model(world: World) -> World:
    drafted.add_model(world)
    return world


def test_a_step_that_is_there_is_dropped_however_it_is_written(model: World) -> None:
    other = alternatives(model, "A,   Step “2”.", "something else", "Something else!", "something, else", "a third")
    found = {one.ordinal: one.dropped for one in drafts(model, other)}
    assert found[2] is None and found[3] is None and found[5] is None
    assert found[1] and (found[1].why, found[1].beside) == (DropReason.SAME_TEXT, first(model))
    assert found[4] and found[4].beside == drafts(model, other)[1].id
    assert (other.made, other.dropped, other.open) == (5, {"same_text": 2}, 3)
    again = alternatives(model, "something else", "a fourth")
    assert again.dropped == {"same_text": 1}
    assert alternatives(model, "something else", position=3).dropped == {}
    assert drafts(model, again)[0].provenance.seed is not None


def test_what_was_cut_off_is_dropped_and_enters_only_as_somebody_has_ended_it(model: World) -> None:
    model.set_policy(accept_drafts=True)
    asked = drafted.ask(model, number=1)
    drafted.worker(model, drafted.Scripted(lambda _: "Then the tra", "length")).draft_next()
    found = drafted.status(model, asked.id)
    assert (found.dropped, found.accepted) == ({"cut_off": 1}, 0) and holds(model)
    with pytest.raises(Conflict, match=r"Draft 1 was dropped \(cut off\)"):
        accept(model, found, 1)
    assert list(accept(model, found, edited={1: DraftEdit(steps=("Then the train stops.",))}).items) == [1]


def test_a_path_is_dropped_for_the_numbers_in_it(model: World) -> None:
    found = paths(
        model, ONE,
        "Of 3 boxes each has 12\nThat makes 36.0\nWith 4 more it is 40\nAnswer: 40",
        "4 and 3 times 12\nthat is 41\nAnswer: 41",
        "the same words\nAnswer: no", "The same, words.\nAnswer: yes",
    )  # fmt: skip
    drops = [one.dropped for one in drafts(model, found)]
    assert [drop and drop.why for drop in drops] == [
        None, DropReason.SAME_NUMBERS, None, None, DropReason.SAME_TEXT
    ]  # fmt: skip
    assert drops[1] and (drops[1].beside, drops[1].shared) == (drafts(model, found)[0].id, 1.0)
    assert paths(model, "12 and 3 are 36\nand 4 are 40\nAnswer: 40", name="b").dropped == {}
    model.add_traces(trace("d", texts=["5 + 6 = 11", "11 - 7 = 4"]))
    assert paths(model, "first 5 and 6, 11\nless 7 is 4\nAnswer: 4", name="d").dropped == {"same_numbers": 1}


def test_a_path_with_nine_of_ten_numbers_of_another_is_dropped_and_one_with_eight_of_nine_is_not(model: World) -> None:
    one = "1 2 3 4 5 6 7 8 9"
    found = paths(model, f"{one}\nAnswer: 1", f"the other with {one} 10\nAnswer: 2", "1 2 3 4 5 6 7 8\nAnswer: 3")
    drops = [one.dropped for one in drafts(model, found)]
    assert [drop and (drop.why, drop.shared) for drop in drops] == [None, (DropReason.SAME_NUMBERS, 0.9), None]


def test_an_alternative_with_the_numbers_of_another_is_no_duplicate(model: World) -> None:
    assert alternatives(model, "12 and 3 are 15", "15 is 3 and 12").dropped == {}


def test_what_is_accepted_is_a_trace_to_label_with_where_it_came_from(model: World) -> None:
    request = paths(model, ONE, "quite another way\nAnswer: 12", strategy="forward")
    came = accept(model, request, strategy=FORWARD)
    assert list(came.items) == [1, 2] and came.left == {} and came.dropped == {} and came.receipt
    row = row_of(model, came.items[1])
    assert (row["origin"], row["generator"], row["strategy"], row["final_answer"], row["author_id"]) == (
        "model", "small", FORWARD, "40", None,
    )  # fmt: skip
    assert row["steps"] == ONE.splitlines()[:-1] and row["problem_id"] == request.problem_id
    assert model.rows("SELECT * FROM answers") == []
    assert model.value("SELECT count(*) AS n FROM queue WHERE item_id IN (:a, :b)", a=came.items[1], b=came.items[2])
    (kept,) = model.rows("SELECT * FROM drafted_traces WHERE item_id = :id", id=came.items[1])
    document, draft = json.loads(kept["document"]), drafts(model, request)[0]
    assert document == {
        "draft": draft.id, "kind": "path", "model": "small", "edited": False,
        "provenance": draft.provenance.model_dump(mode="json"),
    }  # fmt: skip
    found = drafted.status(model, request.id)
    assert (found.accepted, found.declined, found.open) == (2, 0, 0)
    assert draft.decision and (draft.decision.decision, draft.decision.item_id, draft.decision.decided_by) == (
        Deciding.ACCEPTED, came.items[1], "lea",
    )  # fmt: skip
    assert model.kinds()[-2:] == ["draft.decided"] * 2 and holds(model)


def test_an_alternative_branches_off_where_it_was_asked_for(model: World) -> None:
    request = alternatives(model, "another second step")
    row = row_of(model, accept(model, request, 1).items[1])
    assert (row["parent_id"], row["alternative_kind"], row["first_position"], row["last_position"]) == (
        first(model), "rewording", 2, 2,
    )  # fmt: skip
    assert (row["origin"], row["generator"], row["strategy"], row["steps"]) == (
        "model", "small", None, ["another second step"],
    )  # fmt: skip
    assert model.value("SELECT count(*) AS n FROM queue WHERE item_id = :id", id=row["id"]) == 1 and holds(model)
    model.set_policy(label_alternatives=False)
    other = accept(model, alternatives(model, "a third one"), 1).items[1]
    assert model.value("SELECT count(*) AS n FROM queue WHERE item_id = :id", id=other) == 0


def test_an_alternative_of_gold_is_labelled_by_nobody(model: World) -> None:
    item = first(model)
    model.write(lambda db: db.add(
        "gold_items", item_id=item, project_id=model.project, origin="test", actor_id=model.host, at=1, sequence=1
    ))  # fmt: skip
    other = accept(model, alternatives(model, "another one"), 1).items[1]
    assert model.value("SELECT count(*) AS n FROM queue WHERE item_id = :id", id=other) == 0


def test_who_was_shown_a_draft_is_not_given_what_it_became_and_nobody_is_shown_it_any_more(model: World) -> None:
    model.set_policy(overlap=3, **ALWAYS)
    request = alternatives(model, "another first step", "A, step 1", "a third", position=1)
    seen = dict[str, list[str]]()
    for name in ("ann", "bob"):
        expert = model.expert(name)
        taken = expert.take()
        while item_of(model, taken.id) != first(model):
            expert.end(taken.id, "give_up")
            taken = expert.take()
        given = expert.commit(taken.id, 1)
        seen[name] = [draft.text for draft in given.drafts if isinstance(draft, ShownAlternative)]
        for position in (2, 3):
            expert.commit(taken.id, position)
        expert.finish(taken.id)
        if name == "ann":
            item = accept(model, request, 1).items[1]
            decline(model, request, 3)
    assert seen == {"ann": ["another first step", "a third"], "bob": []}
    left = {name: set[str]() for name in seen}
    for name, items in left.items():
        while (claimed := model.expert(name).claim().assignment) is not None:
            items.add(item_of(model, claimed.id))
            model.expert(name).end(claimed.id, "give_up")
    assert item in left["bob"] and item not in left["ann"]


def test_a_draft_is_decided_once(model: World) -> None:
    request = alternatives(model, "one way", "a second way", "a third way")
    accept(model, request, 2)
    assert decline(model, request, 1).declined == (1,)
    before = model.kinds()
    for act in (accept, decline):
        for ordinal, how in ((2, "accepted"), (1, "declined")):
            with pytest.raises(Conflict, match=f"Draft {ordinal} was {how} already"):
                act(model, request, ordinal)
        with pytest.raises(NotFound, match="no draft 4"):
            act(model, request, 3, 4)
    assert model.kinds() == before and decline(model, request, reason="too late").declined == (3,)
    assert drafts(model, request)[2].decision and holds(model)
    decision = drafts(model, request)[0].decision
    assert decision and (decision.reason, decision.decided_by, decision.item_id) == ("clumsy", "lea", None)
    assert accept(model, request).items == {}


def test_what_a_lead_edits_stays_the_models_and_is_marked(model: World) -> None:
    request = alternatives(model, "anoter step", "the rest")
    came = accept(model, request, 1, edited={1: DraftEdit(steps=("another step",))})
    row = row_of(model, came.items[1])
    assert (row["origin"], row["author_id"], row["steps"]) == ("model", None, ["another step"])
    assert json.loads(model.value("SELECT document FROM drafted_traces"))["edited"] is True
    draft = drafts(model, request)[0]
    assert draft.document == {"text": "anoter step"} and draft.decision is not None
    assert draft.decision.edited == DraftEdit(steps=("another step",)) and draft.decision.decided_by == "lea"
    same = accept(model, request, 2, edited={2: DraftEdit(steps=("the rest",))})
    assert drafts(model, request)[1].decision.edited is None and same.items  # type: ignore[union-attr]
    more = alternatives(model, "a fourth", "a fifth")
    for wrong, why in ((("x", "y"), "one step"), (("Another step.",), "which is there")):
        with pytest.raises((BadInput, Conflict), match=why):
            accept(model, more, 1, edited={1: DraftEdit(steps=wrong)})
    with pytest.raises(BadInput, match="one step"):
        accept(model, more, 1, edited={1: DraftEdit(steps=("x",), final_answer="9")})
    assert holds(model)


def test_a_path_has_a_strategy_of_the_guideline_and_a_final_answer_as_those_of_people(model: World) -> None:
    writing.prepare(model)
    model.publish(writing.with_strategies("1.2", "forward", "other"))
    request = paths(model, "a way", "forward it goes\nAnswer: 1", "by cases\nAnswer: 2", strategy=None)
    came = accept(model, request)
    assert came.items == {} and "none of the guideline" in came.left[2] and "no final answer" in came.left[1]
    with pytest.raises(BadInput, match="no final answer"):
        accept(model, request, 1, strategy="other")
    with pytest.raises(BadInput, match="elsewhere is none of the guideline"):
        accept(model, request, 2, strategy="elsewhere")
    assert row_of(model, accept(model, request, 2, strategy="other").items[2])["strategy"] == "other"
    edited = accept(model, request, 1, strategy="other", edited={1: DraftEdit(steps=("a way",), final_answer="9")})
    assert row_of(model, edited.items[1])["final_answer"] == "9"
    own = paths(model, "and forward\nAnswer: 3", strategy="forward")
    assert row_of(model, accept(model, own).items[1])["strategy"] == "forward"


def test_what_came_into_the_pool_meanwhile_is_dropped_when_it_is_accepted(model: World) -> None:
    request = paths(model, ONE, "not it\nAnswer: 0")
    model.add_traces(Trace.model_validate({
        "problem": {"text": "Problem a", "domain": "mathematics", "passages": [{"name": "note", "text": "as said"}]},
        "steps": [{"text": "12 times 3 is 36"}, {"text": "36 + 4 = 40"}], "final_answer": "forty",
    }))  # fmt: skip
    came = accept(model, request, strategy=FORWARD)
    assert list(came.items) == [2] and came.dropped[1].why is DropReason.SAME_NUMBERS
    assert drafted.status(model, request.id).dropped == {"same_numbers": 1} and holds(model)
    assert accept(model, request, 1, strategy=FORWARD).items
    found = drafted.status(model, request.id)
    assert (found.dropped, found.accepted, found.open) == ({}, 2, 0)


def test_a_draft_with_the_text_of_another_does_not_enter_even_where_it_is_named(model: World) -> None:
    request = alternatives(model, "a way", "A way.")
    with pytest.raises(Conflict, match="was dropped \\(same text\\)"):
        accept(model, request, 2)


def test_of_all_that_are_open_those_that_were_dropped_are_none(model: World) -> None:
    request = alternatives(model, "a way", "A way.", "another way")
    assert list(accept(model, request).items) == [1, 3]


def test_by_the_policy_drafts_enter_at_once(model: World) -> None:
    model.set_policy(accept_drafts=True)
    request = alternatives(model, "a way", "A way.", "another way")
    assert (request.accepted, request.dropped, request.open) == (2, {"same_text": 1}, 0)
    assert {row["actor_id"] for row in model.rows("SELECT actor_id FROM draft_decisions")} == {SERVER_ITSELF}
    assert drafts(model, request)[0].decision.decided_by == SERVER_ITSELF and holds(model)  # type: ignore[union-attr]
    waits = paths(model, "no answer here")
    assert (waits.accepted, waits.open) == (0, 1)


def test_the_native_export_has_every_field_of_provenance_and_a_file_brings_it_back(model: World) -> None:
    model.set_policy(overlap=1)
    taken = [accept(model, alternatives(model, "another way"), 1), accept(model, paths(model, ONE), strategy=FORWARD)]
    items = {one for came in taken for one in came.items.values()}
    while model.expert("ann").claim().assignment is not None:
        model.expert("ann").label_all()
    content, _ = model.export("native", labels="each")
    rows = [json.loads(line) for line in content.splitlines()]
    out = [one["drafted"] for row in rows for one in (row, *row["alternatives"]) if one["drafted"]]
    assert len(out) == 2 and {one["kind"] for one in out} == {"alternatives", "path"}
    for one in out:
        assert set(one["provenance"]) == set(drafts(model, drafted.status(model, _request_of(model, one["draft"])))[0]
                                             .provenance.model_dump())  # fmt: skip
        assert one["provenance"]["driver"] == "scripted" and one["provenance"]["prompt_sha256"]
    assert {row["generator"] for row in rows for row in (row, *row["alternatives"]) if row["drafted"]} == {"small"}
    other = model.add_project("other")
    traces = [one for row in rows for one in reader("native").traces(row) if isinstance(one, Trace)]
    assert model.add_traces(*traces, project=other).broken == []
    back = model.rows("SELECT document FROM drafted_traces WHERE project_id = :p", p=other)
    assert sorted(row["document"] for row in back) == sorted(
        row["document"] for row in model.rows("SELECT document FROM drafted_traces WHERE project_id = :p",
                                              p=model.project))  # fmt: skip
    assert len(items) == 2 and holds(model)


def _request_of(world: World, draft_id: str) -> str:
    return str(world.value("SELECT request_id FROM drafts WHERE id = :id", id=draft_id))


def test_its_history_tells_of_the_draft_and_of_who_accepted_it(model: World) -> None:
    request = alternatives(model, "another way", "a third")
    item = accept(model, request, 1, edited={1: DraftEdit(steps=("edited",))}).items[1]
    made, accepted = lineage(model.store, model.project, item, gold=True).events[-2:]
    assert (made.kind, made.what, accepted.kind, accepted.what) == (
        "draft.made", "drafted by a model", "draft.decided", "the draft was edited and accepted",
    )  # fmt: skip
    assert made.drafted is not None and made.drafted.edited and made.drafted.draft == drafts(model, request)[0].id
    assert accepted.by and accepted.by.startswith("annotator-") and made.by is None


@pytest.mark.parametrize("act", [accept, decline])
def test_an_opinion_is_no_trace_to_be_decided_on(model: World, act: Callable[..., Decided]) -> None:
    leave(model, first(model), 1, opinion("incorrect"), model="small")
    request = drafted.status(model, model.value("SELECT id FROM draft_requests"))
    with pytest.raises(BadInput, match="drafts of label_opinion are no traces"):
        act(model, request, 1)


@pytest.mark.parametrize("act", [accept, decline])
def test_of_a_closed_or_another_project_nothing_is_decided(model: World, act: Callable[..., Decided]) -> None:
    request = alternatives(model, "another way")
    other = model.add_project("other")
    here, model.project = model.project, other
    with pytest.raises(NotFound):
        act(model, request, 1)
    model.project = here
    model.write(lambda db: projects.close_project(db, model.host, model.project, ClosingBody(reason="done")))
    with pytest.raises(ProjectClosed):
        act(model, request, 1)


def test_the_prompt_of_an_alternative_does_not_hold_the_step_itself(model: World) -> None:
    driver = drafted.Scripted(drafted.by_seed)
    filled(model, driver, position=2)

    def texts(prompt: Prompt) -> str:
        return " ".join(message.content for message in prompt.messages)

    assert all("a, step 2" not in texts(one) and "a, step 1" in texts(one) for one in driver.asked)
