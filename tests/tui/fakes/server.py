"""A server in memory that keeps the rules of labelling, for tests of the terminal UI: over httpx, or over a socket."""

import json
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs

import httpx

from cotlab import __version__
from cotlab.domain.checks import ShownEvidence

LABELS: list[dict[str, Any]] = [
    {"name": "correct", "key": "1", "glyph": "✓", "meaning": "right, and it brings the solution further",
     "values": {"correctness": True}},
    {"name": "redundant", "key": "2", "glyph": "○", "meaning": "right, but adds nothing to what stands above",
     "values": {"correctness": True}},
    {"name": "incorrect", "key": "3", "glyph": "✗", "meaning": "false, or does not follow from the steps above",
     "error": True, "rationale_required": True, "values": {"correctness": False}},
    {"name": "incomplete", "key": "4", "glyph": "…", "meaning": "right so far, but a part that is needed is missing",
     "error": True, "values": {"correctness": False}},
    {"name": "wrong-operation", "parent": "incorrect", "key": "1", "meaning": "a calculation that does not give this"},
    {"name": "wrong-unit", "parent": "incorrect", "key": "2", "meaning": "units mixed without converting"},
    {"name": "skipped-step", "parent": "incomplete", "key": "1", "meaning": "true, but the reason is not there"},
]  # fmt: skip
RULES: list[dict[str, Any]] = [
    {"id": "M1", "title": "After a wrong step", "short": "what follows is correct",
     "decision": "If it follows from what *stands*, then `correct`. See [M4] A[k].", "doubt": "`correct`.",
     "examples": [{"kind": "example", "text": 'Step: "So 6."', "label": "correct", "reason": "it follows"}]},
    {"id": "M4", "title": "A quantity used before it is set up", "domains": ["mathematics"],
     "decision": "If a quantity has no definition above, then `incorrect`.", "doubt": "`incomplete`.",
     "examples": [
         {"kind": "example", "text": 'Step: "the second train has covered 90t"', "label": "incorrect",
          "reason": "it starts an hour later"},
         {"kind": "counter-example", "text": 'Step: "the second has covered 90(t - 1)"', "label": "correct",
          "reason": "defined and right"}]},
    {"id": "M7", "title": "Off-by-one in counts", "decision": "If a count is one off, then `wrong-operation`.",
     "doubt": "`incorrect`."},
    {"id": "L2", "title": "A section left out", "domains": ["law"], "decision": "If a section is missing, then "
     "`incomplete`."},
]  # fmt: skip
GLOSSARY: list[dict[str, Any]] = [{"names": ["stands", "standing"], "definition": "what the steps above say"}]
STRATEGIES: list[dict[str, Any]] = [
    {"name": "forward chaining", "rule": "If the steps go from what is given to what is asked, then forward chaining."},
    {"name": "inspection and check", "rule": "If a guess is tested, then inspection and check."},
]
PROJECT = "p1"
MINUTE = 60_000_000


@dataclass
class FakeTrace:
    problem: str
    steps: list[str]
    answer: str | None = "42"
    passages: list[dict[str, str]] = field(default_factory=list)
    strategy: str | None = None


@dataclass
class FakeAssignment:
    id: str
    trace: FakeTrace
    labels: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    state: str = "open"

    def shown(self) -> int:
        """The position of the newest step that may be seen; one more than all once all are labelled."""
        count = len(self.trace.steps)
        return next((at for at in range(1, count + 1) if not self._stands(at)), count + 1)

    def _stands(self, at: int) -> bool:
        return at in self.labels and not self.labels[at][-1].get("stale", False)


TRAIN = FakeTrace(
    "A train leaves Aden for Beira at 9:00 at 60 km/h. A second one leaves Beira for Aden at 10:00 at 90 km/h. "
    "The towns are 360 km apart. When do they meet?",
    ["Let t be the hours since 9:00.", "The first train has then covered 60t km.",
     "The second train has covered 90t km at that time, so the meeting satisfies 60t + 90t = 360.",
     r"So $150t = 360$ and $t = \frac{360}{150} = 2.4$, that is 11:24."],
    "11:24",
)  # fmt: skip
CHALK = FakeTrace("A box holds 3 red and 2 blue chalks. Two are drawn. How likely are both red?",
                  ["There are 10 pairs.", "3 of them are both red, so 3/10."], "3/10")  # fmt: skip

Reply = tuple[int, Any]


class Refusal(Exception):
    def __init__(self, status: int, slug: str, detail: str) -> None:
        self.reply: Reply = (status, {"slug": slug, "detail": detail, "title": slug, "status": status})
        super().__init__(detail)


class FakeServer:
    """Every attribute may be set by a test; `requests` lists what came, `commits` what was taken, once a key."""

    def __init__(self, traces: list[FakeTrace] | None = None) -> None:
        self.traces = list(traces if traces is not None else [TRAIN, CHALK])
        self.assignments: dict[str, FakeAssignment] = {}
        self.labels = LABELS
        self.rules = RULES
        self.purpose = "production"
        self.asks = ["complete"]
        self.feedback: dict[int, tuple[str, str]] = {}
        """Of a trace of calibration: the verified label and its justification, by position."""
        self.evidence_shown = True
        self.evidence: dict[int, ShownEvidence] = {}
        """What the check found, by position; told once a step is committed."""
        self.reveal, self.rationales = "never", False
        self.drafts: dict[int, list[dict[str, Any]]] = {}
        """What models drafted, by position; told once a step is committed, as `reveal` says."""
        self.revealed: set[tuple[str, int]] = set()
        self.reasons: list[dict[str, Any]] = []
        self.asked_anew: list[bool] = []
        """What is answered, one after the other, to who asks for a draft of a reason; the last one stays."""
        self.standings: list[dict[str, Any]] = []
        self.version_id = "v1"
        self.changes: dict[str, Any] | None = None
        self.acknowledged: list[str] = []
        self.nothing: str | None = None
        self.asked: list[dict[str, Any]] = []
        self.questions: list[dict[str, Any]] = []
        self.entry: dict[str, Any] = {}
        self.requests: list[tuple[str, str, str | None]] = []
        self.taken: dict[str, tuple[str, Reply]] = {}
        self.endings: list[dict[str, Any]] = []
        self.alternatives: list[dict[str, Any]] = []
        self.gone = False
        self.lose_answers = 0
        self.refuse: tuple[int, str, str] | None = None
        self.break_until: int | None = None
        self.withdraw: str | None = None
        self.stop_at_error = False
        self.closed = False
        self.version = __version__
        self.past: list[dict[str, Any]] = []
        self.page = 50
        self.replies: dict[tuple[str, str], Any] = {}
        """Answers of a test's own, by method and path below /v1; a Refusal refuses, and a string is sent as it is."""
        self.heard: list[tuple[str, dict[str, list[str]], Any]] = []
        """What was asked of them: path, query and body."""
        self.token = "cot_good"
        self.person = "ada"
        self.started_at = int(time.time() * 1e6)

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._over_httpx)

    def _over_httpx(self, request: httpx.Request) -> httpx.Response:
        if self.gone:
            raise httpx.ConnectError("refused")
        status, body = self.answer(request.method, request.url.path, request.url.query.decode(), dict(request.headers),
                                   request.content)  # fmt: skip
        if self.lose_answers:
            self.lose_answers -= 1
            raise httpx.ReadError("cut off")
        headers = {"Cotlab-Version": self.version}
        if isinstance(body, str):
            return httpx.Response(status, text=body, headers=headers)
        return httpx.Response(status, json=body, headers=headers)

    def answer(self, method: str, path: str, query: str, headers: dict[str, str], content: bytes) -> Reply:
        """What the server says; each key is worked on once."""
        key = headers.get("idempotency-key")
        self.requests.append((method, path, key))
        digest = sha256(path.encode() + content).hexdigest()
        try:
            if path != "/v1/server" and headers.get("authorization") != f"Bearer {self.token}":
                raise Refusal(401, "not-signed-in", "The token is missing, unknown, expired or revoked.")
            if key in self.taken:
                kept, reply = self.taken[key]
                if kept != digest:
                    raise Refusal(409, "key-reused", "The idempotency key was used before with another request.")
                return reply
            if self.refuse is not None and method == "POST":
                raise Refusal(*self.refuse)
            reply = self._route(method, path.strip("/").split("/")[1:], query, json.loads(content) if content else None)
            if key is not None:
                self.taken[key] = (digest, reply)
            return reply
        except Refusal as refusal:
            return refusal.reply

    def _route(self, method: str, parts: list[str], query: str, body: Any) -> Reply:
        own = self.replies.get((method, "/".join(parts)))
        if own is not None:
            self.heard.append(("/".join(parts), parse_qs(query), body))
            reply = own(parse_qs(query)) if callable(own) else own
            if isinstance(reply, Refusal):
                raise reply
            return 200, reply
        match method, parts:
            case "GET", ["server"]:
                return 200, {"name": "cotlab", "version": self.version}
            case "GET", ["queue"]:
                return 200, self._queue()
            case "POST", ["projects", _, "claim"]:
                return 201, self._claim()
            case "GET", ["projects", _, "guideline"] | ["assignments", _, "guideline"] | ["guidelines", _]:
                return 200, self._guideline()
            case "GET", ["projects", _, "guidelines", version, "changes"] if self.changes is not None:
                return 200, self.changes | {"guideline_version_id": version}
            case "POST", ["projects", _, "acknowledgements"]:
                self.acknowledged.append(body["guideline_version_id"])
                return 201, self._receipt()
            case "GET", ["projects", _, "my-calibration"]:
                return 200, self.standings
            case "GET", ["projects", _, "my-questions"]:
                return 200, self.questions
            case "POST", [where, name, "questions"]:
                self.asked.append(body | {where: self._open(name).id if where == "assignments" else name})
                return 201, self._receipt()
            case "GET", ["projects", _, "my-labels"]:
                at = int(parse_qs(query).get("cursor", ["0"])[0])
                cursor = str(at + self.page) if at + self.page < len(self.past) else None
                return 200, {"labels": self.past[at : at + self.page], "next_cursor": cursor}
            case "GET", ["assignments", name]:
                return 200, self._view(self._open(name))
            case "GET", ["assignments", name, "steps", position]:
                return 200, self._step(self._open(name), int(position))
            case "POST", ["assignments", name, "steps", position, "draft"]:
                return 200, {"drafts": self._reveal(name, int(position))}
            case "POST", ["assignments", name, "steps", position, "rationale"]:
                self._own(name, int(position))
                self.asked_anew.append(parse_qs(query).get("anew") == ["true"])
                return 200, self.reasons.pop(0) if len(self.reasons) > 1 else self.reasons[0]
            case "POST", ["assignments", name, "labels"]:
                return 201, self._commit(self._open(name), body)
            case "POST", ["assignments", name, "alternatives"]:
                self.alternatives.append(body | {"assignment": self._open(name).id})
                return 201, self._receipt()
            case "POST", ["assignments", name, "finish" | "end"]:
                assignment = self._open(name)
                if parts[2] == "finish" and not isinstance(self._due(assignment), dict):
                    raise Refusal(409, "out-of-order", "The trace is not ready to be finished.")
                assignment.state = "done"
                self.endings.append(body | {"assignment": name})
                return 201, self._receipt()
        raise Refusal(404, "not-found", "There is nothing of that name or id.")

    def _queue(self) -> dict[str, Any]:
        is_open = any(one.state == "open" for one in self.assignments.values())
        entry = {
            "project_id": PROJECT, "project": "algebra-pilot", "closed": self.closed, "roles": ["annotator"],
            "open": is_open, "waiting": bool(self._waiting()), "done_today": self.done(), "ready": True,
        } | self.entry  # fmt: skip
        return {
            "person": self.person, "session": self._session(), "break_until": self.break_until,
            "labels_today": self.done(), "projects": [entry],
        }  # fmt: skip

    def done(self) -> int:
        return sum(len(rows) for one in self.assignments.values() for rows in one.labels.values())

    def _waiting(self) -> list[FakeTrace]:
        given = [one.trace for one in self.assignments.values()]
        return [trace for trace in self.traces if not any(trace is other for other in given)]

    def _session(self) -> dict[str, int]:
        return {"started_at": self.started_at, "remind_at": self.started_at + 60 * MINUTE,
                "break_at": self.started_at + 120 * MINUTE}  # fmt: skip

    def _receipt(self) -> dict[str, str]:
        return {"receipt": sha256(uuid.uuid4().bytes).hexdigest()}

    def _claim(self) -> dict[str, Any]:
        if self.closed:
            raise Refusal(409, "project-closed", "The project is closed and takes no more work.")
        found = next((one for one in self.assignments.values() if one.state == "open"), None)
        if found is None:
            if self.break_until is not None:
                return {"nothing": "break", "until": self.break_until}
            if self.changes is not None and self.version_id not in self.acknowledged:
                return {"nothing": "new_guideline", "guideline_version_id": self.version_id}
            if self.nothing is not None:
                return {"nothing": self.nothing}
            waiting = self._waiting()
            if not waiting:
                return {"nothing": "nothing_open"}
            found = FakeAssignment(f"a{len(self.assignments) + 1}", waiting[0])
            self.assignments[found.id] = found
        return {"assignment": self._view(found)} | self._receipt()

    def _open(self, name: str) -> FakeAssignment:
        found = self.assignments.get(name)
        if found is None:
            raise Refusal(404, "not-found", "There is nothing of that name or id.")
        if found.state != "open":
            raise Refusal(409, "lease-taken", "The assignment was handed to somebody else or has ended.")
        return found

    def _view(self, one: FakeAssignment) -> dict[str, Any]:
        last = min(one.shown() - 1, len(one.trace.steps))
        return {
            "id": one.id, "project_id": PROJECT, "project": "algebra-pilot", "guideline": "step-correctness",
            "guideline_version": "1.1", "purpose": self.purpose, "expires_at": self.started_at + 60 * MINUTE,
            "problem": {"text": one.trace.problem, "domain": "mathematics", "language": "en",
                        "passages": one.trace.passages},
            "done": [self._step(one, at) for at in range(1, last + 1)], "next": self._next(one),
            "session": self._session(), "evidence_shown": self.evidence_shown, "drafts_shown": self.reveal,
            "rationales": self.rationales,
        }  # fmt: skip

    def _step(self, one: FakeAssignment, position: int) -> dict[str, Any]:
        if position > min(one.shown(), len(one.trace.steps)):
            raise Refusal(409, "out-of-order", "The step has not been shown yet.")
        rows = one.labels.get(position)
        mine = None
        if rows:
            row = rows[-1]
            names = ("id", "label", "rationale", "unsure", "received_at", "citations", "step_size")
            mine = {name: row[name] for name in names} | {"stale": row.get("stale", False)}
        return {"position": position, "text": one.trace.steps[position - 1], "mine": mine, "prefix": False,
                "feedback": self._feedback(position, mine["label"]) if mine else None,
                "evidence": self._evidence(position) if mine else None,
                "drafts": self.drafts.get(position, []) if (one.id, position) in self.revealed else []}  # fmt: skip

    def _own(self, name: str, position: int) -> None:
        if position not in self._open(name).labels:
            raise Refusal(409, "out-of-order", f"position: you have not labelled step {position} yet")

    def _reveal(self, name: str, position: int) -> list[dict[str, Any]]:
        self._own(name, position)
        self.revealed.add((name, position))
        return self.drafts.get(position, [])

    def _evidence(self, position: int) -> dict[str, Any] | None:
        found = self.evidence.get(position) if self.evidence_shown else None
        return found.model_dump(mode="json") if found else None

    def _feedback(self, position: int, mine: str) -> dict[str, Any] | None:
        if position not in self.feedback:
            return None
        label, why = self.feedback[position]
        return {"position": position, "label": label, "justification": why, "right": label == mine}

    def _due(self, one: FakeAssignment) -> dict[str, Any] | None:
        wrong = {label["name"] for label in self.labels if label.get("error")}
        wrong |= {label["name"] for label in self.labels if label.get("parent") in wrong}
        at_error = self.stop_at_error and any(rows[-1]["label"] in wrong for rows in one.labels.values())
        all_shown = one.shown() > len(one.trace.steps)
        if not (at_error or all_shown):
            return None
        asks = self.asks if all_shown else []
        return {
            "kind": "finish", "all_shown": all_shown, "final_answer": one.trace.answer if all_shown else None,
            "asks": asks, "strategies": STRATEGIES if "strategy" in asks else [], "strategy": one.trace.strategy,
        }  # fmt: skip

    def _next(self, one: FakeAssignment) -> dict[str, Any]:
        if self.withdraw is not None:
            return {"kind": "withdrawn", "reason": self.withdraw}
        due = self._due(one)
        if due is not None:
            return due
        if self.break_until is not None:
            return {"kind": "break", "until": self.break_until}
        return {"kind": "step", "step": self._step(one, one.shown())}

    def _commit(self, one: FakeAssignment, body: dict[str, Any]) -> dict[str, Any]:
        rows = one.labels.get(body["position"], [])
        if body["position"] > min(one.shown(), len(one.trace.steps)):
            raise Refusal(409, "out-of-order", "The step has not been shown yet.")
        if (rows[-1]["id"] if rows else None) != body["replaces"]:
            raise Refusal(409, "already-labelled", "You have labelled this step already.")
        row = body | {"id": f"l{self.done()}-{body['position']}-{len(rows)}", "received_at": int(time.time() * 1e6)}
        one.labels.setdefault(body["position"], []).append(row)
        told = {"feedback": self._feedback(body["position"], body["label"]),
                "evidence": self._evidence(body["position"]),
                "drafts": self._reveal(one.id, body["position"]) if self.reveal == "always" else []}  # fmt: skip
        return {"label_id": row["id"], "session": self._session(), "next": self._next(one)} | told | self._receipt()

    def _guideline(self) -> dict[str, Any]:
        return {
            "id": self.version_id, "guideline": "step-correctness", "version": "1.1", "schema": {"labels": self.labels},
            "rules": self.rules, "glossary": GLOSSARY, "strategies": STRATEGIES,
            "quick_reference": "Ask first whether it follows. [see] A[k]", "text": "# All of it\n\nM1 ...",
        }  # fmt: skip

    async def __call__(self, scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]],
                       send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:  # fmt: skip
        """The same as an ASGI application, for a real socket."""
        content, more = b"", True
        while more:
            message = await receive()
            content, more = content + message.get("body", b""), message.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        status, body = self.answer(scope["method"], scope["path"], scope["query_string"].decode(), headers, content)
        kind = [(b"content-type", b"application/json"), (b"cotlab-version", self.version.encode())]
        await send({"type": "http.response.start", "status": status, "headers": kind})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})
