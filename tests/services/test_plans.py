"""No hot statement walks a whole table that grows with the work."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from cotlab.domain.cases import CaseState
from cotlab.domain.evaluations.evaluations import ReopenBody
from cotlab.domain.labels.two_level import AnswerCell
from cotlab.domain.projects.case_reasons import CaseReason
from cotlab.domain.projects.gates import PaceTest
from cotlab.domain.reports.people import Against
from cotlab.services.agreement import measurement, recording, records
from cotlab.services.calibration import alarms, group_drift, pace_alarms, position_alarms
from cotlab.services.cases import case_files, disputed_steps, opening, shared_decisions
from cotlab.services.cases import report as case_report
from cotlab.services.evaluations import evaluation
from cotlab.services.people import access
from cotlab.services.projects import cohorts
from cotlab.services.queue import order, reopening
from cotlab.services.reports import (
    accuracy,
    check_revisions,
    checks,
    my_work,
    pace,
    pair_choices,
    quality,
    ranking,
    sessions,
)
from cotlab.storage import is_postgresql
from cotlab.storage.calibration import alarms as raised
from cotlab.storage.engine.sqlite import SqliteConnection
from tests.adjudicator import adjudicators
from tests.services.cases.adjudicating import open_cases
from tests.services.checks.checked import check
from tests.services.evaluations import evaluated
from tests.services.work.comparing import add, pair, prefer, prepare, take
from tests.support import plan
from tests.world import World, trace

GROWING = (
    "problems", "traces", "steps", "assignments", "assignment_ends", "answers", "citations", "events", "heads", "queue",
    "leases", "sessions", "replies", "tokens", "token_ends", "actors", "roles", "role_ends", "exports",
    "cases", "case_passes", "case_outcomes", "guideline_gaps", "questions", "question_answers", "due_cases",
    "decisions_seen", "agreements_taken", "agreement_decisions", "cohorts", "cohort_ends",
    "pace_alarms", "pace_alarm_ends", "position_alarms", "position_alarm_ends", "pairs", "pair_sides",
    "verdicts", "verdicts_shown", "places_passed", "writing_tasks", "writing_ends",
    "written_paths", "writing_returns", "batches", "batch_items", "batch_ends", "batch_people", "deactivations",
    "evaluations", "reopenings", "reopening_items",
)  # fmt: skip
ALIASES = re.compile(r"\b(?:FROM|JOIN|UPDATE|INTO)\s+(\w+)(?:\s+(?!LEFT|JOIN|ON|WHERE|SET|ORDER|GROUP)(\w+))?")
SCAN = re.compile(r"\bSCAN (\w+)")

Said = dict[str, Mapping[str, Any]]


@pytest.fixture
def said(world: World, engine: str, monkeypatch: pytest.MonkeyPatch) -> Said:
    """Every statement that is run from here on, with its parameters; SQLite's plans are the ones that are read."""
    if is_postgresql(engine):
        pytest.skip("the plans of PostgreSQL depend on how much is there")
    found: Said = {}

    def listening(name: str) -> None:
        real = getattr(SqliteConnection, name)

        def run(self: SqliteConnection, sql: str, parameters: Mapping[str, Any]) -> Any:
            found.setdefault(sql, parameters)
            return real(self, sql, parameters)

        monkeypatch.setattr(SqliteConnection, name, run)

    listening("rows")
    listening("run")
    return found


def scans(world: World, said: Said) -> list[str]:
    """Statements that scan a growing table, with the line of the plan that says so."""
    bad = []
    for sql, parameters in dict(said).items():
        names = {alias or table: table for table, alias in ALIASES.findall(sql)}
        for line in plan(world.store, sql, **parameters).splitlines():
            match = SCAN.match(line.strip())
            if match and names.get(match[1], match[1]) in GROWING:
                bad.append(f"{line}: {sql}")
    return bad


def work(world: World, said: Said) -> None:
    ann, bob = world.expert("ann"), world.expert("bob")
    first = ann.take()
    label = ann.commit(first.id, 1)
    ann.commit(first.id, 1, "redundant", replaces=label.label_id)
    ann.write(first.id, 2, "another")
    ann.view(first.id)
    for position in (2, 3):
        ann.commit(first.id, position)
    ann.finish(first.id)
    bob.end(bob.take().id, "give_up")
    while (claimed := ann.claim()).assignment is not None:
        ann.end(claimed.assignment.id, "bad_problem")
    world.clock.advance(minutes=61)
    bob.claim()


def test_checks_and_what_follows_from_them_scan_nothing_that_grows(world: World, said: Said) -> None:
    world.add_traces(trace("sums", texts=["1 + 1 = 2", "2 + 2 = 5"], final_answer="5"))
    for name in ("ann", "bob"):
        while world.expert(name).claim().assignment is not None:
            world.expert(name).label_all()
    world.catch_up()
    said.clear()
    check(world)
    opening.open_cases(world.store, world.project)
    order.keep_scores(world.store, world.project)
    for look in (
        lambda db: checks.refuted(db, world.project, None, 0, 50),
        lambda db: checks.kinds(db, world.project),
        lambda db: checks.progress(db, world.project),
        lambda db: check_revisions.revisions(db, world.project),
        lambda db: quality.two_level(db, world.project),
        lambda db: quality.traces(db, world.project, AnswerCell.WRONG_NO_BAD_STEP),
        lambda db: case_files.entries(db, world.project, case_files.Wanted()),
    ):
        world.store.read(look)
    said.pop("SELECT id, name FROM actors")  # read once a report; people are few
    assert len(said) > 40
    assert scans(world, said) == []


def test_a_commit_and_a_claim_scan_nothing_that_grows(world: World, said: Said) -> None:
    work(world, said)
    assert len(said) > 25
    assert scans(world, said) == []


def test_a_slice_is_reopened_and_labelled_anew_without_scanning_what_grows(world: World, said: Said) -> None:
    evaluated.labelled(world, 1)
    made = evaluated.evaluate(world, evaluated.lines({"m1": 1, "l1": -1}), replicates=0)
    said.clear()
    body = ReopenBody(where="domain=law")
    items = world.store.read(lambda db: reopening.picked(db, world.project, made.id, body))
    world.write(lambda db: reopening.reopen(db, world.people["lea"], world.project, made.id, body, items))
    world.expert("cyn").label_all()
    world.store.read(lambda db: evaluation.evaluation(db, world.project, made.id))
    world.store.read(lambda db: evaluation.listed(db, world.project))
    assert len(said) > 40
    assert scans(world, said) == []


def test_sign_in_queue_and_past_labels_scan_nothing_that_grows(world: World, said: Said) -> None:
    ann = world.expert("ann")
    ann.label_all()
    said.clear()
    person = world.store.read(lambda db: access.authenticate(db, world.tokens["ann"]))
    world.store.read(lambda db: my_work.queue(db, person, 0))
    world.store.read(lambda db: my_work.past_labels(db, person, world.project, None))
    world.store.read(lambda db: my_work.past_labels(db, person, world.project, "1-" + "0" * 32))
    assert len(said) > 8
    assert scans(world, said) == []


def test_a_case_from_the_list_to_the_decision_scans_nothing_that_grows(world: World, said: Said) -> None:
    judge, other = adjudicators(world, ["judge", "other"])
    for name, label in (("ann", "redundant"), ("bob", "correct")):
        world.expert(name).label_all([label] * 3, unsure=True)
    said.clear()
    open_cases(world)
    said.pop(next(sql for sql in said if sql.startswith("SELECT id FROM traces")))  # how the test asks for all
    for state in (None, *CaseState):
        judge.cases(state=state, reason=CaseReason.UNSURE, domain="mathematics")
    judge.waiting()
    first = judge.settle()
    judge.pass_on(judge.take_case().id, "other")
    other.settle()
    judge.take_case(first.case_id)
    opening.open_cases(world.store, world.project)
    assert len(said) > 40
    assert scans(world, said) == []


def test_what_is_learned_of_cases_and_agreement_scans_nothing_that_grows(world: World, said: Said) -> None:
    (judge,) = adjudicators(world, ["judge"])
    for name, label in (("ann", "redundant"), ("bob", "correct")):
        world.expert(name).label_all([label] * 3, unsure=True)
    open_cases(world)
    case, ann, project = judge.settle(gap="no rule says it"), world.person("ann"), world.project
    world.set_policy(overlap=2, agreement_after=1)
    opening.open_cases(world.store, project)
    said.clear()
    recording.take_agreement(world.store, project)
    world.write(lambda db: shared_decisions.read(db, ann, project, case.case_id))
    for look in (
        lambda db: shared_decisions.mine(db, ann, project),
        lambda db: shared_decisions.unread(db, ann.id, project, ()),
        lambda db: case_report.report(db, project),
        lambda db: case_files.entries(db, project, case_files.Wanted()),
        lambda db: case_files.case_file(db, project, case.case_id),
        lambda db: records.takings(db, project),
        lambda db: measurement.diagnosis(db, project, ["domain", "cohort"], None),
        lambda db: disputed_steps.steps(db, project, disputed_steps.cell(None, (), None, None, False), 0, 50),
        lambda db: cohorts.members(db, project),
    ):
        world.store.read(look)
    said.pop("SELECT id, name FROM actors")  # read once a report; people are few
    assert len(said) > 50
    assert scans(world, said) == []


def test_pace_alarms_and_reports_scan_nothing_that_grows(world: World, said: Said) -> None:
    world.set_policy(overlap=2, pace_alarm=PaceTest(labels=5))
    pace_alarms.raise_pace_alarms(world.store, world.project)
    for name in ("ann", "ann", "bob"):
        world.expert(name).label_all()
    said.clear()
    pace_alarms.raise_pace_alarms(world.store, world.project)
    world.write(lambda db: db.run("DELETE FROM drawn WHERE consequence = 'pace'"))
    pace_alarms.raise_pace_alarms(world.store, world.project)
    for report in (
        lambda db: accuracy.report(db, world.project, Against.GOLD, accuracy.USUAL),
        lambda db: accuracy.report(db, world.project, Against.SETTLED, accuracy.USUAL),
        lambda db: sessions.report(db, world.project),
        lambda db: pace.report(db, world.project),
        lambda db: group_drift.report(db, world.project, group_drift.Windows()),
        lambda db: alarms.alarms(db, world.project),
        lambda db: raised.open_alarms(db, "pace_alarms", world.project),
    ):
        world.store.read(report)
    said.pop("SELECT id, name FROM actors")  # read once a report; people are few
    assert len(said) > 25
    assert scans(world, said) == []


def test_position_alarms_and_reports_on_pairs_scan_nothing_that_grows(world: World, said: Said) -> None:
    prepare(world)
    add(world, *(pair(f"p{number}") for number in range(4)))
    position_alarms.raise_position_alarms(world.store, world.project)
    for _ in range(3):
        prefer(world.expert("ann"), take(world.expert("ann"))[0].id)
    said.clear()
    position_alarms.raise_position_alarms(world.store, world.project)
    world.write(lambda db: db.run("DELETE FROM drawn WHERE consequence = 'position'"))
    position_alarms.raise_position_alarms(world.store, world.project)
    for report in (
        lambda db: pair_choices.report(db, world.project),
        lambda db: ranking.report(db, world.project),
        lambda db: alarms.alarms(db, world.project),
        lambda db: raised.open_alarms(db, "position_alarms", world.project),
    ):
        world.store.read(report)
    said.pop("SELECT id, name FROM actors")  # read once a report; people are few
    for sql in [sql for sql in said if "kind = 'source'" in sql]:  # read once a report; sources are few
        said.pop(sql)
    assert len(said) > 15
    assert scans(world, said) == []


def test_a_page_of_an_export_scans_nothing_that_grows(world: World, said: Said) -> None:
    ann = world.expert("ann")
    mine = ann.take()
    ann.write(mine.id, 1, "another")
    said.clear()
    check(world)
    world.export("native", "each")
    said.pop(next(sql for sql in said if "kind = 'source'" in sql))  # read once an export; sources are few
    assert len(said) > 5
    assert scans(world, said) == []


def test_importing_looks_up_and_does_not_scan(world: World, said: Said) -> None:
    world.add_traces(trace("d"), trace("a"))
    assert scans(world, said) == []


def test_a_scan_would_be_seen(world: World, said: Said) -> None:
    world.rows("SELECT count(*) AS n FROM answers a WHERE a.value = :v", v="x")
    assert len(scans(world, said)) == 1
