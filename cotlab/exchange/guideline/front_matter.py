"""The front matter of a guideline file, in YAML; its Markdown is read beside this. Nothing in it is ever evaluated."""

import json
from collections.abc import Iterator

import yaml
from frontmatter.default_handlers import YAMLHandler
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from cotlab.domain.errors import BadInput
from cotlab.domain.guidelines.rules import Guideline
from cotlab.domain.guidelines.schema import FrontMatter
from cotlab.domain.text import MAX_TEXT
from cotlab.exchange.guideline.body import read_body
from cotlab.exchange.guideline.yaml_nodes import NotPlain, line_of, plain_yaml
from cotlab.exchange.readers.records import TOO_DEEP, dotted, sentence

LONGEST_FILE = 4 * MAX_TEXT
"""In bytes; a character takes four at most."""


def parse_guideline(data: bytes, name: str) -> Guideline:
    """The bytes of a guideline file as a `Guideline` with its text exact; BadInput names `name`, line and field.

    Headings that lint refuses are read over, so that a text published before lint knew them stays readable.
    """
    text = _text(data, name)
    head, body, first_line = _split(text, name)
    node, fields = _compose(head, name, first_line)
    try:
        parsed = FrontMatter.model_validate_json(json.dumps(fields, default=str), strict=True)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)[0]
        line = first_line + line_of(node, details["loc"] or _named_first(details))
        raise _bad(name, line, _explained(details)) from error
    except RecursionError as error:
        raise _bad(name, first_line, TOO_DEEP) from error
    places = {place: first_line + line for place, line in _places(node)}
    return Guideline(head=parsed, text=text, places=places, **read_body(body, text))


def _named_first(details: ErrorDetails) -> tuple[str, ...]:
    """The field that a sentence about the whole head begins with, as `affects: …`."""
    field, colon, _ = sentence(details).partition(":")
    return (field,) if colon and field in (*FrontMatter.model_fields, "schema") else ()


def _explained(details: ErrorDetails) -> str:
    """Field and sentence; a mapping's value is one of two types, which pydantic would name apart."""
    location = details["loc"][:-1] if details["loc"][-1:] == ("[key]",) else details["loc"]
    if location[-1:] in (("bool",), ("int",)):
        return f"{dotted(location[:-1])}: the value should be true, false or a whole number"
    hint = "; text that reads as a number, as true or as false stands in quotes"
    hint = hint if details["type"] == "string_type" else ""
    if not location and _named_first(details):
        return sentence(details)
    return f"{dotted(location) or 'front matter'}: {sentence(details)}{hint}"


def _text(data: bytes, name: str) -> str:
    too_long = BadInput(f"{name}: the file is longer than {MAX_TEXT:,} characters.")
    if len(data) > LONGEST_FILE:
        raise too_long
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _bad(name, line, f"byte {error.start + 1} of the file is not UTF-8") from error
    if len(text) > MAX_TEXT:
        raise too_long
    if "\x00" in text:
        raise _bad(name, text.count("\n", 0, text.index("\x00")) + 1, "the text holds a NUL character")
    return text


def _split(text: str, name: str) -> tuple[str, str, int]:
    """Front matter, body, and the number of the file's line on which the front matter starts."""
    handler = YAMLHandler()
    opening = handler.FM_BOUNDARY.match(text)
    if not opening:
        raise _bad(name, 1, "the file does not begin with front matter between two lines of ---")
    try:
        head, body = handler.split(text)
    except ValueError as error:
        raise _bad(name, 1, "the front matter has no end; a second line of --- closes it") from error
    return head, body, text.count("\n", 0, opening.end()) + 1


def _compose(head: str, name: str, first_line: int) -> tuple[yaml.Node, object]:
    """The front matter as YAML nodes, which know their lines, and as values; BadInput where it is not plain YAML."""
    try:
        node, fields = plain_yaml(head, "the front matter")
    except NotPlain as error:
        raise _bad(name, first_line + error.line, error.why) from error
    if not isinstance(node, yaml.MappingNode):
        raise _bad(name, first_line, "the front matter is not a list of `field: value`")
    return node, fields


def _places(node: yaml.Node, path: str = "") -> Iterator[tuple[str, int]]:
    """Dotted path -> line (from 0) of every field and every member of a list."""
    parts: list[tuple[str, int, yaml.Node]] = []
    if isinstance(node, yaml.MappingNode):
        parts = [(str(key.value), key.start_mark.line, value) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        parts = [(str(number), value.start_mark.line, value) for number, value in enumerate(node.value)]
    for part, line, value in parts:
        place = f"{path}.{part}" if path else part
        yield place, line
        yield from _places(value, place)


def _bad(name: str, line: int, why: str) -> BadInput:
    return BadInput(f"{name} line {line}: {why}.")
