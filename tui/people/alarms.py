"""Alarms of drift, pace and position in a project that I lead; those of the last two are decided here."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from textual.content import Content

from cotlab.domain.reports.people import Alarm, AlarmDecision, AlarmDecisionBody, AlarmKind
from tui.app.screens.editor import Subject, Task
from tui.app.screens.project_list import ProjectListScreen
from tui.app.screens.reason import SayingWhyScreen, draft_of
from tui.widgets.text import hanging, one_line, shown
from tui.widgets.times import date

NONE = (
    "There is no alarm. One of pace is raised where labels come faster than their steps can be read (pace_alarm in the "
    "policy), one of drift where somebody's gold became worse than their calibration, one of position where somebody "
    "chooses a side of pairs and not a response (position_alarm)."
)
HINT = "Say why. It stands in the audit trail beside your name; no label changes, and nobody is suspended by it."
DRIFT = "esc, then enter on the person decides about drift, or draws a recheck"


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be made of an alarm of pace or of position, on a key of its own."""

    decision: AlarmDecision
    meanings: Mapping[AlarmKind, str]


CHOICES = {
    "1": Choice(AlarmDecision.EXPLAINED, {
        AlarmKind.PACE: "nothing is wrong", AlarmKind.POSITION: "nothing is wrong",
    }),
    "2": Choice(AlarmDecision.CONFIRMED, {
        AlarmKind.PACE: "these labels were not read", AlarmKind.POSITION: "a side was chosen, and not a response",
    }),
}  # fmt: skip


class AlarmsScreen(ProjectListScreen[Alarm]):
    """Rows above, the newest first; the marked one in words below, and what can be decided on digits."""

    PLACE = "alarms"
    HEADING = "alarms"
    AGAIN = "; esc, then T asks again"

    async def load(self) -> None:
        found = await self.answer(lambda: self.journey.client.alarms(self._entry.project_id))
        self.say("")
        kinds = max((len(one.kind.value) for one in found), default=0)
        widths = (kinds, max((len(_whom(one)) for one in found), default=0))
        waiting = sum(one.decision is None for one in found)
        self.list_rows(found, [_row(one, *widths) for one in found], f"{len(found)} · newest first · {waiting} open")

    def lines(self, row: Alarm | None, width: int) -> list[Content]:
        return Content(NONE).wrap(width) if row is None else _words(row, width)

    def choose(self, key: str) -> bool:
        one, choice = self.marked, CHOICES.get(key)
        if one is None or choice is None:
            return False
        if one.kind is AlarmKind.DRIFT:
            self.say(DRIFT)
        elif one.decision is not None:
            self.say("this is decided already")
        else:
            task = Task(f"{choice.decision.value} · {one_line(one.person, True)}", HINT)
            send = partial(self._decide, one, choice)
            self.app.push_screen(SayingWhyScreen(self._subject, _what(one, choice), task, send))
        return True

    @property
    def _subject(self) -> Subject:
        return Subject(self._entry.project_id, one_line(self._entry.project, True), "alarms")

    def _decide(self, one: Alarm, choice: Choice, reason: str) -> None:
        body = AlarmDecisionBody(decision=choice.decision, reason=reason)

        async def send() -> None:
            await self.answer(lambda: self.journey.client.decide_alarm(self._entry.project_id, one.id, body))
            self.journey.keep_draft(draft_of(self._subject, _what(one, choice)))
            await self.load()
            self.say(f"{one_line(one.person, True)}: {choice.decision.value}")

        self.ask(send, "sending")

    def key_without_meaning(self, key: str) -> str:
        return f"nothing is on {key} here; decisions are on {', '.join(CHOICES)}, and ? shows all keys"


def _what(one: Alarm, choice: Choice) -> str:
    return f"{one.kind.value} {choice.decision.value} {one.id}"


def _whom(one: Alarm) -> str:
    person = one_line(one.person, True)
    return f"{person} in {one_line(one.domain, True)}" if one.domain else person


def _row(one: Alarm, kinds: int, width: int) -> Content:
    state = ("! open", "bold $error") if one.decision is None else ("✓ decided", "$success")
    return Content.assemble(
        (f"{date(one.raised_at)}  ", "dim"), (f"{state[0]:<9}", state[1]),
        f"  {one.kind.value:<{kinds}}  {_whom(one):<{width}}",
        (f"  {one.decision.replace('_', ' ')}" if one.decision else "", "dim"),
    )  # fmt: skip


def _words(one: Alarm, width: int) -> list[Content]:
    lines = Content.styled(f"{_whom(one)}, since {date(one.since)}", "bold").wrap(width)
    lines += Content(one.sentence).wrap(width)
    if one.decision is not None:
        by = f"{one.decision.replace('_', ' ')}{f' by {one_line(one.decided_by, True)}' if one.decided_by else ''}  "
        return [*lines, *hanging(Content.styled(by, "bold"), shown(one.reason or "", True), width)]
    if one.kind is AlarmKind.DRIFT:
        return [*lines, *Content.styled(DRIFT, "dim").wrap(width)]
    return lines + [
        line for key, choice in CHOICES.items()
        for line in hanging(Content.styled(f"{key}  ", "bold"),
                            Content(f"{choice.decision.value}: {choice.meanings[one.kind]}"), width)
    ]  # fmt: skip
