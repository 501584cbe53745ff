"""How a pilot stands: who disagrees where and under which rule, what was asked, and what is missing."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations

from cotlab.domain.calibration.pilots import Boundary, CriterionCompared, PilotReport, SignOff, SignOffBody
from cotlab.domain.errors import NotFound
from cotlab.domain.guidelines.lint import Finding, findings
from cotlab.domain.guidelines.questions import QuestionView
from cotlab.services.calibration import pilot_opening, pilots
from cotlab.services.calibration.pilot_opening import SchemaInForce
from cotlab.services.guidelines import questions
from cotlab.services.guidelines.versions import parsed
from cotlab.services.labels.votes import Votes, by_step
from cotlab.services.projects.projects import known_project
from cotlab.services.traces.pair_views import UNSAFE, WITHDRAWN
from cotlab.storage.calibration import pilots as stored
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.guidelines import questions as stored_questions
from cotlab.storage.labels import votes
from cotlab.storage.people import actors
from cotlab.storage.projects import projects


def report(db: Reading, project_id: str) -> PilotReport:
    """The pilot that was started last. Raises NotFound where there is none."""
    known_project(db, project_id)
    row = stored.newest(db, project_id)
    if row is None:
        raise NotFound("No pilot was started in this project.")
    pilot, task = pilots.view(db, row), row["task"]
    schemas = pilot_opening.schemas_in_force(projects.timeline(db, project_id, task=task))
    said, cited = votes.of_pilot(db, row["id"]), votes.rules_in_pilot(db, row["id"])
    by_question = {name: [one for one in said if one["question"] == name] for name in _criteria(schemas)}
    units = [one for one in said if one["question"] not in by_question and one["question"] != UNSAFE]
    steps = by_step(db, project_id, units, cited, task).values()
    compared = [step for step in steps if len(step.labels) > 1]
    split = [step for step in compared if len(step.counts()) > 1]
    wanted, finished = pilot_opening.progress(db, row)
    signed = [pilot_opening.signatures(db, project_id, schema) for schema in schemas]
    is_open = pilots.production_open(db, project_id)
    return PilotReport(
        pilot=pilot, assignments_wanted=wanted, assignments_finished=finished, steps_compared=len(compared),
        steps_agreed=len(compared) - len(split), step_sizes=_counted(size for one in steps for size in one.odd_sizes()),
        boundaries=_boundaries(split), rules=_counted(rule for one in split for rule in one.rules()),
        uncited=sum(not one.rules() for one in split),
        criteria=tuple(_compared(db, project_id, name, rows) for name, rows in by_question.items()),
        questions=_questions(db, project_id, row["sequence"]),
        signed_off=_signed_off(db, row, signed), walks=_walks(signed),
        findings=_findings(db, pilot.guideline_versions, schemas),
        missing=() if is_open else pilot_opening.missing(db, project_id), open=is_open,
    )  # fmt: skip


def _criteria(schemas: Sequence[SchemaInForce]) -> list[str]:
    """The criteria of the schemas of pairs."""
    return list(dict.fromkeys(one.name for schema in schemas for one in schema.version.head.labels.criteria))


def _compared(db: Reading, project_id: str, criterion: str, rows: Sequence[Row]) -> CriterionCompared:
    given = [row for row in rows if row["value"] != WITHDRAWN]
    signs = [one.counts() for one in by_step(db, project_id, given, {}, "pairs").values() if len(one.labels) > 1]
    return CriterionCompared(criterion=criterion, pairs=len(signs), agreed=sum(len(one) == 1 for one in signs))


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(Counter(names).most_common())


def _boundaries(split: Sequence[Votes]) -> tuple[Boundary, ...]:
    """Every pair of labels that stood against each other on a step, the most frequent first."""
    steps, rules = Counter[tuple[str, str]](), dict[tuple[str, str], Counter[str]]()
    for step in split:
        for one, other in combinations(sorted(step.counts()), 2):
            steps[one, other] += 1
            rules.setdefault((one, other), Counter()).update(sorted(step.rules()))
    return tuple(
        Boundary(labels=pair, steps=count, rules=dict(rules[pair].most_common())) for pair, count in steps.most_common()
    )


def _questions(db: Reading, project_id: str, since: int) -> tuple[QuestionView, ...]:
    rows = stored_questions.in_project(db, project_id)
    return tuple(questions.view(row) for row in rows if row["sequence"] > since or row["resolution"] is None)


def _signed_off(db: Reading, pilot: Row, signed: Sequence[Collection[str]]) -> tuple[str, ...]:
    """The experts who have signed the schema of every version in force."""
    names = actors.names(db)
    return tuple(names[one] for one in json.loads(pilot["experts"]) if all(one in people for people in signed))


def _walks(signed: Sequence[Mapping[str, Row]]) -> tuple[SignOff, ...]:
    """The signatures that count, the oldest first."""
    rows = {row["id"]: row for people in signed for row in people.values()}
    return tuple(
        SignOff(person=row["person"], signed_at=row["at"], walk=SignOffBody.model_validate_json(row["document"]))
        for row in sorted(rows.values(), key=lambda row: int(row["sequence"]))
    )


def _findings(db: Reading, titles: Collection[str], schemas: Sequence[SchemaInForce]) -> tuple[Finding, ...]:
    """What lint says of the versions that the sample is labelled under; each message names its version."""
    return tuple(
        finding.model_copy(update={"message": f"{schema.version.head.title}: {finding.message}"})
        for schema in schemas
        if schema.version.head.title in titles
        for finding in findings(parsed(db, schema.version.version_id))
    )
