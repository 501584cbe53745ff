"""Accepted traces for supervised fine-tuning, as prompt and completion or as messages (TRL's SFTTrainer)."""

from collections.abc import Iterable
from typing import ClassVar

from cotlab.domain.datasets.exports import LabelledPath, Target
from cotlab.domain.traces.pairs import LongText, Message
from cotlab.domain.traces.records import Problem, Step, Trace
from cotlab.exchange.formats.columns import Column, Columns
from cotlab.exchange.formats.path_rows import SEPARATORS, accept, prompt, solution
from cotlab.exchange.formats.problems import problem_text
from cotlab.exchange.readers.records import Foreign, Record, RecordError, validated


class PromptRow(Foreign):
    prompt: LongText
    completion: LongText


class MessagesRow(Foreign):
    messages: tuple[Message, ...]


class SftReader:
    """Each line of the completion is a step; no line is labelled, because a file says nothing of them."""

    name = "sft"

    def recognises(self, record: Record) -> bool:
        texts = isinstance(record.get("prompt"), str) and isinstance(record.get("completion"), str)
        return texts and "label" not in record

    def traces(self, record: Record) -> Iterable[Trace]:
        row = validated(PromptRow, record)
        yield read_solution(row.prompt, row.completion, "completion")


class SftMessagesReader:
    """One turn of the user and one of the assistant, each line of which is a step."""

    name = "sft-messages"

    def recognises(self, record: Record) -> bool:
        return isinstance(record.get("messages"), list) and "responses" not in record

    def traces(self, record: Record) -> Iterable[Trace]:
        messages = validated(MessagesRow, record).messages
        if [message.role for message in messages] != ["user", "assistant"]:
            raise RecordError("messages", "there should be one turn of the user, then one of the assistant")
        yield read_solution(messages[0].content, messages[1].content, "messages.1.content")


def read_solution(problem: str, text: str, field: str) -> Trace:
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines:
        raise RecordError(field, "the text is empty")
    return Trace(problem=Problem(text=problem.rstrip(SEPARATORS)), steps=tuple(Step(text=line) for line in lines))


class SftWriter:
    """`{"prompt": str, "completion": str}` of accepted traces alone (`path_rows.accept`)."""

    name = "sft"
    target = bool
    columns: ClassVar[Columns] = {"prompt": Column.TEXT, "completion": Column.TEXT}

    def rows(self, path: LabelledPath, target: Target) -> Iterable[dict[str, object]]:
        if not path.alternative:
            accept(path, target)
            yield {"prompt": prompt(path), "completion": solution(path)}


class SftMessagesWriter:
    """`{"messages": [{"role", "content"}]}` of accepted traces alone."""

    name = "sft-messages"
    target = bool
    columns: ClassVar[Columns] = {"messages": Column.MESSAGES}

    def rows(self, path: LabelledPath, target: Target) -> Iterable[dict[str, object]]:
        if not path.alternative:
            accept(path, target)
            turns = (("user", problem_text(path.problem).rstrip(SEPARATORS)), ("assistant", solution(path)))
            yield {"messages": [{"role": role, "content": content} for role, content in turns]}
