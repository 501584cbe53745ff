"""Gold from files: traces of every format that is read, with a verified label and its justification for each step."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from cotlab.domain.errors import BadInput
from cotlab.domain.gold import GoldOrigin, GoldReport
from cotlab.domain.projects import BrokenLine
from cotlab.domain.staleness import InForce, Timeline
from cotlab.domain.text import MAX_TEXT
from cotlab.domain.traces import SourceLabel, Trace
from cotlab.exchange.jsonl import BYTE_ORDER_MARK, Broken, Good, dump_line, parse, read_traces
from cotlab.exchange.records import RecordError
from cotlab.services.gold import add_gold, verified
from cotlab.services.importing import STEPS_A_BATCH, add_batch, name_sources, source_names
from cotlab.services.projects import open_project
from cotlab.storage import gold as stored
from cotlab.storage import projects
from cotlab.storage.database import SERVER, Db, Reading, Store

JUSTIFICATIONS = "justifications"
"""A list that may stand in a record beside what its format holds: one text a step."""


@dataclass(frozen=True, slots=True)
class GoldOrder:
    """Which labels of a file are the verified ones: those of `source` (None: the only one), under other `names`."""

    format: str | None = None
    source: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)


def label_names(text: str | None) -> dict[str, str]:
    """`1=correct,0=redundant` as a mapping. Raises BadInput."""
    found: dict[str, str] = {}
    for part in text.split(",") if text else ():
        word, _, label = (piece.strip() for piece in part.partition("="))
        if not word or not label or word in found:
            raise BadInput(f"map: {part!r} is not WORD=LABEL for a word of its own")
        found[word] = label
    return found


@dataclass(frozen=True, slots=True)
class _Verified:
    """A trace of a file with the verified label of each step, by the file's words, and its justification."""

    trace: Trace
    steps: Sequence[tuple[SourceLabel, str]]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that was read, as it stood and as it holds verified traces."""

    number: int
    raw: bytes
    traces: Sequence[_Verified]


@dataclass(slots=True)
class _Lines:
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


@dataclass(slots=True)
class _Done:
    format: str = ""
    lines: int = 0
    items: int = 0
    steps: int = 0
    duplicates: int = 0
    broken: list[Broken] = field(default_factory=list)

    def add(self, other: "_Done") -> None:
        self.items += other.items
        self.steps += other.steps
        self.duplicates += other.duplicates
        self.broken += other.broken

    def report(self, first_line: int) -> GoldReport:
        broken = (
            BrokenLine(line=one.line_number + first_line - 1, field=one.field or "", why=one.why)
            for one in self.broken
        )  # fmt: skip
        return GoldReport(
            format=self.format, lines=self.lines, items=self.items, steps=self.steps, duplicates=self.duplicates,
            broken=tuple(broken),
        )  # fmt: skip


def import_gold(
    store: Store, by: str, project_id: str, lines: Iterable[bytes], order: GoldOrder,
    reject: Callable[[Broken], None] = lambda _: None, first_line: int = 1,
) -> GoldReport:  # fmt: skip
    """Make gold of the traces in a file (JSON lines), each with its labels in one write or not at all.

    Good lines are kept, and `reject` is called for each broken one. `first_line` is the number that the first line has
    in its file. Raises BadInput where no format reads the file, NotFound and ProjectClosed.
    """
    done, sources = _Done(), dict[str, str]()
    for batch in _batches(_read(lines, order, done)):
        new = source_names([one.trace for line in batch for one in line.traces]) - sources.keys()
        if new:
            sources |= store.write(SERVER, partial(name_sources, by=by, names=new))
        job = partial(_add, by=by, project_id=project_id, batch=batch, names=order.names, sources=sources)
        done.add(store.write(project_id, job))
    done.broken.sort(key=lambda one: one.line_number)
    for one in done.broken:
        reject(one)
    return done.report(first_line)


def _read(lines: Iterable[bytes], order: GoldOrder, done: _Done) -> Iterator[_Line]:
    """The lines that hold verified traces; the others are counted among the broken."""
    passing = _Lines(lines)
    for line in read_traces(passing, order.format):
        done.lines += 1
        if isinstance(line, Broken):
            done.broken.append(line)
            continue
        done.format = line.format
        try:
            yield _Line(line.line_number, passing.raw, _verified(line, passing.justifications, order.source))
        except RecordError as error:
            done.broken.append(Broken(line.line_number, error.field, error.why, passing.raw))


def _batches(lines: Iterable[_Line]) -> Iterator[list[_Line]]:
    """Lists of lines with about STEPS_A_BATCH steps."""
    batch: list[_Line] = []
    steps = 0
    for line in lines:
        batch.append(line)
        steps += sum(len(one.steps) for one in line.traces)
        if steps >= STEPS_A_BATCH:
            yield batch
            batch, steps = [], 0
    if batch:
        yield batch


def _verified(line: Good, justifications: object, source: str | None) -> list[_Verified]:
    if line.pairs:
        raise RecordError("responses", "gold is made of traces, and this is a pair")
    if justifications is not None and len(line.traces) != 1:
        raise RecordError(JUSTIFICATIONS, f"the line holds {len(line.traces)} traces, and the texts are those of one")
    return [_of_trace(trace, justifications, source) for trace in line.traces]


def _of_trace(trace: Trace, justifications: object, source: str | None) -> _Verified:
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
        steps.append((own[0], why))
    return _Verified(trace, steps)


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


def _add(
    db: Db, by: str, project_id: str, batch: Sequence[_Line], names: Mapping[str, str], sources: Mapping[str, str]
) -> _Done:
    """Add what can become gold of some lines, with its traces where they are new."""
    open_project(db, project_id)
    timeline, done = projects.timeline(db, project_id), _Done()
    fit: dict[str, _Fit] = {}
    for line in batch:
        try:
            found = [_fit(db, project_id, timeline, one, names) for one in line.traces]
        except RecordError as error:
            done.broken.append(Broken(line.number, error.field, error.why, line.raw))
            continue
        done.duplicates += sum(one.duplicate or one.content in fit for one in found)
        fit |= {one.content: one for one in found if not one.duplicate and one.content not in fit}
    new = [one.trace for one in fit.values() if one.item_id is None]
    rows = add_batch(db, by, project_id, new, sources, queued=False)
    ids = {content: trace_id for trace_id, _, _, content, *_ in rows.traces}
    for content, one in fit.items():
        item_id = one.item_id or str(ids[content])
        add_gold(db, by, project_id, item_id, GoldOrigin.IMPORTED, one.version_id, one.labels)
        done.items += 1
        done.steps += len(one.labels)
    return done


@dataclass(frozen=True, slots=True)
class _Fit:
    """What becomes gold: position -> label and justification. `item_id` is None where the trace is new."""

    trace: Trace
    content: str
    item_id: str | None
    duplicate: bool
    version_id: str
    labels: Mapping[int, tuple[str, str]]


def _fit(db: Reading, project_id: str, timeline: Timeline, one: _Verified, names: Mapping[str, str]) -> _Fit:
    current = timeline.current(one.trace.problem.domain)
    if current is None:
        raise RecordError("problem.domain", f"no guideline version is in force for {one.trace.problem.domain}")
    labels = {
        place + 1: (_label(current, place, label, names), why) for place, (label, why) in enumerate(one.steps)
    }  # fmt: skip
    content = one.trace.digest()
    item_id = stored.trace_with_digest(db, project_id, content)
    duplicate = item_id is not None and _gold_already(db, project_id, item_id, labels)
    return _Fit(one.trace, content, item_id, duplicate, current.version_id, labels)


def _label(current: InForce, place: int, given: SourceLabel, names: Mapping[str, str]) -> str:
    """The label of the guideline that a label of the file is: the kind where it names one."""
    for word in (given.kind, given.value):
        name = names.get(word, word) if word else None
        if name is not None and current.head.labels.label(name) is not None:
            return name
    known = ", ".join(label.name for label in current.head.labels.top)
    raise RecordError(
        f"steps.{place}", f"{given.value} is no label of {current.head.title} ({known}); map says which one it is"
    )


def _gold_already(db: Reading, project_id: str, item_id: str, labels: Mapping[int, tuple[str, str]]) -> bool:
    """Whether a trace is gold with these labels. Raises RecordError where it cannot become gold."""
    known = stored.item(db, project_id, item_id)
    if known is None:
        touched = stored.touched(db, item_id)
        if touched["assigned"]:
            raise RecordError(None, "people have worked on this trace; promote it instead")
        if touched["piloted"]:
            raise RecordError(None, "the trace is in the sample of a pilot")
        return False
    if known["retired"]:
        raise RecordError(None, "the trace was gold and was retired")
    standing = verified(db, project_id, [item_id])
    for position, (label, _) in labels.items():
        if standing[item_id, position].label != label:
            raise RecordError(
                f"steps.{position - 1}", f"it is gold as {standing[item_id, position].label}; correct that instead"
            )
    return True
