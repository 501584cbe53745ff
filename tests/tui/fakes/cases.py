"""The cases of the server in memory: claimed, chosen, decided, handed on."""

import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from tests.tui.fakes.pairs import SCALE, FakePair, pair_guideline
from tests.tui.fakes.server import CHALK, PROJECT, TRAIN, FakeServer, FakeTrace, Refusal, Reply

DAY = 86_400_000_000


def peer(name: str, label: str, rationale: str | None, *rules: str, **more: Any) -> dict[str, Any]:
    """A label as the server tells it."""
    cited = [{"kind": "rule", "name": rule} for rule in rules]
    return {"name": name, "label": label, "rationale": rationale, "unsure": False, "citations": cited,
            "guideline_version": "step-correctness 1.1"} | more  # fmt: skip


LABELS = [peer("Ash", "correct", "needed for line 4", "M1"), peer("Birch", "redundant", "restates line 1")]


@dataclass
class FakeCase:
    """A case on the step at `position` of a trace; at 0 it asks whether the problem can be used."""

    id: str
    trace: FakeTrace = field(default_factory=lambda: TRAIN)
    position: int = 2
    evidence: dict[str, Any] = field(default_factory=dict)
    entry: dict[str, Any] = field(default_factory=dict)
    pair: FakePair | None = None
    """In place of a step, where the case is on a pair."""
    days: int = 2
    seats: int = 1
    choice: dict[str, Any] | None = None
    final_answer: str | None = None
    decisions: list[dict[str, Any]] = field(default_factory=list)
    passed: list[dict[str, Any]] = field(default_factory=list)
    open: bool = False

    @property
    def waits(self) -> bool:
        return not self.decisions and not self.passed

    def seen(self) -> dict[str, Any]:
        reason = "disagreement" if self.position else "bad_problem"
        return {"reasons": [reason], "labels": LABELS if self.position else []} | self.evidence


class CaseServer(FakeServer):
    """`decided` are my decided cases; everything else is in `cases`, in the order in which they are handed out."""

    def __init__(self, *cases: FakeCase) -> None:
        super().__init__()
        self.cases = list(cases or (FakeCase("c1"), FakeCase("c2", CHALK, 1, days=1)))
        self.case_page = 100
        self.decided: list[dict[str, Any]] = []
        self.read: list[str] = []
        self.versions: dict[str, dict[str, Any]] = {}
        """Guideline versions of earlier, by id."""
        self.entry = {"roles": ["annotator", "adjudicator"]}

    def _route(self, method: str, parts: list[str], query: str, body: Any) -> Reply:
        match method, parts:
            case "GET", ["projects", _, "cases"]:
                at = int(parse_qs(query).get("cursor", ["0"])[0])
                end = at + self.case_page
                page = [self._entry(one) for one in self.cases[at:end]]
                cursor = str(end) if end < len(self.cases) else None
                return 200, {"cases": page, "total": len(self.cases), "next_cursor": cursor}
            case "POST", ["projects", _, "cases", "claim"]:
                return 200, self._claim_case(body["case_id"])
            case "GET", ["assignments", name, "case"]:
                return 200, self._case(self._mine(name))
            case "POST", ["assignments", name, "choice"]:
                case = self._mine(name)
                if case.choice is not None:
                    raise Refusal(409, "already-labelled", "You have chosen already.")
                case.choice = body
                return 200, {"label_id": f"l-{case.id}", "evidence": case.seen(), "session": self._session()} | (
                    self._receipt())  # fmt: skip
            case "POST", ["assignments", name, "decision"]:
                case = self._mine(name)
                case.decisions.append(body)
                case.open = False
                return 200, {"label_id": f"d-{case.id}", "decided": case.seats == 1, "session": self._session()} | (
                    self._receipt())  # fmt: skip
            case "POST", ["assignments", name, "pass"]:
                case = self._mine(name)
                case.passed.append(body)
                case.open = False
                return 200, self._receipt()
            case "GET", ["guidelines"]:
                about = {"change": "initial", "published_at": 1, "by": "lea"}
                found = [{"id": name} | about | {key: one[key] for key in ("guideline", "version")}
                         for name, one in self.versions.items()]  # fmt: skip
                return 200, {"versions": found, "projects": []}
            case "GET", ["guidelines", name] if name in self.versions:
                return 200, self._guideline() | {"id": name} | self.versions[name]
            case "GET", ["projects", _, "my-cases"]:
                return 200, [one["entry"] for one in self.decided]
            case "POST", ["projects", _, "my-cases", name]:
                self.read.append(name)
                return 200, next(one["case"] for one in self.decided if one["entry"]["case_id"] == name)
        return super()._route(method, parts, query, body)

    def _guideline(self) -> dict[str, Any]:
        guideline = super()._guideline()
        return guideline | pair_guideline() if any(one.pair for one in self.cases) else guideline

    def _entry(self, case: FakeCase) -> dict[str, Any]:
        return {
            "case_id": case.id, "state": "decided" if case.decisions else "open", "reasons": case.seen()["reasons"],
            "domain": "mathematics", "problem": case.trace.problem, "number": 1, "mine": case.open,
            "opened_at": int(time.time() * 1e6) - case.days * DAY,
        } | case.entry  # fmt: skip

    def _claim_case(self, case_id: str | None) -> dict[str, Any]:
        if self.closed:
            raise Refusal(409, "project-closed", "The project is closed and takes no more work.")
        held = next((one for one in self.cases if one.open), None)
        found = held or next((one for one in self.cases if one.waits), None)
        if case_id is not None:
            found = next(one for one in self.cases if one.id == case_id)
            if held is not None and held is not found:
                if held.choice is not None or not found.decisions:
                    raise Refusal(409, "conflict", "You have another case in your hands.")
                held.open = False
        if not any(one.open for one in self.cases):
            if self.break_until is not None:
                return {"nothing": "break", "until": self.break_until}
            if self.changes is not None and self.version_id not in self.acknowledged:
                return {"nothing": "new_guideline", "guideline_version_id": self.version_id}
            if found is None:
                return {"nothing": "nothing_open"}
        assert found is not None
        found.open = True
        return {"case": self._case(found)} | self._receipt()

    def _mine(self, name: str) -> FakeCase:
        case = next(one for one in self.cases if f"a-{one.id}" == name)
        if not case.open:
            raise Refusal(409, "lease-taken", "The assignment was handed to somebody else or has ended.")
        return case

    def _case(self, case: FakeCase) -> dict[str, Any]:
        steps = [{"position": at, "text": text} for at, text in enumerate(case.trace.steps, start=1)]
        at, decision = case.position, case.decisions[-1] if case.decisions else None
        mine = ("label", "rationale", "unsure", "citations")
        choice = {name: case.choice[name] for name in mine} if case.choice else None
        said = ("label", "rationale", "citations", "gap")
        return {
            "id": f"a-{case.id}", "case_id": case.id, "project_id": PROJECT, "project": "algebra-pilot",
            "guideline": "step-correctness", "guideline_version": "1.1", "asks": "label" if at else "outcome",
            "opened_at": int(time.time() * 1e6) - case.days * DAY, "expires_at": self.started_at,
            "problem": {"text": case.trace.problem, "domain": "mathematics", "language": "en", "passages": []},
            "before": steps[: at - 1] if at else steps[:2], "step": steps[at - 1] if at and not case.pair else None,
            "final_answer": case.final_answer, "pair": _pair(case.pair) if case.pair else None,
            "choice": choice | {"id": "l", "received_at": 1} if choice else None,
            "evidence": case.seen() if choice else None, "session": self._session(),
            "decision": {name: decision[name] for name in said} | {"guideline_version": "1.1", "decided_at": 1}
            if decision else None,
        }  # fmt: skip


def _pair(pair: FakePair) -> dict[str, Any]:
    return {
        "left": pair.left, "right": pair.right, "criteria": [], "choices": SCALE, "justify": "never",
        "messages": pair.messages,
    }  # fmt: skip
