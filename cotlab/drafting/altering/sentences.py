"""Clauses of a step, where they can be told apart by their punctuation alone."""

import re

OPENERS = {
    "the", "it", "this", "that", "these", "those", "there", "so", "since", "because", "if", "when", "then", "each",
    "every", "all", "both", "his", "her", "its", "their", "he", "she", "they", "we", "a", "an", "in", "on", "at",
    "for", "one", "no", "any", "some",
}  # fmt: skip
"""Words that are written small within a sentence."""
_WORD = re.compile(r"[^\W\d_]+")


def whole(text: str) -> bool:
    """Whether a piece has all its brackets, quotes and mathematics in itself."""
    pairs = all(text.count(one) == text.count(other) for one, other in ("()", "[]", "{}", "“”"))
    ends = text.count("<<") == text.count(">>") and text.count(r"\(") == text.count(r"\)")
    return pairs and ends and text.count('"') % 2 == 0 and text.replace(r"\$", "").count("$") % 2 == 0


def small(text: str) -> str:
    """A clause as it stands within a sentence."""
    word = _WORD.match(text)
    return text[0].lower() + text[1:] if word and word[0].lower() in OPENERS else text


def capital(text: str) -> str:
    """A clause as it stands at the beginning of a sentence."""
    return text[:1].upper() + text[1:]
