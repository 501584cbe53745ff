"""What a lead sees of checks: refuted steps, kinds held against decisions, progress, and what showing changed."""

import pytest

from cotlab.agreement.intervals.wilson import wilson
from cotlab.checks.running.chunks import Checked
from cotlab.domain.checks import Claim, StepVerdict, Verdict
from cotlab.domain.errors import NotFound
from cotlab.domain.projects.gates import Setting
from cotlab.services.checks.verdicts import AnswerCheck, Wanted, keep
from cotlab.services.reports import check_revisions, checks
from tests.adjudicator import adjudicators
from tests.services.cases.adjudicating import decide, open_cases
from tests.services.checks.test_shown_evidence import HOLDS, REASON, WRONG, find
from tests.world import World

V, R, U = Verdict.VERIFIED, Verdict.REFUTED, Verdict.UNDECIDED


def of_kinds(verdict: Verdict, *claims: tuple[str, Verdict]) -> StepVerdict:
    made = (
        Claim(start=0, end=1, kind=kind, normalised="n", verdict=said, reason=f"{kind} {said}") for kind, said in claims
    )
    return StepVerdict(verdict=verdict, claims=tuple(made), reason="as it is")


def test_refuted_steps_come_in_pages_with_the_labels_beside(world: World) -> None:
    find(world, {1: WRONG, 2: HOLDS, 3: WRONG}, problem="Problem a")
    find(world, {0: WRONG, 2: WRONG}, problem="Problem b")
    for name in ("ann", "bob"):
        for _ in range(3):
            world.expert(name).label_all(["correct", "redundant"])
    every = world.store.read(lambda db: checks.refuted(db, world.project, None, 0, 50))
    assert (every.checker, every.total) == ("1.1 default", 3)
    assert [one.evidence for one in every.steps] == [WRONG] * 3
    found = {(one.problem, one.position): one for one in every.steps}
    one = found["Problem b", 2]
    assert [(label.person, label.label) for label in one.labels] == [("ann", "redundant"), ("bob", "redundant")]
    assert (one.step, one.domain, one.evidence.reason) == ("b, step 2", "mathematics", REASON)
    pages = [
        world.store.read(lambda db: checks.refuted(db, world.project, None, offset, 2))  # noqa: B023
        for offset in (0, 2)
    ]
    assert [one for page in pages for one in page.steps] == list(every.steps)
    none = world.store.read(lambda db: checks.refuted(db, world.project, "law", 0, 50))
    assert (none.total, none.steps) == (0, ())


def test_kinds_are_counted_and_held_against_what_was_decided(world: World) -> None:
    world.set_policy(overlap=2, second_adjudicator_share=0)
    found = of_kinds(R, ("percent", R), ("percent", R), ("units", V), ("units", U))
    find(world, dict.fromkeys((1, 2), found) | {3: of_kinds(U, ("percent", U))}, problem="Problem a")
    find(world, {1: of_kinds(R, ("units", R)), 3: of_kinds(R, ("percent", R))}, problem="Problem b")
    for name, labels in (("ann", ["correct"]), ("bob", ["incorrect", "incomplete", "redundant"])):
        for _ in range(3):
            world.expert(name).label_all(labels)
    adjudicators(world, ["one"])
    assert open_cases(world) == 9
    rows = world.rows("SELECT t.id, p.text FROM traces t JOIN problems p ON p.id = t.problem_id")
    items = {row["text"]: row["id"] for row in rows}
    for problem, position, label in (("Problem a", 1, "incorrect"), ("Problem a", 2, "correct")):
        case = world.value("SELECT id FROM cases WHERE item_id = :i AND position = :p", i=items[problem], p=position)
        decide(world, case, label, by="one")
    every = world.store.read(lambda db: checks.refuted(db, world.project, None, 0, 50))
    states = {(one.problem, one.position): one.case_state for one in every.steps}
    assert (states["Problem a", 1], states["Problem a", 2], states["Problem b", 1]) == ("decided", "decided", "open")
    report = world.store.read(lambda db: checks.kinds(db, world.project))
    counts = {(one.kind, one.domain): (one.claims, one.verified, one.refuted, one.undecided) for one in report.kinds}
    assert counts == {("percent", "mathematics"): (6, 0, 5, 1), ("units", "mathematics"): (5, 2, 1, 2)}
    by_kind = {one.kind: one for one in report.precision}
    percent, units = by_kind["percent"], by_kind["units"]
    assert (percent.refuted, percent.decided, percent.wrong, percent.precision, percent.below) == (3, 2, 1, 0.5, True)
    assert percent.interval == pytest.approx((0.0945, 0.9055), abs=1e-4)
    assert (units.refuted, units.decided, units.precision, units.interval, units.below) == (1, 0, None, None, False)


def test_a_kind_at_the_bar_is_not_warned_of() -> None:
    decided = {("i", position): position != 20 for position in range(1, 21)}
    at_bar = checks._precision("units", list(decided), decided)
    assert (at_bar.precision, at_bar.below) == (0.95, False)
    assert checks._precision("units", list(decided)[1:], decided).below


def test_the_newest_version_alone_is_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    find(world, {1: WRONG, 2: WRONG})
    monkeypatch.setattr("cotlab.services.checks.verdicts.VERSION", "2.0")
    assert world.store.read(lambda db: checks.refuted(db, world.project, None, 0, 50)).total == 0
    find(world, {1: WRONG})
    assert world.store.read(lambda db: checks.refuted(db, world.project, None, 0, 50)).total == 1
    world.set_policy(checks="off")
    off = world.store.read(lambda db: checks.kinds(db, world.project))
    assert off.checker == "2.0 default" and off.kinds[0].claims == 1


def test_where_checks_are_off_a_check_of_answers_is_none_of_steps(world: World) -> None:
    find(world, {1: WRONG})
    item = world.value("SELECT item_id FROM verdicts")
    older = Wanted(Setting.DEFAULT, AnswerCheck("answers 0.9", lambda asked, setting: WRONG))
    world.write(lambda db: keep(db, world.project, older, [Checked(item, 0, WRONG)]))
    world.set_policy(checks="off")
    assert world.store.read(lambda db: checks.reported(db, world.project)) == "1.1 default"


def test_progress_is_a_count_of_rows(world: World) -> None:
    find(world, {0: WRONG, 1: WRONG, 2: HOLDS})
    found = world.store.read(lambda db: checks.progress(db, world.project))
    assert (found.checker, found.steps, found.checked) == ("1.1 default", 9, 2)
    assert [(one.checker, one.verified, one.refuted, one.undecided) for one in found.checkers] == [
        ("1.1 default", 1, 1, 0)
    ]
    with pytest.raises(NotFound):
        world.store.read(lambda db: checks.progress(db, "0" * 32))
    world.set_policy(checks="off")
    assert world.store.read(lambda db: checks.progress(db, world.project)).checker is None


def test_revisions_are_compared_by_what_was_shown(world: World) -> None:
    """Ann sees that step 1 is refuted and thinks again; what she changed before the check came was not for it."""
    find(world, {1: WRONG}, problem="Problem a")
    ann = world.expert("ann")
    for _ in range(3):
        taken = ann.take()
        first = ann.commit(taken.id, 1)
        ann.commit(taken.id, 2)
        if taken.problem.text == "Problem a":
            ann.commit(taken.id, 1, "incorrect", replaces=first.label_id)
        elif taken.problem.text == "Problem b":
            ann.commit(taken.id, 1, "redundant", replaces=first.label_id)
            find(world, {1: HOLDS, 2: HOLDS}, problem="Problem b")
        ann.commit(taken.id, 3)
        ann.finish(taken.id)
    for _ in range(3):
        world.expert("bob").label_all(["incorrect"])
    found = world.store.read(lambda db: check_revisions.revisions(db, world.project))
    rates = {one.evidence: (one.labels, one.revised) for one in found.revisions}
    assert rates == {"not shown": (12, 0), "verified": (4, 0), "refuted": (2, 1), "undecided": (0, 0)}
    refuted = next(one for one in found.revisions if one.evidence == "refuted")
    assert (refuted.share, refuted.interval) == (0.5, wilson(0.5, 2))
    agreement = {one.evidence: one for one in found.agreement}
    assert agreement["shown"].steps == 3 and agreement["not shown"].steps == 6
    before, after = agreement["shown"].first, agreement["shown"].latest
    assert before.value is not None and after.value is not None and before.value < after.value


def test_wilson_is_the_interval_of_the_textbooks() -> None:
    """R. G. Newcombe, 1998, Statistics in Medicine 17, 857-872, table I."""
    assert wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15 / 148, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(1, 29) == pytest.approx((0.8830, 1.0), abs=5e-5)
