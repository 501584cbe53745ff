"""The pairs of the server in memory: claimed, compared in one commit, corrected while they are the last one."""

import time
from dataclasses import dataclass, field
from typing import Any

from tests.tui.fakes.server import MINUTE, PROJECT, FakeServer, Refusal, Reply

CRITERIA: list[dict[str, Any]] = [
    {"name": "correctness", "key": "1", "meaning": "which response says less that is false", "rules": ["P1"],
     "anchors": {"much-better": "The second misleads; the first does not.", "tie": "Neither says anything false."}},
    {"name": "clarity", "key": "2", "meaning": "which response is sooner understood", "rules": ["P9"],
     "anchors": {"much-worse": "The asker cannot make out the first."}},
]  # fmt: skip
RULES: list[dict[str, Any]] = [
    {"id": "P1", "title": "A false statement", "decision": "If only the second says something false, then `better`."},
    {"id": "P9", "title": "At one reading", "decision": "If only the first is understood, then `better`."},
]
SCALE = ["much-better", "better", "slightly-better", "tie", "slightly-worse", "worse", "much-worse"]


@dataclass
class FakePair:
    left: str
    right: str
    prompt: str = "How high is Mont Blanc?"
    messages: list[dict[str, str]] = field(default_factory=list)
    passages: list[dict[str, str]] = field(default_factory=list)
    said: list[dict[str, Any]] = field(default_factory=list)
    """What was committed, the last of which stands."""
    before: dict[str, Any] | None = None
    """What I said before a new guideline."""
    state: str = "waiting"


BLANC = FakePair("It is 4,806 m high, the highest of the Alps.", "It is 8,848 m high, the highest of the Alps.")
BOIL = FakePair("At 100 °C.", "At about 100 °C, at sea level.", "When does water boil?")


def fresh(*pairs: FakePair) -> list[FakePair]:
    return [FakePair(one.left, one.right, one.prompt) for one in pairs]


def pair_guideline() -> dict[str, Any]:
    """What a guideline for pairs says otherwise than one for steps."""
    return {
        "guideline": "preference", "version": "1.0", "schema": {"criteria": CRITERIA}, "rules": RULES,
        "strategies": [], "quick_reference": "Read both.",
    }  # fmt: skip


def in_force(*tasks: str) -> dict[tuple[str, str], Any]:
    """What a lead is told of the guidelines in force, by default for steps and pairs, and the one for pairs in full."""
    names = {"steps": "step-correctness", "pairs": "preference"}
    said = [(task, names[task]) for task in tasks or names]
    versions = [
        {"id": name, "guideline": name, "version": "1.0", "change": "initial", "published_at": 0, "by": "lea"}
        for _, name in said
    ]
    projects = [
        {"project": "algebra-pilot", "task": task, "domain": "", "guideline": name, "version": "1.0", "newest": "1.0",
         "since": 0}
        for task, name in said
    ]  # fmt: skip
    whole = {"id": "preference", "text": "# Preference", "glossary": [], **pair_guideline()}
    return {
        ("GET", "guidelines"): {"versions": versions, "projects": projects},
        ("GET", "guidelines/preference"): whole,
    }


class PairServer(FakeServer):
    """Every pair is an assignment named `p1`, `p2` ... in the order in which they are handed out."""

    def __init__(self, *pairs: FakePair) -> None:
        super().__init__([])
        self.pairs = list(pairs or fresh(BLANC, BOIL))
        self.scale, self.justify = SCALE, "never"
        self.verified: dict[str, str] = {}
        """Question -> the verified choice, for the training part of calibration."""
        self.opinions: list[dict[str, Any]] = []
        """What models think of every pair; told once it is judged, as `reveal` says."""

    def _route(self, method: str, parts: list[str], query: str, body: Any) -> Reply:
        match method, parts:
            case "GET", ["assignments", name] if name in self._names():
                return 200, self._pair_view(self._held(name))
            case "POST", ["assignments", name, "preference"]:
                return 200, self._prefer(name, body)
            case "GET", ["assignments", name, "preference"]:
                return 200, self._seen(self._named(name))
            case "POST", ["assignments", name, "steps", "1", "draft"] if self._named(name).said:
                self.revealed.add((name, 1))
                return 200, {"drafts": self.opinions}
            case "POST", ["assignments", name, "questions"]:
                self.asked.append(body | {"assignments": name})
                return 201, self._receipt()
        return super()._route(method, parts, query, body)

    def _names(self) -> list[str]:
        return [f"p{number}" for number in range(1, len(self.pairs) + 1)]

    def _named(self, name: str) -> FakePair:
        return self.pairs[int(name[1:]) - 1]

    def _held(self, name: str) -> FakePair:
        pair = self._named(name)
        if pair.state != "open":
            raise Refusal(409, "lease-taken", "The assignment was handed to somebody else or has ended.")
        return pair

    def done(self) -> int:
        return sum(len(one.said) for one in self.pairs)

    def _claim(self) -> dict[str, Any]:
        pair = next((one for one in self.pairs if one.state == "open"), None)
        if pair is None:
            if self.break_until is not None:
                return {"nothing": "break", "until": self.break_until}
            if self.changes is not None and self.version_id not in self.acknowledged:
                return {"nothing": "new_guideline", "guideline_version_id": self.version_id}
            pair = next((one for one in self.pairs if one.state == "waiting"), None)
        if pair is None:
            return {"nothing": "nothing_open"}
        pair.state = "open"
        return {"assignment": self._pair_view(pair)} | self._receipt()

    def _pair_view(self, pair: FakePair) -> dict[str, Any]:
        return {
            "id": f"p{self.pairs.index(pair) + 1}", "project_id": PROJECT, "project": "algebra-pilot",
            "guideline": "preference", "guideline_version": "1.0", "purpose": self.purpose,
            "expires_at": self.started_at + 60 * MINUTE, "session": self._session(), "done": [],
            "problem": {"text": pair.prompt, "domain": "general", "language": "en", "passages": pair.passages},
            "next": {"kind": "pair", "pair": self._seen(pair)}, "drafts_shown": self.reveal,
        }  # fmt: skip

    def _seen(self, pair: FakePair) -> dict[str, Any]:
        said = pair.said[-1] if pair.said else pair.before
        names = ("id", "overall", "criteria", "safety", "rationale", "unsure", "received_at")
        return {
            "messages": pair.messages, "left": pair.left, "right": pair.right, "criteria": CRITERIA,
            "choices": self.scale, "justify": self.justify,
            "mine": {name: said[name] for name in names} if said else None,
            "feedback": self._verified(pair.said[-1]) if pair.said else [],
        }  # fmt: skip

    def _verified(self, said: dict[str, Any]) -> list[dict[str, Any]]:
        """What is verified; the reason says which question it is of."""
        given = {"overall": said["overall"], **said["criteria"]}
        return [
            {"question": question, "choice": choice, "right": given.get(question) == choice,
             "justification": f"Of {question} this is so, since the height is in every atlas. " * 3}
            for question, choice in self.verified.items()
        ]  # fmt: skip

    def _prefer(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        pair = self._named(name)
        if not pair.said:
            self._held(name)
        standing = pair.said[-1] if pair.said else pair.before
        if (standing["id"] if standing else None) != body["replaces"]:
            raise Refusal(409, "already-labelled", "You have labelled this already.")
        pair.said.append(body | {"id": f"{name}-{len(pair.said)}", "received_at": int(time.time() * 1e6)})
        pair.state = "done"
        return {
            "label_id": pair.said[-1]["id"],
            "session": self._session(),
            "feedback": self._verified(pair.said[-1]),
            "drafts": self.opinions if self.reveal == "always" else [],
        } | self._receipt()

    def _guideline(self) -> dict[str, Any]:
        return super()._guideline() | pair_guideline()
