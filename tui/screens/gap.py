"""Saying what the guideline lacks to decide a case: noted, and sent with the decision."""

from cotlab.domain.text import MAX_TEXT
from tui.case import Case
from tui.screens.editor import GAP, EditorScreen, Subject


class GapScreen(EditorScreen):
    """An empty text takes it back."""

    def __init__(self, case: Case) -> None:
        super().__init__(Subject.of(case), (GAP,))
        self._noted = case.choice.gap

    def begun(self) -> str:
        return super().begun() or self._noted

    def deliver(self, text: str) -> str | None:
        if len(text) > MAX_TEXT:
            return "the text is too long"
        self.journey.cases.note_gap(text.strip())
        return None

    def sent(self, text: str) -> str:
        if text.strip():
            return "∅ guideline gap: sent with the decision"
        return "the guideline decides it: g cites the rule"
