"""Asking a model for drafts: of which kind, of what, and how many."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import ValidationError
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from cotlab.client import new_key
from cotlab.domain.drafts.requests import ASKED_KINDS, AskedKind, DraftBody, DraftStatus, ModelEntry
from cotlab.domain.work.views import QueueEntry
from tui.app.screens.request import RequestScreen
from tui.widgets.lines import Header, KeyLine, Rule, StatusLine
from tui.widgets.text import one_line

FIELDS = ("kind", "model", "of", "position", "number", "strategy")
WHAT = {
    "step": "the id of a trace",
    "trace": "the id of a trace",
    "pair": "the id of a pair",
    "problem": "the id of a problem",
}
HINT = "ctrl+t puts the next possible value into the field; ctrl+s asks."


@dataclass(frozen=True, slots=True)
class Begun:
    """What the fields hold at first."""

    kind: str = "alternatives"
    model: str = ""
    of: str = ""
    position: str = ""
    number: str = "3"
    strategy: str = ""

    @classmethod
    def like(cls, job: object) -> "Begun":
        """What was asked for before, if anything."""
        if not isinstance(job, DraftStatus):
            return cls()
        position = "" if job.position is None else str(job.position)
        return cls(
            job.kind, job.model, job.item_id or job.problem_id or "", position, str(job.wanted), job.strategy or ""
        )


class StartDraftsScreen(RequestScreen):
    """A field a line; what the server refuses stays on the screen, to be mended. `started` gets the request."""

    PLACE = "start_drafts"
    AGAIN = ""

    def __init__(
        self, entry: QueueEntry, models: Sequence[ModelEntry], begun: Begun, started: Callable[[DraftStatus], None]
    ) -> None:  # fmt: skip
        super().__init__()
        self._entry, self._begun, self._started = entry, begun, started
        self._models = [one.name for one in models if one.driver != "none"]

    def compose(self) -> ComposeResult:
        yield Header()
        yield Rule()
        yield Static(Content.assemble(("ask for drafts", "bold"), "\n", (HINT, "dim"), "\n"))
        for name in FIELDS:
            with Horizontal(classes="row"):
                yield Static(name)
                yield Input(getattr(self._begun, name), id=name, select_on_focus=False)
        yield Static(id="room")
        yield StatusLine()
        yield KeyLine()

    def opened(self) -> None:
        if not self._value("model") and self._models:
            self._field("model").value = self._models[0]
        self.set_focus(self._field("kind"))
        self._hints()

    def title_text(self) -> str:
        return f"drafts · {one_line(self._entry.project, True)}"

    def _field(self, name: str) -> Input:
        return self.query_one(f"#{name}", Input)

    def _value(self, name: str) -> str:
        return self._field(name).value.strip()

    @property
    def kind(self) -> AskedKind | None:
        return known(self._value("kind"))

    def _choices(self, name: str) -> Sequence[str]:
        """The values that a field can take, where they are known."""
        if name == "kind":
            return [one.name for one in ASKED_KINDS]
        if name == "strategy":
            return ["", *(self.kind.strategies if self.kind else ())]
        return self._models if name == "model" else ()

    def _hints(self) -> None:
        """Say in the empty fields what belongs there."""
        kind = self.kind
        target = kind.target if kind else "step"
        where = {"step": "of which step", "trace": "of which step; empty: of each"}
        hints = {
            "kind": ", ".join(self._choices("kind")), "model": ", ".join(self._models) or "no model is known here",
            "of": WHAT[target], "number": "how many drafts",
            "position": where.get(target, "leave it empty"),
            "strategy": ", ".join(kind.strategies) if kind and kind.strategies else "leave it empty",
        }  # fmt: skip
        for name, hint in hints.items():
            self._field(name).placeholder = hint

    def on_input_changed(self, event: Input.Changed) -> None:
        if event.input.id == "kind":
            self._hints()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.action_next_field()

    def on_descendant_focus(self) -> None:
        """What can be chosen for the field is said in the status line."""
        name = self.focused.id if isinstance(self.focused, Input) and self.focused.id else ""
        self.say(", ".join(one for one in self._choices(name) if one))

    def action_next_field(self) -> None:
        self.focus_next(Input)

    def action_field_before(self) -> None:
        self.focus_previous(Input)

    def action_next_value(self) -> None:
        field = self.focused
        choices = self._choices(field.id or "") if isinstance(field, Input) else ()
        if not isinstance(field, Input) or not choices:
            self.say("type it: nothing is known to choose from")
            return
        at = choices.index(field.value) if field.value in choices else -1
        field.value = choices[(at + 1) % len(choices)]
        field.cursor_position = len(field.value)

    def action_send(self) -> None:
        body = body_of({name: self._value(name) for name in FIELDS}, self.kind)
        if isinstance(body, str):
            self.say(body, alarm=True)
            return
        client, project, key = self.journey.client, self._entry.project_id, new_key()

        async def starting() -> None:
            made = await self.answer(lambda: client.start_drafts(project, body, key))
            self.app.pop_screen()
            self._started(made)

        self.ask(starting, "asking the server")


def known(name: str) -> AskedKind | None:
    """The kind of that name, where there is one."""
    return next((one for one in ASKED_KINDS if one.name == name), None)


def body_of(said: dict[str, str], kind: AskedKind | None) -> DraftBody | str:
    """What the fields ask for; or what is wrong with them, as a sentence."""
    if kind is None:
        return f"kind: there is no {said['kind'] or 'empty one'}; ctrl+t leads through those that there are"
    if not said["of"]:
        return f"of: {WHAT[kind.target]} belongs here"
    for name in ("position", "number"):
        if said[name] and not (said[name].isascii() and said[name].isdigit()):
            return f"{name}: a number belongs here"
    target = "problem_id" if kind.target == "problem" else "item_id"
    given: dict[str, object] = {
        "kind": kind.name, "model": said["model"], target: said["of"], "strategy": said["strategy"] or None,
    }  # fmt: skip
    given |= {name: int(said[name]) for name in ("position", "number") if said[name]}
    try:
        return DraftBody.model_validate(given)
    except ValidationError as error:
        where, *_ = error.errors()
        return f"{'.'.join(map(str, where['loc']))}: {where['msg']}"
