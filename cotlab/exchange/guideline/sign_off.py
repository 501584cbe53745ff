"""The file in which an expert walks the labels of a schema against use cases, in YAML."""

import json

from pydantic import ValidationError

from cotlab.domain.calibration.pilots import SignOffBody
from cotlab.domain.errors import BadInput
from cotlab.domain.guidelines.schema import Criterion, LabelDefinition, Schema
from cotlab.exchange.guideline.yaml_nodes import NotPlain, line_of, plain_yaml
from cotlab.exchange.readers.records import dotted, sentence


def sign_off_template(guideline: str, version: str, schema: Schema) -> str:
    """A file to fill in, with every label of the first level, or every criterion of pairs."""
    one, many = ("criterion", "criteria") if schema.criteria else ("label", "labels")
    head = f"""# Your signature under the {many} of {guideline} {version}.
guideline: {guideline}
version: "{version}"
# What the {many} are for (training a model, filtering, a report): one line each.
use_cases:
  -
# For each {one}, with these use cases before you:
#   needed     which use case needs it, and what would be lost without it
#   told_apart how you tell it from its neighbours
#   used_for   what the model does with it
labels:
"""
    return head + "".join(map(_blank, schema.criteria or schema.top))


def _blank(label: LabelDefinition | Criterion) -> str:
    neighbours = label.neighbours if isinstance(label, LabelDefinition) else ()
    beside = f" (neighbours: {', '.join(neighbours)})" if neighbours else ""
    return f"  # {label.meaning}{beside}\n  {label.name}:\n    needed:\n    told_apart:\n    used_for:\n"


def read_sign_off(data: bytes, name: str) -> SignOffBody:
    """The bytes of a filled-in file. BadInput names `name`, line and field."""
    try:
        node, fields = plain_yaml(data.decode("utf-8-sig"), "the file")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadInput(f"{name} line {line}: the file is not UTF-8.") from error
    except NotPlain as error:
        raise BadInput(f"{name} line {error.line + 1}: {error.why}.") from error
    try:
        return SignOffBody.model_validate_json(json.dumps(fields, default=str), strict=True)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)[0]
        said = "nothing is written here" if details["type"] == "string_type" else sentence(details)
        line = line_of(node, details["loc"]) + 1
        raise BadInput(f"{name} line {line}: {dotted(details['loc']) or 'the file'}: {said}.") from error
