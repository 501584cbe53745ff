"""Text of the data on its way to the screen: exact, never read as markup, never able to steer the terminal."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise, zip_longest

from textual.content import Content

from tui.mathematics import readable, replacements

Span = tuple[int, int]
"""A part of a text of the data: code points, the end exclusive."""
_WORD = re.compile(r"\S+")


def visible(text: str) -> str:
    """`text` with control characters as their pictures; line ends and tabs stay."""
    return "".join(_picture(character) for character in text.replace("\r\n", "\n"))


def _picture(character: str) -> str:
    code = ord(character)
    if character in "\n\t":
        return character
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    return f"\\x{code:02x}" if 0x80 <= code < 0xA0 else character


def shown(text: str, raw: bool = False) -> Content:
    """What the screen shows of a text of the data, mathematics rendered unless `raw`."""
    return Content(visible(text if raw else readable(text)))


def one_line(text: str, raw: bool = False) -> str:
    """The same on one line, for lists and folded steps."""
    return " ".join(visible(text if raw else readable(text)).split())


def marked(text: str, spans: Sequence[Span], raw: bool = False, style: str = "underline") -> Content:
    """What `shown` shows, with spans of the text marked; a formula that a span touches is marked whole."""
    parts = ((said, there) for said, there in _parts(text, _merged(spans), raw) if said)
    return Content.assemble(*((said, style) if there else said for said, there in parts))


def _merged(spans: Iterable[Span]) -> list[Span]:
    """The same places as spans that do not overlap, from left to right."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return merged


def _parts(text: str, spans: Sequence[Span], raw: bool) -> Iterator[tuple[str, bool]]:
    """The text as it is shown, cut where spans begin and end; whether a span is there."""
    edges = [edge for span in spans for edge in span]
    at = 0
    for start, end, said in (*(() if raw else replacements(text)), (len(text), len(text), "")):
        cuts = [at, *edges[bisect_right(edges, at) : bisect_left(edges, start)], start]
        yield from ((visible(text[one:two]), _touches(edges, one, two)) for one, two in pairwise(cuts))
        yield visible(said), _touches(edges, start, end)
        at = end


def _touches(edges: Sequence[int], start: int, end: int) -> bool:
    """Whether a span lies in text[start:end]: one begins there, or goes on there."""
    first = bisect_right(edges, start)
    return start < end and (first % 2 == 1 or (first < len(edges) and edges[first] < end))


def on_one_line(content: Content, width: int) -> Content:
    """As many words of a content as can stand on a line, with one blank between them."""
    plain, parts = content.plain, list[Content]()
    for found in islice(_WORD.finditer(plain), width // 2 + 1):
        parts.append(content[found.start() : found.end()])
        blank = plain[found.end() : found.end() + 1]
        parts.append(content[found.end() : found.end() + 1] if blank == " " else Content(" "))
    return Content("").join(parts[:-1])


def counted(count: int, word: str) -> str:
    """`1 rule`, `2 rules`."""
    return f"{count} {word}{'' if count == 1 else 's'}"


def percent(share: float) -> str:
    """`75.0 %`."""
    return f"{100 * share:.1f} %"


def cut(content: Content, width: int) -> Content:
    """One line of at most `width` cells, with an ellipsis where something is cut."""
    return content if content.cell_length <= width else content.truncate(width, ellipsis=True)


def hanging(first: Content | str, text: Content, width: int) -> list[Content]:
    """The lines of `text` beside `first`, at most `width` cells wide together."""
    mark = Content(first) if isinstance(first, str) else first
    indent = Content(" " * mark.cell_length)
    lines = text.wrap(max(1, width - mark.cell_length)) or [Content()]
    return [Content.assemble(mark if at == 0 else indent, line) for at, line in enumerate(lines)]


def beside(left: list[Content], right: list[Content], width: int, gap: int = 3) -> list[Content]:
    """Two columns of lines, the left one `width` cells wide."""
    rows = zip_longest(left, right, fillvalue=Content())
    return [Content.assemble(one, " " * (max(0, width - one.cell_length) + gap), other) for one, other in rows]
