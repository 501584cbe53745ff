"""Agreement as the server took it by itself; here the lead says that a domain below the bar goes on."""

from functools import partial
from typing import Any

from textual.content import Content

from cotlab.domain.agreement.coefficients import GoOnBody, TakenAgreement
from cotlab.domain.calibration.qualification import PAIRS, task_of_field
from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.work.views import QueueEntry
from tui.app.screens.editor import Subject, Task
from tui.app.screens.project_list import ProjectListScreen
from tui.app.screens.reason import SayingWhyScreen, draft_of
from tui.quality.diagnosis import findings
from tui.quality.disagreements import DisputedScreen
from tui.widgets.agreement import detail, interval_words, number
from tui.widgets.labels import schema_of
from tui.widgets.text import cut, hanging, one_line, shown
from tui.widgets.times import date

STATE = 11
"""Cells for where a measurement leaves its domain."""
NONE = (
    "The server has not measured agreement by itself yet: it does so once a domain has as many labels under a "
    "guideline version as the policy says (agreement_after), and again after each agreement_each more."
)

HINT = "Say why it goes on as it is. It stands in the audit trail beside your name."


class TakenScreen(ProjectListScreen[TakenAgreement]):
    """Rows above, the newest first; the marked one with its diagnosis below."""

    PLACE = "taken"
    HEADING = "agreement as the server took it"
    WHOLE_WIDTH = True

    def __init__(self, entry: QueueEntry, schema: Schema) -> None:
        super().__init__(entry)
        self._schema = schema

    async def load(self) -> None:
        taken = await self.answer(lambda: self.journey.client.taken_agreement(self._entry.project_id))
        self.say("")
        width = max((len(one_line(one.domain, True)) for one in taken), default=0)
        below = sum(one.below for one in taken)
        count = f"{len(taken)} · newest first · {below} below the bar"
        self.list_rows(taken, [_row(one, width) for one in taken], count)

    def lines(self, row: TakenAgreement | None, width: int) -> list[Content]:
        return Content(NONE).wrap(width) if row is None else _lines(row, width)

    def open_row(self, row: TakenAgreement | None) -> None:
        if row is None:
            self.say("there is nothing here yet")
        else:
            task = task_of_field(row.domain)
            query: dict[str, Any] = {
                "where": [f"domain={row.domain.removeprefix(PAIRS)}"],
                "version": row.guideline_version,
            }
            if task == "pairs":
                query["task"] = task
            self.app.push_screen(DisputedScreen(self._entry, schema_of(task, self._schema), query))

    def action_decide(self) -> None:
        one = self.marked
        if one is None or not one.below:
            self.say("only a domain below the bar needs a decision")
        elif one.decision is not None:
            self.say("this is decided already")
        else:
            task = Task(f"{one_line(one.domain, True)} goes on", HINT)
            self.app.push_screen(SayingWhyScreen(self._subject, _what(one), task, partial(self._go_on, one)))

    @property
    def _subject(self) -> Subject:
        return Subject(self._entry.project_id, one_line(self._entry.project, True), "agreement")

    def _go_on(self, one: TakenAgreement, reason: str) -> None:
        body = GoOnBody(domain=one.domain, reason=reason)

        async def send() -> None:
            await self.answer(lambda: self.journey.client.go_on(self._entry.project_id, body))
            self.journey.keep_draft(draft_of(self._subject, _what(one)))
            await self.load()
            self.say(f"{one_line(one.domain, True)} goes on")

        self.ask(send, "sending")


def _what(one: TakenAgreement) -> str:
    return f"go_on {one.domain}"


def _row(one: TakenAgreement, width: int) -> Content:
    value = one.agreement.reason if one.agreement.value is None else number(one.agreement.value)
    ends = f"  {interval_words(one.agreement)}" if one.agreement.value is not None else ""
    word, style = state(one)
    said = "choices" if task_of_field(one.domain) == "pairs" else "labels"
    return Content.assemble(
        (f"{date(one.taken_at)}  ", "dim"), (f"{word:<{STATE}}", style), f"{one_line(one.domain, True):<{width}}",
        f"  alpha {value}", (ends, "dim"), (f"  {one.labels:,} {said}  {one.guideline_version}", "dim"),
    )  # fmt: skip


def state(one: TakenAgreement) -> tuple[str, str]:
    """Where a measurement leaves its domain, with its style."""
    if one.decision is not None:
        return "✓ goes on", "$success"
    if one.paused:
        return "■ paused", "bold $error"
    return ("! below", "bold $warning") if one.below else ("", "")


def _lines(one: TakenAgreement, width: int) -> list[Content]:
    lines = Content(detail(one.agreement, task_of_field(one.domain))).wrap(width)
    lines += Content.styled(f"bar {one.bar:.2f} · {state(one)[0] or 'not below the bar'}", "dim").wrap(width)
    if one.decision is not None:
        lines += hanging(Content.styled("lead  ", "bold"), shown(one.decision, True), width)
    elif one.below:
        lines += Content.styled("r  says why it goes on as it is; or mend the guideline", "dim").wrap(width)
    if one.diagnosis is not None:
        rows = [finding.line for finding in findings(one.diagnosis)]
        lines += [Content(), *(cut(row, width) for row in rows)]
    return lines
