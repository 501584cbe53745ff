"""The flat record in which public preference sets are often passed on: a prompt, responses a and b, who chose which."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from pydantic import BeforeValidator

from cotlab.domain.text import Name, Text
from cotlab.domain.traces.pairs import Choice, LongText, Pair, Response, ResponseKind, ResponseOrigin, SourceChoice
from cotlab.domain.traces.records import Problem
from cotlab.exchange.readers.records import Foreign, Record, RecordError, validated

CHOICES: dict[str, Choice] = {"a": "better", "b": "worse", "tie": "tie"}
Side = Literal["a", "b", "tie"]


def _word(value: object) -> object:
    """A response of the one word True or False that became a boolean on its way."""
    return str(value) if isinstance(value, bool) else value


Said = Annotated[LongText, BeforeValidator(_word)]


class Models(Foreign):
    a: Name
    b: Name


class PublicPair(Foreign):
    id: Name
    source: Name
    prompt: Text
    input: Text = ""
    response_a: Said
    response_b: Said
    models: Models | None = None
    task: Name | None = None
    subset: Name | None = None
    gold: Side | None = None
    annotators: dict[Name, Side] | None = None


class PublicPairsReader:
    """`response_a` is the first response. Each annotator's choice is kept as the source `SOURCE ANNOTATOR`, a gold one
    as `SOURCE gold`: a is `better`, b is `worse`. The input stands below the prompt; task and subset become tags.
    """

    name = "public-pairs"

    def recognises(self, record: Record) -> bool:
        return {"prompt", "response_a", "response_b"} <= record.keys()

    def traces(self, record: Record) -> Iterable[Pair]:
        row = validated(PublicPair, record)
        if row.response_a == row.response_b:
            raise RecordError("response_b", "it is the same text as response_a")
        text = "\n\n".join(part for part in (row.prompt, row.input) if part.strip())
        if not text:
            raise RecordError("prompt", "the text is empty")
        models = (None, None) if row.models is None else (row.models.a, row.models.b)
        yield Pair(
            id=row.id,
            problem=Problem(text=text, source=row.source, tags=tuple(tag for tag in (row.task, row.subset) if tag)),
            responses=(
                Response(text=row.response_a, origin=_origin(models[0])),
                Response(text=row.response_b, origin=_origin(models[1])),
            ),
            labels=tuple(_choices(row)),
        )


def _origin(model: str | None) -> ResponseOrigin:
    return ResponseOrigin(kind=ResponseKind.MODEL if model else ResponseKind.UNKNOWN, generator=model)


def _choices(row: PublicPair) -> Iterator[SourceChoice]:
    given = {**(row.annotators or {}), **({"gold": row.gold} if row.gold else {})}
    for name, side in given.items():
        yield SourceChoice(source=f"{row.source} {name}", overall=CHOICES[side])
