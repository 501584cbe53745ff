"""The real program in a terminal of its own, killed at any moment: nothing committed or half written is lost."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tui.fakes.server import FakeServer, FakeTrace

pytestmark = pytest.mark.slow

COLOUR = re.compile(rb"\x1b\[[0-9;]*m")
MOVES = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")
WITHIN = 60.0
"""Seconds in which what is to come has come."""


class Terminal:
    """`cotlab-tui` in a pseudo terminal of 80 x 24."""

    def __init__(self, address: str, folder: Path, **environment: str) -> None:
        own, other = pty.openpty()
        import fcntl
        import struct
        import termios

        fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self._terminal = own
        self.bytes = b""
        known = {
            "PATH": os.environ["PATH"], "HOME": str(folder), "TERM": "xterm-256color", "LANG": "C.UTF-8",
            "COTLAB_SERVER": address, "COTLAB_TOKEN": "cot_good", "COTLAB_STATE": str(folder / "state"),
            "COTLAB_CREDENTIALS": str(folder / "credentials.json"),
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tui.main"], stdin=other, stdout=other, stderr=other, env=known | environment,
            cwd=Path(__file__).parents[3], start_new_session=True,
        )  # fmt: skip
        os.close(other)

    def read(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if select.select([self._terminal], [], [], 0.05)[0]:
                self.bytes += os.read(self._terminal, 65536)

    def wait(self, condition: Callable[[], object]) -> None:
        """Read what is painted until something is so."""
        end = time.monotonic() + WITHIN
        while not condition():
            assert time.monotonic() < end and self.process.poll() is None, self.bytes[-2000:]
            self.read(0.1)

    def until(self, *words: str) -> None:
        """Wait until all words have been painted since the last call."""
        self.wait(lambda: all(word.encode() in MOVES.sub(b"", self.bytes) for word in words))
        self.bytes = b""

    def type(self, keys: str) -> None:
        os.write(self._terminal, keys.encode())

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(WITHIN)
        os.close(self._terminal)


def on_disk(folder: Path, *words: str) -> bool:
    """Whether a draft there holds all words."""
    drafts = [path.read_text() for path in folder.glob("state/*/drafts/*.json")]
    return any(all(word in draft for word in words) for draft in drafts)


def unsent(folder: Path) -> list[Path]:
    return list(folder.glob("state/*/waiting/*.json"))


def test_killed_in_the_middle_of_a_reason(server: FakeServer, address: str, tmp_path: Path) -> None:
    first = Terminal(address, tmp_path)
    first.until("algebra-pilot")
    first.type("\r")
    first.until("Let t be")
    first.type("1\r")
    first.until("The first train has")
    first.type("3half a rea")
    first.wait(lambda: on_disk(tmp_path, "half a rea"))
    first.kill()
    second = Terminal(address, tmp_path)
    second.until("algebra-pilot")
    second.type("\r")
    second.until("half a rea")
    second.type("rson\r")  # r opens the reason, the rest is its end
    second.until("The second train")
    second.kill()
    labels = server.assignments["a1"].labels
    assert [rows[0]["label"] for rows in labels.values()] == ["correct", "incorrect"]
    assert labels[2][0]["rationale"] == "half a reason"


def test_killed_with_a_kind_a_citation_and_a_size(server: FakeServer, address: str, tmp_path: Path) -> None:
    first = Terminal(address, tmp_path)
    first.until("algebra-pilot")
    first.type("\r")
    first.until("Let t be")
    first.type("zgm7\r")
    first.until("cites M7")
    first.type("4.1")
    first.wait(lambda: on_disk(tmp_path, "skipped-step", "too_coarse", "M7"))
    first.kill()
    second = Terminal(address, tmp_path)
    second.until("algebra-pilot")
    second.type("\r")
    second.until("skipped-step", "too coarse", "cites M7")
    second.type("\r")
    second.until("The first train has")
    second.kill()
    (row,) = server.assignments["a1"].labels[1]
    assert (row["label"], row["step_size"]) == ("skipped-step", "too_coarse")
    assert [one["name"] for one in row["citations"]] == ["M7"]


def test_killed_in_the_middle_of_a_question_and_while_it_is_unsent(
    server: FakeServer, address: str, tmp_path: Path
) -> None:
    first = Terminal(address, tmp_path)
    first.until("algebra-pilot")
    first.type("\r")
    first.until("Let t be")
    first.type("nhalf a ques")
    first.wait(lambda: on_disk(tmp_path, "half a ques"))
    first.kill()
    second = Terminal(address, tmp_path)
    second.until("algebra-pilot")
    second.type("\r")
    second.until("Let t be")
    server.refuse = (503, "unavailable", "The database cannot be written just now.")
    second.type("n")
    second.until("half a ques")
    second.type("tion\x13")  # ctrl+s sends
    second.until("1 unsent")
    second.kill()
    assert not server.asked
    server.refuse = None
    third = Terminal(address, tmp_path)
    third.wait(lambda: server.asked)
    third.kill()
    assert server.asked == [{"text": "half a question", "position": 1, "assignments": "a1"}]


def test_killed_while_a_label_is_unsent(server: FakeServer, address: str, tmp_path: Path) -> None:
    first = Terminal(address, tmp_path)
    first.until("algebra-pilot")
    first.type("\r")
    first.until("Let t be")
    server.refuse = (503, "unavailable", "The database cannot be written just now.")
    first.type("4\r")
    first.until("1 unsent")
    first.kill()
    assert server.assignments["a1"].labels == {}
    server.refuse = None
    second = Terminal(address, tmp_path)
    second.until("algebra-pilot", "1 today")
    second.type("\r")
    second.until("The first train has")
    second.kill()
    assert [row["label"] for row in server.assignments["a1"].labels[1]] == ["incomplete"]


def test_killed_right_after_enter_again_and_again(server: FakeServer, address: str, tmp_path: Path) -> None:
    """Whatever the disk has when the program dies, the server has each step once at the end."""
    server.traces = [FakeTrace("Read.", [f"Line {at}." for at in range(1, 8)])]
    for pause in (0.0, 0.01, 0.03, 0.1):
        terminal = Terminal(address, tmp_path)
        terminal.until("algebra-pilot")
        terminal.type("\r")
        terminal.until("Line ")
        terminal.type("1\r")
        time.sleep(pause)
        terminal.kill()
    last = Terminal(address, tmp_path)
    last.until("algebra-pilot")
    last.type("\r")
    last.until("Line ")
    last.type("1\r")
    last.wait(lambda: server.assignments["a1"].labels and not unsent(tmp_path))
    last.kill()
    labels = server.assignments["a1"].labels
    assert all(len(rows) == 1 for rows in labels.values())
    assert list(labels) == list(range(1, len(labels) + 1))


def test_no_color_sends_no_colours(server: FakeServer, address: str, tmp_path: Path) -> None:
    terminal = Terminal(address, tmp_path, NO_COLOR="1")
    terminal.wait(lambda: b"algebra-pilot" in terminal.bytes)
    terminal.kill()
    codes = {code for found in COLOUR.findall(terminal.bytes) for code in re.findall(rb"\d+", found)}
    assert not codes & {str(code).encode() for code in (*range(30, 39), *range(40, 49), *range(90, 98))}, codes


def test_a_terminal_that_goes_away_ends_the_program(address: str, tmp_path: Path) -> None:
    terminal = Terminal(address, tmp_path)
    terminal.until("algebra-pilot")
    terminal.type("\r")
    terminal.until("Let t be")
    terminal.type("3half a rea")
    terminal.until("half a rea")
    os.close(terminal._terminal)
    assert terminal.process.wait(WITHIN) == 129, "it would spin for ever, since reading gives nothing at once"
    again = Terminal(address, tmp_path)
    again.until("algebra-pilot")
    again.type("\r")
    again.until("half a rea")
    again.kill()
