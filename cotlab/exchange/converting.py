"""Traces and pairs that were read from a file, as the rows of another format."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from cotlab.domain.errors import BadInput
from cotlab.domain.exports import ExportedLabel, ExportedStep, LabelledAlternative, LabelledPath, LeftOut, Target
from cotlab.domain.pair_exports import PairShape, why_left_out
from cotlab.domain.pairs import LabelledPair, Pair, SettledPair, margin, sign
from cotlab.domain.settled import Basis
from cotlab.domain.traces import Step, Trace
from cotlab.domain.two_level import disputes_answer, said_of_answer
from cotlab.exchange import PAIR_WRITERS, PairWriter, Writer, pair_writer, writer
from cotlab.exchange.columns import Columns
from cotlab.exchange.jsonl import Broken, Line, dump_line
from cotlab.exchange.native import NativeWriter
from cotlab.exchange.native_pairs import NativePairWriter
from cotlab.exchange.packing import Row
from cotlab.exchange.records import RecordError
from cotlab.exchange.word_maps import WORD_MAPS, type_of, word_map


@dataclass(slots=True)
class Told:
    """What came of a conversion: lines, items read, rows written, what was left out by its reason, broken lines.

    `words` are source and word -> labels of steps (of pairs: choices).
    """

    lines: int = 0
    traces: int = 0
    pairs: int = 0
    steps: int = 0
    rows: int = 0
    broken: int = 0
    format: str = ""
    left_out: Counter[str] = field(default_factory=Counter)
    words: Counter[tuple[str, str]] = field(default_factory=Counter)


@dataclass(frozen=True)
class Conversion:
    """Into which format of traces or of pairs, with which values for which words, by which source's labels.

    `conversion` makes one.
    """

    name: str
    traces_to: Writer | None
    pairs_to: PairWriter | None
    target: Target
    source: str | None
    shape: PairShape

    @property
    def columns(self) -> Columns | None:
        if self.traces_to is not None:
            return self.traces_to.columns
        return None if self.pairs_to is None else self.pairs_to.columns(self.shape)

    def rows(self, lines: Iterable[Line], told: Told, reject: Callable[[Broken], None]) -> Iterator[Row]:
        """The rows of each line that was read; a line that has no row for want of a value is rejected, too."""
        for line in lines:
            told.lines += 1
            if isinstance(line, Broken):
                told.broken += 1
                reject(line)
                continue
            told.format = line.format
            try:
                items: tuple[Trace | Pair, ...] = (*line.traces, *line.pairs)
                found = [row for one in items for row in self._rows_of(one, told)]
            except RecordError as error:
                told.broken += 1
                reject(Broken(line.line_number, error.field, error.why, line.raw))
                continue
            told.rows += len(found)
            yield from ((row, dump_line(row)) for row in found)

    def _rows_of(self, one: Trace | Pair, told: Told) -> list[dict[str, object]]:
        if isinstance(one, Pair):
            told.pairs += 1
            told.words.update((label.source, label.overall) for label in one.labels)
        else:
            told.traces += 1
            told.steps += len(one.steps)
            told.words.update((label.source, label.value) for step in one.steps for label in step.labels)
        try:
            return list(self._of_pair(one) if isinstance(one, Pair) else self._of_trace(one))
        except LeftOut as reason:
            told.left_out[reason.why] += 1
            return []

    def _of_trace(self, trace: Trace) -> Iterable[dict[str, object]]:
        to = self.traces_to
        if to is None:
            raise RecordError(None, f"it is a trace, and {self.name} is a format of pairs")
        if isinstance(to, NativeWriter):
            return [trace.model_dump(mode="json")]
        path = path_of(trace, self.source)
        if to.target is not None and not path.steps:
            raise LeftOut("no_step_has_a_label")
        self._check_words(path)
        return to.rows(path, self.target)

    def _check_words(self, path: LabelledPath) -> None:
        of_others = [step for other in path.alternatives for step in other.steps]
        for label in (label for step in (*path.steps, *of_others) for label in step.labels):
            if self.target.name is not None and label.value not in self.target.values[""]:
                raise RecordError(None, f"the map {self.target.name} has no value for the label {label.value!r}")

    def _of_pair(self, pair: Pair) -> Iterable[dict[str, object]]:
        to = self.pairs_to
        if to is None:
            raise RecordError(None, f"it is a pair, and {self.name} is a format of traces")
        if isinstance(to, NativePairWriter):
            return [pair.model_dump(mode="json")]
        settled = settled_pair(pair, self.source)
        rows = list(to.rows(settled, self.shape))
        if not rows:
            raise LeftOut(why_left_out(settled))
        return rows


def conversion(
    to: str, mapping: str | None = None, source: str | None = None, shape: PairShape | None = None
) -> Conversion:
    """A conversion into the format `to`. `mapping` names a map of words, or a file with one.

    BadInput where the format needs a map and there is none, or one with values of another type, or needs none.
    """
    shape = shape or PairShape()
    nothing = Target(name=None)
    if any(one.name == to for one in PAIR_WRITERS):
        if mapping is not None:
            raise BadInput(f"mapping: {to} is a format of pairs, whose choices are not mapped")
        return Conversion(to, None, pair_writer(to), nothing, source, shape)
    found = writer(to)
    if found.target is None:
        if mapping is not None:
            raise BadInput(f"mapping: the format {to} has no target value, so that nothing is mapped")
        return Conversion(to, found, None, nothing, source, shape)
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
    return Conversion(to, found, None, target, source, shape)


def path_of(trace: Trace, source: str | None) -> LabelledPath:
    """The trace with the labels of one source: the named one, else the only one that labelled steps.

    Steps after the first one without a label of it are `rest`. Of the trace as a whole everybody has a word where no
    source is named. RecordError where several sources labelled steps and none is named.
    """
    chosen = source or _only_source(trace)
    labelled = [_step(step, chosen) for step in trace.steps]
    said = [label.value for label in trace.labels if source in (None, label.source)]
    known = next((place for place, step in enumerate(labelled) if not step.labels), len(labelled))
    return LabelledPath(
        trace_id=trace.id or f"trace-{trace.digest()[:16]}", external_id=trace.id, problem=trace.problem,
        steps=tuple(labelled[:known]), rest=tuple(step.text for step in trace.steps[known:]),
        final_answer=trace.final_answer, origin=trace.origin.value, generator=trace.generator,
        strategy=trace.strategy, canonical=trace.canonical,
        ending=next((word for word in said if word in ("bad_problem", "give_up")), None),
        alternatives=tuple(
            LabelledAlternative(position=other.position, kind=other.kind, origin=other.origin.value,
                                steps=tuple(_step(step, chosen) for step in other.steps))
            for other in trace.alternatives
        ),
        answer_right=said_of_answer(said), answer_disputed=disputes_answer(said),
    )  # fmt: skip


def _only_source(trace: Trace) -> str | None:
    sources = dict.fromkeys(label.source for step in trace.steps for label in step.labels)
    if len(sources) > 1:
        raise RecordError("steps", f"labels of several sources stand on the steps ({', '.join(sources)}); name one")
    return next(iter(sources), None)


def _step(step: Step, source: str | None) -> ExportedStep:
    """A step with the last label of a source, which is read by no guideline here."""
    given = [label for label in step.labels if label.source == source][-1:]
    without = {"guideline": None, "schema_version": None, "basis": None, "purpose": None}
    return ExportedStep(
        text=step.text,
        labels=tuple(ExportedLabel.model_validate({**label.model_dump(), **without}) for label in given),
    )


def settled_pair(pair: Pair, source: str | None) -> LabelledPair:
    """The pair as one source chose. RecordError where several did and none is named."""
    sources = dict.fromkeys(label.source for label in pair.labels)
    if source is None and len(sources) > 1:
        raise RecordError("labels", f"choices of several sources ({', '.join(sources)}); name one")
    chosen = [label for label in pair.labels if source in (None, label.source)][-1:]
    settled = [
        SettledPair.model_validate({"sign": sign(one.overall), "basis": Basis.SINGLE, "choice": one.overall,
                                    "margin": margin([one.overall])})
        for one in chosen
    ]  # fmt: skip
    return LabelledPair(
        id=pair.id or f"pair-{pair.digest()[:16]}", external_id=pair.id, problem=pair.problem, messages=pair.messages,
        responses=pair.responses, settled=settled[0] if settled else None,
    )  # fmt: skip
