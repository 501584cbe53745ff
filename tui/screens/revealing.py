"""Looking at what models drafted, once I have committed what it is of; and what becomes of a wording of theirs."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from textual.geometry import Size

from cotlab.domain.projects.draft_policy import Reveal
from cotlab.domain.shown_drafts import RevealedDrafts, ShownAlternative
from tui.drafts import Draft, Place
from tui.revealed import Panel, in_words, settled_words
from tui.screens.editor import REWORDING, EditorScreen, Subject, Task
from tui.screens.work import WorkScreen
from tui.widgets.revealed import DraftsBlock
from tui.work import OpenWork

NOT_YET = "what models drafted is told once you have committed, and not before"
NOTHING = "there is no draft of {} to see here"
"""Said whatever the reason is, so that nobody learns that they are of those who see none."""
UNSENT = "this is not sent yet; what was drafted of it comes after it"
SHUT = "d shows the drafts first"
NO_WORDING = "there is no other wording here to keep, edit, or turn down"
MADE_OF = Task(
    "another wording of {}",
    "A model drafted this. Write the step as it should stand; it becomes a path of its own.",
    about_step=True,
)


@dataclass(frozen=True, slots=True)
class Revealed:
    """What was committed last: in which assignment, where, what it is called, when policy shows its drafts, and what
    was shown of it.
    """

    assignment_id: str
    position: int
    name: str
    policy: Reveal
    panel: Panel


class RevealingScreen(WorkScreen):
    """Shows and hides drafts of what was committed last. Subclasses say what that is."""

    def committed(self) -> Revealed | None:
        """What was committed last, and has drafts that may be mine to see; None before the first commit."""
        raise NotImplementedError

    def resize_reading(self, size: Size) -> None:
        super().resize_reading(size)
        block = self.query_one(DraftsBlock)
        block.limit = max(1, min(12, (size.height - 13) // 3))
        self.call_after_refresh(block.refresh, layout=True)

    def show_reading(self, work: OpenWork) -> None:
        super().show_reading(work)
        self.show_drafts(work)

    def show_drafts(self, work: OpenWork) -> None:
        one = self.committed()
        self.query_one(DraftsBlock).show(
            one.panel if one else None, f"{one.name}  " if one else "", work.schema, self.cotlab.raw
        )

    def action_draft(self) -> None:
        """Show what was drafted of what I committed last, or hide it; whenever it is shown the server is asked for what
        is not here yet.
        """
        work, one = self.work, self.committed()
        if work is None or one is None:
            self.say(NOT_YET)
        elif one.panel.drafts and one.panel.open:
            one.panel.open = False
            self.show_drafts(work)
            self.say("d shows the drafts again")
        else:
            one.panel.open = True
            self.show_drafts(work)
            self._ask_for_more(work, one)

    def _ask_for_more(self, work: OpenWork, one: Revealed) -> None:
        if one.panel.drafts and (work.sending is not None or one.policy is Reveal.NEVER or self.journey.line.down):
            self.say(in_words(one.panel))
        elif work.sending is not None:
            self.say(UNSENT)
        elif one.policy is Reveal.NEVER:
            self.say(NOTHING.format(one.name))
        else:
            self.say("asking the server")
            ask = partial(self.journey.client.reveal, one.assignment_id, one.position)
            self.journey.fetch(ask, partial(self._reveal, work, one))

    def _reveal(self, work: OpenWork, one: Revealed, answer: RevealedDrafts) -> None:
        """What was shown is kept with what it is of, whatever is on the screen by now."""
        one.panel.take(answer.drafts)
        if self.app.screen is not self or self.work is not work:
            return
        self.show_drafts(work)
        self.say(in_words(one.panel) if one.panel.drafts else NOTHING.format(one.name))


class WordingsScreen(RevealingScreen):
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

    def _open(self) -> Revealed | None:
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

    def _settle(self, one: Revealed, wording: ShownAlternative, how: str, wrong: str | None) -> None:
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

    def _settled(self, one: Revealed, wording: ShownAlternative, how: str) -> None:
        """What was done with a wording is remembered over a restart, for as long as the trace is open."""
        one.panel.settle(wording, how)
        place = settled_at(one.assignment_id, one.position)
        self.journey.keep_draft(
            Draft(place=place, steps=tuple(f"{of} {done}" for of, done in one.panel.settled.items()))
        )


class MadeOfScreen(EditorScreen):
    """A wording that is made of a draft; `kept` hears that it was sent."""

    def __init__(
        self, subject: Subject, one: Revealed, wording: ShownAlternative, kept: Callable[[], None]
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


def drafted_at(one: Revealed, wording: ShownAlternative) -> Place:
    """Where a wording that is made of a draft is written."""
    return Place(assignment_id=one.assignment_id, position=one.position, what=f"made of {wording.id}")
