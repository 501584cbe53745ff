"""What the application knows of a journey: how the queue leads into it, its state, and its screens."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from textual.screen import Screen

from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.people import LEADS, Role
from cotlab.domain.work.views import QueueEntry
from tui.app.host import Host, OfProject
from tui.app.session import State
from tui.app.work.open_work import OpenWork
from tui.app.work.screen import WorkScreen

D = TypeVar("D")
Enter = Callable[[Host, QueueEntry, Schema | None], None]
WhyNot = Callable[[QueueEntry], str]


def only(roles: frozenset[Role], sentence: str) -> WhyNot:
    """Keeps all others out, with a sentence."""
    return lambda entry: "" if roles & set(entry.roles) else sentence


def anybody(entry: QueueEntry) -> str:
    """Keeps nobody out."""
    return ""


WHO_LEADS = only(LEADS, "this is for the lead of a project, and you do not lead this one")


@dataclass(frozen=True, slots=True)
class Entrance:
    """A way from the marked project of the queue into a journey; `name` is the action's.

    It is offered to `roles`; `why_not` is a sentence for whom it is shut.
    """

    name: str
    roles: frozenset[Role]
    enter: Enter
    why_not: WhyNot = anybody


@dataclass(frozen=True, slots=True)
class Command:
    """What the queue can do of a journey without a project."""

    name: str
    run: Callable[[Host], None]


@dataclass(frozen=True, slots=True)
class Opening:
    """How a journey opens a destination of a type."""

    destination: type[Any]
    open: Callable[[Host, Any], None]


def opening(destination: type[D], show: Callable[[Host, D], None]) -> Opening:
    """The same, with both checked against each other."""
    return Opening(destination, show)


@dataclass(frozen=True, slots=True)
class Journey:
    """`screen_of` is the screen that open work needs, None where the work is another journey's."""

    name: str
    entrances: tuple[Entrance, ...] = ()
    commands: tuple[Command, ...] = ()
    openings: tuple[Opening, ...] = ()
    state: type[State] | None = None
    screen_of: Callable[[OpenWork], type[WorkScreen] | None] = lambda work: None


def of_entry(make: Callable[[QueueEntry], Screen[None]]) -> Enter:
    """Shows a screen of a project."""

    def enter(host: Host, entry: QueueEntry, schema: Schema | None) -> None:
        host.push_screen(make(entry))

    return enter


def of_labels(make: OfProject) -> Enter:
    """Shows a screen of a project that needs its labels, asked for where they are not known."""

    def enter(host: Host, entry: QueueEntry, schema: Schema | None) -> None:
        host.show_of_project(make, entry, schema)

    return enter


def why_no_labelling(entry: QueueEntry) -> str:
    """Why a project cannot be worked on; empty where it can."""
    if entry.closed:
        return "this project is closed: nothing more is handed out; t shows your labels"
    if not entry.ready:
        return "no guideline version is in force in this project yet: the lead publishes one"
    if Role.ANNOTATOR not in entry.roles:
        return "you are no annotator of this project"
    return ""
