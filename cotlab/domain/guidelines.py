"""A guideline version: the label schema with its mappings, and the text that people follow."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from cotlab.domain.model import Model
from cotlab.domain.text import FilledText, Name

Value = bool | int
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]


class Change(StrEnum):
    INITIAL = "initial"
    CLARIFICATION = "clarification"
    LABEL_CHANGING = "label-changing"


class LabelDefinition(Model):
    """One value of the schema: how it is chosen, what it means, and what each mapping makes of it."""

    name: Slug
    key: Annotated[str, Field(pattern=r"^[1-9]$")]
    glyph: Annotated[str, Field(min_length=1, max_length=2)] = "·"
    meaning: Annotated[str, Field(min_length=1, max_length=60)]
    neighbours: tuple[Slug, ...] = ()
    error: bool = False
    rationale_required: bool = False
    values: dict[str, Value] = Field(default_factory=dict)


class Schema(Model):
    """The labels that a step can be given."""

    labels: Annotated[tuple[LabelDefinition, ...], Field(min_length=2, max_length=9)]

    @model_validator(mode="after")
    def _consistent(self) -> "Schema":
        names = [label.name for label in self.labels]
        for what, values in (("name", names), ("key", [label.key for label in self.labels])):
            if len(values) != len(set(values)):
                raise ValueError(f"two labels have the same {what}")
        for label in self.labels:
            for neighbour in label.neighbours:
                if neighbour not in names:
                    raise ValueError(f"label {label.name} names a neighbour {neighbour} that is no label")
        return self

    def label(self, name: str) -> LabelDefinition | None:
        return next((label for label in self.labels if label.name == name), None)

    def mapping_names(self) -> list[str]:
        """The mappings that give every label a value, in the order of the first label."""
        first, *others = self.labels
        return [name for name in first.values if all(name in label.values for label in others)]

    def mapping(self, name: str) -> dict[str, Value] | None:
        """Label name -> target value; None where the mapping is not there for every label."""
        if name not in self.mapping_names():
            return None
        return {label.name: label.values[name] for label in self.labels}


class Affects(Model):
    """What a label-changing version changes; empty domains and tags mean all."""

    rules: tuple[str, ...] = ()
    labels: tuple[Slug, ...] = ()
    domains: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class FrontMatter(Model):
    """The head of a guideline file."""

    guideline: Slug
    version: Annotated[str, Field(pattern=r"^\d+(\.\d+){0,2}$")]
    change: Change
    task: Literal["steps", "pairs"] = "steps"
    authors: Annotated[tuple[Name, ...], Field(min_length=1)]
    affects: Affects = Affects()
    labels: Schema = Field(alias="schema")
    mappings: dict[str, str] = Field(default_factory=dict)
    strategies: tuple[Name, ...] = ()


class Guideline(Model):
    """One version, parsed: its front matter, the whole file's text, and the short text for the screen."""

    head: FrontMatter
    text: FilledText
    quick_reference: str = ""
