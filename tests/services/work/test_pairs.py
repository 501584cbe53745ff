"""Pairs: they come in once, are shown on drawn sides, compared in one commit, and kept apart from traces."""

from typing import Any

import pytest

from cotlab.domain.answers import LabelBody
from cotlab.domain.errors import AlreadyLabelled, BadInput, Conflict, LeaseTaken, NotFound
from cotlab.domain.traces.pairs import Pair, SourceChoice
from cotlab.domain.traces.records import Problem
from cotlab.services.audit import verification
from cotlab.services.cases import case_files
from cotlab.services.labels.latest_labels import of_items
from cotlab.services.queue.claim_order import REPEAT_AFTER
from cotlab.services.work import preferences
from cotlab.services.work.labelling import commit
from tests.adjudicator import adjudicators
from tests.services.work.comparing import CRITERIA, add, answers, for_text, pair, prefer, prepare, take
from tests.support import SIGNER
from tests.world import World, people_and_project, trace


@pytest.fixture
def world(store: Any, clock: Any) -> World:
    """Pairs alone: nothing else is waiting."""
    world = people_and_project(store, clock)
    prepare(world)
    return world


def test_a_trace_that_comes_again_in_a_file_or_after_it_is_counted_and_not_added(world: World) -> None:
    done = world.add_traces(trace("x"), trace("x"), trace("y"))
    assert (done.traces, done.duplicates, done.problems) == (2, 1, 2)
    again = world.add_traces(trace("y"), trace("z"))
    assert (again.traces, again.duplicates, again.problems) == (1, 1, 1)


def test_a_pair_that_comes_again_in_either_order_is_counted_and_not_added(world: World) -> None:
    one = pair("a")
    assert add(world, one).pairs == 1
    again = add(world, one.model_copy(update={"responses": one.responses[::-1]}), one, pair("b"))
    assert (again.pairs, again.duplicates, again.problems) == (1, 2, 1)
    assert world.value("SELECT count(*) FROM pairs") == 2


def test_what_a_file_says_of_a_pair_is_kept_in_the_order_of_the_pair(world: World) -> None:
    said = SourceChoice(source="raters", overall="much-better", criteria={"clarity": "worse"}, rationale="so")
    one = pair("a", labels=(said,))
    add(world, one, pair("b", labels=(said,)).model_copy(update={}))
    row = world.rows("SELECT item_id, first_text FROM pairs ORDER BY first_text")
    for kept in row:
        first_is_one = kept["first_text"].startswith("one")
        rows = world.rows("SELECT question, value FROM answers WHERE item_id = :i", i=kept["item_id"])
        found = {one["question"]: one["value"] for one in rows}
        assert found == (
            {"label": "much-better", "clarity": "worse"}
            if first_is_one
            else {"label": "much-worse", "clarity": "better"}
        )


@pytest.mark.parametrize(
    ("line", "field", "why"),
    [
        ('{"problem":{"text":"p"},"responses":[{"text":"a"},{"text":"a"}]}', "", "the two responses are the same text"),
        ('{"problem":{"text":"p"},"responses":[{"text":"a"},{"text":" "}]}', "responses.1.text", "the text is empty"),
        ('{"problem":{"text":"p"},"responses":[{"text":"a"},{"text":"\\ud800"}]}', "responses.1.text", "surrogate"),
        ('{"problem":{"text":"p"},"responses":[{"text":"a"},{"text":"%s"}]}' % ("x" * 1_000_001), "responses.1.text",
         "longer than 1000000 characters"),
        ('{"problem":{"text":"p"},"responses":[{"text":"a"}]}', "responses.1", "missing"),
        ('{"problem":{"text":"p"},"responses":[{"text":"a"},{"text":"b"}],"labels":[{"source":"s","overall":"best"}]}',
         "labels.0.overall", "should be"),
    ],
)  # fmt: skip
def test_a_broken_pair_is_named_and_the_others_are_kept(world: World, line: str, field: str, why: str) -> None:
    from cotlab.exchange.readers.jsonl import read_traces
    from cotlab.services.traces.trace_import import import_lines

    lines = [pair("a").model_dump_json(exclude_defaults=True).encode(), line.encode()]
    done = import_lines(world.store, world.host, world.project, read_traces(lines))
    assert done.pairs == 1
    (broken,) = done.broken
    assert broken.line == 2 and broken.field.startswith(field) and why in broken.why


def test_a_chat_is_a_prompt_too(world: World) -> None:
    from cotlab.exchange.readers.jsonl import read_traces
    from cotlab.services.traces.trace_import import import_lines

    line = b"""{"problem":{"domain":"mathematics"},"messages":[{"role":"system","content":"s"},
        {"role":"user","content":"hello"}],"responses":[{"text":"a"},{"text":"b"}]}""".replace(b"\n", b" ")
    assert import_lines(world.store, world.host, world.project, read_traces([line])).pairs == 1
    view, shown = take(world.expert("ann"))
    assert [one.content for one in shown.messages] == ["s", "hello"] and "hello" in view.problem.text


def test_what_is_said_of_left_and_right_is_kept_of_first_and_second(world: World) -> None:
    add(world, *(pair(f"p{number}") for number in range(12)))
    lefts = set()
    for _ in range(12):
        view, shown = take(world.expert("ann"))
        row = world.rows("SELECT left_one FROM pair_sides WHERE assignment_id = :a", a=view.id)[0]
        texts = world.rows(
            "SELECT p.* FROM pairs p JOIN assignments a ON a.item_id = p.item_id WHERE a.id = :a", a=view.id
        )[0]
        lefts.add(row["left_one"])
        assert shown.left == texts[f"{row['left_one']}_text"] != shown.right
        prefer(world.expert("ann"), view.id, "much-better", safety="right")
        left_is_first = row["left_one"] == "first"
        found = answers(world, view.id)
        assert found["label"] == ("much-better" if left_is_first else "much-worse")
        assert {found[name] for name in CRITERIA} == {found["label"]}
        assert found["unsafe"] == ("second" if left_is_first else "first")
    assert lefts == {"first", "second"}


def test_nothing_of_the_hidden_is_in_the_view(world: World) -> None:
    add(world, pair("a", labels=(SourceChoice(source="oracle", overall="much-better", rationale="hidden words"),)))
    view, _ = take(world.expert("ann"))
    for hidden in ("secret", "oracle", "hidden words", "generator"):
        assert hidden not in view.model_dump_json()


@pytest.mark.parametrize(
    ("policy", "said", "why"),
    [
        ({}, {"criteria": {"clarity": "better"}}, "say which response is better on correctness"),
        ({}, {"criteria": {"beauty": "better"}}, "criteria.beauty"),
        ({"scale_points": 3}, {"overall": "much-better"}, "overall: much-better is not on the scale"),
        ({"ties_allowed": False}, {"overall": "tie"}, "overall: tie is not on the scale"),
        ({}, {"overall": "cannot-judge", "criteria": {}}, "rationale: say why this cannot be judged"),
        ({}, {"overall": "better", "criteria": dict.fromkeys(CRITERIA, "worse")}, "more criteria speak for the other"),
        ({"justify": "strong"}, {"overall": "much-worse"}, "rationale: much-worse needs a reason"),
        ({"justify": "always"}, {"overall": "both-bad", "criteria": {}}, "rationale: say why"),
    ],
)
def test_what_cannot_be_said_is_refused_and_changes_nothing(
    world: World, policy: dict[str, Any], said: dict[str, Any], why: str
) -> None:
    world.set_policy(overlap=2, **policy)
    add(world, pair("a"))
    view, _ = take(world.expert("ann"))
    before = world.kinds()
    with pytest.raises(BadInput, match=why):
        prefer(world.expert("ann"), view.id, **said)
    assert world.kinds() == before


def test_both_bad_and_cannot_judge_need_no_criteria(world: World) -> None:
    add(world, pair("a"), pair("b"))
    view, _ = take(world.expert("ann"))
    prefer(world.expert("ann"), view.id, "both-bad", criteria={})
    assert answers(world, view.id) == {"label": "both-bad"}
    view, _ = take(world.expert("ann"))
    prefer(world.expert("ann"), view.id, "cannot-judge", criteria={}, rationale="no idea")
    assert answers(world, view.id) == {"label": "cannot-judge"}


def test_the_last_pair_can_be_corrected_until_another_is_judged(world: World) -> None:
    ann = world.expert("ann")
    add(world, pair("a"), pair("b"))
    first, _ = take(ann)
    given = prefer(ann, first.id, safety="left")
    with pytest.raises(AlreadyLabelled):
        prefer(ann, first.id, "worse")
    second, _ = take(ann)
    corrected = prefer(ann, first.id, "both-bad", criteria={}, replaces=given.label_id)
    assert {key: value for key, value in answers(world, first.id).items() if value != "none"} == {"label": "both-bad"}
    person = world.person("ann")
    mine = world.store.read(lambda db: preferences.last(db, person, first.id)).mine
    assert mine is not None and (mine.id, mine.overall, mine.criteria, mine.safety) == (
        corrected.label_id, "both-bad", {}, None,
    )  # fmt: skip
    prefer(ann, second.id)
    with pytest.raises(Conflict, match="only the last one"):
        prefer(ann, first.id, replaces=corrected.label_id)


def test_a_pair_has_no_steps_and_a_trace_no_sides(world: World) -> None:
    add(world, pair("a"))
    view, _ = take(world.expert("ann"))
    person = world.person("ann")
    with pytest.raises(Conflict, match="has no steps"):
        world.write(lambda db: commit(db, person, view.id, LabelBody(position=1, label="first")))
    with pytest.raises(NotFound):
        prefer(world.expert("bob"), view.id)
    world.add_traces(trace("t"))
    taken = world.expert("cyn").take()
    while taken.next.kind != "step":
        prefer(world.expert("cyn"), taken.id)
        taken = world.expert("cyn").take()
    with pytest.raises(Conflict, match="no pair"):
        prefer(world.expert("cyn"), taken.id)


def test_a_share_comes_back_swapped_after_fifty_others(world: World) -> None:
    world.set_policy(overlap=1, repeat_share=1.0)
    add(world, *(pair(f"p{number}") for number in range(REPEAT_AFTER + 4)))
    ann, seen = world.expert("ann"), []
    for _ in range(REPEAT_AFTER + 2):
        view, shown = take(ann)
        assert view.purpose == "production"
        seen.append(shown)
        prefer(ann, view.id, for_text(shown, "one"))
    again = [one for one in seen if (one.left, one.right) == (seen[0].right, seen[0].left)]
    assert again and seen.index(again[0]) == REPEAT_AFTER + 1
    purposes = world.rows("SELECT purpose FROM assignments ORDER BY sequence")
    assert [row["purpose"] for row in purposes][-1] == "repeat"
    item = world.value("SELECT item_id FROM assignments WHERE purpose = 'repeat'")
    values = world.rows("SELECT value FROM answers WHERE item_id = :i AND question = 'label'", i=item)
    assert len(values) == 2 and len({row["value"] for row in values}) == 1
    ((_, said),) = world.store.read(lambda db: list(of_items(db, world.project, [item])))
    assert len(said.votes[1]) == 1


def test_nobody_gets_a_trace_after_a_pair_of_its_problem(world: World) -> None:
    problem = Problem(text="Prompt both", domain="mathematics")
    add(world, pair("a", problem="Prompt both"))
    ann = world.expert("ann")
    view, _ = take(ann)
    world.add_traces(trace("t", problem=problem), trace("u"))
    prefer(ann, view.id)
    taken = ann.take()
    assert taken.problem.text == "Problem u"
    ann.end(taken.id, "give_up")
    assert ann.claim().nothing == "nothing_open"
    labelled = world.expert("bob").take()
    assert labelled.next.kind in ("pair", "step")


def test_nobody_decides_a_case_on_a_trace_after_a_pair_of_its_problem(world: World) -> None:
    problem = Problem(text="Prompt both", domain="mathematics")
    world.set_policy(overlap=2, second_adjudicator_share=0)
    world.add_traces(trace("t", steps=1, problem=problem))
    world.expert("ann").label_all(["correct"])
    world.expert("bob").label_all(["redundant"])
    one, two = adjudicators(world, ["cyn", "adj"])
    add(world, pair("a", problem="Prompt both"))
    view, _ = take(world.expert("cyn"))
    prefer(world.expert("cyn"), view.id)
    world.catch_up()
    assert one.claim_case().case is None
    assert two.take_case().step is not None


def test_the_draw_of_sides_says_which_paths_were_seen_before(world: World) -> None:
    problem = Problem(text="Prompt both", domain="mathematics")
    world.add_traces(trace("t", steps=1, problem=problem))
    ann = world.expert("ann")
    ann.label_all()
    add(world, pair("a", problem="Prompt both"))
    view, _ = take(ann)
    others = world.value("SELECT others FROM pair_sides WHERE assignment_id = :a", a=view.id)
    assert others == f'["{world.value("SELECT id FROM traces WHERE task = :t", t="steps")}"]'


def test_a_case_on_a_pair_is_listed_as_one_and_read_in_the_order_of_the_pair(world: World) -> None:
    (adj,) = adjudicators(world, ["adj"])
    add(world, pair("a"))
    for name, text in (("ann", "one"), ("bob", "other")):
        view, shown = take(world.expert(name))
        prefer(world.expert(name), view.id, for_text(shown, text))
    world.catch_up()
    lead = world.store.read(lambda db: case_files.entries(db, world.project, case_files.Wanted()))
    assert [one.task for one in lead] == [one.task for one in adj.cases()] == ["pairs"]
    case = adj.take_case()
    assert case.pair is not None and case.step is None
    file = world.store.read(lambda db: case_files.case_file(db, world.project, case.case_id))
    (row,) = world.rows("SELECT first_text, second_text FROM pairs")
    assert file.responses == (row["first_text"], row["second_text"]) and file.step is None
    assert {case.pair.left, case.pair.right} == set(file.responses)


def test_people_agree_where_the_sign_does(world: World) -> None:
    add(world, pair("a"))
    for name, strength in (("ann", "much-better"), ("bob", "slightly-better")):
        view, shown = take(world.expert(name))
        towards = strength if "one" in shown.left else strength.replace("better", "worse")
        prefer(world.expert(name), view.id, towards)
    item = world.value("SELECT item_id FROM pairs")
    world.catch_up()
    assert world.value("SELECT count(*) FROM cases") == 0
    assert world.value("SELECT settled FROM queue WHERE item_id = :i", i=item) == 1


def test_an_audit_finds_what_was_changed(world: World) -> None:
    add(world, pair("a", labels=(SourceChoice(source="raters", overall="tie"),)), pair("b"))
    view, _ = take(world.expert("ann"))
    prefer(world.expert("ann"), view.id)

    def verify() -> list[str]:
        verdicts = world.store.read(lambda db: verification.verify(db, [SIGNER.public_key], (), ()))
        return [finding.sentence for verdict in verdicts.values() for finding in verdict.findings]

    assert verify() == []


def test_pairs_disturb_no_export_of_steps(world: World) -> None:
    add(world, pair("a"))
    content, manifest = world.export(labels="each")
    assert content == b"" and manifest.traces_read == 0
    world.add_traces(trace("t"))
    assert world.export(labels="each")[1].traces_read == 1


def test_a_lease_that_was_taken_over_takes_no_commit(world: World) -> None:
    world.set_policy(overlap=1)
    add(world, pair("a"))
    view, _ = take(world.expert("ann"))
    world.clock.advance(minutes=61)
    other, _ = take(world.expert("bob"))
    with pytest.raises(LeaseTaken):
        prefer(world.expert("ann"), view.id)
    prefer(world.expert("bob"), other.id)


def test_the_digest_is_the_same_in_either_order() -> None:
    one = pair("a")
    turned = Pair(problem=one.problem, responses=one.responses[::-1])
    assert one.digest() == turned.digest() and one.canonical().responses == turned.canonical().responses
