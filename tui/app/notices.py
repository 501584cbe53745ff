"""What went wrong or is due, as three sentences: what happened, what to do, where the text is."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cotlab import __version__
from cotlab.client import ApiError
from tui.widgets.times import clock

Then = Literal["queue", "cases", "resume", "sign_in", "retry"]
Subject = Literal["trace", "case", "pair"]
"""What a refusal is about."""


@dataclass(frozen=True, slots=True)
class Notice:
    """`then` is where enter leads."""

    title: str
    happened: str
    todo: str
    then: Then = "queue"
    kept: Path | None = None


QUEUE = "Press enter for the queue, and go on with the next trace there."
TEXTS: dict[str, tuple[str, str, str, Then]] = {
    "lease-taken": (
        "This trace was handed to somebody else",
        "It was not worked on for longer than it is kept for one person, so it went to the next, or it has ended.",
        QUEUE, "queue",
    ),
    "not-signed-in": (
        "You are no longer signed in",
        "The server does not accept your token: it was revoked, it has expired, or it is not one of this server.",
        "Ask the lead for a new token, then press enter to sign in. What is unsent is sent after that.", "sign_in",
    ),
    "project-closed": (
        "The project is closed",
        "It takes no more work. What was committed before is kept by the server.",
        QUEUE, "queue",
    ),
    "no-guideline": (
        "No guideline is in force",
        "This project has no guideline version yet, so there is nothing to label by.",
        "The lead publishes one. Press enter for the queue.", "queue",
    ),
    "refused": (
        "Your roles do not allow this",
        "Your part in this project has changed, or was never that of an annotator.",
        "Ask the lead. Press enter for the queue.", "queue",
    ),
    "break-required": (
        "A break is due",
        "You have worked for as long as the project allows without one. What you committed is kept.",
        "Rest your eyes, then press enter to go on.", "resume",
    ),
    "other-version": (
        "The server is of another version",
        "",
        f"Install the same version here (this is cotlab-tui {__version__}) and start again. Press enter to try again.",
        "retry",
    ),
}  # fmt: skip


CASES = "Press enter for the list of cases."
CASE_TEXTS: dict[str, tuple[str, str, str, Then]] = {
    "lease-taken": (
        "This case was handed to somebody else",
        "It was not worked on for longer than it is kept for one person, or it is decided, or was handed on.",
        CASES, "cases",
    ),
    "refused": (
        "You cannot decide this",
        "",
        CASES, "cases",
    ),
}  # fmt: skip
PAIR_TEXTS: dict[str, tuple[str, str, str, Then]] = {
    "lease-taken": (
        "This pair was handed to somebody else",
        "It was not worked on for longer than it is kept for one person, so it went to the next, or it has ended.",
        "Press enter for the queue, and go on with the next pair there.", "queue",
    ),
}  # fmt: skip
OTHERWISE = {"case": CASE_TEXTS, "pair": PAIR_TEXTS}
"""Where a refusal reads otherwise on what is no trace."""


def notice_of(error: ApiError, kept: Path | None = None, about: Subject = "trace") -> Notice:
    """The notice for a refusal; an unknown one gives the server's own sentence."""
    texts = TEXTS | OTHERWISE.get(about, {})
    if error.slug in texts:
        title, happened, todo, then = texts[error.slug]
        return Notice(title, happened or _sentence(error.sentence), todo, then, kept)
    title = "The server refused this"
    if about == "case":
        return Notice(title, _sentence(error.sentence), CASES, "cases", kept)
    return Notice(title, _sentence(error.sentence), QUEUE, "queue", kept)


def break_notice(until: int, then: Then = "resume") -> Notice:
    """A break until `until` (microseconds UTC)."""
    title, happened, todo, _ = TEXTS["break-required"]
    return Notice(title, f"{happened} Nothing new is shown before {clock(until)}.", todo, then)


def withdrawn_notice(reason: str) -> Notice:
    return Notice(
        "This trace is no longer wanted", f"{_sentence(reason)} What you committed is kept by the server.", QUEUE
    )


def nothing_open(project: str) -> Notice:
    return Notice(
        "Nothing is open just now",
        f"{project} has no trace for you at the moment: all are done, or others are working on them.",
        "Press enter for the queue; go on there later, or with another project.",
    )


def nothing_to_write(project: str) -> Notice:
    return Notice(
        "No path is to be written just now",
        f"{project} asks for no path that you could write: others have what is asked for, or you gave it back.",
        "Press enter for the queue; go on there later, or with another project.",
    )


def not_open(project: str) -> Notice:
    return Notice(
        "Production waits for the pilot",
        f"In {project} a sample is labelled first, and nothing of it is left for you. The lead then opens the rest.",
        "Press enter for the queue; go on there later, or with another project.",
    )


def paused(project: str) -> Notice:
    return Notice(
        "What is left waits for the lead",
        f"In {project} people disagree too often on what is left, and the lead decides first how it goes on.",
        "Press enter for the queue; go on there later, or with another project.",
    )


def not_qualified(project: str) -> Notice:
    return Notice(
        "Calibration comes before what is left",
        f"In {project} what is left is of domains in which you are not qualified, or that are not open to anybody yet.",
        "Press enter for the queue; M there shows where you stand in each domain, and what is missing.",
    )


def already_open(folder: Path) -> Notice:
    return Notice(
        "Another terminal UI is open here",
        "You are signed in with it as the same person on this machine, and two would send your labels twice.",
        "Go on there, or leave it (ctrl+q) and press enter to try again.",
        "retry", folder,
    )  # fmt: skip


def version_sentence(server: str) -> str | None:
    """What to say of a server of version `server`; None where it is ours."""
    if server == __version__:
        return None
    return f"this is cotlab-tui {__version__} and the server is {server}: install cotlab {server} here"


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "?", "!")) else f"{text}."
