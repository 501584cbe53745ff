"""What an expert asks the lead about a guideline, and what the lead decides."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from cotlab.domain.guidelines.schema import RuleId
from cotlab.domain.model import Model
from cotlab.domain.text import FilledText


class QuestionBody(Model):
    """A question; one asked on an assignment may name a step that was shown."""

    text: FilledText
    position: Annotated[int, Field(ge=1)] | None = None


class Resolution(StrEnum):
    """By what a question is decided: a rule, a rule's default for doubt, or that nothing changes."""

    RULE = "rule"
    DEFAULT = "default"
    NO_CHANGE = "no_change"


class AnswerBody(Model):
    """The lead's answer: the rule (for `rule` and `default`), and what it means here in words.

    `to_all`: everybody who labels in the project reads question and answer, without the step and without the name.
    """

    resolution: Resolution
    rule: RuleId | None = None
    text: FilledText
    to_all: bool = False

    @model_validator(mode="after")
    def _rule(self) -> "AnswerBody":
        if (self.resolution is Resolution.NO_CHANGE) != (self.rule is None):
            raise ValueError("rule: a question is answered by a rule or its default, which is named, or by no change")
        return self


class QuestionView(Model):
    """A question with its step (None for one about the guideline alone) and its answer, None while it is open.

    In my own list `person` is empty and `item_id` is None; `mine` is False there for what was sent to all.
    """

    id: str
    person: str
    text: str
    asked_at: int
    guideline_version: str
    domain: str
    item_id: str | None
    position: int | None
    step: str | None
    answer: AnswerBody | None
    answered_at: int | None
    mine: bool = True
