"""What a lead's screens share: they show what the server works out, say so meanwhile, and ask again on a key."""

from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any, ClassVar, TypeVar

from textual.worker import Worker

from cotlab.client import ApiError
from tui.app.notices import notice_of
from tui.app.screens.base import CotlabScreen
from tui.widgets.lines import Header

T = TypeVar("T")
Work = Callable[[], Coroutine[Any, Any, None]]


class RequestScreen(CotlabScreen):
    """Questions to the server that end with the screen."""

    AGAIN: ClassVar[str] = "; enter asks again"
    failed: Work | None = None
    """What the server refused, to be asked again."""
    _asking: Worker[None] | None = None

    @property
    def asking(self) -> bool:
        """Whether an answer is still to come."""
        return self._asking is not None and not self._asking.is_finished

    def refresh_numbers(self) -> None:
        """My own labels of today are no matter here; a broken line is."""
        text, alarm = self.cotlab.numbers()
        for header in self.query(Header):
            header.show(self.title_text(), text if alarm else "", alarm)

    def ask(self, work: Work, words: str, group: str = "ask") -> None:
        """Ask without holding up the keys; what the same group was asking ends."""
        self.failed = None
        self.say(words)
        self._asking = self.run_worker(partial(self._ask, work), group=group, exclusive=True)

    async def _ask(self, work: Work) -> None:
        try:
            await work()
        except ApiError as error:
            if error.slug == "not-signed-in":
                self.cotlab.show_notice(notice_of(error))
            else:
                self.failed = work
                self.say(f"{error.sentence.strip().rstrip('.')}{self.AGAIN}", alarm=True)

    def draw(self) -> None:
        """Show what is here anew."""

    def action_mathematics(self) -> None:
        self.cotlab.raw = not self.cotlab.raw
        self.draw()

    async def answer(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask until the server answers. Raises ApiError where it refuses."""
        return await self.journey.line.patiently(ask)

    def again(self) -> bool:
        """Ask anew what was refused; whether anything was."""
        failed = self.failed
        if failed is None:
            return False
        self.ask(failed, "asking again")
        return True
