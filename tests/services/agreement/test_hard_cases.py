"""The steps nearest a boundary, and a decided one as an example of the draft."""

from typing import Any

import pytest

from cotlab.domain.calibration.pilots import HardCase
from cotlab.domain.errors import BadInput, NotFound
from cotlab.domain.guidelines.lint import findings
from cotlab.domain.traces.records import Problem
from cotlab.exchange.guideline.front_matter import parse_guideline
from cotlab.services.agreement import boundary_steps
from cotlab.services.guidelines.examples import example_of, with_example
from tests.services.calibration.piloting import answer, ask, asked, cases, start
from tests.services.cases.adjudicating import case_on, decide
from tests.world import GUIDELINE, World, guideline_text, trace

M3 = {"kind": "rule", "name": "M3"}
M6 = {"kind": "rule", "name": "M6"}


def take(world: World, name: str, problem: str) -> str:
    """Claim until the trace of a problem is there; the assignment's id."""
    expert = world.expert(name)
    while (found := expert.take()).problem.text != problem:
        expert.end(found.id, "bad_problem")
    return found.id


def label(world: World, name: str, *given: tuple[str, dict[str, Any]]) -> str:
    """Claim a trace and label its first steps; the assignment's id."""
    expert = world.expert(name)
    assignment = expert.take()
    for position, (value, fields) in enumerate(given, 1):
        expert.commit(assignment.id, position, value, **fields)
    return assignment.id


def test_the_nearest_come_first(world: World) -> None:
    """Four people on one trace: step 1 is split two to two, 2 three to one, 3 unsure, 4 asked about, 5 agreed on."""
    world.add_traces(trace("long", 6))
    start(world, traces=4, people=4)
    people = {"ann": "redundant", "bob": "redundant", "cyn": "correct", "dan": "correct"}
    ids = {}
    for name, first in people.items():
        expert = world.expert(name)
        mine = ids[name] = take(world, name, "Problem long")
        expert.commit(mine, 1, first, citations=(M3,) if name == "ann" else ())
        second = "incorrect" if name == "dan" else "correct"
        expert.commit(mine, 2, second, rationale=f"so says {name}", citations=(M6,) if name != "bob" else ())
        expert.commit(mine, 3, "correct", unsure=name == "bob")
        expert.commit(mine, 4, "correct")
        expert.commit(mine, 5, "correct")
        expert.commit(mine, 6, "correct", step_size="too_fine" if name == "cyn" else "fits")
    ask(world, "ann", ids["ann"], 4)
    found = [case for case in cases(world) if case.problem == "Problem long"]
    assert [(case.step[-1], case.why) for case in found] == [
        ("1", ("contested",)), ("2", ("contested",)), ("4", ("asked",)), ("3", ("unsure",)), ("6", ("step size",)),
    ]  # fmt: skip
    split, most, asked_about = found[:3]
    assert asked_about.votes == {"correct": 4}, "those who agree are named too"
    assert split.votes == {"redundant": 2, "correct": 2} and split.rules == ("M3",)
    assert most.votes == {"correct": 3, "incorrect": 1} and most.rules == ("M6",)
    assert most.above == ("long, step 1",) and most.decided is None and most.domain == "mathematics"
    assert most.reasons == tuple(f"so says {name}" for name in people)
    assert [case.id for case in cases(world, 2)] == [case.id for case in found[:2]]


def test_kinds_of_one_label_are_no_contest_and_the_latest_label_counts(world: World) -> None:
    ann = world.expert("ann")
    label(world, "bob", ("wrong-fact", {"rationale": "x"}), ("correct", {}))
    mine = label(world, "ann", ("wrong-unit", {"rationale": "y"}))
    first = ann.commit(mine, 2, "redundant")
    assert [case.step for case in cases(world)] == ["a, step 2"]
    ann.commit(mine, 2, "correct", replaces=first.label_id)
    assert cases(world) == []


def test_labels_that_a_newer_version_asks_for_anew_are_left_out(world: World) -> None:
    label(world, "ann", ("redundant", {}), ("incorrect", {}))
    label(world, "bob", ("correct", {}), ("correct", {"unsure": True}))
    assert len(cases(world)) == 2
    text = guideline_text("2.0", "label-changing").replace("\nschema:", "\naffects:\n  labels: [redundant]\nschema:", 1)
    world.publish(text)
    assert [(case.step, case.why) for case in cases(world)] == [("a, step 2", ("contested", "unsure"))]


def test_what_was_decided_comes_with_its_reason(world: World) -> None:
    world.set_policy(overlap=3, open_cases_on=())
    mine = label(world, "cyn", ("correct", {"rationale": "fine"}), ("correct", {}))
    label(world, "ann", ("wrong-fact", {"rationale": "April has 30 days"}), ("correct", {}))
    assert [case.decided for case in cases(world)] == [None], "two of three people"
    label(world, "bob", ("wrong-fact", {"rationale": "see the calendar"}), ("correct", {"unsure": True}))
    first, second = cases(world)
    assert (first.decided, first.rationale, first.answer) == ("wrong-fact", "April has 30 days", None)
    assert (second.decided, second.rationale) == ("correct", None)
    ask(world, "cyn", mine, 1)
    answer(world, asked(world)[0].id, resolution="rule", rule="M6", text="the calendar decides")
    (first, _) = cases(world)
    assert first.why == ("contested", "asked") and first.answer == "the calendar decides"
    assert first.reasons == ("the calendar decides", "fine", "April has 30 days", "see the calendar")


def test_what_an_adjudicator_decided_comes_with_their_reason(world: World) -> None:
    label(world, "ann", ("incorrect", {"rationale": "so says ann"}))
    bob = label(world, "bob", ("correct", {}))
    assert [case.decided for case in cases(world)] == [None]
    world.catch_up()
    decide(world, case_on(world, 1), "wrong-fact", rules=("M6",))
    (case,) = cases(world)
    assert (case.decided, case.rationale, case.votes) == ("wrong-fact", "this is why", {"incorrect": 1, "correct": 1})
    one = world.store.read(lambda db: boundary_steps.hard_case(db, world.project, case.id))
    assert one == case
    first = world.value("SELECT id FROM answers WHERE assignment_id = :a AND position = 1", a=bob)
    world.expert("bob").commit(bob, 1, "redundant", replaces=first)
    assert [case.decided for case in cases(world)] == [None], "a newer label speaks against it"


def test_a_bad_problem_decides_nothing(world: World) -> None:
    world.set_policy(overlap=1, open_cases_on=["bad_problem"])
    ann = world.expert("ann")
    mine = label(world, "ann", ("correct", {"unsure": True}))
    assert [case.decided for case in cases(world)] == ["correct"]
    ann.end(mine, "bad_problem")
    assert [case.decided for case in cases(world)] == [None]


def test_a_step_that_was_asked_about_and_has_no_label_is_there(world: World) -> None:
    ask(world, "ann", world.expert("ann").take().id, 1)
    ask(world, "ann")
    (case,) = cases(world)
    assert (case.why, case.votes, case.decided, case.reasons) == (("asked",), {}, None, ())


def test_a_step_of_an_alternative_shows_what_stands_above_it(world: World) -> None:
    world.set_policy(overlap=3)
    ann, bob, cyn = (world.expert(name) for name in ("ann", "bob", "cyn"))
    mine = ann.take()
    ann.commit(mine.id, 1)
    ann.write(mine.id, 2, "another way")
    for name in ("bob", "cyn"):
        for _ in range(3):
            world.expert(name).label_all()
    for expert, value in ((bob, "correct"), (cyn, "redundant")):
        expert.commit(expert.take().id, 2, value)
    (case,) = [case for case in cases(world) if case.step == "another way"]
    assert case.above == ("a, step 1",) and case.id.endswith("-2")


def test_one_case_is_found_by_its_id(world: World) -> None:
    label(world, "ann", ("correct", {"unsure": True}), ("correct", {}))
    (case,) = cases(world)
    one = world.store.read(lambda db: boundary_steps.hard_case(db, world.project, case.id))
    assert one == case
    item = case.id.partition("-")[0]
    for wrong in (f"{item}-2", f"{item}-9", f"{item}-01", item, "0" * 32 + "-1", "x"):
        with pytest.raises(NotFound, match="no hard case"):
            world.store.read(lambda db, case_id=wrong: boundary_steps.hard_case(db, world.project, case_id))  # type: ignore[misc]


DRAFT = GUIDELINE.read_bytes()
CASE = HardCase(
    id="0" * 32 + "-2", domain="law", problem="When does the\nperiod end?", above=("It begins on 1 April.",),
    step="April has 31 days.", why=("contested",), votes={"incorrect": 2, "correct": 1}, rules=(), decided="wrong-fact",
    rationale="April has 30 days.", answer=None, reasons=("April has 30 days.",),
)  # fmt: skip


def added(data: bytes, text: str) -> list[str]:
    """The lines that are new; asserts that none is gone."""
    old, new = data.decode().split("\n"), text.split("\n")
    start = next(number for number, (one, other) in enumerate(zip(old, new, strict=False)) if one != other)
    count = len(new) - len(old)
    assert new[:start] + new[start + count :] == old
    return new[start : start + count]


@pytest.mark.parametrize("rule", [rule.id for rule in parse_guideline(DRAFT, "draft").rules])
@pytest.mark.parametrize("counter", [False, True])
def test_a_case_becomes_an_example_of_any_rule(rule: str, counter: bool) -> None:
    text = with_example(DRAFT, "draft.md", rule, example_of(CASE, counter, None, None))
    lines = added(DRAFT, text)
    assert " ".join(" ".join(lines).split()) == (
        f'{"Counter-example" if counter else "Example"}: Problem: "When does the period end?" Above: "It begins on 1 '
        'April." Step: "April has 31 days." This is `wrong-fact` (April has 30 days).'
    )
    assert max(map(len, lines)) <= 79
    guideline = parse_guideline(text.encode(), "draft.md")
    found = guideline.rule(rule)
    assert found is not None
    kind = "counter-example" if counter else "example"
    assert [one.label for one in found.examples if one.kind == kind][-1] == "wrong-fact"
    assert [finding for finding in findings(guideline) if finding.severity == "error"] == []


BARE = """---
guideline: bare
version: "1.0"
change: initial
authors: [a]
schema:
  labels:
    - {name: good, key: "1", meaning: good}
    - {name: bad, key: "2", meaning: bad}
---
# Bare

## Rules

### M1 First

If so, then `good`.

### M2 Second

If not, then `bad`.
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("rule", ["M1", "M2"])
@pytest.mark.parametrize("end", ["", "\n", "\n\n## Glossary\n\n- **so**: thus.\n"])
def test_a_rule_without_examples_gets_its_first(rule: str, newline: str, end: str) -> None:
    data = (BARE.rstrip() + end).replace("\n", newline).encode()
    text = with_example(data, "bare.md", rule, example_of(CASE, False, "bad", "so"))
    found = parse_guideline(text.encode(), "bare.md").rule(rule)
    assert found is not None and [one.label for one in found.examples] == ["bad"]
    assert text.count("\r\n") == (text.count("\n") if newline == "\r\n" else 0)


@pytest.mark.parametrize(
    "step",
    ["so\n\n---\n\nx", "# heading", "- item\n- item", "```\ncode\n```", "a | b\n--|--", "===", "> quote", "Example: it",
     "Counter-example: " * 9, "word " * 40 + "# word " * 40, "x " * 38 + "--- " * 40, "“quoted” \"so\"", "`code`",
     "This is (so).", "\\( x < y \\) and $x_1 * y_2$", "é⟂\u2028 and \u00a0 blanks", "1. one\n2. two",
     "x" * 77 + " # one"],
)  # fmt: skip
def test_whatever_a_step_holds_is_read_back(step: str) -> None:
    example = example_of(CASE.model_copy(update={"step": step, "above": (step, step)}), False, None, "as it is")
    text = with_example(DRAFT, "draft.md", "M3", example)
    rule = parse_guideline(text.encode(), "draft.md").rule("M3")
    assert rule is not None
    assert [(one.text, one.label) for one in rule.examples].count((example.text, "wrong-fact")) == 1


def case(**fields: Any) -> HardCase:
    return CASE.model_copy(update=fields)


@pytest.mark.parametrize(
    ("given", "label", "reason", "expected"),
    [
        (case(), None, None, ("wrong-fact", "April has 30 days")),
        (case(answer="the lead says."), None, None, ("wrong-fact", "the lead says")),
        (case(answer="the lead says"), None, "mine", ("wrong-fact", "mine")),
        (case(answer="the lead says"), "correct", None, ("correct", "the lead says")),
        (case(decided=None, rationale=None), "correct", "mine", ("correct", "mine")),
        (case(), "correct", None, "no reason for correct; give one with --reason"),
        (case(rationale=None), None, None, "no reason for wrong-fact; give one with --reason"),
        (case(decided=None, answer="the lead says"), None, None, "no decided label; name one with --label"),
    ],
)
def test_the_label_and_the_reason_of_an_example(
    given: HardCase, label: str | None, reason: str | None, expected: tuple[str, str] | str
) -> None:
    if isinstance(expected, str):
        with pytest.raises(BadInput, match=expected):
            example_of(given, False, label, reason)
    else:
        made = example_of(given, False, label, reason)
        assert (made.label, made.reason) == expected


@pytest.mark.parametrize(
    ("rule", "label", "reason", "sentence"),
    [
        ("M99", None, None, "draft.md: there is no rule M99 in the draft"),
        ("M3", "wonderful", "so", "draft.md: step-correctness 1.0 has no label wonderful"),
        ("M3", None, "so). This is `correct` (no", "would not be read as one example; write it into M3 by hand"),
    ],
)
def test_a_case_that_does_not_fit_is_refused(rule: str, label: str | None, reason: str | None, sentence: str) -> None:
    with pytest.raises(BadInput) as refused:
        with_example(DRAFT, "draft.md", rule, example_of(CASE, False, label, reason))
    assert sentence in refused.value.sentence


def test_the_same_example_stands_in_a_draft_once() -> None:
    text = with_example(DRAFT, "draft.md", "M3", example_of(CASE, False, None, None)).encode()
    line = next(n for n, line in enumerate(text.decode().split("\n"), 1) if "When does the period end?" in line)
    quoted = case(step="April has  31 DAYS.")
    for rule, again in (("M3", CASE), ("M4", CASE), ("M4", quoted)):
        with pytest.raises(BadInput, match=rf"draft.md line {line}: this example stands in rule M3 already"):
            with_example(text, "draft.md", rule, example_of(again, True, None, None))
    other = with_example(text, "draft.md", "M3", example_of(case(step="May has 30 days."), False, None, None))
    assert len(added(text, other)) > 1


def test_a_draft_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(BadInput, match=r"draft\.md line 1: "):
        with_example(b"# no front matter", "draft.md", "M3", example_of(CASE, False, None, None))


def test_cases_of_a_world_go_into_the_shipped_guideline(world: World) -> None:
    world.add_traces(
        trace("t", problem=Problem(text="Say why.", domain="law"), texts=["It is so.", "It is so.\n\nQED"])
    )
    start(world, traces=4)
    for name, value in (("ann", "correct"), ("bob", "redundant")):
        mine = take(world, name, "Say why.")
        world.expert(name).commit(mine, 1)
        world.expert(name).commit(mine, 2, value)
    (case,) = [case for case in cases(world) if case.problem == "Say why."]
    text = with_example(DRAFT, "draft.md", "M3", example_of(case, False, "redundant", "it stands above"))
    assert 'Step: "It is so. QED" This is `redundant` (it stands above).' in " ".join(text.split())
