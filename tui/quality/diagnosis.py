"""Where disagreement sits, as rows that each lead to the steps behind them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from cotlab.domain.agreement.coefficients import Diagnosis
from tui.widgets.lines import Rule
from tui.widgets.listing import MARK, Rows
from tui.widgets.text import counted, one_line

TOGETHER, DOMAIN, EVERYWHERE = " | ", "domain", "everywhere"


@dataclass(frozen=True, slots=True)
class Finding:
    """A row of the diagnosis, and the query for the steps behind it."""

    line: Content
    query: Mapping[str, Any]


def findings(said: Diagnosis, cited: bool = True) -> tuple[Finding, ...]:
    """Label pairs with what was cited on them, then cells by how much alpha would rise, then what no rule decides.

    Without `cited` nobody can cite a rule on what was asked, so that nothing is said of rules.
    """
    return (*_pairs(said, cited), *_cells(said, cited), *_gaps(said))


def _pairs(said: Diagnosis, cited: bool) -> Iterator[Finding]:
    total = sum(split.disagreements for split in said.splits)
    width = max((len(TOGETHER.join(split.labels)) for split in said.splits), default=0)
    for pair, times in ((split.labels, split.disagreements) for split in said.splits):
        query = {"labels": ",".join(pair)}
        one = next((merge for merge in said.merges if set(merge.labels) == set(pair) and merge.rise), None)
        merged = f"   as one label {one.rise:+.2f}" if one is not None and one.rise else ""
        counts = f"{times:,} of {total:,} splits"
        yield Finding(
            Content.assemble((f"{TOGETHER.join(pair):<{width}}", "bold"), f"  {counts}", (merged, "dim")), query
        )
        for rule in said.cited_on_both_sides:
            if set(rule.labels) == set(pair):
                words = (f"  {rule.rule} cited on both sides", "")
                yield Finding(_counted(words, rule.disagreements), query | {"rule": rule.rule})
        for none in said.without_citation if cited else ():
            if set(none.labels) == set(pair):
                yield Finding(_counted(("  no rule cited", "$warning"), none.disagreements), query | {"rule": "none"})


def _counted(words: tuple[str, str], times: int) -> Content:
    return Content.assemble(words, (f"  {times:,}", "bold"))


def _cells(said: Diagnosis, cited: bool) -> Iterator[Finding]:
    width = max((len(TOGETHER.join(cell.labels)) for cell in said.cells), default=0)
    for cell in said.cells:
        where = ", ".join(value if name == DOMAIN else f"{name} {value}" for name, value in cell.slice.items())
        rule = f"  rule {cell.rule}" if cell.rule else "  no rule" if cited else ""
        line = Content.assemble(
            (f"{cell.rise:+.2f}", "bold"), f"  {TOGETHER.join(cell.labels):<{width}}",
            f"  {one_line(where, True) or EVERYWHERE}", rule,
            (f"  {cell.disagreements:,} of {counted(cell.pairs, 'pair')}", "dim"),
        )  # fmt: skip
        query = {
            "labels": ",".join(cell.labels), "rule": cell.rule or "none",
            "where": [f"{name}={value}" for name, value in cell.slice.items()],
        }  # fmt: skip
        yield Finding(line, query)


def _gaps(said: Diagnosis) -> Iterator[Finding]:
    for gap in said.gaps:
        texts = one_line("; ".join(gap.texts), True)
        line = Content.assemble(
            ("no rule decides  ", "$warning"), TOGETHER.join(gap.labels), f"  {one_line(gap.domain, True)}",
            f"  {counted(gap.cases, 'case')}", (f"  “{texts}”", "dim"),
        )  # fmt: skip
        yield Finding(line, {"labels": ",".join(gap.labels), "where": [f"domain={gap.domain}"]})


def heading(said: Diagnosis, by: str) -> str:
    """What the rows are, and in which order."""
    if said.value is None:
        return f"no diagnosis: {said.reason}"
    if not said.splits:
        return "nobody disagrees"
    return f"where they split · by {by} · +: how much alpha would rise if these agreed"


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
