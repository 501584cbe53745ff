"""Problems and solutions as people write them down: plain text, with a line of `===` between one and the next."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cotlab.exchange.readers.jsonl import dump_line
from cotlab.exchange.readers.step_splits import recognise, split

BETWEEN = re.compile(rb"^={3,}[ \t]*\r?\n?$")
PROBLEM = re.compile(r"\A[ \t]*(?:problem|question)[ \t]*:[ \t]*", re.IGNORECASE)
SOLUTION = re.compile(r"^[ \t]*(?:solution|reasoning)[ \t]*:[ \t]*", re.MULTILINE | re.IGNORECASE)
ANSWER = re.compile(r"^[ \t]*(?:final )?answer[ \t]*:[ \t]*(.+?)\s*\Z", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TextTrace:
    """A trace found in plain text: its first line in the file (from 1), and how its steps were split."""

    line: int
    problem: str
    steps: tuple[str, ...]
    final_answer: str | None
    how: str


def read_text(lines: Iterable[bytes], how: str | None = None) -> Iterator[TextTrace | tuple[int, bytes]]:
    """The traces of a text, in order; a block that is not UTF-8 or has no solution comes as its line and its bytes.

    A block is a problem, up to a line that begins with `Solution:` or else to the first blank line, and a solution. A
    last line `Answer: ...` is the final answer. `how` names the split; without it each solution decides.
    """
    for line, block in _blocks(lines):
        yield _trace(line, block, how) or (line, block)


def _blocks(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    first, block = 1, list[bytes]()
    for number, line in enumerate(lines, start=1):
        if BETWEEN.match(line):
            if b"".join(block).strip():
                yield first, b"".join(block)
            first, block = number + 1, []
        else:
            block.append(line)
    if b"".join(block).strip():
        yield first, b"".join(block)


def _trace(line: int, block: bytes, how: str | None) -> TextTrace | None:
    try:
        text = block.decode("utf-8-sig").replace("\r\n", "\n").strip()
    except UnicodeDecodeError:
        return None
    text = PROBLEM.sub("", text, count=1)
    if heading := SOLUTION.search(text):
        problem, solution = text[: heading.start()], text[heading.end() :]
    else:
        problem, _, solution = text.partition("\n\n")
    answer = ANSWER.search(solution)
    if answer:
        solution = solution[: answer.start()]
    if not problem.strip() or not solution.strip():
        return None
    chosen = how or recognise(solution)
    return TextTrace(line, problem.strip(), tuple(split(solution, chosen)), answer and answer[1], chosen)


def as_line(trace: TextTrace) -> bytes:
    """The trace as a line of the native format."""
    steps = [{"text": step} for step in trace.steps]
    return dump_line({"problem": {"text": trace.problem}, "steps": steps, "final_answer": trace.final_answer})
