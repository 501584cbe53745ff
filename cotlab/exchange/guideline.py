"""The front matter of a guideline file, in YAML; its Markdown is read beside this. Nothing in it is ever evaluated."""

import json
from collections.abc import Iterator, Sequence

import yaml
from frontmatter.default_handlers import YAMLHandler
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from cotlab.domain.errors import BadInput
from cotlab.domain.guidelines import FrontMatter
from cotlab.domain.rules import Guideline
from cotlab.exchange.guideline_body import read_body
from cotlab.exchange.records import TOO_DEEP, dotted, sentence

LONGEST_FILE = 1_000_000


def parse_guideline(data: bytes, name: str) -> Guideline:
    """The bytes of a guideline file as a `Guideline` with its text exact; BadInput names `name`, line and field."""
    text = _text(data, name)
    head, body, first_line = _split(text, name)
    node, fields = _compose(head, name, first_line)
    try:
        parsed = FrontMatter.model_validate_json(json.dumps(fields, default=str), strict=True)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)[0]
        line = first_line + _line(node, details["loc"] or _named_first(details))
        raise _bad(name, line, _explained(details)) from error
    except RecursionError as error:
        raise _bad(name, first_line, TOO_DEEP) from error
    places = {place: first_line + line for place, line in _places(node)}
    return Guideline(head=parsed, text=text, places=places, **read_body(body, text, name))


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
    if len(data) > LONGEST_FILE:
        raise BadInput(f"{name}: the file is larger than {LONGEST_FILE // 1_000_000} MB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _bad(name, line, f"byte {error.start + 1} of the file is not UTF-8") from error
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
        for event in yaml.parse(head, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                raise _bad(name, first_line + _at(event.start_mark), "an alias (*name) is not taken; write it out")
        node = yaml.compose(head, Loader=yaml.SafeLoader)
        fields = yaml.safe_load(head)
    except yaml.MarkedYAMLError as error:
        line = first_line + _at(error.problem_mark or error.context_mark)
        raise _bad(name, line, f"the front matter is not YAML: {error.problem or error.context}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise _bad(name, first_line, f"the front matter is not YAML: {str(error).splitlines()[0]}") from error
    except RecursionError as error:
        raise _bad(name, first_line, TOO_DEEP) from error
    if not isinstance(node, yaml.MappingNode):
        raise _bad(name, first_line, "the front matter is not a list of `field: value`")
    _refuse_twice(node, name, first_line)
    return node, fields


def _at(mark: object) -> int:
    line: int = getattr(mark, "line", 0)
    return line


def _refuse_twice(node: yaml.Node, name: str, first_line: int) -> None:
    waiting = [node]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, yaml.MappingNode):
            seen: set[object] = set()
            for key, value in inner.value:
                if key.value in seen:
                    raise _bad(name, first_line + key.start_mark.line, f"{key.value}: the field stands here twice")
                seen.add(key.value)
                waiting.append(value)
        elif isinstance(inner, yaml.SequenceNode):
            waiting.extend(inner.value)


def _line(node: yaml.Node, location: Sequence[str | int]) -> int:
    """The line (from 0) of the deepest part of the location that is there."""
    line = node.start_mark.line
    for part in location:
        if isinstance(node, yaml.MappingNode):
            pair = next(((key, value) for key, value in node.value if key.value == str(part)), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line
        else:
            break
    return line


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
