"""Agreement before and after a guideline version, on the same steps or pairs."""

from textual.content import Content

from cotlab.domain.agreement.coefficients import Agreement, AgreementChange
from cotlab.domain.guidelines.schema import Schema
from tui.app.screens.page import ReadingScreen
from tui.widgets.agreement import Table, bar_of, number, unit_of
from tui.widgets.text import counted, one_line


class ChangeScreen(ReadingScreen):
    """Two rows on one axis, and the difference with its interval."""

    def __init__(
        self, project: str, versions: tuple[str, str], change: AgreementChange, bar: float | None, task: str
    ) -> None:
        super().__init__()
        self._things = task
        self._project, self._versions, self._change, self._bar = project, versions, change, bar

    def title_text(self) -> str:
        return f"before and after · {one_line(self._project, True)}"

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self.show()

    def text(self) -> Content:
        change, (before, after) = self._change, self._versions
        rows = [_named(change.before, f"before  {_short(before)}"), _named(change.after, f"after   {_short(after)}")]
        coefficient = change.after.coefficient
        table = Table(
            rows, Schema(), bar_of(coefficient, self._bar), min(108, self.app.size.width - 2), unit_of(self._things)
        )
        said = "compared" if self._things == "pairs" else "labelled"
        shared = f"{coefficient} on {counted(change.after.units, unit_of(self._things))} that people {said} under both"
        lines = [Content.styled(f"{before} → {after}", "bold"), Content.styled(shared, "dim"), Content()]
        lines += [table.heading(), *map(table.line, rows), Content(), rise(change)]
        return Content("\n").join(lines)


def _short(version: str) -> str:
    return version.rpartition(" ")[2]


def _named(result: Agreement, name: str) -> Agreement:
    return result.model_copy(update={"slice": {"version": name}})


def rise(change: AgreementChange) -> Content:
    """The difference in words, and whether its interval leaves out zero."""
    if change.value is None:
        return Content(f"no difference: {change.reason}")
    said = f"{'rise' if change.value >= 0 else 'fall'}  {change.value:+.2f}"
    ends = change.interval
    if ends is None:
        return Content.assemble((said, "bold"), f"  no interval: {change.interval_reason}")
    if ends.low > 0 or ends.high < 0:
        judged = "the interval leaves out zero"
    else:
        judged = "the interval holds zero: this may be chance"
    return Content.assemble((said, "bold"), f"  {number(ends.low)} to {number(ends.high)}  ", (judged, "dim"))
