"""The native format of pairs: one domain `Pair` a line."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from cotlab.domain.pairs import Message, Pair, text_of
from cotlab.exchange.records import Foreign, Record, validated


class NativePairReader:
    """Reads a prompt with two responses in any order; no field is converted or guessed."""

    name = "native-pairs"

    def recognises(self, record: Record) -> bool:
        return isinstance(record.get("problem"), dict) and isinstance(record.get("responses"), list)

    def traces(self, record: Record) -> Iterable[Pair]:
        return (validated(Pair, _with_text(record)),)


class Chat(Foreign):
    messages: Annotated[tuple[Message, ...], Field(min_length=1)]


def _with_text(record: Record) -> Record:
    """Where the prompt is a chat, the problem's text may be left out."""
    problem = record["problem"] if isinstance(record.get("problem"), dict) else {}
    if not record.get("messages") or "text" in problem:
        return record
    return {**record, "problem": {**problem, "text": text_of(validated(Chat, record).messages)}}
