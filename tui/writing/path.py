"""A path being written: its steps, its final answer, and which of them is under the hand; no screen or disk."""

from pydantic import ValidationError

from cotlab.domain.coverage.writing import PathBody, WritingView
from tui.app.storage.drafts import Draft, Place
from tui.app.work.open_work import CannotCommit

PATH = "path"
"""What a draft of a path is called."""


class Paper:
    """`at` counts the steps from 0; behind the last of them stands the final answer."""

    def __init__(self, view: WritingView) -> None:
        self.view = view
        self.steps = [""]
        self.answer = ""
        self.at = 0

    @property
    def answering(self) -> bool:
        """Whether the final answer is under the hand."""
        return self.at == len(self.steps)

    @property
    def text(self) -> str:
        return self.answer if self.answering else self.steps[self.at]

    @text.setter
    def text(self, text: str) -> None:
        if self.answering:
            self.answer = text
        else:
            self.steps[self.at] = text

    def next(self) -> None:
        """To the next step, a new one behind the last; from an empty step it goes to the final answer."""
        if self.answering:
            return
        if not self.text.strip():
            self.to_answer()
        elif self.at == len(self.steps) - 1:
            self.insert()
        else:
            self.at += 1

    def move(self, by: int) -> None:
        """To another step or the final answer; a step that is left empty goes, unless it is the only one."""
        self._go(self.at + by)

    def to_answer(self) -> None:
        self._go(len(self.steps))

    def _go(self, to: int) -> None:
        to = max(0, min(to, len(self.steps)))
        if not self.answering and not self.text.strip() and len(self.steps) > 1 and to != self.at:
            del self.steps[self.at]
            to -= to > self.at
        self.at = to

    def insert(self) -> None:
        """A new step behind the one under the hand; behind the last from the final answer."""
        place = min(self.at + 1, len(self.steps))
        self.steps.insert(place, "")
        self.at = place

    @property
    def place(self) -> Place:
        return Place(assignment_id=self.view.id, position=0, what=PATH)

    def draft(self) -> Draft:
        steps = () if self.steps == [""] else tuple(self.steps)
        return Draft(place=self.place, text=self.answer, steps=steps, at=self.at if steps else 0)

    def resume(self, draft: Draft) -> None:
        """Go on where a draft stops."""
        self.steps = list(draft.steps) or [""]
        self.answer = draft.text
        self.at = max(0, min(draft.at, len(self.steps)))

    def body(self) -> PathBody:
        """The path as it is sent. Raises CannotCommit with what is missing."""
        steps = [step.strip() for step in self.steps if step.strip()]
        if not steps:
            raise CannotCommit("nothing is written yet")
        if not self.answer.strip():
            raise CannotCommit("the final answer is missing: ctrl+t leads there")
        try:
            return PathBody.model_validate({"steps": steps, "final_answer": self.answer.strip()})
        except ValidationError as error:
            raise CannotCommit("500 steps at most, and nothing in them that cannot be stored") from error
