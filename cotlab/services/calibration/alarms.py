"""The alarms of a project, of drift, pace and position, open and decided, for its lead."""

from cotlab.domain.calibration.pace import PaceRun
from cotlab.domain.calibration.results import DriftResult
from cotlab.domain.reports.pairs import PositionTest
from cotlab.domain.reports.people import Alarm, AlarmKind
from cotlab.services.projects.projects import known_project
from cotlab.storage.calibration import alarms as raised
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.reports import reports as stored

SUPERSEDED = "superseded"


def alarms(db: Reading, project_id: str, only_open: bool = False) -> list[Alarm]:
    """The newest first. One of drift is decided once a lead has decided something about the person there, or drawn a
    recheck; `superseded` where another one was raised before.
    """
    known_project(db, project_id)
    acted: dict[str, Row] = {}
    for row in stored.acted_upon(db, project_id):
        acted.setdefault(row["alarm"], row)
    found, newer = [], set[tuple[str, str]]()
    for row in stored.drift_alarms(db, project_id):
        whose = (row["member_id"], row["domain"])
        one = _of_drift(row, acted.get(row["id"]))
        found.append(one.model_copy(update={"decision": SUPERSEDED}) if whose in newer and not one.decision else one)
        newer.add(whose)
    found += [_of_pace(row) for row in raised.alarms(db, "pace_alarms", project_id)]
    found += [_of_position(row) for row in raised.alarms(db, "position_alarms", project_id)]
    newest = sorted(found, key=lambda one: one.raised_at, reverse=True)
    return [one for one in newest if not only_open or one.decision is None]


def _of_drift(row: Row, acted: Row | None) -> Alarm:
    result = DriftResult.model_validate_json(row["document"])
    fall = result.alarm
    share = "" if fall is None else f"{fall.right_since} of {fall.steps_since} gold steps right since then; "
    return Alarm(
        id=row["id"], kind=AlarmKind.DRIFT, person=row["person"], domain=row["domain"], raised_at=row["at"],
        since=row["since"], sentence=f"{share}calibration showed at least {result.floor:.2f}.",
        decision=None if acted is None else acted["kind"], decided_by=None if acted is None else acted["decided_by"],
        decided_at=None if acted is None else acted["at"], reason=None if acted is None else acted["reason"],
    )  # fmt: skip


def _of_pace(row: Row) -> Alarm:
    run = PaceRun.model_validate_json(row["document"])
    pace = "no time at all" if run.words_a_minute is None else f"{run.words_a_minute:,.0f} words a minute"
    return Alarm(
        id=row["id"], kind=AlarmKind.PACE, person=row["person"], domain=None, raised_at=row["at"], since=row["since"],
        sentence=(
            f"{run.faster} of {run.labels} labels in a row came before their steps can have been read: "
            f"{run.words:,} words in {run.seconds:,.0f} s, {pace}."
        ),
        run=run, decision=row["decision"], decided_by=row["decided_by"], decided_at=row["decided_at"],
        reason=row["reason"],
    )  # fmt: skip


def _of_position(row: Row) -> Alarm:
    test = PositionTest.model_validate_json(row["document"])
    left, right = test.left, test.choices - test.left
    side, many = ("left", left) if left >= right else ("right", right)
    share = f"{many:,} of {test.choices:,} decided pairs ({many / test.choices:.0%})"
    return Alarm(
        id=row["id"], kind=AlarmKind.POSITION, person=row["person"], domain=None, raised_at=row["at"],
        since=row["since"],
        sentence=(
            f"The {side} response was chosen in {share}, though sides are drawn by lot; of people without a bias at "
            f"most 1 of {test.alarm_at:,.0f} ever comes to this."
        ),
        position=test, decision=row["decision"], decided_by=row["decided_by"], decided_at=row["decided_at"],
        reason=row["reason"],
    )  # fmt: skip
