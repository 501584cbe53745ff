"""Solutions that are one text, split into steps."""

import re
from collections.abc import Callable, Mapping

NUMBERED = re.compile(r"^[ \t]*(\d{1,9})[.)][ \t]+", re.MULTILINE)
STEP = re.compile(
    r"^[ \t]*(?:#+[ \t]*)?(?:\*\*)?step[ \t]+(\d{1,9})[ \t]*[:.)-](?:\*\*)?[ \t]*", re.MULTILINE | re.IGNORECASE
)
BLANK = re.compile(r"\n[ \t]*\n")
SENTENCE = re.compile(r"""(?:(?<=[.!?])|(?<=[.!?]["')\]]))\s+(?=["'(\[]*(?:[$\\]|[^\W_a-z]))""")
"""White space after the end of a sentence, before what does not go on in small letters. Decimals have no space."""
ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|cf|vs|Fig|Eq|Eqs|No|Dr|Mr|Mrs|Ms|Prof|Art|approx)\.$", re.IGNORECASE)


def _at_markers(marker: re.Pattern[str], text: str) -> list[str]:
    """The texts behind markers that count 1, 2, 3, ...; other numbers are part of a step. What is before 1 is one."""
    starts = list[re.Match[str]]()
    for found in marker.finditer(text):
        if int(found[1]) == len(starts) + 1:
            starts.append(found)
    if not starts:
        return [text]
    ends = [found.start() for found in starts[1:]] + [len(text)]
    steps = [text[found.end() : end] for found, end in zip(starts, ends, strict=True)]
    return [text[: starts[0].start()], *steps]


def numbered(text: str) -> list[str]:
    return _at_markers(NUMBERED, text)


def headed(text: str) -> list[str]:
    return _at_markers(STEP, text)


def blank_lines(text: str) -> list[str]:
    return BLANK.split(text)


def lines(text: str) -> list[str]:
    return text.split("\n")


def sentences(text: str) -> list[str]:
    """Ends of sentences as punctuation shows them; after a few common abbreviations a sentence goes on."""
    found = list[str]()
    for part in SENTENCE.split(text):
        if found and ABBREVIATION.search(found[-1]):
            found[-1] += f" {part}"
        else:
            found.append(part)
    return found


SPLITS: Mapping[str, Callable[[str], list[str]]] = {
    "step": headed, "numbered": numbered, "blank": blank_lines, "lines": lines, "sentences": sentences,
}  # fmt: skip
"""By `Step 1:`, by numbers in front of lines, at blank lines, at every line, at ends of sentences."""


def split(text: str, how: str) -> list[str]:
    """The steps, without white space around them; blank ones are left out. Markers `Step 1:` and `1.` are cut."""
    return [step.strip() for step in SPLITS[how](text.replace("\r\n", "\n")) if step.strip()]


def recognise(text: str) -> str:
    """The first split of SPLITS that gives more than one step; `sentences` where none does."""
    return next((how for how in SPLITS if len(split(text, how)) > 1), "sentences")
