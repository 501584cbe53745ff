"""The diagnosis as a list; the marked row in full below it where the list cuts it."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from cotlab.domain.agreement.coefficients import Diagnosis
from tui.diagnosis import Finding, findings, heading
from tui.widgets.lines import Rule
from tui.widgets.listing import MARK, Rows


class DiagnosisList(Vertical):
    """Shown beside or below a table; the keys go to it only once it is active."""

    findings: tuple[Finding, ...] = ()

    def compose(self) -> ComposeResult:
        yield Rule(classes="stacked")
        yield Static(id="where")
        yield Rows()
        yield Static(id="more", classes="optional")

    @property
    def rows(self) -> Rows:
        return self.query_one(Rows)

    def show(self, said: Diagnosis | None, by: str, cited: bool = True) -> None:
        """`cited`: whether rules can be cited on what was asked."""
        self.findings = findings(said, cited) if said is not None else ()
        words = heading(said, by) if said is not None else ""
        self.query_one("#where", Static).update(Content.styled(words, "dim"))
        self.rows.show([finding.line for finding in self.findings], self.rows.marked)
        self.show_more()

    @property
    def marked(self) -> Finding | None:
        at = self.rows.marked
        return self.findings[at] if at < len(self.findings) else None

    def show_more(self) -> None:
        """The marked row in full, where it is cut."""
        finding = self.marked if self.rows.active else None
        cut = finding is not None and finding.line.cell_length > self.size.width - len(MARK)
        self.query_one("#more", Static).update(finding.line if finding is not None and cut else Content())
