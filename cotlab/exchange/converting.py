"""Traces and pairs that were read from a file, as the rows of another format."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from cotlab.domain.answers import Basis
from cotlab.domain.datasets.exports import (
    ExportedLabel,
    ExportedStep,
    LabelledAlternative,
    LabelledPath,
    LeftOut,
    Target,
)
from cotlab.domain.datasets.pair_exports import PairShape, why_left_out
from cotlab.domain.errors import BadInput
from cotlab.domain.labels.two_level import disputes_answer, last_words, said_of_answer
from cotlab.domain.traces.pairs import LabelledPair, Pair, SettledPair, margin, sign
from cotlab.domain.traces.records import SourceLabel, Step, Trace
from cotlab.exchange.counting_labels import Counting
from cotlab.exchange.formats import PAIR_WRITERS, PairWriter, Writer, pair_writer, writer
from cotlab.exchange.formats.columns import Columns
from cotlab.exchange.formats.pairs.native_pairs import NativePairWriter
from cotlab.exchange.formats.traces.native import NativeWriter, claims
from cotlab.exchange.packing import Row
from cotlab.exchange.readers.jsonl import Broken, Good, Line, dump_line, parse
from cotlab.exchange.readers.records import RecordError
from cotlab.exchange.readers.word_maps import WORD_MAPS, type_of, word_map


@dataclass(slots=True)
class Told:
    """What came of a conversion: lines, items read, rows written, what was left out by its reason, broken lines.

    `words` are source and word -> labels of steps (of pairs: choices). `labels_left_out` are those that count for
    nothing, by why; `steps_without_a_label` the first such step of each trace that went out, and all after it. `source`
    is the one whose labels went over.
    """

    lines: int = 0
    traces: int = 0
    pairs: int = 0
    steps: int = 0
    rows: int = 0
    broken: int = 0
    format: str = ""
    source: str | None = None
    steps_without_a_label: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    labels_left_out: Counter[str] = field(default_factory=Counter)
    words: Counter[tuple[str, str]] = field(default_factory=Counter)


@dataclass(frozen=True)
class Conversion:
    """Into which format of traces or of pairs, with which values for which words, by which labels of which source.

    `conversion` makes one.
    """

    name: str
    traces_to: Writer | None
    pairs_to: PairWriter | None
    target: Target
    source: str | None
    shape: PairShape
    counting: Counting

    @property
    def columns(self) -> Columns | None:
        if self.traces_to is not None:
            return self.traces_to.columns
        return None if self.pairs_to is None else self.pairs_to.columns(self.shape)

    def rows(self, lines: Iterable[Line], told: Told, reject: Callable[[Broken], None]) -> Iterator[Row]:
        """The rows of each line that was read; a line that has no row for want of a value is rejected, too.

        Raises BadInput at the first line whose labels are of a second source, where none is named.
        """
        told.source = self.source
        for line in lines:
            told.lines += 1
            if isinstance(line, Broken):
                told.broken += 1
                reject(line)
                continue
            told.format = line.format
            try:
                items: tuple[Trace | Pair, ...] = (*line.traces, *line.pairs)
                found = [row for one in items for row in self._rows_of(one, line, told)]
            except RecordError as error:
                told.broken += 1
                reject(Broken(line.line_number, error.field, error.why, line.raw))
                continue
            told.rows += len(found)
            yield from ((row, dump_line(row)) for row in found)

    def _rows_of(self, one: Trace | Pair, line: Good, told: Told) -> list[dict[str, object]]:
        if isinstance(one, Pair):
            told.pairs += 1
            told.words.update((label.source, label.overall) for label in one.labels)
        else:
            told.traces += 1
            told.steps += len(one.steps)
            told.words.update((label.source, label.value) for step in one.steps for label in step.labels)
        try:
            return list(self._of_pair(one, told) if isinstance(one, Pair) else self._of_trace(one, line, told))
        except LeftOut as reason:
            told.left_out[reason.why] += 1
            return []

    def _of_trace(self, trace: Trace, line: Good, told: Told) -> Iterable[dict[str, object]]:
        to = self.traces_to
        if to is None:
            raise RecordError(None, f"it is a trace, and {self.name} is a format of pairs")
        if isinstance(to, NativeWriter):
            return [trace.model_dump(mode="json") | (claims(parse(line.raw)) if line.format == to.name else {})]
        said = [one for one in trace.labels if self.source in (None, one.source)]
        if to.target is None:
            return to.rows(path_of(trace, self.source, said, self.counting), self.target)
        self._count(trace, told)
        path = path_of(trace, told.source, said, self.counting)
        self._check_words(path)
        rows = self._written(to, path, told)
        told.steps_without_a_label += len(path.rest) if rows else 0
        return rows + [row for branch in branches(path) for row in self._written(to, branch, told)]

    def _written(self, to: Writer, path: LabelledPath, told: Told) -> list[dict[str, object]]:
        try:
            if not path.steps:
                raise LeftOut("no_step_has_a_label")
            return list(to.rows(path, self.target))
        except LeftOut as reason:
            told.left_out[reason.why] += 1
            return []

    def _count(self, trace: Trace, told: Told) -> None:
        """Why labels count for nothing, and that the others are all of one source."""
        steps = (*trace.steps, *(step for other in trace.alternatives for step in other.steps))
        for label in (label for step in steps for label in step.labels if self.source in (None, label.source)):
            why = self.counting.why_not(label)
            if why is None:
                _take(label.source, told)
            else:
                told.labels_left_out[why] += 1

    def _check_words(self, path: LabelledPath) -> None:
        of_others = [step for other in path.alternatives for step in other.steps]
        for label in (label for step in (*path.steps, *of_others) for label in step.labels):
            if self.target.name is not None and label.value not in self.target.values[""]:
                raise RecordError(None, f"the map {self.target.name} has no value for the label {label.value!r}")

    def _of_pair(self, pair: Pair, told: Told) -> Iterable[dict[str, object]]:
        to = self.pairs_to
        if to is None:
            raise RecordError(None, f"it is a pair, and {self.name} is a format of traces")
        if isinstance(to, NativePairWriter):
            return [pair.model_dump(mode="json")]
        for label in pair.labels if self.source is None else ():
            _take(label.source, told)
        settled = settled_pair(pair, told.source)
        rows = list(to.rows(settled, self.shape))
        if not rows:
            raise LeftOut(why_left_out(settled))
        return rows


def conversion(
    to: str, mapping: str | None = None, source: str | None = None, shape: PairShape | None = None,
    counting: Counting | None = None,
) -> Conversion:  # fmt: skip
    """A conversion into the format `to`. `mapping` names a map of words, or a file with one.

    BadInput where the format needs a map and there is none, or one with values of another type, or needs none.
    """
    shape, counting = shape or PairShape(), counting or Counting()
    nothing = Target(name=None)
    if any(one.name == to for one in PAIR_WRITERS):
        if mapping is not None:
            raise BadInput(f"mapping: {to} is a format of pairs, whose choices are not mapped")
        return Conversion(to, None, pair_writer(to), nothing, source, shape, counting)
    found = writer(to)
    if found.target is None:
        if mapping is not None:
            raise BadInput(f"mapping: the format {to} has no target value, so that nothing is mapped")
        return Conversion(to, found, None, nothing, source, shape, counting)
    if mapping is None:
        named = ", ".join(one.name for one in WORD_MAPS if type_of(one.values) is found.target)
        raise BadInput(
            f"mapping: is required for the format {to}: what each label word of the file stands for; maps with a name:"
            f" {named}, or name a file with one"
        )
    words = word_map(mapping)
    if type_of(words.values) is not found.target:
        raise BadInput(f"mapping: the values of {words.name} do not fit the format {to}")
    target = Target(name=words.name, values={"": words.values}, errors={"": words.errors})
    return Conversion(to, found, None, target, source, shape, replace(counting, unrated=words.unrated))


def _take(source: str, told: Told) -> None:
    told.source = told.source or source
    if source != told.source:
        raise BadInput(f"source: the file has labels of {told.source} and of {source}; --source names whose go out")


def path_of(trace: Trace, source: str | None, said: Sequence[SourceLabel], counting: Counting) -> LabelledPath:
    """The trace with the labels of one source that count; what is `said` is so of it as a whole.

    Steps from the first one without a label on are `rest`.
    """
    of_answer = last_words((one.source, one.value) for one in said)
    labelled = [_step(step, source, counting) for step in trace.steps]
    known = _leading(labelled)
    return LabelledPath(
        trace_id=trace.id or f"trace-{trace.digest()[:16]}", external_id=trace.id, problem=trace.problem,
        steps=tuple(labelled[:known]), rest=tuple(step.text for step in trace.steps[known:]),
        final_answer=trace.final_answer, origin=trace.origin.value, generator=trace.generator,
        strategy=trace.strategy, canonical=trace.canonical,
        ending=next((one.value for one in said if one.value in ("bad_problem", "give_up")), None),
        alternatives=tuple(
            LabelledAlternative(position=other.position, kind=other.kind, origin=other.origin.value,
                                generator=other.generator,
                                steps=tuple(_step(step, source, counting) for step in other.steps))
            for other in trace.alternatives
        ),
        answer_right=said_of_answer(of_answer), answer_disputed=disputes_answer(of_answer),
    )  # fmt: skip


def branches(path: LabelledPath) -> Iterator[LabelledPath]:
    """Each alternative that begins with a label, behind steps that all have one, as a path of its own."""
    for number, other in enumerate(path.alternatives, start=1):
        before, known = path.steps[: other.position - 1], _leading(other.steps)
        if known and len(before) == other.position - 1:
            yield LabelledPath(
                trace_id=f"{path.trace_id}-{number}", external_id=None, problem=path.problem,
                steps=(*before, *other.steps[:known]), rest=tuple(step.text for step in other.steps[known:]),
                origin=other.origin, generator=other.generator, alternative=True, branch=len(before),
            )  # fmt: skip


def _leading(steps: Sequence[ExportedStep]) -> int:
    """How many steps stand before the first one without a label."""
    return next((place for place, step in enumerate(steps) if not step.labels), len(steps))


def _step(step: Step, source: str | None, counting: Counting) -> ExportedStep:
    """A step with the label of a source, which is read by no guideline here."""
    label = counting.of(step.labels, source)
    if label is None:
        return ExportedStep(text=step.text)
    without = {"guideline": None, "schema_version": None, "basis": None, "purpose": None}
    return ExportedStep(
        text=step.text, labels=(ExportedLabel.model_validate({**label.model_dump(), **without}),)
    )  # fmt: skip


def settled_pair(pair: Pair, source: str | None) -> LabelledPair:
    """The pair as one source chose."""
    chosen = [label for label in pair.labels if label.source == source][-1:]
    settled = [
        SettledPair.model_validate({"sign": sign(one.overall), "basis": Basis.SINGLE, "choice": one.overall,
                                    "margin": margin([one.overall])})
        for one in chosen
    ]  # fmt: skip
    return LabelledPair(
        id=pair.id or f"pair-{pair.digest()[:16]}", external_id=pair.id, problem=pair.problem, messages=pair.messages,
        responses=pair.responses, settled=settled[0] if settled else None,
    )  # fmt: skip
