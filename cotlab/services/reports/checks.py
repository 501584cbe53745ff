"""What a lead sees of the checks of a project: what was refuted, by which kinds, and how far it is."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from cotlab.agreement.intervals.wilson import wilson
from cotlab.domain.agreement.coefficients import NamedLabel
from cotlab.domain.checks import BAR, StepVerdict, Verdict
from cotlab.domain.reports.checks import (
    CheckerCount,
    EvidenceKinds,
    EvidenceProgress,
    KindCount,
    KindPrecision,
    RefutedStep,
    RefutedSteps,
)
from cotlab.services.cases.due_cases import due
from cotlab.services.cases.facts import state
from cotlab.services.checks.verdicts import checker_in_force
from cotlab.services.projects.projects import known_project
from cotlab.storage.agreement import agreement_labels
from cotlab.storage.checks import checks
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.guidelines import guidelines
from cotlab.storage.people import actors
from cotlab.storage.projects import projects
from cotlab.storage.reports import check_reports as stored


def reported(db: Reading, project_id: str) -> str | None:
    """The checker of steps that reports read: the one in force, else the one that wrote last; None for none."""
    known_project(db, project_id)
    in_force = checker_in_force(projects.policy(db, project_id))
    if in_force is not None:
        return in_force
    return stored.wrote_last(db, project_id)


def refuted(db: Reading, project_id: str, domain: str | None, offset: int, limit: int) -> RefutedSteps:
    """A page of the steps in which something was refuted, by trace and position."""
    checker = reported(db, project_id)
    if checker is None:
        return RefutedSteps(checker=None, steps=(), total=0)
    rows, total = stored.refuted(db, project_id, checker, domain, offset, limit)
    items = sorted({row["item_id"] for row in rows})
    beside, cases = _labels(db, project_id, items), agreement_labels.newest_cases(db, items)
    holds = due(db, project_id, {item for (item, _), case in cases.items() if case["answer_id"] is None})

    def view(row: Row) -> RefutedStep:
        here = row["item_id"], row["position"]
        case = cases.get(here)
        return RefutedStep(
            item_id=here[0], position=here[1], domain=row["domain"], problem=row["problem"], step=row["step"],
            evidence=StepVerdict.model_validate_json(row["document"]), labels=tuple(beside[here]),
            case_id=case["id"] if case else None,
            case_state=state(case, holds.get(here, ())).value if case else None,
        )  # fmt: skip

    return RefutedSteps(checker=checker, steps=tuple(map(view, rows)), total=total)


def _labels(db: Reading, project_id: str, items: Sequence[str]) -> dict[checks.Place, list[NamedLabel]]:
    names, versions = actors.names(db), projects.version_names(db)
    rows = stored.labels_on(db, items)
    cited: dict[str, set[str]] = {}
    for item_id in items:
        cited |= guidelines.rules_cited(db, project_id, item_id=item_id)
    found: dict[checks.Place, list[NamedLabel]] = defaultdict(list)
    for row in rows:
        found[row["item_id"], row["position"]].append(
            NamedLabel(
                person=names[row["actor_id"]], label=row["value"], rationale=row["rationale"],
                unsure=bool(row["unsure"]), rules=tuple(sorted(cited.get(row["id"], ()))),
                guideline_version=versions[row["guideline_version_id"]], given_at=row["received_at"],
            )
        )  # fmt: skip
    return found


def kinds(db: Reading, project_id: str) -> EvidenceKinds:
    """Claims by kind and domain, and each kind's refutations held against what adjudicators decided."""
    checker = reported(db, project_id)
    if checker is None:
        return EvidenceKinds(checker=None, kinds=(), precision=())
    counted: Counter[tuple[str, str, Verdict]] = Counter()
    alarms: dict[str, list[checks.Place]] = defaultdict(list)
    for row in stored.documents(db, project_id, checker):
        refuting = set()
        for claim in StepVerdict.model_validate_json(row["document"]).claims:
            counted[claim.kind, row["domain"], claim.verdict] += 1
            if claim.verdict is Verdict.REFUTED:
                refuting.add(claim.kind)
        for kind in refuting:
            alarms[kind].append((row["item_id"], row["position"]))
    decided = {place: _wrong(db, row) for place, row in stored.decisions(db, project_id).items()}
    return EvidenceKinds(
        checker=checker, kinds=tuple(_counts(counted)),
        precision=tuple(_precision(kind, places, decided) for kind, places in sorted(alarms.items())),
    )  # fmt: skip


def _counts(counted: Counter[tuple[str, str, Verdict]]) -> Iterator[KindCount]:
    for kind, domain in sorted({(kind, domain) for kind, domain, _ in counted}):
        by = {verdict: counted[kind, domain, verdict] for verdict in Verdict}
        yield KindCount(kind=kind, domain=domain, claims=sum(by.values()), **{one.value: n for one, n in by.items()})


def _wrong(db: Reading, decision: Row) -> bool:
    """Whether a decision says that the step is an error, by the schema that it was made under."""
    return projects.guideline_head(db, decision["guideline_version_id"]).labels.is_error(decision["value"])


def _precision(kind: str, places: Sequence[checks.Place], decided: Mapping[checks.Place, bool]) -> KindPrecision:
    known = [decided[place] for place in places if place in decided]
    if not known:
        return KindPrecision(kind=kind, refuted=len(places), decided=0, wrong=0)
    share = sum(known) / len(known)
    return KindPrecision(
        kind=kind, refuted=len(places), decided=len(known), wrong=sum(known), precision=share,
        interval=wilson(share, len(known)), below=share < BAR,
    )  # fmt: skip


def progress(db: Reading, project_id: str) -> EvidenceProgress:
    """How far the checks of a project are: a count of rows."""
    known_project(db, project_id)
    checker = checker_in_force(projects.policy(db, project_id))
    found = checks.progress(db, project_id, checker or "")
    steps = found.pop("steps")
    by: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(map(str, Verdict), 0))
    for row in stored.by_checker(db, project_id):
        by[row["checker"]][row["verdict"]] = row["n"]
    return EvidenceProgress(
        checker=checker, steps=steps, checked=sum(found.values()),
        checkers=tuple(CheckerCount(checker=name, **counts) for name, counts in by.items()),
    )  # fmt: skip
