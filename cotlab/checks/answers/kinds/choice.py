"""Choices: (B), B, "B) ...", "Option B", \\text{(B)}; and several of them, "A and C"."""

import re

from cotlab.checks.answers.findings import Comparison, differ, doubtful, equal
from cotlab.checks.answers.plain import plain
from cotlab.checks.answers.stated import Stated

WORD = r"(?:(?:the\s+)?(?:options?|choices?|answers?|letters?)\s*:?\s*)?"
ONE = re.compile(rf"^{WORD}(?:\(([A-Ja-j])\)|([A-J])[).:]?)$", re.IGNORECASE)
WITH_TEXT = re.compile(rf"^{WORD}(?:\(([A-Ja-j])\)|([A-J])[).:])\s*(\S.*)$", re.DOTALL)
SEVERAL = re.compile(rf"^{WORD}\(?[A-J]\)?(?:\s*(?:,\s*and|,|and|&)\s*\(?[A-J]\)?)+$")
LETTER = re.compile(r"\b[A-J]\b")


class Choices:
    """The same letter or letters. Where both say the text of their choice too, the texts must not contradict it."""

    name = "choice"

    def compare(self, answer: Stated, reference: Stated) -> Comparison | None:
        one, two = _letters(answer.text), _letters(reference.text)
        if one is None or two is None:
            return None
        texts = [plain(found) for found in (one[1], two[1]) if found]
        agree = len(texts) < 2 or texts[0] == texts[1]
        said = f"{_said(one[0])} is {'' if one[0] == two[0] else 'not '}{_said(two[0])}"
        if one[0] == two[0]:
            return equal(said) if agree else doubtful(f"{said}, but beside the letter stands another text")
        if len(texts) == 2 and agree:
            return doubtful(f"{said}, but beside the letter stands the same text")
        return differ(said)


def _letters(text: str) -> tuple[frozenset[str], str] | None:
    """The letters of the choices, and the text beside one."""
    if found := ONE.match(text):
        if (found[1] or found[2]).islower() and "(" not in text:
            return None
        return frozenset((found[1] or found[2]).upper()), ""
    if found := WITH_TEXT.match(text):
        return frozenset((found[1] or found[2]).upper()), found[3]
    return (frozenset(LETTER.findall(text)), "") if SEVERAL.match(text) else None


def _said(letters: frozenset[str]) -> str:
    return " and ".join(f"({letter})" for letter in sorted(letters))
