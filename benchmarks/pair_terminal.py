"""What a person who compares two long responses waits for, beside a label key on the step screen of the same size.

The real `cotlab-tui` against the real server, as in benchmarks/terminal.py. Each response has 20,000 characters.
"""

import argparse
import re
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import world
from benchmarks.environment import describe, on_disk
from benchmarks.server import running
from benchmarks.tables import percentile, table
from benchmarks.terminal import CHOSEN, ENTER, SMALL, Terminal, terminal_ui
from cotlab.domain.traces.pairs import Pair, Response
from cotlab.domain.traces.records import Problem

LINES, WIDTH = 400, 50
"""Lines of a response, each of 50 characters with its end: 20,000."""
WIDE = (120, 40)
UNDERLINED = re.compile(rb"\x1b\[[0-9;]*\b4[;m]")
MARKER = re.compile(rb"n(\d{3}) ")
ALONG = (b"h", b"left better"), (b"h", b"left much better"), (b"l", b"left better"), (b"l", b"left slightly better")
"""Keys along the scale and back, and what each paints."""


@dataclass(frozen=True, slots=True)
class PairWaits:
    """Milliseconds from a key to what it paints."""

    label: list[float] = field(default_factory=list)
    moved: list[float] = field(default_factory=list)
    line: list[float] = field(default_factory=list)
    page: list[float] = field(default_factory=list)
    marked: list[float] = field(default_factory=list)
    behind: list[float] = field(default_factory=list)


def response(side: str) -> str:
    """Numbered lines, every fifth with a formula; in every tenth a word is another on each side."""
    lines = []
    for number in range(1, LINES + 1):
        formula = r"$x^2 \le 4$ " if number % 5 == 0 else ""
        words = f"n{number:03d} {side if number % 10 == 0 else 'and'} {formula}so it goes on and on and on and on"
        lines.append(words[: WIDTH - 1].ljust(WIDTH - 1, "."))
    return "\n".join(lines)


def measure(folder: Path, size: tuple[int, int], times: int) -> PairWaits:
    """Press each key that many times."""
    waits = PairWaits()
    _label(folder / "steps", size, times, waits)
    _compare(folder / "pairs", size, times, waits)
    return waits


def _label(folder: Path, size: tuple[int, int], times: int, waits: PairWaits) -> None:
    folder.mkdir(parents=True)
    place = world.make(folder, annotators=1)
    place.add_project("project", 1)
    with running(place.settings) as server, terminal_ui(server, place.tokens[0], folder, size) as terminal:
        terminal.wait(b"project")
        terminal.press(ENTER, shows=b"and 1:")
        for number in range(times):
            waits.label.append(terminal.press(b"12"[number % 2 : number % 2 + 1], shows=CHOSEN))


def _compare(folder: Path, size: tuple[int, int], times: int, waits: PairWaits) -> None:
    folder.mkdir(parents=True)
    place = world.make(folder, annotators=1)
    one, other = (Response(text=response(side)) for side in ("one", "other"))
    place.add_pairs("project", [Pair(problem=Problem(text="Which goes on?", domain="general"), responses=(one, other))])
    with running(place.settings) as server, terminal_ui(server, place.tokens[0], folder, size) as terminal:
        terminal.wait(b"project")
        terminal.press(ENTER, shows=b"correctness")
        terminal.rest()
        terminal.type(b"m")
        last = max(int(found) for found in MARKER.findall(terminal.wait(b"n001 ") + terminal.rest()))
        for _ in range(times):
            _scroll(terminal, last, waits)
        terminal.press(b"h", shows=b"left slightly better")
        for number in range(times):
            key, shows = ALONG[number % len(ALONG)]
            waits.moved.append(terminal.press(key, shows))
        for _ in range(max(2, times // 6)):
            waits.marked.append(terminal.press(b"w", UNDERLINED))
            _unmark(terminal)
            waits.behind.append(terminal.press(b"wy", shows="⚠ unsafe: left".encode()))
            terminal.wait(UNDERLINED)
            terminal.press(b"yyy", shows=b"no response is flagged")
            _unmark(terminal)


def _unmark(terminal: Terminal) -> None:
    """No marks, and the texts drawn otherwise, so that what is known of them is of no use."""
    terminal.press(b"w", shows=b"n001 ")
    terminal.press(b"m", shows=b"n001 ")


def _scroll(terminal: Terminal, last: int, waits: PairWaits) -> None:
    """A line down and up, and a page, with `last` lines on the screen; every line that moves is painted anew."""
    for key, back, by, times in ((b"j", b"k", 1, waits.line), (b"\x1b[6~", b"\x1b[5~", last - 1, waits.page)):
        times.append(terminal.press(key, shows=f"n{last + by:03d} ".encode()))
        times.append(terminal.press(back, shows=b"n001 "))


def report(waits: PairWaits, size: tuple[int, int]) -> str:
    base = percentile(waits.label, 0.5)
    rows = [
        (name, len(times), percentile(times, 0.5), percentile(times, 0.95), max(times), percentile(times, 0.5) / base)
        for name, times in (
            ("step: label key to its label", waits.label),
            ("pair: along the scale", waits.moved),
            ("pair: scroll a line", waits.line),
            ("pair: scroll a page", waits.page),
            ("pair: differences marked", waits.marked),
            ("pair: a flag while they are looked for", waits.behind),
        )
    ]
    head = (f"wait at {size[0]}x{size[1]}", "times", "p50 ms", "p95 ms", "longest ms", "of a label key")
    return table(head, rows)


def measured(folder: Path, times: int = 60) -> str:
    sizes = ((SMALL, "small"), (WIDE, "wide"))
    return "\n\n".join(report(measure(folder / name, size, times), size) for size, name in sizes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="a folder on a disk; else where temporary files lie")
    parser.add_argument("--times", type=int, default=60)
    given = parser.parse_args()
    with on_disk(given.folder) as folder:
        print(describe(folder), end="\n\n")
        print(measured(folder, given.times))


if __name__ == "__main__":
    main()
