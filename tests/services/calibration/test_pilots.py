"""A pilot comes before production: its sample, its people, its report, and what opens production again."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotlab.domain.calibration.pilots import Group, PilotBody, SignOffBody, draw
from cotlab.domain.errors import BadInput, Conflict, NoGuideline, NotFound, ProjectClosed, Refused
from cotlab.domain.projects.projects import ClosingBody
from cotlab.domain.traces.records import Problem
from cotlab.services.audit.verification import verify
from cotlab.services.calibration import pilots
from cotlab.services.guidelines import publishing
from cotlab.services.projects import projects
from cotlab.services.reports.my_work import queue
from cotlab.storage import SERVER
from tests.services.calibration.calibrating import decide
from tests.services.calibration.piloting import (
    answer,
    ask,
    asked,
    is_open,
    items_of,
    open_production,
    report,
    sign,
    start,
    walk,
)
from tests.services.test_plans import Said, said, scans
from tests.support import SIGNER
from tests.world import World, guideline_text, trace

__all__ = ["said"]
IDS = [f"{number:03}" for number in range(200)]


@pytest.mark.parametrize(
    ("groups", "most", "expected", "why"),
    [
        ({("law", ()): 30, ("medicine", ()): 10}, 8, {"law": 6, "medicine": 2}, "in proportion"),
        ({("law", ()): 97, ("medicine", ()): 2, ("finance", ()): 1}, 4, {"law": 2, "medicine": 1, "finance": 1},
         "one of each"),
        ({("law", ()): 5, ("medicine", ()): 3, ("finance", ()): 2}, 2, {"law": 1, "medicine": 1}, "the largest first"),
        ({("law", ()): 2, ("medicine", ()): 1}, 9, {"law": 2, "medicine": 1}, "all there is"),
        ({}, 5, {}, "nothing there"),
    ],
)  # fmt: skip
def test_a_sample_has_each_domain_in_proportion(
    groups: dict[Group, int], most: int, expected: dict[str, int], why: str
) -> None:
    ids = iter(IDS)
    filled = {group: [next(ids) for _ in range(count)] for group, count in groups.items()}
    found = draw(filled, most, 1)
    counts = {domain: len(set(found) & set(filled[domain, tags])) for domain, tags in filled}
    assert {domain: count for domain, count in counts.items() if count} == expected, why


def test_a_rare_tag_is_in_the_sample_and_an_item_counts_to_its_rarest() -> None:
    groups: dict[Group, list[str]] = {("law", ("common",)): IDS[:90], ("law", ("common", "rare")): IDS[90:92]}
    groups |= {("law", ()): IDS[92:94]}
    found = set(draw(groups, 10, 7))
    assert len(found) == 10 and found & set(IDS[90:92]) and found & set(IDS[92:94])
    assert len(found & set(IDS[:90])) == 8


def test_the_same_seed_draws_the_same_and_another_seed_another() -> None:
    groups: dict[Group, list[str]] = {("law", ()): IDS}
    assert draw(groups, 10, 3) == draw({("law", ()): IDS[::-1]}, 10, 3) == tuple(sorted(draw(groups, 10, 3)))
    assert draw(groups, 10, 3) != draw(groups, 10, 4)


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["law", "medicine"]), st.sets(st.sampled_from("abc")).map(lambda tags: tuple(tags))),
        st.integers(1, 20), max_size=8,
    ),
    st.integers(1, 40),
)  # fmt: skip
def test_a_sample_is_as_large_as_it_can_be_and_each_domain_and_tag_is_in_it(sizes: dict[Group, int], most: int) -> None:
    ids = iter(IDS)
    groups = {group: [next(ids) for _ in range(size)] for group, size in sizes.items()}
    found = draw(groups, most, 1)
    assert len(found) == len(set(found)) == min(most, sum(sizes.values()))
    if most >= 8:
        assert {domain for (domain, _), own in groups.items() if set(own) & set(found)} == {one for one, _ in sizes}


def test_a_pilot_is_drawn_from_what_nobody_has_worked_on(world: World) -> None:
    ann = world.expert("ann")
    begun = ann.take()
    ann.write(begun.id, 1, "put otherwise")
    ann.end(begun.id, "give_up")
    world.add_traces(trace("l", domain="law"), trace("m", domain="law"))
    pilot = start(world, traces=9, people=3, seed=5, experts=("adj", "Adj"))
    items = items_of(world, pilot)
    assert (pilot.traces, pilot.people, pilot.by_domain) == (4, 3, {"law": 2, "mathematics": 2})
    assert pilot.guideline_versions == ("step-correctness 1.0",) and pilot.experts == ("adj",)
    problems = (
        "SELECT p.text FROM pilot_items i JOIN traces t ON t.id = i.item_id JOIN problems p ON p.id = t.problem_id"
    )
    assert sorted(row["text"][-1] for row in world.rows(problems)) == ["b", "c", "l", "m"]
    body = world.value("SELECT body FROM events WHERE hash = :hash", hash=pilot.receipt)
    assert json.loads(body)["data"] == {
        "pilot": pilot.id, "people": 3, "seed": 5, "domain": None, "experts": [world.people["adj"]], "items": items,
    }  # fmt: skip


def test_a_domain_alone_and_one_without_a_guideline(world: World) -> None:
    bare = world.add_project("bare")
    body = PilotBody()
    with pytest.raises(NoGuideline):
        world.store.read(lambda db: pilots.sample(db, bare, body))
    world.add_traces(trace("l", domain="law"), trace("s"), project=bare)
    world.publish(guideline_text(), bare, "mathematics")
    assert len(world.store.read(lambda db: pilots.sample(db, bare, body))) == 1
    with pytest.raises(Conflict, match="no trace of the domain law left"):
        start(world, domain="law")
    assert start(world, traces=9, domain="mathematics").by_domain == {"mathematics": 3}


def test_one_pilot_at_a_time_and_only_with_members_as_experts(world: World) -> None:
    world.add_person("stranger")
    for name in ("stranger", "nobody"):
        with pytest.raises(BadInput, match=f"experts: {name} is no member"):
            start(world, experts=(name,))
    start(world)
    with pytest.raises(Conflict, match="running already"):
        start(world)
    assert world.kinds().count("pilot.started") == 1


def test_an_item_that_was_begun_meanwhile_stops_the_start_and_leaves_nothing(world: World) -> None:
    body = PilotBody(traces=3, people=2)
    items = world.store.read(lambda db: pilots.sample(db, world.project, body))
    world.expert("ann").take()
    size = len(world.kinds())
    with pytest.raises(Conflict, match="begun"):
        world.write(lambda db: pilots.start(db, world.people["lea"], world.project, body, items))
    assert len(world.kinds()) == size and world.rows("SELECT 1 AS one FROM pilots") == [] and is_open(world)


def test_nothing_is_started_signed_or_opened_in_a_closed_project(world: World) -> None:
    start(world, experts=("adj",))
    closing = ClosingBody(reason="done")
    world.write(lambda db: projects.close_project(db, world.host, world.project, closing))
    for attempt in (lambda: start(world), lambda: sign(world, "adj"), lambda: open_production(world, "so")):
        with pytest.raises(ProjectClosed):
            attempt()


@pytest.mark.parametrize(
    ("pilot_first", "does", "expected"),
    [
        (False, [], True),
        (True, [], False),
        (False, ["pilot"], False),
        (True, ["open"], True),
        (True, ["pilot", "open"], True),
        (True, ["open", "clarification"], True),
        (True, ["open", "label-changing"], False),
        (False, ["label-changing"], True),
        (False, ["pilot", "open", "pilot"], False),
    ],
)
def test_when_production_is_open(world: World, pilot_first: bool, does: list[str], expected: bool) -> None:
    world.set_policy(pilot_first=pilot_first)
    for what in does:
        if what == "pilot":
            start(world, traces=1)
        elif what == "open":
            open_production(world, "it is urgent")
        else:
            world.publish(changed("1.1", what))
    assert is_open(world) is expected


def changed(version: str, change: str = "label-changing", **fields: str) -> str:
    """The shipped guideline as a later version of itself."""
    text = guideline_text(version, change)
    if change == "label-changing":
        text = text.replace("\nschema:", "\naffects:\n  labels: [redundant]\nschema:", 1)
    for old, new in fields.items():
        text = text.replace(old, new, 1)
    return text


def test_the_pilot_is_handed_out_in_the_place_of_production(world: World) -> None:
    pilot = start(world)
    ann, bob, cyn = (world.expert(name) for name in ("ann", "bob", "cyn"))
    first = ann.take()
    assert first.purpose == "pilot" and first.problem.text == bob.take().problem.text, "what others began comes first"
    other = cyn.take()
    assert other.problem.text != first.problem.text
    held = world.rows("SELECT DISTINCT item_id FROM assignments")
    assert {row["item_id"] for row in held} == set(items_of(world, pilot))
    ann.end(first.id, "bad_problem")
    assert ann.label_all(["incorrect"]).problem.text == other.problem.text
    assert ann.claim().nothing == "not_open"
    assert world.expert("dan").claim().nothing == "not_open", "every place is filled or held"
    assert [row["taken"] for row in world.rows("SELECT taken FROM queue")] == [0, 0, 0]


def test_giving_up_frees_a_place_and_a_lease_that_ran_out_is_taken_over(world: World) -> None:
    start(world, traces=1)
    ann, bob, cyn, dan = (world.expert(name) for name in ("ann", "bob", "cyn", "dan"))
    ann.end(ann.take().id, "give_up")
    late, other = bob.take(), cyn.take()
    assert dan.claim().nothing == "not_open"
    world.clock.advance(minutes=50)
    cyn.commit(other.id, 1)
    world.clock.advance(minutes=11)
    assert world.store.read(lambda db: pilots.waiting(db, world.person("dan"), world.project))
    assert dan.claim(acknowledge=False).assignment is not None
    ends = world.rows("SELECT assignment_id, ending FROM assignment_ends ORDER BY sequence")
    assert [(row["assignment_id"] == late.id, row["ending"]) for row in ends] == [
        (False, "give_up"),
        (True, "taken_over"),
    ]
    assert not world.store.read(lambda db: pilots.waiting(db, world.person("adj"), world.project))


def test_a_dead_lease_stays_with_its_person_while_another_place_is_free(world: World) -> None:
    start(world, traces=1, people=3)
    late = world.expert("ann").take()
    world.clock.advance(minutes=61)
    world.expert("bob").take()
    world.expert("ann").commit(late.id, 1)
    assert world.kinds().count("assignment.taken_over") == 0


def test_the_lease_that_ran_out_first_is_taken_over_once_nothing_else_is_free(world: World) -> None:
    start(world, traces=2)
    first, second = (world.expert(name).take() for name in ("ann", "bob"))
    assert first.problem.text == second.problem.text
    world.clock.advance(minutes=50)
    world.expert("ann").commit(first.id, 1)
    world.clock.advance(minutes=11)
    assert world.expert("cyn").take().problem.text != first.problem.text, "bob's lease stands in the way of the other"
    world.clock.advance(minutes=50)
    world.expert("dan").take()
    assert world.expert("adj").take().problem.text == first.problem.text
    assert world.rows("SELECT assignment_id FROM assignment_ends") == [{"assignment_id": second.id}]


def test_who_has_not_read_the_version_takes_no_lease_over(world: World) -> None:
    start(world, traces=1)
    for name in ("ann", "bob"):
        world.expert(name).take()
    world.clock.advance(minutes=61)
    world.publish(guideline_text("1.1", "clarification"), acknowledged=False)
    dan = world.expert("dan")
    assert dan.claim(acknowledge=False).nothing == "new_guideline"
    assert world.kinds().count("assignment.taken_over") == 0
    dan.take()
    assert world.kinds().count("assignment.taken_over") == 1


def test_two_people_cannot_take_the_last_place(world: World) -> None:
    """Four at the same moment, for one place."""
    start(world, traces=1)
    world.expert("adj").take()
    names = ("ann", "bob", "cyn", "dan")
    together = Barrier(len(names))

    def claim(name: str) -> Any:
        together.wait()
        return world.expert(name).claim()

    with ThreadPoolExecutor(len(names)) as pool:
        claimed = list(pool.map(claim, names))
    assert sorted(one.nothing or "" for one in claimed) == ["", "not_open", "not_open", "not_open"]


def test_authors_and_publishers_do_not_label_their_own_version(world: World) -> None:
    world.add_traces(trace("l", domain="law"))
    own = changed("1.1", "clarification", **{"authors: [cotlab authors]": "authors: [ANN, cotlab authors]"})
    world.publish(own, domain="mathematics")
    version = publishing.checked(guideline_text("1.2", "clarification"), "guideline.md")
    bob = world.people["bob"]
    world.write(lambda db: publishing.publish(db, bob, version, [world.project], "law"), SERVER, world.project)
    start(world, traces=4, people=3)
    ann = world.expert("ann")
    assert ann.label_all().problem.text == "Problem l", "of another version they may"
    with pytest.raises(Refused, match=r"wrote or published step-correctness 1\.1"):
        ann.claim()
    assert not world.store.read(lambda db: pilots.waiting(db, world.person("ann"), world.project))
    for _ in range(3):
        assert world.expert("bob").label_all().problem.domain == "mathematics"
    with pytest.raises(Refused, match=r"step-correctness 1\.2"):
        world.expert("bob").claim()
    assert world.expert("cyn").take().purpose == "pilot"


@pytest.mark.parametrize(
    ("versions", "refused"),
    [
        ([("1.1", "label-changing", "ANN"), ("1.2", "clarification", "dan")], {"ann", "dan"}),
        ([("1.1", "clarification", "ANN"), ("1.2", "label-changing", "dan")], {"dan"}),
    ],
)
def test_who_wrote_any_version_of_the_schema_labels_none_of_its_pilot(
    world: World, versions: list[tuple[str, str, str]], refused: set[str]
) -> None:
    for version, change, author in versions:
        world.publish(changed(version, change, **{"authors: [cotlab authors]": f"authors: [{author}]"}))
    start(world, traces=2, people=3)
    for name in ("ann", "dan"):
        if name in refused:
            with pytest.raises(
                Refused, match=f"wrote or published step-correctness {'1.1' if name == 'ann' else '1.2'}"
            ):
                world.expert(name).claim()
        else:
            assert world.expert(name).take().purpose == "pilot"


def test_a_report_counts_disagreements_by_boundary_and_rule(world: World) -> None:
    with pytest.raises(NotFound, match="No pilot"):
        report(world)
    start(world, traces=1, people=3)
    m3 = {"kind": "rule", "name": "M3"}
    ann, bob, cyn = (world.expert(name) for name in ("ann", "bob", "cyn"))
    mine = ann.take()
    for position, label in ((1, "correct"), (2, "redundant"), (3, "wrong-fact")):
        ann.commit(mine.id, position, label, rationale="so", citations=(m3,) if position == 2 else ())
    wrong = ann.commit(mine.id, 1, "incomplete", replaces=ann.view(mine.id).done[0].mine.id)  # type: ignore[union-attr]
    ann.commit(mine.id, 1, "correct", replaces=wrong.label_id)
    ann.finish(mine.id)
    alone = report(world)
    assert (alone.assignments_finished, alone.steps_compared, alone.uncited) == (1, 0, 0)
    bob.label_all(["correct", "correct", "incorrect"])
    theirs = cyn.take()
    cyn.commit(theirs.id, 1, "redundant", step_size="too_coarse")
    found = report(world)
    assert (found.assignments_wanted, found.assignments_finished) == (3, 2)
    assert (found.steps_compared, found.steps_agreed, found.uncited) == (3, 1, 1), "a kind stands for its label"
    assert [(one.labels, one.steps, one.rules) for one in found.boundaries] == [
        (("correct", "redundant"), 2, {"M3": 1})
    ]  # fmt: skip
    assert found.rules == {"M3": 1} and found.step_sizes == {"too_coarse": 1} and not found.open
    assert found.pilot.guideline_versions == ("step-correctness 1.0",) and found.findings == ()


def test_a_report_says_what_lint_says_of_the_version_in_force_now(world: World) -> None:
    start(world, traces=1)
    world.publish(changed("1.1", "clarification", **{"## Quick reference": "## In short"}))
    found = report(world)
    assert found.pilot.guideline_versions == ("step-correctness 1.1",)
    assert [(one.code, one.message.partition(": ")[0]) for one in found.findings] == [
        ("no-quick-reference", "step-correctness 1.1")
    ]
    world.publish(changed("1.2", "clarification", **{"## Granularity": "## Size"}), domain="law")
    assert [one.code for one in report(world).findings] == ["no-quick-reference"], "no trace of law is in the sample"


def test_a_report_holds_the_questions_of_the_pilot_and_those_still_open(world: World) -> None:
    ask(world, "ann", text="before, answered")
    ask(world, "ann", text="before, open")
    answer(world, asked(world)[1].id)
    start(world)
    mine = world.expert("bob").take()
    ask(world, "bob", mine.id, 1, "in the pilot")
    answer(world, asked(world)[0].id, resolution="rule", rule="M4")
    found = report(world).questions
    assert [(one.text, one.person, one.answer is None) for one in found] == [
        ("in the pilot", "bob", False), ("before, open", "ann", True),
    ]  # fmt: skip
    assert found[0].step is not None and found[0].step.endswith("step 1")


def test_production_opens_when_all_is_done(world: World) -> None:
    pilot = start(world, traces=1, experts=("adj", "bob"))
    ann, bob = world.expert("ann"), world.expert("bob")
    ask(world, "ann", ann.take().id, 1)
    told = (
        "0 of 2 assignments of the pilot are finished", "1 question has no answer",
        "0 of 2 experts have signed off the schema of step-correctness 1.0",
    )  # fmt: skip
    assert report(world).missing == told
    with pytest.raises(Conflict) as refused:
        open_production(world)
    assert all(sentence in refused.value.sentence for sentence in told) and not is_open(world)
    assert "production.opened" not in world.kinds()
    ann.label_all()
    bob.label_all()
    answer(world, asked(world)[0].id)
    sign(world, "adj")
    assert report(world).missing == ("1 of 2 experts have signed off the schema of step-correctness 1.0",)
    assert report(world).signed_off == ("adj",)
    sign(world, "bob")
    opened = open_production(world)
    assert (opened.missing, opened.reason) == ((), None) and is_open(world)
    after = report(world)
    assert after.open and after.pilot.id == pilot.id and after.missing == () and after.signed_off == ("adj", "bob")
    assert ann.take().purpose == "production"
    with pytest.raises(Conflict, match="open already"):
        open_production(world, "again")


def test_opening_without_is_a_reason_kept_as_an_event(world: World) -> None:
    world.set_policy(pilot_first=True)
    opened = open_production(world, "the deadline is tomorrow")
    assert opened.missing == (
        "no pilot was run", "no expert was named to sign off the schema of step-correctness 1.0",
    )  # fmt: skip
    event = json.loads(world.value("SELECT body FROM events WHERE hash = :hash", hash=opened.receipt))
    assert event["kind"] == "production.opened" and event["actor"] == world.people["lea"]
    assert event["data"] == {"missing": list(opened.missing), "reason": "the deadline is tomorrow"}
    assert world.expert("ann").take().purpose == "production"


@pytest.mark.parametrize(
    ("who", "body", "error", "sentence"),
    [
        ("ann", walk(), Refused, "not named as an expert"),
        ("adj", walk("2.0"), BadInput, "version: step-correctness 2.0 is not in force"),
        ("adj", walk(labels=("correct", "redundant", "incorrect")), BadInput, "labels.incomplete: this label"),
        ("adj", walk(labels=("correct", "redundant", "incorrect", "incomplete", "new")), BadInput, "labels.new: "),
    ],
)
def test_a_signature_is_an_experts_and_walks_every_label(
    world: World, who: str, body: SignOffBody, error: type[Exception], sentence: str
) -> None:
    with pytest.raises(Conflict, match="No pilot is running"):
        sign(world, who, body)
    start(world, traces=1, experts=("adj",))
    with pytest.raises(error, match=sentence):
        sign(world, who, body)
    assert world.rows("SELECT 1 AS one FROM sign_offs") == []


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        (changed("1.1", "clarification"), True),
        (changed("1.1", "clarification", **{"meaning: right, and": "meaning: true, and"}), True),
        (changed("1.1"), False),
    ],
    ids=["clarification", "another wording", "label-changing"],
)
def test_a_signature_holds_for_clarifications_and_no_further(world: World, text: str, holds: bool) -> None:
    start(world, traces=1, experts=("adj",))
    sign(world, "adj")
    world.publish(text)
    found = report(world)
    assert found.signed_off == (("adj",) if holds else ())
    assert any("signed off" in sentence for sentence in found.missing) is not holds
    if not holds:
        sign(world, "adj", walk("1.1"))
        assert report(world).signed_off == ("adj",)


def test_a_later_signature_counts_and_both_are_kept(world: World) -> None:
    start(world, traces=1, experts=("adj",))
    sign(world, "adj")
    world.clock.advance(minutes=1)
    sign(world, "adj", walk().model_copy(update={"use_cases": ("a filter",)}))
    (signed,) = report(world).walks
    assert (signed.person, signed.signed_at, signed.walk.use_cases) == ("adj", world.clock.now, ("a filter",))
    assert world.kinds().count("schema.signed_off") == 2


def test_a_second_pilot_has_other_traces(world: World) -> None:
    first = start(world, traces=2)
    world.expert("ann").take()
    open_production(world, "enough")
    begun = {row["item_id"] for row in world.rows("SELECT item_id FROM assignments")}
    second = items_of(world, start(world, traces=3))
    assert set(second).isdisjoint(begun) and len(second) == 2
    assert begun < set(items_of(world, first)) and report(world).assignments_finished == 0


def test_what_events_tell_of_a_pilot_holds(world: World) -> None:
    world.add_traces(trace("t", problem=Problem(text="t", domain="law", tags=("x", "y"))))
    start(world, traces=4, experts=("adj",), domain=None)
    ask(world, "ann", world.expert("ann").take().id, 1)
    answer(world, asked(world)[0].id, resolution="default", rule="M4")
    sign(world, "adj")
    open_production(world, "now")
    found = world.store.read(lambda db: verify(db, [SIGNER.public_key], [], []))
    assert [(finding.kind, finding.sentence) for finding in found[world.project].findings] == []


def test_a_claim_in_a_pilot_scans_nothing_that_grows(world: World, said: Said) -> None:
    start(world, traces=2)
    said.clear()
    for name in ("ann", "bob", "cyn"):
        world.expert(name).take()
    world.clock.advance(minutes=61)
    world.expert("dan").take()
    for name in ("ann", "adj"):
        person = world.person(name)
        world.store.read(lambda db: queue(db, person, 0))  # noqa: B023
    assert len(said) > 20
    assert scans(world, said) == []


def test_who_is_suspended_in_a_domain_gets_no_pilot_work_of_it(world: World) -> None:
    world.add_traces(trace("l", domain="law"))
    start(world, traces=4)
    decide(world, "suspend", "ann")
    assert world.expert("ann").label_all().problem.domain == "law"
    claimed = world.expert("ann").claim()
    assert (claimed.assignment, claimed.nothing) == (None, "not_open")
    assert world.store.read(lambda db: queue(db, world.person("ann"), 0)).projects[0].waiting is False
    assert world.expert("bob").take().purpose == "pilot"
    decide(world, "qualify", "ann")
    assert world.expert("ann").take().problem.domain == "mathematics"
