"""Other wordings that models drafted of my step: each is kept, edited, or turned down."""

from collections.abc import Callable
from functools import partial

from cotlab.domain.shown_drafts import ShownAlternative
from tui.app.screens.editor import REWORDING, EditorScreen, Subject, Task
from tui.app.storage.drafts import Draft, Place
from tui.app.work.drafts import NOT_YET, ShownDrafts, ShownDraftsScreen
from tui.widgets.drafts import Panel, in_words, settled_words

SHUT = "d shows the drafts first"
NO_WORDING = "there is no other wording here to keep, edit, or turn down"
MADE_OF = Task(
    "another wording of {}",
    "A model drafted this. Write the step as it should stand; it becomes a path of its own.",
    about_step=True,
)


class WordingsScreen(ShownDraftsScreen):
    """Of a step there may be other wordings too: each can be kept, edited, or turned down."""

    def action_draft_on(self) -> None:
        self._move(1)

    def action_draft_before(self) -> None:
        self._move(-1)

    def _move(self, by: int) -> None:
        one = self._open()
        if one is not None:
            moved = one.panel.move(by)
            self._drawn_anew(in_words(one.panel) if moved else "there is no other wording in that direction")

    def _open(self) -> ShownDrafts | None:
        """What was committed, where a wording of it is on the screen; else the status line says what is missing."""
        one = self.committed()
        if one is None or not one.panel.drafts:
            self.say(NOT_YET if one is None else NO_WORDING)
        elif not one.panel.open:
            self.say(SHUT)
        elif one.panel.wording is None:
            self.say(NO_WORDING)
        else:
            return one
        return None

    def action_keep_draft(self) -> None:
        """Send the wording as an alternative of mine that names the draft."""
        one = self._open()
        wording = one.panel.wording if one else None
        if one is None or wording is None or self.free() is None:
            return
        wrong = self.journey.write_alternative(REWORDING, [wording.text], drafted_at(one, wording), wording.id)
        self._settle(one, wording, "kept", wrong)

    def action_turn_down(self) -> None:
        one = self._open()
        wording = one.panel.wording if one else None
        if one is not None and wording is not None:
            self._settle(one, wording, "turned down", None)

    def _settle(self, one: ShownDrafts, wording: ShownAlternative, how: str, wrong: str | None) -> None:
        if wrong is None:
            self._settled(one, wording, how)
        self._drawn_anew(wrong or in_words(one.panel) or f"other wordings: {settled_words(one.panel)}")

    def _drawn_anew(self, said: str) -> None:
        if self.work is not None:
            self.show_drafts(self.work)
        self.say(said)

    def action_edit_draft(self) -> None:
        one, work = self._open(), self.work
        wording = one.panel.wording if one else None
        if one is None or wording is None or work is None or self.free() is None:
            return
        step = next((step.text for step in (*work.earlier, work.step) if step and step.position == one.position), None)
        subject = Subject(work.id, work.view.project, f"step {one.position}", one.position, step, work)
        self.app.push_screen(MadeOfScreen(subject, one, wording, partial(self._settled, one, wording, "kept")))

    def _settled(self, one: ShownDrafts, wording: ShownAlternative, how: str) -> None:
        """What was done with a wording is remembered over a restart, for as long as the trace is open."""
        one.panel.settle(wording, how)
        place = settled_at(one.assignment_id, one.position)
        self.journey.keep_draft(
            Draft(place=place, steps=tuple(f"{of} {done}" for of, done in one.panel.settled.items()))
        )


class MadeOfScreen(EditorScreen):
    """A wording that is made of a draft; `kept` hears that it was sent."""

    def __init__(
        self, subject: Subject, one: ShownDrafts, wording: ShownAlternative, kept: Callable[[], None]
    ) -> None:  # fmt: skip
        super().__init__(subject, (drafted_at(one, wording).what,))
        self._wording, self._kept = wording, kept

    def to_write(self) -> Task:
        return MADE_OF

    def begun(self) -> str:
        return super().begun() or self._wording.text

    def deliver(self, text: str) -> str | None:
        wrong = self.journey.write_alternative(REWORDING, [text.strip()], self._place, self._wording.id)
        if wrong is None:
            self._kept()
        return wrong


def settled_at(assignment_id: str, position: int) -> Place:
    """Where is kept what was done with the wordings of a step."""
    return Place(assignment_id=assignment_id, position=position, what="wordings")


def recall(panel: Panel, kept: Draft | None) -> None:
    """Take up what was done with wordings before."""
    for line in kept.steps if kept is not None else ():
        of, _, how = line.partition(" ")
        panel.settled.setdefault(of, how)


def drafted_at(one: ShownDrafts, wording: ShownAlternative) -> Place:
    """Where a wording that is made of a draft is written."""
    return Place(assignment_id=one.assignment_id, position=one.position, what=f"made of {wording.id}")
