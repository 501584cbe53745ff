"""Two texts, word by word: an old and a new rule part by part, and what differs between two responses."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import zip_longest

from textual.content import Content

from cotlab.domain.guidelines.rules import Rule
from tui.widgets.rules import COLUMN, WIDE
from tui.widgets.text import Span, beside, hanging, visible

Pair = tuple[Content, Content]
LONGEST = 200_000
"""Code points of two texts together that are compared by word."""
MANY = 2_000
"""Words of a text from which those that stand everywhere are no place to begin at."""
_WORD = re.compile(r"\w+(?:[.,'’]\w+)*|[^\w\s]")


def parts(rule: Rule | None) -> list[str]:
    """Title, domains, decision, default and each example, as they were written."""
    if rule is None:
        return []
    domains = f"for {', '.join(rule.domains)}" if rule.domains else ""
    doubt = f"in doubt: {rule.doubt}" if rule.doubt else ""
    examples = [f"{one.kind}: {one.text} This is `{one.label}` ({one.reason})." for one in rule.examples]
    found = [f"{rule.id}  {rule.title}", domains, *rule.decision.split("\n\n"), doubt, *examples]
    return [visible(part) for part in found if part]


def compared(old: Rule | None, new: Rule | None) -> list[Pair]:
    """The parts of both beside each other; one that is empty is not there on its side."""
    before, now = parts(old), parts(new)
    pairs: list[Pair] = []
    for kind, *ends in SequenceMatcher(None, before, now, autojunk=False).get_opcodes():
        was, is_ = before[ends[0] : ends[1]], now[ends[2] : ends[3]]
        both = [(Content(part), Content(part)) for part in was] if kind == "equal" else None
        pairs += both or [_words(*pair) for pair in zip_longest(was, is_, fillvalue="")]
    return pairs


def differing(one: str, other: str) -> tuple[list[Span], list[Span]]:
    """Where the words of one text are not in the other, in code points of each; blanks between such words are of them.

    Raises ValueError where the texts are too long for it.
    """
    if len(one) + len(other) > LONGEST:
        raise ValueError(f"these are too long to be compared by word ({LONGEST:,} characters at most)")
    left, right = (list(_WORD.finditer(text)) for text in (one, other))
    words = [found[0] for found in left], [found[0] for found in right]
    matcher = SequenceMatcher(None, *words, autojunk=len(right) > MANY)
    ours: list[Span] = []
    theirs: list[Span] = []
    for kind, *ends in matcher.get_opcodes():
        if kind != "equal":
            ours += _span(left[ends[0] : ends[1]])
            theirs += _span(right[ends[2] : ends[3]])
    return ours, theirs


def _span(words: Sequence[re.Match[str]]) -> list[Span]:
    return [(words[0].start(), words[-1].end())] if words else []


def _words(old: str, new: str) -> Pair:
    """Both texts, with the words struck out that went and those underlined that came."""
    before, now = (re.findall(r"\s+|\S+", text) for text in (old, new))
    if not old or not new:
        return Content(old), Content(new)
    gone: list[str | tuple[str, str]] = []
    come: list[str | tuple[str, str]] = []
    for kind, *ends in SequenceMatcher(None, before, now, autojunk=False).get_opcodes():
        was, is_ = "".join(before[ends[0] : ends[1]]), "".join(now[ends[2] : ends[3]])
        gone.append(was if kind == "equal" else (was, "strike"))
        come.append(is_ if kind == "equal" else (is_, "bold underline"))
    return Content.assemble(*filter(_filled, gone)), Content.assemble(*filter(_filled, come))


def _filled(part: str | tuple[str, str]) -> bool:
    return bool(part if isinstance(part, str) else part[0])


def lines_of(pairs: list[Pair], width: int) -> list[Content]:
    """Side by side where there is room; else one above the other, and what stands only once."""
    if width < WIDE:
        return [line for pair in pairs for line in (*_stacked(pair, min(width, COLUMN)), Content())]
    column = min(COLUMN, (width - 3) // 2)
    title = [Content.styled(f"{word:<{column}}", "bold underline") for word in ("before", "now")]
    lines = [*beside(title[:1], title[1:], column), Content()]
    for pair in pairs:
        left, right = (part.wrap(column) for part in pair)
        lines += [*beside(left, right, column), Content()]
    return lines


def _stacked(pair: Pair, width: int) -> list[Content]:
    old, new = pair
    if old.plain == new.plain:
        return Content.styled(old.plain, "dim").wrap(width)
    before = hanging(Content.styled("before  ", "bold"), old, width) if old.plain else []
    return before + (hanging(Content.styled("now     ", "bold"), new, width) if new.plain else [])
