"""Decided cases on steps that I labelled and pairs that I judged: the list, and one of them in full."""

from collections.abc import Sequence
from functools import partial

from textual.content import Content

from cotlab.domain.cases import DecidedCase, DecidedEntry
from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.labels.case_reasons import title
from cotlab.domain.work.views import QueueEntry
from tui.app.host import Host
from tui.app.screens.listing import ListingScreen
from tui.app.screens.page import PageScreen
from tui.cases.case import USABILITY, named
from tui.cases.evidence import label_lines, opinion_lines
from tui.widgets.labels import badge, widest
from tui.widgets.responses import responses_lines
from tui.widgets.rules import COLUMN
from tui.widgets.scale import words
from tui.widgets.text import hanging, one_line, shown
from tui.widgets.times import date

WHOLE = "the whole problem"


class DecidedScreen(ListingScreen[DecidedEntry]):
    """Rows above, the step of the marked one below; enter opens the decision, which counts as read."""

    PLACE = "decided"

    def __init__(self, project_id: str, project: str, schema: Schema, entries: list[DecidedEntry]) -> None:
        super().__init__()
        self._project_id, self._project, self._schema = project_id, project, schema
        self.rows = entries

    def opened(self) -> None:
        self._draw(self.rows)

    def title_text(self) -> str:
        return f"my decided cases · {one_line(self._project, True)}"

    def _draw(self, entries: Sequence[DecidedEntry]) -> None:
        unread = sum(not entry.seen for entry in entries)
        count = f"{len(entries)} · newest first · {unread} to read"
        self.list_rows(entries, [self._row(entry) for entry in entries], count)

    def _row(self, entry: DecidedEntry) -> Content:
        glyph, word, style = ("·", "read", "dim") if entry.seen else ("●", "new", "bold $warning")
        mine = self._mine(entry)
        text = one_line(entry.step or entry.problem, self.cotlab.raw)
        when = (f"{date(entry.decided_at)}  ", "dim")
        return Content.assemble((f"{glyph} {word:<5}", style), when, mine, "  ", (text, "dim"))

    def _mine(self, entry: DecidedEntry) -> Content | str:
        if entry.mine is None:
            return WHOLE
        if entry.responses is not None:
            return f"  {words(entry.mine)}"
        schema = self._schema if entry.step is not None else USABILITY
        return badge(named(entry.mine), schema, widest(self._schema))

    def lines(self, row: DecidedEntry | None, width: int) -> list[Content]:
        if row is None:
            return Content("No case on a step or a pair of yours is decided yet.").wrap(width)
        raw = self.cotlab.raw
        lines = shown(row.problem, raw).wrap(width)
        if row.step is not None:
            lines += [Content(), *hanging(f"{row.position:>3}  ", shown(row.step, raw), width)]
        if row.responses is not None:
            lines += [line for part in responses_lines(row.responses, raw) for line in part.wrap(width)]
        return [*lines, Content(), *Content.styled("enter  what was decided, and why", "dim").wrap(width)]

    def action_open(self) -> None:
        entry, client = self.marked, self.journey.client
        if entry is None:
            self.say("there is no decided case here")
        else:
            self.say("asking the server")
            self.journey.fetch(partial(client.my_case, self._project_id, entry.case_id), self._open)

    def _open(self, case: DecidedCase) -> None:
        if self.app.screen is self:
            self.say("")
            seen = {"seen": True}
            self._draw([one.model_copy(update=seen if one.case_id == case.case_id else {}) for one in self.rows])
            self.app.push_screen(DecidedCaseScreen(self._project, case, self._schema))


class DecidedCaseScreen(PageScreen):
    """Problem, step or pair, everybody's labels under pseudonyms, and the decision with its reason."""

    PLACE = "reading"

    def __init__(self, project: str, case: DecidedCase, schema: Schema) -> None:
        super().__init__()
        self._project, self._case = project, case
        of_pair = case.responses is not None
        self._schema = Schema() if of_pair else schema if case.step is not None else USABILITY

    def title_text(self) -> str:
        return f"a decided case · {one_line(self._project, True)}"

    def lines(self, width: int) -> list[Content]:
        return decided_lines(self._case, self._schema, self.cotlab.raw, width)


def decided_lines(case: DecidedCase, schema: Schema, raw: bool, width: int) -> list[Content]:
    """The decision first, which is what somebody came for; then what it is about."""
    column = min(width, COLUMN)
    lines: list[Content] = []
    of_pair = case.responses is not None
    for opinion in case.opinions:
        said = "decided otherwise" if opinion.dissent else "decided"
        lines += [*opinion_lines(opinion.model_copy(update={
            "dissent": False, "label": words(opinion.label) if of_pair else opinion.label
        }), said, schema, column)]  # fmt: skip
    newest = case.opinions[0].guideline_version if case.opinions else ""
    why = ", ".join(title(reason) for reason in case.reasons)
    if why:
        lines += Content.styled(f"it was asked because {why}", "dim").wrap(column)
    lines.append(Content())
    for label in case.labels:
        value = words(label.label) if of_pair else named(label.label)
        lines += label_lines(label.model_copy(update={"label": value}), newest, schema, column)
    if case.step is not None:
        lines += [Content(), *hanging(f"{case.position:>3}  ", shown(case.step, raw), column)]
    lines += [Content(), *shown(case.problem.text, raw).wrap(column)]
    if case.responses is not None:
        lines += [line for part in responses_lines(case.responses, raw) for line in part.wrap(column)]
    for passage in case.problem.passages:
        lines += [Content(), *Content.styled(one_line(passage.name, True), "bold underline").wrap(column)]
        lines += shown(passage.text, raw).wrap(column)
    return lines


def enter_my_cases(host: Host, entry: QueueEntry, schema: Schema | None) -> None:
    """Ask for the decided cases of a project that are mine to read, and show them."""
    host.background(partial(_ask, host, entry), "past")


async def _ask(host: Host, entry: QueueEntry) -> None:
    assert host.journey is not None
    journey = host.journey
    schema = await host.labels_of(entry)
    cases = await journey.answer_to(lambda: journey.client.my_cases(entry.project_id)) if schema else None
    if schema is not None and cases is not None:
        host.push_screen(DecidedScreen(entry.project_id, entry.project, schema, cases))
