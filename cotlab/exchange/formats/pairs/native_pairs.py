"""The native format of pairs: one domain `Pair` a line."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from cotlab.domain.answers import Purpose
from cotlab.domain.datasets.pair_exports import PairShape
from cotlab.domain.datasets.row_ids import ROW_ID
from cotlab.domain.traces.pairs import GivenPreference, LabelledPair, Message, Pair, text_of
from cotlab.exchange.readers.records import Foreign, Record, validated

WRITTEN = ("settled", "unsettled", "preferences")
"""The fields of a row that was written which no file brings in as they are."""


class NativePairReader:
    """Reads a prompt with two responses in any order; no field is converted or guessed."""

    name = "native-pairs"

    def recognises(self, record: Record) -> bool:
        return isinstance(record.get("problem"), dict) and isinstance(record.get("responses"), list)

    def traces(self, record: Record) -> Iterable[Pair]:
        read = {name: value for name, value in record.items() if name != ROW_ID}
        return (validated(Pair, _with_text(_as_read(read))),)


class NativePairWriter:
    """Writes a pair with all that was said of it; what was settled and why not are null where there is none."""

    name = "native-pairs"

    def columns(self, shape: PairShape) -> None:
        return None

    def rows(self, pair: LabelledPair, shape: PairShape) -> Iterable[dict[str, object]]:
        if pair.settled is None and not pair.preferences:
            return
        row = pair.model_dump(mode="json", exclude={"external_id"})
        yield {**row, "id": pair.external_id or pair.id}


class Preferences(Foreign):
    preferences: tuple[GivenPreference, ...]


def _as_read(record: Record) -> Record:
    """A row that was written, as one to be read: what each person said is a choice of a source."""
    if "preferences" not in record:
        return record
    given = validated(Preferences, record).preferences
    labels = [
        {"source": one.by, "overall": one.overall, "criteria": one.criteria, "rationale": one.rationale,
         "given_at": one.given_at, "round": one.round}
        for one in given if one.purpose is not Purpose.REPEAT
    ]  # fmt: skip
    return {name: value for name, value in record.items() if name not in WRITTEN} | {"labels": labels}


class Chat(Foreign):
    messages: Annotated[tuple[Message, ...], Field(min_length=1)]


def _with_text(record: Record) -> Record:
    """Where the prompt is a chat, the problem's text may be left out."""
    problem = record["problem"] if isinstance(record.get("problem"), dict) else {}
    if not record.get("messages") or "text" in problem:
        return record
    return {**record, "problem": {**problem, "text": text_of(validated(Chat, record).messages)}}
