"""Deciding a case on a pair: my own choice first, then what others chose, then the decision."""

from typing import ClassVar

from textual.geometry import Size

from cotlab.domain.actions import Place
from tui.app.work.pair_reading import PairReadingScreen
from tui.cases.adjudication import ROOMY, CaseScreen
from tui.widgets.reading import ProblemHead
from tui.widgets.scale import stepped

ENDS = "this is the end of the scale; 4 and 5 say that both are bad, or that it cannot be judged"


class PairCaseScreen(PairReadingScreen, CaseScreen):
    """The pair in its own order, with the choices where a step has its labels, the strengths being kinds of them."""

    PLACE: ClassVar[Place] = "pair_case"

    def action_page_on(self) -> None:
        self._step(1)

    def action_page_back(self) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        """Along the scale before my choice; then through what others said."""
        case = self.work if self.free() is not None else None
        if case is None:
            return
        if case.deciding:
            self._turn(by)
            return
        choice = stepped(case.pair.choices if case.pair else (), case.choice.label, by)
        if choice is None:
            self.say(ENDS)
        else:
            case.choice.choose(choice)
            self.chosen()

    def resize_reading(self, size: Size) -> None:
        super().resize_reading(size)
        if self.work is not None and self.work.deciding and size.height < ROOMY:
            self.query_one(ProblemHead).limit = 2
