"""Writing why a lead decides something; what is typed is kept as a draft until the server has it."""

from collections.abc import Callable

from pydantic import ValidationError

from tui.app.screens.editor import EditorScreen, Subject, Task
from tui.app.storage.drafts import Draft, Place


class SayingWhyScreen(EditorScreen):
    """`send` gets the reason; `what` names the decision, so that each has a draft of its own."""

    def __init__(self, subject: Subject, what: str, task: Task, send: Callable[[str], None]) -> None:
        super().__init__(subject, (what,))
        self._asked, self._send = task, send

    def to_write(self) -> Task:
        return self._asked

    def deliver(self, text: str) -> str | None:
        if not text.strip():
            return "say in a few words why"
        try:
            self._send(text.strip())
        except ValidationError:
            return "the text is too long, or cannot be stored"
        return None


def draft_of(subject: Subject, what: str) -> Draft:
    """The empty draft that takes the place of a reason once it was taken."""
    return Draft(place=Place(assignment_id=subject.owner, position=subject.position, what=what))
