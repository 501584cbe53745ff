"""One case in full, read only, for the lead: labels, choices, decisions, and what was passed on."""

from collections.abc import Sequence

from textual.content import Content

from cotlab.domain.answers import Citation
from cotlab.domain.cases import CaseFile, Opinion, PassBody, PeerLabel, PeerRemark
from cotlab.domain.checks import SAID_OF_ANSWER
from cotlab.domain.checks import shown as read
from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.labels.case_reasons import title
from cotlab.domain.work.views import QueueEntry, StepView
from tui.app.screens.page import ScrollingScreen
from tui.app.screens.request import RequestScreen
from tui.app.storage.drafts import Draft, Place
from tui.cases.pass_on import PassOnScreen
from tui.widgets.findings import finding_lines, step_text
from tui.widgets.labels import OF_A_PAIR, badge
from tui.widgets.listing import Pane
from tui.widgets.rules import COLUMN
from tui.widgets.text import hanging, one_line, shown
from tui.widgets.times import date


class CaseFileScreen(RequestScreen, ScrollingScreen):
    """A text that scrolls; one key hands the case on."""

    PLACE = "case_file"
    AGAIN = ""

    def __init__(self, entry: QueueEntry, schema: Schema, case_id: str) -> None:
        super().__init__()
        self._entry, self._schema, self._case_id = entry, schema, case_id
        self.case: CaseFile | None = None

    def opened(self) -> None:
        self.ask(self._ask_case, "asking for the case …")

    def title_text(self) -> str:
        state = f" · {self.case.state.value.replace('_', ' ')}" if self.case is not None else ""
        return f"case · {one_line(self._entry.project, True)}{state}"

    async def _ask_case(self) -> None:
        self.case = await self.answer(lambda: self.journey.client.case_file(self._entry.project_id, self._case_id))
        self.say("")
        self.draw()
        self.refresh_numbers()

    def draw(self) -> None:
        case, raw = self.case, self.cotlab.raw
        if case is not None:
            schema = self._schema if case.responses is None else OF_A_PAIR
            self.query_one(Pane).show(lambda width: case_lines(case, schema, raw, min(width, COLUMN)))

    def action_pass_on(self) -> None:
        place = Place(assignment_id=self._case_id, position=0, what="pass_on")
        if self.case is not None:
            self.app.push_screen(PassOnScreen(f"pass on · {one_line(self._entry.project, True)}", place, self._send))

    def _send(self, body: PassBody) -> str | None:
        async def send() -> None:
            client, project = self.journey.client, self._entry.project_id
            await self.answer(lambda: client.assign_case(project, self._case_id, body))
            self.journey.keep_draft(Draft(place=Place(assignment_id=self._case_id, position=0, what="pass_on")))
            await self._ask_case()
            self.say("the case is handed on")

        self.ask(send, "sending")
        return None


def case_lines(case: CaseFile, schema: Schema, raw: bool, width: int) -> list[Content]:
    """All of a case, in lines of at most `width` cells."""
    about = "step" if case.responses is None else "pair"
    number = f"case {case.number} on this {about}" if case.number > 1 else f"first case on this {about}"
    seats = f" · {case.seats} decide" if case.seats > 1 else ""
    why = "; ".join(map(title, case.reasons))
    head = f"{why} · {one_line(case.domain, True)} · {date(case.opened_at)} · {number}{seats}"
    lines = [*Content.styled(head, "dim").wrap(width), Content(), *shown(case.problem, raw).wrap(width)]
    view = _step(case)
    if view is not None:
        lines += hanging(Content.styled(f"{case.position:>3}  ", "bold"), step_text(view, raw), width)
    for name, text in zip(("first", "second"), case.responses or (), strict=False):
        lines += _section(f"{name} response", [shown(text, raw).wrap(width)])
    lines += _checked(case, raw, width)
    lines += _labels("labels", case.labels, schema, width)
    lines += _remarks("asked", case.questions, width) + _remarks("bad problem", case.bad_problem, width)
    lines += _labels("chosen before they saw the labels", case.choices, schema, width)
    lines += _opinions("decided", case.opinions, schema, width)
    lines += _opinions("decided before", case.earlier, schema, width)
    lines += _section("passed on", [hanging("  ", shown(reason, True), width) for reason in case.passed_on])
    return lines


def _step(case: CaseFile) -> StepView | None:
    """The step with what a check found in it."""
    if case.step is None:
        return None
    found = read(case.checked.model_dump_json()) if case.checked is not None else None
    return StepView(position=case.position, text=case.step, evidence=found)


def _checked(case: CaseFile, raw: bool, width: int) -> list[Content]:
    """What a check found in the step, or of the final answer."""
    if case.checked is None:
        return []
    view = _step(case)
    if view is None:
        said = f"{SAID_OF_ANSWER[case.checked.verdict]}: {case.checked.reason}"
        return _section("the check", [hanging("  ", shown(said, True), width)])
    return _section("the check", [[Content.assemble("  ", line) for line in finding_lines(view, raw, width - 2)]])


def _section(heading: str, parts: Sequence[list[Content]]) -> list[Content]:
    """A heading and what is below it; nothing where nothing is."""
    if not parts:
        return []
    return [Content(), Content.styled(heading, "bold"), *(line for part in parts for line in part)]


def _labels(heading: str, labels: Sequence[PeerLabel], schema: Schema, width: int) -> list[Content]:
    wide = max((len(one_line(one.name, True)) for one in labels), default=0)
    return _section(heading, [
        hanging(f"  {one_line(one.name, True):<{wide}}  ", _said(one, schema), width) for one in labels
    ])  # fmt: skip


def _said(one: PeerLabel, schema: Schema) -> Content:
    flags = "".join(flag for flag, there in (("  ? unsure", one.unsure), ("  ↺ stale", one.stale)) if there)
    why = f"  “{shown(one.rationale, True).plain}”" if one.rationale else ""
    rules = f"  {cited(one.citations)}"
    return Content.assemble(
        badge(one.label, schema), (flags, "$warning"), why, rules, (f"  {one.guideline_version}", "dim")
    )


def cited(citations: Sequence[Citation]) -> str:
    return ", ".join(one_line(one.name, True) for one in citations) or "no rule"


def _remarks(heading: str, remarks: Sequence[PeerRemark], width: int) -> list[Content]:
    parts = []
    for one in remarks:
        answer = f"  lead: {shown(one.answer.text, True).plain}" if one.answer is not None else ""
        parts.append(
            hanging(f"  {one_line(one.name, True)}  ", Content(f"{shown(one.text, True).plain}{answer}"), width)
        )
    return _section(heading, parts)


def _opinions(heading: str, opinions: Sequence[Opinion], schema: Schema, width: int) -> list[Content]:
    parts = []
    for one in opinions:
        flags = "".join(flag for flag, there in (("  ≠ dissent", one.dissent), ("  ↺ stale", one.stale)) if there)
        by = f"  {cited(one.citations)}" if one.citations else ""
        gap = f"  no rule decides: {shown(one.gap, True).plain}" if one.gap else ""
        when = f"  {one.guideline_version} · {date(one.decided_at)}"
        said = Content.assemble(
            badge(one.label, schema), (flags, "$warning"), f"  “{shown(one.rationale, True).plain}”", by,
            (gap, "$warning"), (when, "dim"),
        )  # fmt: skip
        parts.append(hanging(f"  {one_line(one.name, True)}  ", said, width))
    return _section(heading, parts)
