"""What goes into an alteration and what comes out of it."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from cotlab.domain.text import digest
from cotlab.domain.traces.records import Change

Edit = tuple[int, int, str]
"""Start and stop of a stretch of the text (code points), and what stands there afterwards."""


@dataclass(frozen=True, slots=True)
class StepToAlter:
    """A correct step, and the texts of the steps before it, oldest first."""

    text: str
    previous: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Altered:
    """A step after an alteration. `changes` are in the order of the text, and do not overlap."""

    text: str
    changes: tuple[Change, ...]

    @property
    def original(self) -> str:
        """The step before the alteration."""
        text = self.text
        for change in reversed(self.changes):
            text = text[: change.start] + change.was + text[change.stop :]
        return text

    def before(self) -> list[tuple[int, int]]:
        """Where what was changed stood in the original: start and stop of each change."""
        found, shift = [], 0
        for change in self.changes:
            start = change.start - shift
            found.append((start, start + len(change.was)))
            shift += change.stop - change.start - len(change.was)
        return found


class Meant(Protocol):
    """What an alteration is meant to make of a step: `label` is what people are to say of it, `kinds` the kinds of
    claims of the checks (cotlab.checks; None: all) that read what is changed: where such a claim held, it has to be
    refuted afterwards.
    """

    @property
    def name(self) -> str: ...

    @property
    def label(self) -> str: ...

    @property
    def kinds(self) -> frozenset[str] | None: ...


class Way(Meant, Protocol):
    """A way to alter a step by a template."""

    def alterations(self, step: StepToAlter) -> Sequence[Altered]:
        """All that can be altered in this way, one at a time."""
        ...


def altered(text: str, edits: Iterable[Edit]) -> Altered:
    """A text after some edits, which do not overlap."""
    parts, changes, end, length = [], [], 0, 0
    for start, stop, new in sorted(edits):
        parts += [text[end:start], new]
        length += start - end
        changes.append(Change(start=length, stop=length + len(new), was=text[start:stop]))
        end, length = stop, length + len(new)
    return Altered("".join((*parts, text[end:])), tuple(changes))


def drawn(found: Sequence[Altered], seed: int, *names: str) -> list[Altered]:
    """Alterations in an order that the seed draws; those that change nothing are left out."""
    real = (one for one in found if one.text.strip() != one.original.strip())
    return sorted(real, key=lambda one: lot(seed, *names, one.text))


def lot(seed: int, *names: str) -> str:
    """A number drawn for some names, the same for the same seed."""
    return hashlib.sha256(f"{seed} {digest(names)}".encode()).hexdigest()
