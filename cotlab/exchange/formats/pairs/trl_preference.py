"""Preference rows as TRL's DPO and reward trainers read them (trl 1.16.0): plain texts, or chat messages."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from cotlab.domain.traces.pairs import LongText, Message, Pair, Response, SourceChoice, text_of
from cotlab.domain.traces.records import Problem
from cotlab.exchange.readers.records import Foreign, Record, RecordError, validated

SOURCE = "TRL preference"
Messages = Annotated[tuple[Message, ...], Field(min_length=1)]


class PlainRow(Foreign):
    prompt: LongText
    chosen: LongText
    rejected: LongText


class ChatRow(Foreign):
    prompt: Messages | None = None
    chosen: Messages
    rejected: Messages


class TrlPreferenceReader:
    """`chosen` is the first response, `better` than the other by the source "TRL preference"; texts are kept exact.

    Messages without a `prompt` begin with it: what both have in common before their last message. A response is one
    message of the assistant. `margin` and log-probabilities are not read.
    """

    name = "trl-preference"

    def recognises(self, record: Record) -> bool:
        return {"chosen", "rejected"} <= record.keys()

    def traces(self, record: Record) -> Iterable[Pair]:
        chat = isinstance(record.get("chosen"), list)
        messages, text, chosen, rejected = _of_chat(record) if chat else _of_texts(record)
        if chosen == rejected:
            raise RecordError("rejected", "it is the same text as chosen")
        yield Pair(
            problem=Problem(text=text),
            messages=messages,
            responses=(Response(text=chosen), Response(text=rejected)),
            labels=(SourceChoice(source=SOURCE, overall="better"),),
        )


Parts = tuple[tuple[Message, ...], str, str, str]
"""The prompt's messages and its text, and the two responses."""


def _of_texts(record: Record) -> Parts:
    row = validated(PlainRow, record)
    return (), row.prompt, row.chosen, row.rejected


def _of_chat(record: Record) -> Parts:
    row = validated(ChatRow, record)
    shared = 0 if row.prompt else _shared(row.chosen, row.rejected)
    prompt = row.prompt or row.chosen[:shared]
    if not prompt:
        raise RecordError("prompt", "there is none, and chosen and rejected do not begin with the same messages")
    chosen, rejected = (
        _response(name, messages[shared:]) for name, messages in (("chosen", row.chosen), ("rejected", row.rejected))
    )
    return prompt, text_of(prompt), chosen, rejected


def _shared(one: tuple[Message, ...], other: tuple[Message, ...]) -> int:
    """How many messages both begin with, the last one of each left out."""
    most = min(len(one), len(other)) - 1
    return next((place for place in range(most) if one[place] != other[place]), most)


def _response(field: str, messages: tuple[Message, ...]) -> str:
    if len(messages) != 1 or messages[0].role != "assistant":
        raise RecordError(field, "it should be one message of the assistant after the prompt")
    return messages[0].content
