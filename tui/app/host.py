"""What a screen asks of the application that it runs in."""

from collections.abc import Callable, Iterable
from typing import Protocol

from textual.screen import Screen

from cotlab.client import Credentials
from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.people import Role
from cotlab.domain.work.views import QueueEntry
from tui.app.display import Display
from tui.app.notices import Notice
from tui.app.session import Session
from tui.app.settings import Settings

OfProject = Callable[[QueueEntry, Schema], Screen[None]]
"""Makes a screen of a project and its labels."""


class Host(Display, Protocol):
    """`journey` is the session of who is signed in; `raw` shows mathematics as it was written."""

    settings: Settings
    journey: Session | None
    raw: bool
    confirm: bool

    def numbers(self) -> tuple[str, bool]: ...

    def push_screen(self, screen: Screen[None]) -> object: ...

    def go(self, screen: Screen[None]) -> None: ...

    def enter(self, name: str, entry: QueueEntry | None, schema: Schema | None = None) -> None:
        """Enter a journey by one of its entrances, or say why not. `schema` are the project's labels, where known."""

    def offers(self, name: str, roles: Iterable[Role]) -> bool:
        """Whether an entrance of that name is for one of these roles."""

    async def labels_of(self, entry: QueueEntry) -> Schema | None: ...

    def show_of_project(self, make: OfProject, entry: QueueEntry, schema: Schema | None) -> None: ...

    def leave_work(self) -> None: ...

    def follow(self, notice: Notice) -> None: ...

    def try_credentials(self, credentials: Credentials) -> None: ...
