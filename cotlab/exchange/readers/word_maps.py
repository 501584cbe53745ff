"""Named maps from the label words of a file to target values, for files that no guideline speaks of."""

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import Field, ValidationError

from cotlab.domain.errors import BadInput
from cotlab.domain.guidelines.schema import Value
from cotlab.domain.model import Model
from cotlab.domain.text import Name
from cotlab.exchange.formats.traces.prm800k import HUMAN
from cotlab.exchange.guideline.yaml_nodes import NotPlain, plain_yaml
from cotlab.exchange.readers.records import first_error

OWN = ("correct", "redundant", "incorrect", "incomplete")


class WordMap(Model):
    """Which value each word stands for. `about` says where the words come from."""

    name: Name
    about: str = ""
    values: dict[Name, Value] = Field(min_length=1)

    @property
    def errors(self) -> frozenset[str]:
        """The words that are false, or a rating of -1."""
        return frozenset(word for word, value in self.values.items() if value is False or value == -1)

    @property
    def unrated(self) -> bool:
        """Whether it has a value for steps that PRM800K's labeller wrote and did not rate."""
        return HUMAN in self.values


WORD_MAPS = (
    WordMap(name="correctness", about="labels of the shipped guideline: a step holds",
            values=dict(zip(OWN, (True, True, False, False), strict=True))),
    WordMap(name="trl-prm800k", about="labels of the shipped guideline: a step holds and helps",
            values=dict(zip(OWN, (True, False, False, False), strict=True))),
    WordMap(name="prm800k", about="labels of the shipped guideline as ratings",
            values=dict(zip(OWN, (1, 0, -1, -1), strict=True))),
    WordMap(name="ratings", about="PRM800K's ratings as they are; a step that the labeller wrote is 1",
            values={"1": 1, "0": 0, "-1": -1, HUMAN: 1}),
    WordMap(name="ratings-hold", about="PRM800K's ratings: 0 is right, too",
            values={"1": True, "0": True, "-1": False, HUMAN: True}),
    WordMap(name="ratings-help", about="PRM800K's ratings as TRL reads them: 0 is false, what the labeller wrote true",
            values={"1": True, "0": False, "-1": False, HUMAN: True}),
    WordMap(name="signs", about="Math-Shepherd, RLHFlow, OpenRLHF", values={"+": True, "-": False}),
    WordMap(name="booleans", about="TRL's stepwise rows, and columns of booleans",
            values={"true": True, "false": False}),
    WordMap(name="first-error", about="ProcessBench, BIG-Bench Mistake, MR-GSM8K, Mr-Ben, StepVerify",
            values={"no error": True, "before first error": True, "first error": False}),
    WordMap(name="errors", about="PRMBench", values={"no error": True, "error": False}),
    WordMap(name="public", about="the public sets as flat records: a step holds",
            values={"correct": True, "redundant": True, "incorrect": False, "error": False}),
)  # fmt: skip


def word_map(name: str) -> WordMap:
    """The map of that name, or of the file of that name (`name` and `values`, in YAML or JSON). Raises BadInput."""
    for one in WORD_MAPS:
        if one.name == name:
            return one
    path = Path(name)
    if not path.is_file():
        known = ", ".join(one.name for one in WORD_MAPS)
        raise BadInput(f"mapping: there is no map {name!r}, and no file of that name; the maps are {known}")
    try:
        _, found = plain_yaml(path.read_text("utf-8"), "map")
        return WordMap.model_validate_json(json.dumps(found, default=str), strict=True)
    except (NotPlain, UnicodeDecodeError) as error:
        raise BadInput(f"{name}: {error}") from error
    except ValidationError as error:
        raise BadInput(f"{name}: {first_error(error)}") from error


def type_of(values: Mapping[str, Value]) -> type[bool] | type[int] | None:
    """The type of a map's values, true and false or -1, 0 and 1; None where it is neither."""
    types = {type(value) for value in values.values()}
    if types == {bool}:
        return bool
    return int if types == {int} and set(values.values()) <= {-1, 0, 1} else None
