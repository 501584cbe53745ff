"""The lines of a gold file: traces with a verified label for each step, pairs with a verified choice, each with why."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cotlab.domain.text import MAX_TEXT
from cotlab.domain.traces.pairs import Pair
from cotlab.domain.traces.records import Trace
from cotlab.exchange.readers.jsonl import BYTE_ORDER_MARK, Good, dump_line, parse
from cotlab.exchange.readers.records import RecordError

JUSTIFICATIONS = "justifications"
"""What may stand in a record beside what its format holds: a list of one text a step; of a pair an object with a text
for `overall` and for criteria, or a text for the overall choice alone.
"""
OVERALL = "overall"


@dataclass(frozen=True, slots=True)
class Word:
    """A verified label by the words of its file, the most exact first, and its justification. `field` is its place."""

    field: str
    words: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Verified:
    """A trace or a pair of a file with what is verified of it: a word a step, or the overall choice; and criteria."""

    item: Trace | Pair
    labels: Sequence[Word]
    criteria: Mapping[str, Word] = field(default_factory=dict)


@dataclass(slots=True)
class Lines:
    """The lines of a file as they pass by: the last one as it stood, and the justifications taken out of it."""

    lines: Iterable[bytes]
    raw: bytes = b""
    justifications: object = None

    def __iter__(self) -> Iterator[bytes]:
        for line in self.lines:
            self.raw, self.justifications = line.rstrip(b"\r\n"), None
            yield self._without(line) if JUSTIFICATIONS.encode() in line else line

    def _without(self, line: bytes) -> bytes:
        try:
            record = dict(parse(line.removeprefix(BYTE_ORDER_MARK).strip()))
        except RecordError:
            return line
        self.justifications = record.pop(JUSTIFICATIONS, None)
        return line if self.justifications is None else dump_line(record)


def verified_in(line: Good, justifications: object, source: str | None) -> list[Verified]:
    """What a line holds, with the labels of `source` (None: the only one). Raises RecordError."""
    items: list[Trace | Pair] = [*line.traces, *line.pairs]
    if justifications is not None and len(items) != 1:
        raise RecordError(JUSTIFICATIONS, f"the line holds {len(items)} traces, and the texts are those of one")
    return [
        _of_trace(one, justifications, source) if isinstance(one, Trace) else _of_pair(one, justifications, source)
        for one in items
    ]


def _of_trace(trace: Trace, justifications: object, source: str | None) -> Verified:
    sources = sorted({label.source for step in trace.steps for label in step.labels})
    if source is None and len(sources) > 1:
        raise RecordError("steps", f"there are labels of {', '.join(sources)}; source says whose are verified")
    texts = _texts(justifications, len(trace.steps))
    steps = []
    for place, step in enumerate(trace.steps):
        own = [label for label in step.labels if source in (None, label.source)]
        if len(own) != 1:
            whose = f" of {source}" if source else ""
            raise RecordError(f"steps.{place}", f"it has {len(own) or 'no'} labels{whose}, where one is verified")
        why = texts[place] or own[0].rationale
        if why is None or not why.strip():
            raise RecordError(f"steps.{place}", f"no justification: a rationale, or one of {JUSTIFICATIONS}, is needed")
        words = tuple(word for word in (own[0].kind, own[0].value) if word)
        steps.append(Word(f"steps.{place}", words, why))
    return Verified(trace, steps)


def _of_pair(pair: Pair, justifications: object, source: str | None) -> Verified:
    own = [label for label in pair.labels if source in (None, label.source)]
    if len(own) != 1:
        whose = f" of {source}" if source else ""
        sources = ", ".join(sorted({label.source for label in own}))
        hint = f" ({sources}); source says whose is verified" if len(own) > 1 and not source else ""
        raise RecordError("labels", f"it has {len(own) or 'no'} choices{whose}, where one is verified{hint}")
    texts = _texts_of_pair(justifications, own[0].criteria.keys())
    why = texts.get(OVERALL) or own[0].rationale
    if why is None or not why.strip():
        raise RecordError("labels", f"no justification: a rationale, or {OVERALL} of {JUSTIFICATIONS}, is needed")
    criteria = {}
    for name, choice in own[0].criteria.items():
        if not texts.get(name, "").strip():
            raise RecordError(f"criteria.{name}", f"no justification: {JUSTIFICATIONS} needs a text for it")
        criteria[name] = Word(f"criteria.{name}", (choice,), texts[name])
    return Verified(pair, [Word("labels", (own[0].overall,), why)], criteria)


def _texts_of_pair(justifications: object, criteria: Iterable[str]) -> dict[str, str]:
    """The justifications of a pair's record, by `overall` and criterion."""
    found = {OVERALL: justifications} if isinstance(justifications, str) else justifications or {}
    if not isinstance(found, dict) or any(not isinstance(one, str) for one in found.values()):
        raise RecordError(JUSTIFICATIONS, f"of a pair it is an object of texts, for {OVERALL} and for criteria")
    if unknown := sorted(found.keys() - {OVERALL, *criteria}):
        raise RecordError(f"{JUSTIFICATIONS}.{unknown[0]}", "no choice on such a criterion is verified here")
    if any(len(one) > MAX_TEXT for one in found.values()):
        raise RecordError(JUSTIFICATIONS, f"a text is longer than {MAX_TEXT} characters")
    return found


def _texts(justifications: object, steps: int) -> list[str | None]:
    """The justifications of a record, one a step; none where the record has none."""
    if justifications is None:
        return [None] * steps
    if not isinstance(justifications, list) or any(not isinstance(one, str | None) for one in justifications):
        raise RecordError(JUSTIFICATIONS, "it is a list of texts, one a step")
    if len(justifications) != steps:
        raise RecordError(JUSTIFICATIONS, f"there are {len(justifications)} texts for {steps} steps")
    if any(len(one or "") > MAX_TEXT for one in justifications):
        raise RecordError(JUSTIFICATIONS, f"a text is longer than {MAX_TEXT} characters")
    return justifications
