"""Agreement as the server took it by itself; here the lead says that a domain below the bar goes on."""

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input

from cotlab.domain.agreement import GoOnBody, TakenAgreement
from cotlab.domain.guidelines import Schema
from cotlab.domain.views import QueueEntry
from tui.agreement import detail, interval_words, number
from tui.diagnosis import findings
from tui.drafts import Draft, Place
from tui.notices import date
from tui.screens.asked import AskedScreen
from tui.screens.disputed import DisputedScreen
from tui.text import cut, hanging, one_line, shown

STATE = 11
"""Cells for where a measurement leaves its domain."""
NONE = (
    "The server has not measured agreement by itself yet: it does so once a domain has as many labels under a "
    "guideline version as the policy says (agreement_after), and again after each agreement_each more."
)


class TakenScreen(AskedScreen[TakenAgreement]):
    """Rows above, the newest first; the marked one with its diagnosis below."""

    PLACE = "taken"
    HEADING = "agreement as the server took it"
    WHOLE_WIDTH = True

    def __init__(self, entry: QueueEntry, schema: Schema) -> None:
        super().__init__(entry)
        self._schema = schema
        self._deciding: TakenAgreement | None = None

    def compose_below(self) -> ComposeResult:
        reason = Input(id="reason", placeholder="why it goes on: enter sends, esc leaves it", select_on_focus=False)
        reason.display = reason.cursor_blink = False
        yield reason

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
            query = {"where": [f"domain={row.domain}"], "version": row.guideline_version}
            self.app.push_screen(DisputedScreen(self._entry, self._schema, query))

    def action_decide(self) -> None:
        one = self.marked
        if one is None or not one.below:
            self.say("only a domain below the bar needs a decision")
        elif one.decision is not None:
            self.say("this is decided already")
        else:
            self._deciding = one
            draft = self.journey.desk.drafts.find(self._place(one))
            field = self.query_one("#reason", Input)
            field.value = draft.text if draft else ""
            field.display = True
            field.focus()

    def _place(self, one: TakenAgreement) -> Place:
        return Place(assignment_id=self._entry.project_id, position=0, what=f"go_on {one.domain}")

    def on_input_changed(self, event: Input.Changed) -> None:
        if self._deciding is not None:
            self.journey.keep_draft(Draft(place=self._place(self._deciding), text=event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        one, reason = self._deciding, event.value.strip()
        if one is None or not reason:
            self.say("a reason is needed: say in a few words why it goes on")
            return
        body = GoOnBody(domain=one.domain, reason=reason)

        async def send() -> None:
            await self.answer(lambda: self.journey.client.go_on(self._entry.project_id, body))
            self.journey.keep_draft(Draft(place=self._place(one)))
            await self.load()
            self.say(f"{one_line(one.domain, True)} goes on")

        self._leave_reason()
        self.ask(send, "sending")

    def _leave_reason(self) -> None:
        """What is typed stays as a draft until it is sent."""
        self.query_one("#reason", Input).display = False
        self.set_focus(None)

    def go_back(self) -> None:
        if isinstance(self.focused, Input):
            self._leave_reason()
        else:
            self.app.pop_screen()


def _row(one: TakenAgreement, width: int) -> Content:
    value = one.agreement.reason if one.agreement.value is None else number(one.agreement.value)
    ends = f"  {interval_words(one.agreement)}" if one.agreement.value is not None else ""
    word, style = state(one)
    return Content.assemble(
        (f"{date(one.taken_at)}  ", "dim"), (f"{word:<{STATE}}", style), f"{one_line(one.domain, True):<{width}}",
        f"  alpha {value}", (ends, "dim"), (f"  {one.labels:,} labels  {one.guideline_version}", "dim"),
    )  # fmt: skip


def state(one: TakenAgreement) -> tuple[str, str]:
    """Where a measurement leaves its domain, with its style."""
    if one.decision is not None:
        return "✓ goes on", "$success"
    if one.paused:
        return "■ paused", "bold $error"
    return ("! below", "bold $warning") if one.below else ("", "")


def _lines(one: TakenAgreement, width: int) -> list[Content]:
    lines = Content(detail(one.agreement)).wrap(width)
    lines += Content.styled(f"bar {one.bar:.2f} · {state(one)[0] or 'not below the bar'}", "dim").wrap(width)
    if one.decision is not None:
        lines += hanging(Content.styled("lead  ", "bold"), shown(one.decision, True), width)
    elif one.below:
        lines += Content.styled("r  says why it goes on as it is; or mend the guideline", "dim").wrap(width)
    if one.diagnosis is not None:
        rows = [finding.line for finding in findings(one.diagnosis)]
        lines += [Content(), *(cut(row, width) for row in rows)]
    return lines
