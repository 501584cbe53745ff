"""Gold: imported, promoted, corrected and retired; it leaves the queue, and what people labelled before counts."""

import json
from pathlib import Path
from typing import Any

import pytest

from cotlab.domain.errors import AlreadyExists, BadInput, Conflict, NotFound
from cotlab.domain.gold import CorrectBody, GoldList, GoldReport, PromoteBody, RetireBody
from cotlab.domain.traces.records import Alternative, SourceLabel, Step, Trace
from cotlab.exchange.readers.jsonl import Broken
from cotlab.services.audit import verification
from cotlab.services.gold import gold_import, items, promotion
from cotlab.services.gold.gold_import import GoldOrder, label_names
from tests.services.calibration.piloting import start
from tests.services.cases.adjudicating import case_on, decide, open_cases
from tests.services.guidelines.guideline_texts import following, small
from tests.support import SIGNER
from tests.world import World, trace

VERIFIED = ("correct", "redundant", "incorrect")


def gold_trace(name: str, labels: tuple[str, ...] = VERIFIED, source: str = "experts", why: str = "by M1") -> Trace:
    """A trace with one label a step and its rationale."""
    plain = trace(name, len(labels))
    steps = tuple(
        step.model_copy(update={"labels": (SourceLabel(source=source, value=value, rationale=why or None),)})
        for step, value in zip(plain.steps, labels, strict=True)
    )
    return plain.model_copy(update={"steps": steps})


def line(one: Trace, **more: Any) -> bytes:
    return json.dumps(one.model_dump(mode="json", exclude_defaults=True) | more).encode()


def bring(world: World, *lines: Trace | bytes, rejected: list[Broken] | None = None, **order: Any) -> GoldReport:
    """Import gold as the lead."""
    raw = [one if isinstance(one, bytes) else line(one) for one in lines]
    found = [] if rejected is None else rejected
    return gold_import.import_gold(
        world.store, world.people["lea"], world.project, raw, GoldOrder(**order), found.append
    )


def item_of(world: World, name: str) -> str:
    """The id of the trace of that name."""
    rows = world.rows(
        "SELECT t.id FROM traces t JOIN problems p ON p.id = t.problem_id WHERE p.text = :t", t=f"Problem {name}"
    )
    return str(rows[0]["id"])


def queued(world: World) -> set[str]:
    return {row["item_id"] for row in world.rows("SELECT item_id FROM queue")}


def verified(world: World, name: str) -> list[str]:
    """The labels of a trace's gold, by position."""
    found = world.store.read(lambda db: items.verified(db, world.project, [item_of(world, name)]))
    return [one.label for _, one in sorted(found.items())]


def listed(world: World, **query: Any) -> GoldList:
    return world.store.read(lambda db: items.listed(db, world.project, **query))


def promote(world: World, name: str, **justifications: str) -> None:
    texts = {int(key.strip("_")): text for key, text in justifications.items()}
    body = PromoteBody(item_id=item_of(world, name), justifications=texts)
    world.write(lambda db: promotion.promote(db, world.people["lea"], world.project, body))


def correct(world: World, name: str, position: int, label: str) -> None:
    body = CorrectBody(position=position, label=label, justification="on a second look")
    item = item_of(world, name)
    world.write(lambda db: items.correct(db, world.people["lea"], world.project, item, body))


def retire(world: World, name: str) -> None:
    item = item_of(world, name)
    body = RetireBody(reason="it is ambiguous")
    world.write(lambda db: items.retire(db, world.people["lea"], world.project, item, body))


def assert_audited(world: World) -> None:
    verdicts = world.store.read(lambda db: verification.verify(db, [SIGNER.public_key], (), ()))
    assert verdicts[world.project].good, verdicts[world.project].findings


def test_an_import_makes_gold_of_traces_that_nobody_is_given(world: World) -> None:
    before = queued(world)
    report = bring(world, gold_trace("g"), gold_trace("h"))
    assert (report.format, report.lines, report.items, report.steps) == ("native", 2, 2, 6)
    assert not report.broken and not report.duplicates
    assert queued(world) == before
    assert verified(world, "g") == list(VERIFIED)
    assert world.kinds()[-9:] == ["traces.imported", *(["gold.added"] + ["gold.labelled"] * 3) * 2]
    assert {world.expert("ann").label_all().problem.text for _ in "abc"} == {"Problem a", "Problem b", "Problem c"}
    assert world.expert("ann").claim().nothing == "nothing_open"
    assert_audited(world)


def test_nobody_labels_the_alternatives_that_come_with_gold(world: World) -> None:
    before = queued(world)
    other = Alternative(position=2, steps=(Step(text="otherwise"),))
    bring(world, gold_trace("g").model_copy(update={"alternatives": (other,)}))
    assert queued(world) == before
    branch = world.value("SELECT id FROM traces WHERE parent_id IS NOT NULL")
    body = PromoteBody(item_id=branch)
    with pytest.raises(BadInput, match="an alternative is read after"):
        world.write(lambda db: promotion.promote(db, world.people["lea"], world.project, body))


def test_gold_is_in_no_export(world: World) -> None:
    bring(world, gold_trace("g"))
    for labels in ("settled", "each"):
        content, manifest = world.export(labels=labels)
        assert content == b"" and manifest.traces_kept == 0


@pytest.mark.parametrize(
    ("given", "field", "why"),
    [
        (line(gold_trace("g", why="")), "steps.0", "no justification"),
        (line(gold_trace("g", why=" \n")), "steps.0", "no justification"),
        (line(trace("g")), "steps.0", "it has no labels, where one is verified"),
        (line(gold_trace("g", ("correct", "fine"))), "steps.1", "fine is no label of step-correctness 1.0"),
        (line(gold_trace("g"), justifications=["a"]), "justifications", "there are 1 texts for 3 steps"),
        (line(gold_trace("g"), justifications="a"), "justifications", "it is a list of texts, one a step"),
        (line(gold_trace("g"), justifications=[1, 2, 3]), "justifications", "it is a list of texts, one a step"),
        (b"{", "", "it is not JSON"),
    ],
)
def test_a_line_that_is_not_verified_throughout_is_named_and_the_others_are_kept(
    world: World, given: bytes, field: str, why: str
) -> None:
    rejected: list[Broken] = []
    report = bring(world, gold_trace("f"), given, gold_trace("z"), rejected=rejected)
    assert (report.lines, report.items) == (3, 2)
    ((number, at, told),) = [(one.line, one.field, one.why) for one in report.broken]
    assert (number, at) == (2, field) and why in told, told
    assert [one.raw for one in rejected] == [given]
    assert world.value("SELECT count(*) FROM problems WHERE text = 'Problem g'") == 0, "nothing half-done"


def test_the_source_and_the_words_of_a_file_can_be_told(world: World) -> None:
    both = gold_trace("g", ("1", "0", "-1"))
    steps = tuple(
        step.model_copy(update={"labels": (*step.labels, SourceLabel(source="crowd", value="correct"))})
        for step in both.steps
    )
    both = both.model_copy(update={"steps": steps})
    names = label_names("1=correct, 0=redundant,-1=incorrect")
    (broken,) = bring(world, both, names=names).broken
    assert (broken.field, broken.why) == ("steps", "there are labels of crowd, experts; source says whose are verified")
    (broken,) = bring(world, both, names=names, source="nobody").broken
    assert broken.why == "it has no labels of nobody, where one is verified"
    assert bring(world, both, names=names, source="experts").items == 1
    assert verified(world, "g") == list(VERIFIED)


@pytest.mark.parametrize("text", ["1", "1=", "=correct", "1=a,1=b", "1=a,,2=b"])
def test_a_map_that_does_not_fit_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="map: "):
        label_names(text)


def test_justifications_may_stand_beside_any_format(world: World) -> None:
    row = {
        "id": "x-1", "source": "some set", "problem": "2 + 2 =", "steps": ["so 4", "so 5"],
        "gold_labels": ["correct", "incorrect"], "first_error": 1, "reason": "it is 4", "subject": "math",
        "justifications": ["as 2 + 2 is 4", None],
    }  # fmt: skip
    assert bring(world, json.dumps(row).encode()).items == 1
    (item,) = listed(world).items
    assert [step.justification for step in item.steps] == ["as 2 + 2 is 4", "it is 4"]
    assert item.external_id == "x-1" and item.origin == "imported"


def test_a_kind_of_a_label_is_kept(world: World) -> None:
    one = gold_trace("g", ("correct", "incorrect"))
    kind = one.steps[1].labels[0].model_copy(update={"kind": "wrong-fact"})
    bring(world, one.model_copy(update={"steps": (one.steps[0], Step(text="so", labels=(kind,)))}))
    (item,) = listed(world).items
    assert [step.label for step in item.steps] == ["correct", "wrong-fact"]
    found = world.store.read(lambda db: items.verified(db, world.project))
    assert found[item.item_id, 2].value == "incorrect"


def test_a_trace_that_is_there_leaves_the_queue_unless_people_have_worked_on_it(world: World) -> None:
    world.add_traces(gold_trace("g"), gold_trace("h"))
    assert bring(world, gold_trace("g")).items == 1
    assert item_of(world, "g") not in queued(world) and item_of(world, "h") in queued(world)
    assert world.value("SELECT count(*) FROM traces WHERE id = :id", id=item_of(world, "g")) == 1
    for _ in range(4):
        world.expert("ann").label_all()
    (broken,) = bring(world, gold_trace("h")).broken
    assert broken.why == "people have worked on this trace; promote it instead"
    assert item_of(world, "h") in queued(world)
    assert_audited(world)


def test_a_trace_of_a_pilot_is_no_gold(world: World) -> None:
    world.write(lambda db: db.run("DELETE FROM queue"))
    world.add_traces(gold_trace("g"))
    start(world, traces=1)
    (broken,) = bring(world, gold_trace("g")).broken
    assert broken.why == "the trace is in the sample of a pilot"


def test_what_is_gold_already_is_counted_and_another_label_is_refused(world: World) -> None:
    bring(world, gold_trace("g"))
    report = bring(world, gold_trace("g"), gold_trace("g"), gold_trace("h"), gold_trace("h"))
    assert (report.items, report.duplicates) == (1, 3)
    (broken,) = bring(world, gold_trace("g", ("correct", "correct", "incorrect"))).broken
    assert (broken.field, broken.why) == ("steps.1", "it is gold as redundant; correct that instead")
    retire(world, "g")
    (broken,) = bring(world, gold_trace("g")).broken
    assert broken.why == "the trace was gold and was retired"


def test_a_settled_trace_is_promoted_with_the_reasons_that_were_given(world: World) -> None:
    for name, reason in (("ann", "as M1 says"), ("bob", "it repeats")):
        for labels in (("correct", "redundant"), (), ()):
            world.expert(name).label_all(labels, rationale=reason)
    name = world.value(
        """SELECT p.text FROM answers n JOIN traces t ON t.id = n.item_id JOIN problems p ON p.id = t.problem_id
           WHERE n.value = 'redundant' AND n.actor_id = :ann""",
        ann=world.people["ann"],
    ).removeprefix("Problem ")  # fmt: skip
    before = world.export()[0]
    promote(world, name)
    (item,) = listed(world).items
    assert [(step.label, step.justification) for step in item.steps] == [
        ("correct", "as M1 says\n\nit repeats"), ("redundant", "as M1 says\n\nit repeats"),
        ("correct", "as M1 says\n\nit repeats"),
    ]  # fmt: skip
    assert item.origin == "promoted" and item.item_id not in queued(world)
    assert world.export()[0] == before, "what people labelled before counts"
    with pytest.raises(AlreadyExists, match="gold already"):
        promote(world, name)
    assert_audited(world)


def test_a_decision_says_why_and_what_is_unsettled_cannot_be_promoted(world: World) -> None:
    world.set_policy(overlap=2, second_adjudicator_share=0)
    world.add_traces(trace("only", 2, domain="law"))
    with pytest.raises(BadInput, match=r"step 1 \(not labelled\), step 2 \(not labelled\)"):
        promote(world, "only")
    for name, labels in (("ann", ("correct", "redundant")), ("bob", ("correct", "correct"))):
        for _ in range(4):
            if world.expert(name).take().problem.text == "Problem only":
                world.expert(name).label_all(labels)
                break
            world.expert(name).label_all()
    with pytest.raises(BadInput, match=r"it is not so at step 2 \(disagreement\)"):
        promote(world, "only")
    open_cases(world)
    decide(world, case_on(world, 2), "redundant")
    with pytest.raises(BadInput, match="nobody said why at step 1; say it here"):
        promote(world, "only")
    with pytest.raises(BadInput, match="the trace has no step 3"):
        promote(world, "only", _3="x")
    promote(world, "only", _1="by M1", _2="not asked for")
    (item,) = listed(world, domain="law").items
    assert [(step.label, step.justification) for step in item.steps] == [
        ("correct", "by M1"), ("redundant", "this is why"),
    ]  # fmt: skip


def test_a_majority_and_a_trace_in_somebodys_hands_are_no_gold(world: World) -> None:
    world.set_policy(overlap=1)
    mine = world.expert("ann").label_all(rationale="so")
    name = mine.problem.text.removeprefix("Problem ")
    with pytest.raises(BadInput, match=r"step 1 \(single\), step 2 \(single\), step 3 \(single\)"):
        promote(world, name)
    world.set_policy(overlap=2)
    world.expert("bob").label_all(finish=False, rationale="so")
    with pytest.raises(Conflict, match="Somebody has the trace open"):
        promote(world, name)
    body = PromoteBody(item_id="0" * 32)
    with pytest.raises(NotFound):
        world.write(lambda db: promotion.promote(db, world.people["lea"], world.project, body))


def test_a_correction_is_a_new_version_and_the_old_one_can_still_be_read(world: World) -> None:
    bring(world, gold_trace("g"))
    before = world.value("SELECT max(sequence) FROM events WHERE chain = :c", c=world.project)
    correct(world, "g", 2, "correct")
    assert verified(world, "g") == ["correct", "correct", "incorrect"]
    (item,) = listed(world).items
    assert [step.number for step in item.steps] == [1, 2, 1]
    assert item.steps[1].justification == "on a second look"
    then = world.store.read(lambda db: items.verified(db, world.project, as_of=before))
    assert [one.label for _, one in sorted(then.items())] == list(VERIFIED)
    with pytest.raises(BadInput, match="label: fine is no label"):
        correct(world, "g", 2, "fine")
    with pytest.raises(BadInput, match="position: the trace has no step 4"):
        correct(world, "g", 4, "correct")
    with pytest.raises(NotFound):
        correct(world, "a", 1, "correct")
    assert_audited(world)


def test_a_retired_item_is_labelled_like_any_other(world: World) -> None:
    bring(world, gold_trace("g"))
    retire(world, "g")
    assert item_of(world, "g") in queued(world) and listed(world).total == 0
    assert not world.store.read(lambda db: items.verified(db, world.project))
    for again in (retire, lambda world, name: correct(world, name, 1, "correct"), promote):
        with pytest.raises(Conflict, match="taken out of gold"):
            again(world, "g")
    assert "Problem g" in {world.expert("ann").label_all().problem.text for _ in range(4)}
    assert_audited(world)


def test_a_promoted_item_that_is_retired_is_given_to_nobody_whom_it_does_not_need(world: World) -> None:
    for name in ("ann", "bob"):
        for _ in range(3):
            world.expert(name).label_all(rationale="so")
    promote(world, "a")
    retire(world, "a")
    assert world.value("SELECT taken FROM queue WHERE item_id = :id", id=item_of(world, "a")) == 2
    assert world.expert("cyn").claim().nothing == "nothing_open"


def test_gold_that_a_version_asks_for_anew_scores_nobody_until_it_is_verified_again(world: World) -> None:
    following(world, "other", "ann")
    bring(world, gold_trace("g"))
    world.publish(small("1.1", affects={"labels": ["redundant"]}))
    (item,) = listed(world).items
    assert [step.stale for step in item.steps] == [False, True, False]
    answered = world.store.read(lambda db: items.answered(db, world.project))
    assert sorted(position for _, position in answered) == [1, 3]
    correct(world, "g", 2, "redundant")
    (item,) = listed(world).items
    assert [(step.stale, step.number) for step in item.steps] == [(False, 1), (False, 2), (False, 1)]


def test_the_list_comes_in_pages_by_domain(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "PAGE", 2)
    bring(world, *(gold_trace(f"g{number}") for number in range(5)))
    seen, cursor = [], None
    while True:
        page = listed(world, after=cursor)
        seen += [item.problem for item in page.items]
        assert page.total == 5
        if (cursor := page.next_cursor) is None:
            break
    assert sorted(seen) == [f"Problem g{number}" for number in range(5)] and len(seen) == 5
    assert listed(world, domain="law").total == 0 and listed(world, domain="mathematics").total == 5
    with pytest.raises(BadInput, match="cursor"):
        listed(world, after="x")


def test_the_lines_that_the_docs_show_are_gold(world: World) -> None:
    page = (Path(__file__).parents[3] / "docs" / "gold.md").read_text("utf-8")
    lines = page.partition("```json\n")[2].partition("```")[0].splitlines()
    for one in lines:
        report = bring(world, one.encode())
        assert (report.items, report.broken) == (1, ()), one
