"""The head of a guideline version: the label schema with its mappings, or the criteria of a pair, and what changes."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from cotlab.domain.answers import Question
from cotlab.domain.model import Model
from cotlab.domain.text import FilledText, Name

Value = bool | int
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
RuleId = Annotated[str, Field(pattern=r"^[A-Z]+[0-9]+$", max_length=20)]
Key = Annotated[str, Field(pattern=r"^[!-~]$")]
Meaning = Annotated[str, Field(min_length=1, max_length=60)]

CHOICES = (
    "much-better", "better", "slightly-better", "tie", "slightly-worse", "worse", "much-worse",
)  # fmt: skip
"""The scale of a pair: the first response compared with the second."""
PAIR_VALUES = (*CHOICES, "both-bad", "cannot-judge")


OTHER_SIGN = {"first": "second", "second": "first"}


def swapped(value: str) -> str:
    """The same choice, or sign, with the responses the other way round; anything else stays as it is."""
    return CHOICES[len(CHOICES) - 1 - CHOICES.index(value)] if value in CHOICES else OTHER_SIGN.get(value, value)


class Change(StrEnum):
    INITIAL = "initial"
    CLARIFICATION = "clarification"
    LABEL_CHANGING = "label-changing"


class LabelDefinition(Model):
    """One value of the schema: how it is chosen, what it means, and what each mapping makes of it.

    One with a `parent` is a kind of that label: chosen by a second key, and standing for its parent in everything that
    it does not say itself.
    """

    name: Slug
    parent: Slug | None = None
    key: Key
    glyph: Annotated[str, Field(min_length=1, max_length=2)] = "·"
    meaning: Meaning
    neighbours: tuple[Slug, ...] = ()
    error: bool = False
    rationale_required: bool = False
    values: dict[str, Value] = Field(default_factory=dict)


PREFERENCES = (
    LabelDefinition(name="first", key="1", glyph="←", meaning="the first is better"),
    *(LabelDefinition(name=choice, parent="first", key=str(place), meaning=f"the first is {choice.replace('-', ' ')}")
      for place, choice in enumerate(CHOICES[:3], 1)),
    LabelDefinition(name="tie", key="2", glyph="=", meaning="neither is better"),
    LabelDefinition(name="second", key="3", glyph="→", meaning="the second is better"),
    *(LabelDefinition(name=choice, parent="second", key=str(place), meaning=f"the first is {choice.replace('-', ' ')}")
      for place, choice in enumerate(CHOICES[4:], 1)),
    LabelDefinition(name="both-bad", key="4", glyph="✗", meaning="neither can be used"),
    LabelDefinition(name="cannot-judge", key="5", glyph="?", meaning="this cannot be judged",
                    rationale_required=True),
)  # fmt: skip
"""What is said of a pair as a whole, as labels: people agree where the sign does, and each choice is a kind of one."""


class Criterion(Model):
    """A dimension on which the responses of a pair are compared; `anchors` say what a choice of the scale means."""

    name: Slug
    key: Key
    meaning: Meaning
    rules: Annotated[tuple[RuleId, ...], Field(min_length=1)]
    anchors: dict[Literal[CHOICES], FilledText]  # type: ignore[valid-type]


class Schema(Model):
    """The labels that a step can be given, or the criteria of a pair.

    `judgement` names the pairs of neighbours whose boundary needs judgement, and so more examples.
    """

    labels: tuple[LabelDefinition, ...] = ()
    criteria: Annotated[tuple[Criterion, ...], Field(max_length=9)] = ()
    judgement: tuple[tuple[Slug, Slug], ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> "Schema":
        parents = [label.name for label in self.top]
        _no_two("label", [label.name for label in self.labels])
        _no_two("criterion", [criterion.name for criterion in self.criteria])
        _no_two("criterion", [criterion.key for criterion in self.criteria], "key")
        for siblings in (self.top, *(self.kinds(parent) for parent in parents)):
            _no_two("label", [label.key for label in siblings], "key")
            if len(siblings) > 9:
                raise ValueError("at most nine labels stand side by side")
        for criterion in self.criteria:
            if criterion.name in set(Question):
                raise ValueError(f"criterion {criterion.name} has a name that says something else")
        for label in self.labels:
            if label.parent is not None and label.parent not in parents:
                raise ValueError(
                    f"label {label.name} is a kind of {label.parent}, which is no label of the first level"
                )
            if label.parent is not None and (label.neighbours or label.values or label.error):
                raise ValueError(f"label {label.name} takes neighbours, values and error from {label.parent}")
            for neighbour in label.neighbours:
                if neighbour not in parents:
                    raise ValueError(f"label {label.name} names a neighbour {neighbour} that is no label")
        for pair in self.judgement:
            if frozenset(pair) not in self.boundaries():
                raise ValueError(f"judgement: {' and '.join(pair)} are no neighbours")
        return self

    @property
    def all(self) -> tuple[LabelDefinition, ...]:
        """The labels; of a schema with criteria what can be said of a pair as a whole."""
        return PREFERENCES if self.criteria else self.labels

    @property
    def top(self) -> tuple[LabelDefinition, ...]:
        """The labels of the first level."""
        return tuple(label for label in self.all if label.parent is None)

    def kinds(self, parent: str) -> tuple[LabelDefinition, ...]:
        """The kinds of a label, in their order."""
        return tuple(label for label in self.all if label.parent == parent)

    def label(self, name: str) -> LabelDefinition | None:
        return next((label for label in self.all if label.name == name), None)

    def parent(self, name: str) -> str:
        """The label of the first level that a label stands for: itself, or the one it is a kind of."""
        found = self.label(name)
        return name if found is None or found.parent is None else found.parent

    def is_error(self, name: str) -> bool:
        found = self.label(self.parent(name))
        return found is not None and found.error

    def needs_rationale(self, name: str) -> bool:
        """Whether a label, or the label that it is a kind of, is given with a reason."""
        both = (self.label(name), self.label(self.parent(name)))
        return any(label.rationale_required for label in both if label is not None)

    def boundaries(self) -> dict[frozenset[str], bool]:
        """Each pair of neighbours -> whether its boundary needs judgement."""
        hard = {frozenset(pair) for pair in self.judgement}
        pairs = [frozenset((label.name, neighbour)) for label in self.labels for neighbour in label.neighbours]
        return {pair: pair in hard for pair in pairs if len(pair) == 2}

    def values(self) -> frozenset[str]:
        """Everything that an example may be given: the labels with their kinds, or the choices of a pair."""
        return frozenset(PAIR_VALUES if self.criteria else (label.name for label in self.labels))

    def mapping_names(self) -> list[str]:
        """The mappings that give every label a value, in the order of the first label."""
        if not self.top:
            return []
        first, *others = self.top
        return [name for name in first.values if all(name in label.values for label in others)]

    def mapping(self, name: str) -> dict[str, Value] | None:
        """Label -> target value, its kinds too; None where the mapping is not there for every label."""
        if name not in self.mapping_names():
            return None
        values = {label.name: label.values[name] for label in self.top}
        return {label.name: values[self.parent(label.name)] for label in self.labels}

    def decides_as(self, other: "Schema") -> bool:
        """Whether both have the same labels, levels, errors and values, so that a label means the same under each."""

        def essence(schema: Schema) -> object:
            labels = {one.name: (one.parent, one.error, one.rationale_required, one.values) for one in schema.labels}
            return labels, {criterion.name for criterion in schema.criteria}

        return essence(self) == essence(other)


def _no_two(what: str, values: list[str], field: str = "name") -> None:
    twice = next((value for value in values if values.count(value) > 1), None)
    if twice is not None:
        raise ValueError(f"two {'criteria' if what == 'criterion' else what + 's'} have the same {field} {twice}")


class Affects(Model):
    """What a label-changing version changes; empty domains and tags mean all."""

    rules: tuple[RuleId, ...] = ()
    labels: tuple[Slug, ...] = ()
    domains: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class Strategy(Model):
    """How a solution goes about it, with the rule that tells it from the others. A name alone will do."""

    name: Annotated[Name, Field(max_length=80)]
    rule: str = ""


def _with_name(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


class FrontMatter(Model):
    """The head of a guideline file.

    `label_map` says, where the labels of the version before are others, what each of them becomes: one label, or
    several, between which people decide anew. `calculation` names the rules by which a wrong calculation is an error.
    """

    guideline: Slug
    version: Annotated[str, Field(pattern=r"^[0-9]{1,6}(\.[0-9]{1,6}){0,2}$")]
    change: Change
    task: Literal["steps", "pairs"] = "steps"
    authors: Annotated[tuple[Name, ...], Field(min_length=1)]
    affects: Affects = Affects()
    label_map: dict[Slug, Annotated[tuple[Slug, ...], Field(min_length=1)]] = Field(default_factory=dict)
    labels: Schema = Field(alias="schema")
    mappings: dict[str, str] = Field(default_factory=dict)
    strategies: Annotated[tuple[Annotated[Strategy, BeforeValidator(_with_name)], ...], Field(max_length=9)] = ()
    calculation: tuple[RuleId, ...] = ()

    @model_validator(mode="after")
    def _fits(self) -> "FrontMatter":
        schema = self.labels
        if self.task == "steps" and (len(schema.top) < 2 or schema.criteria):
            raise ValueError("schema: a guideline for steps has two labels or more, and no criteria")
        if self.task == "pairs" and (schema.labels or not schema.criteria):
            raise ValueError("schema: a guideline for pairs has criteria, and no labels")
        if self.change is Change.LABEL_CHANGING:
            if not (self.affects.labels or self.affects.rules or self.label_map):
                raise ValueError("affects: a label-changing version lists the labels or the rules that it changes")
            lone = [one for one in self.affects.labels if swapped(one) not in self.affects.labels]
            if lone and self.task == "pairs":
                other = swapped(lone[0])
                raise ValueError(f"affects: {lone[0]} and {other} go together, as either response may be the first")
        elif self.affects != Affects():
            raise ValueError("affects: only a label-changing version has it")
        if self.change is Change.CLARIFICATION and self.label_map:
            raise ValueError("label_map: only a label-changing or a first version has it")
        for label in (new for names in self.label_map.values() for new in names):
            if schema.label(label) is None:
                raise ValueError(f"label_map: {label} is no label of the schema")
        names = list(self.strategy_names())
        if len(set(names)) < len(names):
            raise ValueError("strategies: two have the same name")
        return self

    @property
    def title(self) -> str:
        """Name and version, as `step-correctness 1.0`."""
        return f"{self.guideline} {self.version}"

    @property
    def order(self) -> tuple[int, ...]:
        """The version as numbers, so that 1.10 comes after 1.9."""
        return tuple(int(part) for part in self.version.split("."))

    @property
    def acts(self) -> bool:
        """Whether labels given before may be stale under this version, or have other names."""
        return self.change is Change.LABEL_CHANGING or bool(self.label_map)

    def strategy_names(self) -> Iterator[str]:
        return (strategy.name for strategy in self.strategies)
