"""The chat variant of Math-Shepherd (RLHFlow): a step is a turn of the user, its sign the assistant's answer."""

from collections.abc import Iterable
from typing import ClassVar

from cotlab.domain.datasets.exports import LabelledPath, Target
from cotlab.domain.traces.pairs import LongText
from cotlab.domain.traces.records import Origin, Problem, SourceLabel, Step, Trace
from cotlab.exchange.formats.columns import Column, Columns
from cotlab.exchange.formats.marked_steps import begin, numbered, signs
from cotlab.exchange.readers.records import Foreign, Record, RecordError, validated

SOURCE = "RLHFlow"


class Turn(Foreign):
    role: str
    content: LongText


class RlhflowRecord(Foreign):
    conversations: tuple[Turn, ...]


class RlhflowReader:
    """The first turn is the problem and, from `Step 1:` on, the first step; `+` and `-` are kept as labels."""

    name = "rlhflow"

    def recognises(self, record: Record) -> bool:
        return isinstance(record.get("conversations"), list)

    def traces(self, record: Record) -> Iterable[Trace]:
        turns = validated(RlhflowRecord, record).conversations
        if [turn.role for turn in turns] != ["user", "assistant"] * (len(turns) // 2) or not turns:
            raise RecordError("conversations", "turns of user and assistant should follow each other, the user's first")
        problem, start = begin("conversations.0.content", turns[0].content)
        texts = [turns[0].content[start:], *(turn.content for turn in turns[2::2])]
        labels = [(SourceLabel(source=SOURCE, value=_sign(turns, place)),) for place in range(1, len(turns), 2)]
        yield Trace(
            problem=Problem(text=problem, domain="mathematics", source=SOURCE),
            steps=tuple(Step(text=text, labels=label) for text, label in zip(texts, labels, strict=True)),
            origin=Origin.MODEL,
        )


def _sign(turns: tuple[Turn, ...], place: int) -> str:
    sign = turns[place].content.strip()
    if sign not in ("+", "-"):
        raise RecordError(f"conversations.{place}.content", "the value should be + or -")
    return sign


class RlhflowWriter:
    """`{"conversations": [{"role", "content"}]}`, a row a path; an alternative is a row of its own."""

    name = "rlhflow"
    target = bool
    columns: ClassVar[Columns] = {"conversations": Column.MESSAGES}

    def rows(self, path: LabelledPath, target: Target) -> Iterable[dict[str, object]]:
        if len(path.steps) > path.branch:
            problem, (first, *others) = numbered(path)
            turns = zip((f"{problem} {first}", *others), signs(path, target), strict=True)
            roles = [(role, text) for both in turns for role, text in zip(("user", "assistant"), both, strict=True)]
            yield {"conversations": [{"role": role, "content": text} for role, text in roles]}
