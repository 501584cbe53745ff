"""Every column of a row that an event tells of is held against it."""

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from cotlab.domain.agreement.coefficients import CohortBody
from cotlab.domain.answers import Purpose
from cotlab.domain.calibration.qualification import DecisionKind, RecheckBody
from cotlab.domain.drafts.requests import AcceptBody, DeclineBody, DraftEdit
from cotlab.domain.evaluations.evaluations import ReopenBody
from cotlab.domain.gold import RetireBody
from cotlab.domain.people import LeavingBody
from cotlab.domain.projects.gates import PaceTest
from cotlab.domain.queue.batches import BatchBody, WithdrawBody
from cotlab.domain.reports.people import AlarmDecision, AlarmDecisionBody
from cotlab.domain.traces.pairs import SourceChoice
from cotlab.domain.traces.records import Change, DerivedFrom
from cotlab.services.audit.event_data import ASSIGNMENT, EXPORT, as_told, rows_that_differ
from cotlab.services.audit.texts import texts_that_differ
from cotlab.services.calibration import alarm_decisions, rechecks
from cotlab.services.cases import shared_decisions as decided_cases
from cotlab.services.drafts import acceptance
from cotlab.services.gold import items as gold
from cotlab.services.projects import cohorts
from cotlab.services.queue import batches, reopening
from cotlab.services.queue.vacated_places import pass_place
from cotlab.services.work import absence
from cotlab.storage import SERVER, Db, Reading, Store, is_postgresql
from cotlab.storage.migrations import (
    m0003_cases_and_taken_agreement,
    m0004_gold_and_calibration,
    m0007_check_verdicts,
    m0008_pace_alarms,
    m0009_writing_tasks,
    m0010_batches_and_absence,
    m0013_position_alarms,
    m0016_evaluations,
    m0018_models_and_drafts,
)
from cotlab.storage.queue import vacated_places
from tests.adjudicator import adjudicators
from tests.drafting.choosing import Chooser
from tests.services.agreement.test_taken_agreement import POLICY, disagree, go_on, take
from tests.services.calibration import doubting
from tests.services.cases.adjudicating import open_cases
from tests.services.checks.test_shown_evidence import WRONG, find
from tests.services.conftest import grown
from tests.services.datasets.releasing import release
from tests.services.drafts import drafted, revealed
from tests.services.evaluations import evaluated
from tests.services.gold import comparing_gold
from tests.services.guidelines.guideline_texts import following
from tests.services.work import comparing, writing
from tests.support import Clock
from tests.world import World, trace

Found = list[tuple[int, str]]
Look = Callable[[Db, str], Iterable[tuple[int, str]]]


class Undone(Exception):
    """What a tampered row is found by; the write is rolled back with it."""

    def __init__(self, found: Found) -> None:
        self.found = found


@pytest.fixture
def told(world: World) -> World:
    """A project with a row in each table of cases, agreement and cohorts."""
    following(world, "told", "ann", "bob")
    world.set_policy(**POLICY, second_adjudicator_share=0)
    world.add_traces(trace("l", domain="law"), trace("m", domain="law"))
    disagree(world)
    assert take(world)[0].below
    go_on(world, "law")
    for when in ({"since": 5}, {"until": 9}):
        body = CohortBody.model_validate({"person": "ann", "cohort": "red", **when})
        world.write(lambda db: cohorts.set_cohort(db, world.people["lea"], world.project, body))  # noqa: B023
    assert open_cases(world) == 2
    one, two = adjudicators(world, ["one", "two"])
    one.pass_on(one.take_case().id, "two")
    case = two.settle(gap="no rule says it")
    ann = world.person("ann")
    world.write(lambda db: decided_cases.read(db, ann, world.project, case.case_id))
    return world


def differing(world: World, db: Reading) -> Found:
    return [*rows_that_differ(db, world.project), *rows_that_differ(db, SERVER)]


def tampered(world: World, table: str, change: str, look: Look | None = None) -> Found:
    """What an audit finds after a change by somebody who has the file; nothing of it stays."""

    def tamper(db: Db) -> None:
        db.run("PRAGMA defer_foreign_keys = ON")
        for one in ("update", "delete"):
            db.run(f"DROP TRIGGER {table}_refuse_{one}")
        assert db.run(change) == 1
        raise Undone(differing(world, db) if look is None else list(look(db, world.project)))

    with pytest.raises(Undone) as undone:
        world.write(tamper)
    return undone.value.found


def changed(value: Any) -> str:
    return "'another'" if value is None or isinstance(value, str) else str(value + 1)


@pytest.fixture
def judged(store: Store, clock: Clock) -> World:
    """A project with a row in each table of gold, calibration and drift."""
    return grown(store, clock, grow_judged)


def grow_judged(world: World) -> None:
    doubting.prepare(world)
    doubting.qualify(world, "ann")
    doubting.label(world, "ann", "w1")
    doubting.fall(world, "ann", "g4", "g5")
    body = RecheckBody(person="ann", domain=doubting.DOMAIN, share=1.0, seed=1)
    world.write(lambda db: rechecks.draw_recheck(db, world.people["lea"], world.project, body))
    doubting.decide(world, "ann", DecisionKind.QUALIFY)
    retired, end = doubting.item(world, "g8"), RetireBody(reason="it is ambiguous")
    world.write(lambda db: gold.retire(db, world.people["lea"], world.project, retired, end))


@pytest.fixture
def checked(world: World) -> World:
    """A project with a verdict that was visible."""
    taken = world.expert("ann").take()
    find(world, {1: WRONG}, problem=taken.problem.text)
    for position in (1, 2):
        world.expert("ann").commit(taken.id, position)
    return world


@pytest.fixture
def hurried(world: World) -> World:
    """A project with a row in each table of pace."""
    world.set_policy(overlap=1, pace_alarm=PaceTest(labels=5))
    for _ in range(2):
        world.expert("ann").label_all()
    world.catch_up()
    alarm = world.value("SELECT id FROM pace_alarms")
    body = AlarmDecisionBody(decision=AlarmDecision.EXPLAINED, reason="it is so")
    world.write(lambda db: alarm_decisions.decide(db, world.people["lea"], world.project, alarm, body))
    return world


@pytest.fixture
def one_sided(world: World) -> World:
    """A project with a row in each table of position."""
    comparing.prepare(world)
    world.set_policy(overlap=1, position_alarm=0.5)
    comparing.add(world, *(comparing.pair(f"p{number}") for number in range(15)))
    for _ in range(15):
        view, _ = comparing.take(world.expert("ann"))
        comparing.prefer(world.expert("ann"), view.id)
    world.catch_up()
    alarm = world.value("SELECT id FROM position_alarms")
    body = AlarmDecisionBody(decision=AlarmDecision.CONFIRMED, reason="it is so")
    world.write(lambda db: alarm_decisions.decide(db, world.people["lea"], world.project, alarm, body))
    return world


@pytest.fixture
def left(world: World) -> World:
    """A batch that was withdrawn and one that goes on; somebody who left and came back."""
    for what in ("first", "second"):
        due = world.clock() + 1
        body = BatchBody(people=("ann", "bob"), due=due, count=1, note=what)
        items = world.store.read(lambda db: batches.picked(db, world.project, body))  # noqa: B023
        made = world.write(lambda db: batches.make(db, world.people["lea"], world.project, body, items))  # noqa: B023
    end = WithdrawBody(reason="no longer wanted")
    world.write(lambda db: batches.withdraw(db, world.people["lea"], world.project, made.id, end))
    absence.deactivate(world.store, world.host, LeavingBody(person="ann", reason="went elsewhere"))
    absence.reactivate(world.store, world.host, "ann")
    return world


def missed(world: World, table: str, where: str = "1 = 1") -> list[str]:
    """The changes of the latest row that no audit finds."""
    rows = world.rows(f"SELECT * FROM {table} WHERE {where}")
    row = max(rows, key=lambda row: (row.get("sequence", 0), [*map(repr, row.values())]))
    known = [key for key in ("sequence", "project_id") if key in row] if "sequence" in row else list(row)
    keys = list(row) if table == "assignment_ends" else known
    which = "WHERE " + " AND ".join(f"{key} = '{row[key]}'" for key in keys)
    changes = [f"UPDATE {table} SET {name} = {changed(value)} {which}" for name, value in row.items()]
    return [change for change in (*changes, f"DELETE FROM {table} {which}") if not tampered(world, table, change)]


def test_a_change_of_any_column_and_a_row_that_is_gone_are_found(told: World, engine: str) -> None:
    if is_postgresql(engine):
        pytest.skip("the comparison is the same; foreign keys stand in the way of the changes")
    assert told.store.read(lambda db: list(rows_that_differ(db, told.project))) == []
    assert [change for table in m0003_cases_and_taken_agreement.APPEND_ONLY for change in missed(told, table)] == []


def test_so_are_those_of_gold_calibration_and_drift(judged: World, engine: str) -> None:
    if is_postgresql(engine):
        pytest.skip("the comparison is the same; foreign keys stand in the way of the changes")
    assert judged.store.read(lambda db: list(rows_that_differ(db, judged.project))) == []
    assert [change for table in m0004_gold_and_calibration.APPEND_ONLY for change in missed(judged, table)] == []


def test_so_are_those_of_pace(hurried: World, engine: str) -> None:
    if is_postgresql(engine):
        pytest.skip("the comparison is the same; foreign keys stand in the way of the changes")
    assert hurried.store.read(lambda db: list(rows_that_differ(db, hurried.project))) == []
    assert [change for table in m0008_pace_alarms.APPEND_ONLY for change in missed(hurried, table)] == []


def test_so_are_those_of_position(one_sided: World, engine: str) -> None:
    if is_postgresql(engine):
        pytest.skip("the comparison is the same; foreign keys stand in the way of the changes")
    assert one_sided.store.read(lambda db: list(rows_that_differ(db, one_sided.project))) == []
    assert [change for table in m0013_position_alarms.APPEND_ONLY for change in missed(one_sided, table)] == []


def test_so_are_those_of_paths_that_were_asked_for(world: World, engine: str) -> None:
    if is_postgresql(engine):
        pytest.skip("the comparison is the same; foreign keys stand in the way of the changes")
    writing.prepare(world)
    one, two, three = writing.ask(world, "w1", "algebra", "drawing", "guess")
    assert one and two and three
    writing.take(world, "ann")
    writing.write(world, "ann", "so it is")
    writing.take(world, "bob")
    writing.give_back(world, "bob", "too hard")
    writing.withdraw(world, three)
    assert world.store.read(lambda db: list(rows_that_differ(db, world.project))) == []
    assert [change for table in m0009_writing_tasks.APPEND_ONLY for change in missed(world, table)] == []


PURPOSES = {Purpose.PRODUCTION, Purpose.GOLD, Purpose.GOLD_REDO, Purpose.CALIBRATION, Purpose.RECHECK}


@pytest.fixture
def worked(judged: World) -> World:
    """The same with a recheck, a redo of gold, a lease that was taken over, and a place that passed."""
    doubting.qualify(judged, "bob")
    doubting.label(judged, "bob", "w1", purpose=Purpose.RECHECK)
    doubting.hand(judged, "cyn", "w2", Purpose.PRODUCTION)
    doubting.gold(judged, "bob", "g6", doubting.TRUE)
    doubting.hand(judged, "bob", "g6", Purpose.GOLD_REDO)
    judged.clock.advance(minutes=61)
    holder = judged.store.read(lambda db: vacated_places.holders(db, doubting.item(judged, "w2")))[0]
    taken = doubting.hand(judged, "dan", "w2", Purpose.PRODUCTION)
    dan, item = judged.person("dan"), doubting.item(judged, "w2")
    judged.write(lambda db: pass_place(db, dan, judged.project, item, taken, holder))
    return judged


def test_so_are_those_of_assignments_with_their_endings_places_and_policies(worked: World, engine: str) -> None:
    if is_postgresql(engine):
        pytest.skip("the comparison is the same; foreign keys stand in the way of the changes")
    assert worked.store.read(lambda db: list(rows_that_differ(db, worked.project))) == []
    assert {row["purpose"] for row in worked.rows("SELECT purpose FROM assignments")} == PURPOSES
    which = [("assignments", f"purpose = '{purpose}'") for purpose in PURPOSES]
    which += [("assignment_ends", f"ending = '{ending}'") for ending in ("finished", "taken_over")]
    which += [("policies", "1 = 1"), ("places_passed", "1 = 1")]
    assert [change for table, where in which for change in missed(worked, table, where)] == []


def test_so_are_those_of_cases(told: World, engine: str) -> None:
    if is_postgresql(engine):
        pytest.skip("the comparison is the same; foreign keys stand in the way of the changes")
    which = [("assignments", f"purpose = '{purpose}'") for purpose in (Purpose.ADJUDICATION, Purpose.PRODUCTION)]
    which += [("assignment_ends", f"ending = '{ending}'") for ending in ("decided", "passed_on", "finished")]
    assert [change for table, where in which for change in missed(told, table, where)] == []


def test_an_assignment_of_an_earlier_cotlab_is_as_its_event_says(told: World) -> None:
    """Events did not always tell of the purpose, nor of the round."""
    row = {**told.rows("SELECT * FROM assignments WHERE purpose = 'production'")[0]}
    event = {
        "kind": "assignment.claimed",
        "actor": row["actor_id"],
        "at": row["claimed_at"],
        "data": {key: value for key, value in ASSIGNMENT.data(row).items() if key not in ("purpose", "round")},
    }
    row |= {"body": json.dumps(event), "at": row["claimed_at"]}
    assert as_told(ASSIGNMENT, row) and as_told(ASSIGNMENT, {**row, "round": 2})
    assert not as_told(ASSIGNMENT, {**row, "purpose": "gold"}) and not as_told(ASSIGNMENT, {**row, "informed": 1})


def test_so_are_those_of_checks(checked: World, engine: str) -> None:
    if is_postgresql(engine):
        pytest.skip("the comparison is the same; foreign keys stand in the way of the changes")
    assert checked.store.read(lambda db: list(rows_that_differ(db, checked.project))) == []
    assert [change for table in m0007_check_verdicts.APPEND_ONLY for change in missed(checked, table)] == []


def test_so_are_those_of_evaluations_and_what_was_reopened(world: World, engine: str) -> None:
    if is_postgresql(engine):
        pytest.skip("the comparison is the same; foreign keys stand in the way of the changes")
    evaluated.labelled(world, 1)
    for model in ("one", "the other"):
        made = evaluated.evaluate(world, evaluated.lines({"m1": 1, "l1": -1}), model=model, replicates=0)
        body = ReopenBody(where="domain=law" if model == "one" else "domain=mathematics")
        items = world.store.read(lambda db: reopening.picked(db, world.project, made.id, body))  # noqa: B023
        world.write(lambda db: reopening.reopen(db, world.people["lea"], world.project, made.id, body, items))  # noqa: B023
    assert world.store.read(lambda db: list(rows_that_differ(db, world.project))) == []
    assert [change for table in m0016_evaluations.APPEND_ONLY for change in missed(world, table)] == []


@pytest.fixture
def drafted_for(world: World) -> World:
    """A model that was removed and one that is there, with requests that were filled, failed, and wait."""
    drafted.add_model(world, "other")
    drafted.remove_model(world, "other")
    drafted.add_model(world)
    decided(world)
    drafted.ask(world)
    drafted.worker(world, drafted.Scripted(drafted.by_seed)).draft_next()
    drafted.ask(world, kind="label_opinion", position=None)
    drafted.worker(world, Chooser(lambda *_: 0.0)).draft_next()
    failed = drafted.ask(world, position=1)
    drafted.worker(world, drafted.Scripted(lambda _: "")).draft_next()
    assert drafted.status(world, failed.id).sentence
    drafted.ask(world)
    return world


def decided(world: World) -> None:
    """Drafts of which one was dropped, one accepted as it was edited, and one declined."""
    texts = [f"{text}\nAnswer: 2" for text in ("1 2 3", "3, 2 and 1", "5 6 7", "8")]
    problem = world.value("SELECT id FROM problems WHERE text = 'Problem b'")
    asked = drafted.ask(world, kind="path", item_id=None, position=None, problem_id=problem, number=4)
    while drafted.worker(world, drafted.Scripted(lambda prompt: texts[(prompt.seed - 1) % 4])).draft_next():
        pass
    texts_ = DraftEdit(steps=("one way",), final_answer="2")
    edited = AcceptBody(drafts=(1,), strategy="forward chaining", edited={1: texts_})
    by, project = world.people["lea"], world.project
    world.write(lambda db: acceptance.accept(db, by, project, asked.id, edited), SERVER, project)
    why = DeclineBody(drafts=(3,), reason="clumsy")
    world.write(lambda db: acceptance.decline(db, by, project, asked.id, why))


def test_so_are_those_of_models_and_drafts(drafted_for: World, engine: str) -> None:
    if is_postgresql(engine):
        pytest.skip("the comparison is the same; foreign keys stand in the way of the changes")
    assert drafted_for.store.read(lambda db: differing(drafted_for, db)) == []
    which = [(table, "1 = 1") for table in (*m0018_models_and_drafts.APPEND_ONLY, "draft_drops")]
    which += [("draft_decisions", f"decision = '{decision}'") for decision in ("accepted", "declined")]
    assert [change for table, where in which for change in missed(drafted_for, table, where)] == []


def test_so_is_the_draft_that_a_trace_says_it_was(drafted_for: World, engine: str) -> None:
    if is_postgresql(engine):
        pytest.skip("the comparison is the same; foreign keys stand in the way of the changes")
    assert drafted_for.store.read(lambda db: list(texts_that_differ(db, drafted_for.project))) == []
    refuse_other_drafts_of_traces(drafted_for)


def refuse_other_drafts_of_traces(world: World) -> None:
    (row,) = world.rows("SELECT * FROM drafted_traces")
    other = world.value("SELECT id FROM traces WHERE id <> :id LIMIT 1", id=row["item_id"])
    which = f"WHERE item_id = '{row['item_id']}'"
    for change in (
        f"UPDATE drafted_traces SET document = {changed(row['document'])} {which}",
        f"UPDATE drafted_traces SET item_id = '{other}' {which}", f"DELETE FROM drafted_traces {which}",
        f"UPDATE drafted_traces SET sequence = sequence - 1 {which}",
    ):  # fmt: skip
        assert tampered(world, "drafted_traces", change, texts_that_differ), change


def test_so_is_the_draft_that_somebody_made_a_wording_of(looked_at: World, engine: str) -> None:
    if is_postgresql(engine):
        pytest.skip("the comparison is the same; foreign keys stand in the way of the changes")
    ann, (assignment,) = looked_at.expert("ann"), looked_at.rows("SELECT id, item_id FROM assignments")
    draft = revealed.leave(looked_at, assignment["item_id"], 2, {"text": "said better"}, "alternatives")
    ann.commit(assignment["id"], 2)
    ann.write(assignment["id"], 2, "said better", draft=draft)
    assert looked_at.store.read(lambda db: list(texts_that_differ(db, looked_at.project))) == []
    refuse_other_drafts_of_traces(looked_at)


@pytest.fixture
def looked_at(world: World) -> World:
    """Drafts that somebody saw before they changed their label, and a rationale that they kept."""
    world.set_policy(drafts=[{"reveal": "always", "blind_share": 0.0, "rationales": "judge"}])
    ann = world.expert("ann")
    taken = ann.take()
    revealed.leave(world, revealed.item_of(world, taken.id), 1, revealed.opinion("redundant"))
    given = ann.commit(taken.id, 1)
    revealed.ask_rationale(world, "ann", taken.id, 1)
    drafted.worker(world, drafted.Scripted(lambda _: "it is so")).draft_next()
    assert revealed.ask_rationale(world, "ann", taken.id, 1).state == "done"
    ann.commit(taken.id, 1, "redundant", replaces=given.label_id, rationale="it is so")
    return world


def test_so_are_those_of_drafts_that_were_seen(looked_at: World, engine: str) -> None:
    if is_postgresql(engine):
        pytest.skip("the comparison is the same; foreign keys stand in the way of the changes")
    assert looked_at.store.read(lambda db: differing(looked_at, db)) == []
    drafts = [row["draft_id"] for row in looked_at.rows("SELECT draft_id FROM assistance")]
    assert len(drafts) == 2 and len(looked_at.rows("SELECT id FROM reveals")) == 2
    which = [("reveals", "1 = 1"), ("rationale_requests", "1 = 1")]
    assert [change for table, where in which for change in missed(looked_at, table, where)] == []
    one = f"WHERE draft_id = '{drafts[0]}'"
    changes = [
        f"UPDATE assistance SET {name} = {7 if name == 'similarity' else changed(value)} {one}"
        for name, value in looked_at.rows(f"SELECT * FROM assistance {one}")[0].items()
    ]
    assert [change for change in (*changes, f"DELETE FROM assistance {one}")
            if not tampered(looked_at, "assistance", change)] == []  # fmt: skip


def test_so_are_those_of_pairs(world: World, engine: str) -> None:
    if is_postgresql(engine):
        pytest.skip("the comparison is the same; foreign keys stand in the way of the changes")
    comparing.prepare(world)
    said = SourceChoice(source="raters", overall="better", criteria={"clarity": "tie"})
    comparing.add(world, comparing.pair("a", labels=(said,)))
    comparing.take(world.expert("ann"))
    assert missed(world, "pair_sides") == []
    row = world.rows("SELECT * FROM pairs")[-1]
    changes = [f"UPDATE pairs SET {name} = {changed(value)}" for name, value in row.items() if name != "project_id"]
    changes[1] = """UPDATE pairs SET messages = '[{"role":"user","content":"x"}]'"""
    origins = [one for one in changes if "_origin" in one]
    changes = [one for one in changes if one not in origins] + [
        f"UPDATE pairs SET {which}_origin = replace({which}_origin, 'secret', 'other')" for which in ("first", "second")
    ]
    for change in changes:
        assert tampered(world, "pairs", change, texts_that_differ), change
    for change in source_row_changes(world):
        assert tampered(world, "source_rows", change, texts_that_differ), change
    for question in ("label", "clarity"):
        change = f"UPDATE answers SET value = 'much-worse' WHERE question = '{question}' AND purpose = 'imported'"
        assert tampered(world, "answers", change, texts_that_differ), change


def source_row_changes(world: World) -> list[str]:
    """Changes of the row of a file that a choice stood in, and that it is gone."""
    row = world.rows("SELECT * FROM source_rows WHERE answer_id LIKE '%-label'")[0]
    which = f"WHERE answer_id = '{row['answer_id']}'"
    changes = [
        f"UPDATE source_rows SET {name} = {changed(value)} {which}"
        for name, value in row.items() if name in ("item_id", "number", "row_id", "left_one", "sequence")
    ]  # fmt: skip
    return [*changes, f"DELETE FROM source_rows {which}"]


def test_so_is_what_altered_traces_were_made_of(world: World, engine: str) -> None:
    if is_postgresql(engine):
        pytest.skip("the comparison is the same; foreign keys stand in the way of the changes")
    derived = DerivedFrom(trace="0" * 64, position=1, way="sign 1.0", changes=(Change(start=0, stop=1, was=""),))
    world.add_traces(trace("made", derived_from=derived))
    assert list(world.store.read(lambda db: list(texts_that_differ(db, world.project)))) == []
    (row,) = world.rows("SELECT * FROM derivations")
    which = f"WHERE item_id = '{row['item_id']}'"
    other = world.value("SELECT min(id) FROM traces WHERE id <> :id", id=row["item_id"])
    changes = [f"UPDATE derivations SET {name} = {changed(row[name])} {which}"
               for name in ("parent_digest", "position", "way", "changes", "sequence")]  # fmt: skip
    changes += [f"UPDATE derivations SET item_id = '{other}' {which}", f"DELETE FROM derivations {which}"]
    for change in changes:
        assert tampered(world, "derivations", change, texts_that_differ), change


def test_so_are_those_of_gold_pairs(world: World, engine: str) -> None:
    if is_postgresql(engine):
        pytest.skip("the comparison is the same; foreign keys stand in the way of the changes")
    comparing.prepare(world)
    said = {"overall": "x", "clarity": "y"}
    comparing_gold.bring(world, comparing_gold.gold_pair("g", criteria={"clarity": "tie"}), justifications=said)
    assert differing_now(world) == []
    assert [change for table in ("gold_criteria", "gold_labels") for change in missed(world, table)] == []


def differing_now(world: World) -> Found:
    return world.store.read(lambda db: [*differing(world, db), *texts_that_differ(db, world.project)])


def test_so_are_those_of_batches_and_of_people_who_left(left: World, engine: str) -> None:
    if is_postgresql(engine):
        pytest.skip("the comparison is the same; foreign keys stand in the way of the changes")
    assert left.store.read(lambda db: differing(left, db)) == []
    assert [change for table in m0010_batches_and_absence.APPEND_ONLY for change in missed(left, table)] == []


def test_so_are_those_of_exports_and_releases(world: World, engine: str) -> None:
    if is_postgresql(engine):
        pytest.skip("the comparison is the same; foreign keys stand in the way of the changes")
    world.set_policy(overlap=1)
    world.expert("ann").label_all()
    release(world, "v1")
    assert world.store.read(lambda db: list(rows_that_differ(db, world.project))) == []
    assert [change for table in ("exports", "releases") for change in missed(world, table)] == []
    other = """UPDATE exports SET manifest = replace(manifest, '"traces_read":3', '"traces_read":2')"""
    assert tampered(world, "exports", other), "also of what the event does not say itself"


def test_an_export_of_an_earlier_cotlab_is_as_its_event_says(world: World) -> None:
    """Events did not always tell of the manifest, nor of the order."""
    world.set_policy(overlap=1)
    world.expert("ann").label_all()
    release(world)
    (row,) = world.rows("SELECT x.*, x.made_at AS at FROM exports x")
    row = {**row, "ordered": None}
    new = ("manifest", "order", "stale", "doubted")
    data = {key: value for key, value in EXPORT.data(row).items() if key not in new}
    row["body"] = json.dumps({"kind": "export.made", "actor": row["actor_id"], "at": row["at"], "data": data})
    assert as_told(EXPORT, row)
    assert not as_told(EXPORT, {**row, "actor_id": "another"}) and not as_told(EXPORT, {**row, "id": "another"})
