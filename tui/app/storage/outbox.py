"""What was committed and not yet answered: on disk before it is sent, gone after the answer."""

from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from cotlab.client import Client
from cotlab.domain.answers import AlternativeBody, EndingBody, FinishBody, LabelBody
from cotlab.domain.cases import ChoiceBody, Chosen, Decided, DecisionBody, PassBody
from cotlab.domain.coverage.writing import PathBody, ReturnBody
from cotlab.domain.guidelines.questions import QuestionBody
from cotlab.domain.model import Model
from cotlab.domain.traces.pairs import PreferenceBody
from cotlab.domain.work.views import Committed, Preferred, Receipt
from tui.app.storage.durable import make_folder, remove, sync_folder, write_new

Kind = Literal[
    "commit", "alternative", "question", "finish", "end", "preference", "choice", "decision", "pass", "path", "return"
]
WRITING_KINDS: tuple[Kind, ...] = ("path", "return")
"""What is said of a path that somebody writes."""
CASE_KINDS: tuple[Kind, ...] = ("choice", "decision", "pass")
"""What is said of a case."""
Body = (
    LabelBody | AlternativeBody | QuestionBody | FinishBody | EndingBody | ChoiceBody | DecisionBody | PassBody
    | PathBody | ReturnBody | PreferenceBody
)  # fmt: skip
Answer = Committed | Receipt | Preferred | Chosen | Decided


class Entry(Model):
    """One request with its idempotency key; sent again it is answered and not done twice.

    A question about a guideline names its project in `project_id`, and no assignment.
    """

    key: str
    kind: Kind
    assignment_id: str
    project: str
    project_id: str = ""
    made_at: int
    body: dict[str, Any]

    async def send(self, client: Client) -> Answer:
        match self.kind:
            case "commit":
                return await client.commit(self.assignment_id, LabelBody.model_validate(self.body), self.key)
            case "alternative":
                body = AlternativeBody.model_validate(self.body)
                return await client.alternative(self.assignment_id, body, self.key)
            case "question":
                question = QuestionBody.model_validate(self.body)
                if self.assignment_id:
                    return await client.ask_about_step(self.assignment_id, question, self.key)
                return await client.ask(self.project_id, question, self.key)
            case "finish":
                return await client.finish(self.assignment_id, FinishBody.model_validate(self.body), self.key)
            case "end":
                return await client.end(self.assignment_id, EndingBody.model_validate(self.body), self.key)
            case "preference":
                return await client.prefer(self.assignment_id, PreferenceBody.model_validate(self.body), self.key)
            case "choice":
                return await client.choose(self.assignment_id, ChoiceBody.model_validate(self.body), self.key)
            case "decision":
                return await client.decide(self.assignment_id, DecisionBody.model_validate(self.body), self.key)
            case "pass":
                return await client.pass_on(self.assignment_id, PassBody.model_validate(self.body), self.key)
            case "path":
                return await client.write_path(self.assignment_id, PathBody.model_validate(self.body), self.key)
            case "return":
                return await client.return_path(self.assignment_id, ReturnBody.model_validate(self.body), self.key)


class Outbox:
    """A file an entry, in the order of commits: in `waiting/`, or in `refused/` where the server turned it down."""

    def __init__(self, folder: Path) -> None:
        self.folder = make_folder(folder / "waiting")
        self.refused = make_folder(folder / "refused")
        self._number = max((_number(path) for path in self.folder.glob("*.json")), default=0)

    def add(self, entry: Entry) -> Path:
        """Put an entry on the disk; it is safe once this returns."""
        self._number += 1
        path = self.folder / f"{self._number:08d}-{entry.key}.json"
        write_new(path, entry.model_dump_json(indent=1).encode())
        return path

    def waiting(self) -> list[Entry]:
        """All entries, oldest first. A file that is no entry is set aside and left out."""
        entries = []
        for path in sorted(self.folder.glob("*.json")):
            try:
                entries.append(Entry.model_validate_json(path.read_bytes()))
            except ValidationError:
                self._move(path)
        return entries

    def remove(self, entry: Entry) -> None:
        for path in self.folder.glob(f"*-{entry.key}.json"):
            remove(path)

    def set_aside(self, entry: Entry) -> Path:
        """Keep an entry that the server refused, out of the way; returns where."""
        path = next(self.folder.glob(f"*-{entry.key}.json"))
        return self._move(path)

    def _move(self, path: Path) -> Path:
        kept = path.replace(self.refused / path.name)
        sync_folder(self.refused)
        sync_folder(self.folder)
        return kept


def _number(path: Path) -> int:
    head = path.name.partition("-")[0]
    return int(head) if head.isdigit() else 0
