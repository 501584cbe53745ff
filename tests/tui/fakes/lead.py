"""What a server says to a lead: agreement with a diagnosis, the steps behind it, a case, and what it took by itself."""

from typing import Any

from pydantic import BaseModel

from cotlab.domain.agreement.coefficients import (
    Agreement,
    AgreementChange,
    AgreementReport,
    Cell,
    Contingency,
    Diagnosis,
    Disputed,
    DisputedStep,
    GapCount,
    Interval,
    Merge,
    NamedLabel,
    Split,
    TakenAgreement,
)
from cotlab.domain.cases import CaseFile, CaseState, Opinion, PeerLabel, PeerRemark
from cotlab.domain.guidelines.publishing import GuidelineList, VersionEntry
from cotlab.domain.projects.case_reasons import CaseReason
from cotlab.domain.projects.policy import Policy
from tests.tui.fakes.server import PROJECT, FakeServer

LABELS = ("correct", "incomplete", "incorrect", "redundant")
COUNTS = ((600.0, 0.0, 4.0, 41.0), (0.0, 0.0, 0.0, 0.0), (4.0, 0.0, 90.0, 18.0), (41.0, 0.0, 18.0, 60.0))
WHOLE = Contingency(title="coincidences", labels=LABELS, counts=COUNTS)
OF_TWO = tuple(
    Contingency(title=title, labels=("correct", "redundant"), counts=((8.0, 3.0), (1.0, 2.0)))
    for title in ("ann ~ bob", "ann ~ cyn")
)
AT = 1_700_000_000_000_000


def result(value: float | None, low: float = 0.0, high: float = 0.0, **fields: Any) -> Agreement:
    """A row of a report; a value that is None is undefined."""
    given: dict[str, Any] = {
        "coefficient": "alpha", "value": value, "ratings": 3612, "units": 1204, "people": 3, "clusters": 120,
        "tables": (WHOLE,),
    } | fields  # fmt: skip
    if value is None:
        reason = fields.pop("reason", "one label only")
        return Agreement(**(given | {"reason": reason, "interval_reason": reason, "tables": ()}))
    if low == high:
        return Agreement(**given, interval_reason="4 clusters; an interval takes 10")
    return Agreement(**given, interval=Interval(low=low, high=high))


def label(name: str, value: float | None, low: float = 0.0, high: float = 0.0, **fields: Any) -> Agreement:
    return result(value, low, high, slice={"label": name}, label=name, **fields)


def report(*results: Agreement) -> AgreementReport:
    return AgreementReport(
        ratings=3612, units=1204, people=("ann", "bob", "cyn"), labels=LABELS, clusters=120, resampled="trace",
        replicates=1000, seed=1, stale=2, results=results,
    )  # fmt: skip


def agreement(query: dict[str, list[str]]) -> dict[str, Any]:
    """What is measured by each slice; slices that are not known here are those of domains."""
    coefficient = query["coefficient"][0]
    rows = [result(0.71, 0.64, 0.78, coefficient=coefficient)]
    for by in query["by"][0].split(","):
        rows += [one.model_copy(update={"coefficient": coefficient}) for one in PARTS.get(by, DOMAINS)]
    return report(*rows).model_dump(mode="json")


DOMAINS = (
    result(0.91, 0.85, 0.96, slice={"domain": "law"}),
    result(0.48, 0.37, 0.58, slice={"domain": "mathematics"}),
)
PARTS = {
    "label": (
        label("correct", 0.84, 0.78, 0.90), label("incomplete", None, units=11), label("incorrect", 0.88, 0.81, 0.94),
        label("redundant", 0.52, 0.41, 0.62),
    ),
    "pair": (result(0.4, 0.3, 0.5, slice={"pair": "ann ~ bob"}, tables=OF_TWO),),
    "position": tuple(result(0.9, 0.8, 0.95, slice={"position": str(at)}) for at in (1, 10, 2)),
    "version": (result(0.71, 0.64, 0.78, slice={"version": "step-correctness 1.1"}),),
}  # fmt: skip
PAIR = ("correct", "redundant")
DIAGNOSIS = Diagnosis(
    value=0.71,
    splits=tuple(
        Split(labels=pair, disagreements=count)
        for pair, count in ((PAIR, 41), (("incorrect", "redundant"), 18), (("correct", "incorrect"), 4))
    ),
    cells=(
        Cell(labels=PAIR, slice={"domain": "mathematics"}, rule=None, rise=0.12, disagreements=19, pairs=820),
        Cell(labels=PAIR, slice={"domain": "mathematics"}, rule="M2", rise=0.09, disagreements=12, pairs=820),
    ),
    merges=(Merge(labels=PAIR, value=0.86, rise=0.15),),
    cited_on_both_sides=(Disputed(labels=PAIR, rule="M2", disagreements=12),),
    without_citation=(Disputed(labels=PAIR, disagreements=19),),
    gaps=(GapCount(labels=PAIR, domain="mathematics", cases=2, texts=("What only restates?",)),),
)
CHANGE = AgreementChange(
    value=0.37, interval=Interval(low=0.21, high=0.5), before=result(0.45, 0.3, 0.6, units=96),
    after=result(0.82, 0.7, 0.9, units=96),
)  # fmt: skip


def step(number: int, case: str | None = None) -> DisputedStep:
    said = {"guideline_version": "step-correctness 1.1", "given_at": AT, "unsure": False}
    return DisputedStep(
        item_id=f"i{number}", position=2, domain="mathematics", problem=f"Problem {number} [b]",
        step=f"So, again, {number}.", case_id=case, case_state="open" if case else None,
        labels=(
            NamedLabel(person="ann", label="redundant", rationale="it stands in line 1", rules=("M2",), **said),
            NamedLabel(person="bob", label="correct", rationale=None, **said),
        ),
    )  # fmt: skip


def steps(total: int) -> Any:
    """Pages of that many steps; the first one has a case."""

    def page(query: dict[str, list[str]]) -> dict[str, Any]:
        first, most = int(query["offset"][0]), int(query["limit"][0])
        numbers = range(first, min(first + most, total))
        return {"total": total, "steps": [dump(step(at, None if at else "c1")) for at in numbers]}

    return page


CASE = CaseFile(
    case_id="c1", state=CaseState.OPEN, reasons=(CaseReason.DISAGREEMENT, CaseReason.QUESTION), opened_at=AT, number=2,
    seats=3, item_id="i0", domain="mathematics", problem="Problem 0 [b]", position=2, step="So, again, 0.",
    labels=(
        PeerLabel(name="ann", label="redundant", rationale="it stands in line 1", unsure=True,
                  guideline_version="step-correctness 1.1", citations=({"kind": "rule", "name": "M2"},)),
        PeerLabel(name="bob", label="correct", rationale=None, unsure=False, guideline_version="step-correctness 1.0",
                  stale=True),
    ),
    questions=(PeerRemark(name="bob", text="What of restating?"),),
    opinions=(
        Opinion(name="adj", label="redundant", rationale="Line 1 says it.", gap="What only restates?",
                guideline_version="step-correctness 1.1", decided_at=AT, dissent=True),
    ),
    choices=(PeerLabel(name="adj", label="correct", rationale=None, unsure=False,
                       guideline_version="step-correctness 1.1"),),
    passed_on=("This is for whoever teaches it.",),
    earlier=(Opinion(name="eva", label="incorrect", rationale="As it was.", guideline_version="step-correctness 1.0",
                     decided_at=AT, stale=True),),
)  # fmt: skip


def taken(domain: str, below: bool, **fields: Any) -> TakenAgreement:
    return TakenAgreement(
        id=domain, domain=domain, guideline_version="step-correctness 1.1", labels=300, taken_at=AT, bar=0.8,
        below=below, agreement=result(0.48 if below else 0.91, 0.37, 0.95), diagnosis=DIAGNOSIS if below else None,
        **fields,
    )  # fmt: skip


def versions(*names: str) -> GuidelineList:
    entries = (
        VersionEntry(id=name, guideline="step-correctness", version=name, change="initial", published_at=at, by="lea")
        for at, name in enumerate(names)
    )
    return GuidelineList(versions=tuple(entries), projects=())


def dump(model: BaseModel) -> Any:
    return model.model_dump(mode="json")


def lead(server: FakeServer) -> FakeServer:
    """The same server to somebody who leads its project and does not label there."""
    server.entry = {"roles": ["lead"], "below_bar": ["mathematics"]}
    here = f"projects/{PROJECT}"
    server.replies |= {
        ("GET", f"{here}/policy"): dump(Policy()),
        ("GET", f"{here}/agreement"): agreement,
        ("GET", f"{here}/agreement/diagnosis"): dump(DIAGNOSIS),
        ("GET", f"{here}/agreement/change"): dump(CHANGE),
        ("GET", f"{here}/agreement/steps"): steps(3),
        ("GET", f"{here}/agreement/taken"): [dump(taken("mathematics", True, paused=True)), dump(taken("law", False))],
        ("GET", f"{here}/cases/c1"): dump(CASE),
        ("GET", "guidelines"): dump(versions("1.0", "1.1")),
    }
    return server
