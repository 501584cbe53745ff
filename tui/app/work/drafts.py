"""What models drafted of what I have committed last: shown and hidden on a key."""

from dataclasses import dataclass
from functools import partial

from textual.geometry import Size

from cotlab.domain.projects.draft_policy import Reveal
from cotlab.domain.shown_drafts import RevealedDrafts
from tui.app.work.open_work import OpenWork
from tui.app.work.screen import WorkScreen
from tui.widgets.drafts import DraftsBlock, Panel, in_words

NOT_YET = "what models drafted is told once you have committed, and not before"
NOTHING = "there is no draft of {} to see here"
"""Said whatever the reason is, so that nobody learns that they are of those who see none."""
UNSENT = "this is not sent yet; what was drafted of it comes after it"


@dataclass(frozen=True, slots=True)
class ShownDrafts:
    """What was committed last: in which assignment, where, what it is called, when policy shows its drafts, and what
    was shown of it.
    """

    assignment_id: str
    position: int
    name: str
    policy: Reveal
    panel: Panel


class ShownDraftsScreen(WorkScreen):
    """Shows and hides drafts of what was committed last. Subclasses say what that is."""

    def committed(self) -> ShownDrafts | None:
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

    def _ask_for_more(self, work: OpenWork, one: ShownDrafts) -> None:
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

    def _reveal(self, work: OpenWork, one: ShownDrafts, answer: RevealedDrafts) -> None:
        """What was shown is kept with what it is of, whatever is on the screen by now."""
        one.panel.take(answer.drafts)
        if self.app.screen is not self or self.work is not work:
            return
        self.show_drafts(work)
        self.say(in_words(one.panel) if one.panel.drafts else NOTHING.format(one.name))
