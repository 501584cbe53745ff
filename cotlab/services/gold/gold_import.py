"""Gold from files: traces and pairs of every format that is read, with what is verified of them and why."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from cotlab.domain.errors import BadInput
from cotlab.domain.gold import GoldOrigin, GoldReport
from cotlab.domain.guidelines.staleness import InForce, Timeline
from cotlab.domain.projects.projects import BrokenLine
from cotlab.domain.traces.pairs import Pair, swapped
from cotlab.domain.traces.records import TASKS, Trace
from cotlab.exchange.readers.jsonl import Broken, read_traces
from cotlab.exchange.readers.records import RecordError
from cotlab.services.gold.file_lines import Lines, Verified, Word, verified_in
from cotlab.services.gold.items import Given, GoldReader, add_gold, check_criterion
from cotlab.services.projects.projects import open_project
from cotlab.services.traces.pair_import import add_pairs
from cotlab.services.traces.trace_import import PAIR_IN_STEPS, STEPS_A_BATCH, add_batch, name_sources, source_names
from cotlab.storage.engine.database import SERVER, Db, Reading, Store
from cotlab.storage.gold import gold_items as stored
from cotlab.storage.projects import projects


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
class _Line:
    """A line that was read, as it stood and as it holds what is verified."""

    number: int
    raw: bytes
    items: Sequence[Verified]


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
    """Make gold of the traces or pairs in a file (JSON lines), each with what is verified in one write or not at all.

    Good lines are kept, and `reject` is called for each broken one. `first_line` is the number that the first line has
    in its file. Raises BadInput where no format reads the file, NotFound and ProjectClosed.
    """
    done, sources = _Done(), dict[str, str]()
    for batch in _batches(_read(lines, order, done)):
        new = source_names([one.item for line in batch for one in line.items]) - sources.keys()
        if new:
            sources |= store.write(SERVER, partial(name_sources, by=by, names=new))
        job = partial(_add, by=by, project_id=project_id, batch=batch, names=order.names, sources=sources)
        done.add(store.write(project_id, job))
    done.broken.sort(key=lambda one: one.line_number)
    for one in done.broken:
        reject(one)
    return done.report(first_line)


def _read(lines: Iterable[bytes], order: GoldOrder, done: _Done) -> Iterator[_Line]:
    """The lines that hold verified items; the others are counted among the broken."""
    passing = Lines(lines)
    for line in read_traces(passing, order.format):
        done.lines += 1
        if isinstance(line, Broken):
            done.broken.append(line)
            continue
        done.format = line.format
        try:
            yield _Line(line.line_number, passing.raw, verified_in(line, passing.justifications, order.source))
        except RecordError as error:
            done.broken.append(Broken(line.line_number, error.field, error.why, passing.raw))


def _batches(lines: Iterable[_Line]) -> Iterator[list[_Line]]:
    """Lists of lines with about STEPS_A_BATCH steps."""
    batch: list[_Line] = []
    steps = 0
    for line in lines:
        batch.append(line)
        steps += sum(len(one.labels) if isinstance(one.item, Trace) else PAIR_IN_STEPS for one in line.items)
        if steps >= STEPS_A_BATCH:
            yield batch
            batch, steps = [], 0
    if batch:
        yield batch


def _add(
    db: Db, by: str, project_id: str, batch: Sequence[_Line], names: Mapping[str, str], sources: Mapping[str, str]
) -> _Done:
    """Add what can become gold of some lines, with its traces and pairs where they are new."""
    open_project(db, project_id)
    timelines, done = {task: projects.timeline(db, project_id, task=task) for task in TASKS}, _Done()
    fit: dict[str, _Fit] = {}
    for line in batch:
        try:
            found = [_fit(db, project_id, timelines, one, names) for one in line.items]
        except RecordError as error:
            done.broken.append(Broken(line.number, error.field, error.why, line.raw))
            continue
        done.duplicates += sum(one.duplicate or one.content in fit for one in found)
        fit |= {one.content: one for one in found if not one.duplicate and one.content not in fit}
    ids = _brought(db, by, project_id, [one.item for one in fit.values() if one.item_id is None], sources)
    for content, one in fit.items():
        item_id = one.item_id or ids[content]
        add_gold(db, by, project_id, item_id, GoldOrigin.IMPORTED, one.version_id, one.labels, one.criteria)
        done.items += 1
        done.steps += len(one.labels) if isinstance(one.item, Trace) else 0
    return done


def _brought(
    db: Db, by: str, project_id: str, items: Sequence[Trace | Pair], sources: Mapping[str, str]
) -> dict[str, str]:  # fmt: skip
    """Add traces and pairs that nobody is handed: content -> id."""
    traces = [one for one in items if isinstance(one, Trace)]
    some = [one for one in items if isinstance(one, Pair)]
    rows = add_batch(db, by, project_id, traces, sources, queued=False).traces if traces else []
    ids = {str(content): str(trace_id) for trace_id, _, _, content, *_ in rows}
    added = add_pairs(db, by, project_id, some, sources, queued=False).traces if some else []
    return ids | {str(content): str(item_id) for _, item_id, _, _, content, *_ in added}


@dataclass(frozen=True, slots=True)
class _Fit:
    """What becomes gold: position -> label and justification, and criteria. `item_id` is None where it is new."""

    item: Trace | Pair
    content: str
    item_id: str | None
    duplicate: bool
    version_id: str
    labels: Mapping[int, Given]
    criteria: Mapping[str, Given]


def _fit(
    db: Reading, project_id: str, timelines: Mapping[str, Timeline], one: Verified, names: Mapping[str, str]
) -> _Fit:  # fmt: skip
    domain, is_pair = one.item.problem.domain, isinstance(one.item, Pair)
    current = timelines["pairs" if is_pair else "steps"].current(domain)
    if current is None:
        what = "for pairs " if is_pair else ""
        raise RecordError("problem.domain", f"no guideline version {what}is in force for {domain}")
    turned = isinstance(one.item, Pair) and one.item.canonical() is not one.item
    labels = {
        place: (_as_kept(_label(current, word, names), turned), word.why) for place, word in enumerate(one.labels, 1)
    }
    criteria = {
        name: (_as_kept(_choice(current, name, word, names), turned), word.why)
        for name, word in one.criteria.items()
    }  # fmt: skip
    content = one.item.digest()
    item_id = stored.item_with_digest(db, project_id, content)
    duplicate = item_id is not None and _gold_already(db, project_id, item_id, one, labels, criteria)
    return _Fit(one.item, content, item_id, duplicate, current.version_id, labels, criteria)


def _as_kept(value: str, turned: bool) -> str:
    """A choice of a file in the order in which the pair is kept; a label as it is."""
    return swapped(value) if turned else value


def _label(current: InForce, given: Word, names: Mapping[str, str]) -> str:
    """The label of the guideline that a word of the file is: the kind where it names one."""
    for word in given.words:
        name = names.get(word, word)
        if current.head.labels.label(name) is not None:
            return name
    known = ", ".join(label.name for label in current.head.labels.top)
    raise RecordError(
        given.field, f"{given.words[-1]} is no label of {current.head.title} ({known}); map says which one it is"
    )


def _choice(current: InForce, criterion: str, given: Word, names: Mapping[str, str]) -> str:
    choice = names.get(given.words[0], given.words[0])
    try:
        check_criterion(current, criterion, choice)
    except BadInput as error:
        raise RecordError(given.field, str(error)) from error
    return choice


def _gold_already(
    db: Reading, project_id: str, item_id: str, one: Verified, labels: Mapping[int, Given],
    criteria: Mapping[str, Given],
) -> bool:  # fmt: skip
    """Whether an item is gold with this verified. Raises RecordError where it cannot become gold."""
    known = stored.item(db, project_id, item_id)
    what = "pair" if isinstance(one.item, Pair) else "trace"
    if known is None:
        touched = stored.touched(db, item_id)
        if touched["assigned"]:
            raise RecordError(None, f"people have worked on this {what}; promote it instead")
        if touched["piloted"]:
            raise RecordError(None, f"the {what} is in the sample of a pilot")
        return False
    if known["retired"]:
        raise RecordError(None, f"the {what} was gold and was retired")
    reader = GoldReader(db, project_id)
    standing = reader.verified(stored.gold_labels(db, project_id, [item_id]))
    for (position, (label, _)), word in zip(labels.items(), one.labels, strict=True):
        if standing[item_id, position].label != label:
            raise RecordError(word.field, f"it is gold as {standing[item_id, position].label}; correct that instead")
    beside = reader.criteria(stored.gold_criteria(db, project_id, [item_id]))
    for name, (choice, _) in criteria.items():
        is_gold = beside.get((item_id, name))
        if is_gold is None or is_gold.label != choice:
            said = "not verified yet" if is_gold is None else f"gold as {is_gold.label}"
            raise RecordError(f"criteria.{name}", f"it is {said}; correct that instead")
    return True
