"""The native format: one domain `Trace` a line, read and written (docs/native-format.md)."""

from collections.abc import Iterable

from pydantic import TypeAdapter

from cotlab.domain.checks import KeptVerdict
from cotlab.domain.datasets.exports import ExportedLabel, ExportedStep, LabelledAlternative, LabelledPath, Target
from cotlab.domain.datasets.row_ids import ROW_ID
from cotlab.domain.traces.records import Trace
from cotlab.exchange.formats.path_rows import accepted
from cotlab.exchange.readers.records import Record, validated

CLAIMED = "canonical_in_file"
"""The field of a written row that says whether the trace came in as its problem's main path."""
STEPS = TypeAdapter(tuple[ExportedStep, ...])
VERDICTS = TypeAdapter(tuple[KeptVerdict, ...])


class NativeReader:
    """Reads what `NativeWriter` writes, and what people write by hand; no field is converted or guessed."""

    name = "native"

    def recognises(self, record: Record) -> bool:
        return isinstance(record.get("problem"), dict) and isinstance(record.get("steps"), list)

    def traces(self, record: Record) -> Iterable[Trace]:
        # the name of an exported row is of the project that it came from, and so is what is accepted there
        read = {name: value for name, value in record.items() if name not in (ROW_ID, CLAIMED)}
        if CLAIMED in record:
            read["canonical"] = record[CLAIMED]
        return (validated(Trace, read),)


def claims(record: Record) -> dict[str, object]:
    """What an exported row says of its being canonical, which a `Trace` has no place for; of other rows nothing."""
    return {"canonical": record.get("canonical") is True, CLAIMED: record[CLAIMED]} if CLAIMED in record else {}


class NativeRow(Trace):
    """A row as it is written, for its types."""

    canonical_in_file: bool


class NativeWriter:
    """Writes a path as a `Trace` with its labels under their source; every row has every field of the format.

    `canonical` is the main path of its problem where it is accepted, whoever's labels go out: nobody's example else.
    Alternatives stand inside their parent, so the path of an alternative is no row of its own.
    """

    name = "native"
    target = None
    columns = None

    def rows(self, path: LabelledPath, target: Target) -> Iterable[dict[str, object]]:
        if not path.alternative:
            yield _row(path, target)


def _row(path: LabelledPath, target: Target) -> dict[str, object]:
    """The fields of `NativeRow` in its order: `rest` becomes steps without labels, `ending` a label on the whole trace.

    Built without making a `Trace`, which halves the time; what comes out is one all the same, as the tests show.
    """
    return {
        "id": path.external_id or path.trace_id,
        "problem": path.problem.model_dump(mode="json"),
        "steps": [*STEPS.dump_python(path.steps, mode="json"), *({"text": t, "labels": []} for t in path.rest)],
        "final_answer": path.final_answer,
        "origin": path.origin,
        "generator": path.generator,
        "strategy": path.strategy,
        "canonical": path.canonical and accepted(path, target),
        "labels": [
            *(label.model_dump(mode="json") for label in path.labels),
            *([] if path.ending is None else [_ending(path.labeller or "settled", path.ending)]),
        ],
        "alternatives": [_alternative(alternative) for alternative in path.alternatives],
        "evidence": VERDICTS.dump_python(path.evidence, mode="json"),
        "derived_from": None if path.derived_from is None else path.derived_from.model_dump(mode="json"),
        "drafted": None if path.drafted is None else path.drafted.model_dump(mode="json"),
        CLAIMED: path.canonical,
    }


def _ending(source: str, ending: str) -> dict[str, object]:
    return ExportedLabel(source=source, value=ending).model_dump(mode="json")


def _alternative(alternative: LabelledAlternative) -> dict[str, object]:
    return {
        "position": alternative.position,
        "kind": alternative.kind,
        "steps": STEPS.dump_python(alternative.steps, mode="json"),
        "origin": alternative.origin,
        "generator": alternative.generator,
        "evidence": VERDICTS.dump_python(alternative.evidence, mode="json"),
        "drafted": None if alternative.drafted is None else alternative.drafted.model_dump(mode="json"),
    }
