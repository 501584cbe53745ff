"""What is wanted of a project's coverage, as people write it down (YAML, JSON or CSV), and as a sample shows it.

YAML and JSON: a field for each dimension with the share of each value (`domain: {law: 0.4, mathematics: 0.6}`), and
`cells` for several dimensions together, a list of values with their `share`. CSV: a column for each dimension and one
named `share`.
"""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, get_args

import yaml
from pydantic import ValidationError

from cotlab.domain.coverage.spread import DIMENSIONS, NONE, Dimension, Wanted, WantedCell
from cotlab.domain.errors import BadInput
from cotlab.exchange.guideline.yaml_nodes import NotPlain, line_of, plain_yaml
from cotlab.exchange.readers.jsonl import BYTE_ORDER_MARK, parse
from cotlab.exchange.readers.records import RecordError

SHARE, CELLS = "share", "cells"
SAMPLED: tuple[tuple[Dimension, ...], ...] = (("domain",), ("difficulty",), ("tag",), ("domain", "difficulty"))
"""What is counted in a sample, which has problems and no paths."""
LONGEST_NAME = 200
MOST = 5_000
"""Values of a part; one with more of them, as of free tags, is left out of a sample."""
Row = tuple[tuple[str, ...], object, int, str]
"""Values, share, line and field."""


def read_target(content: bytes, name: str) -> tuple[Wanted, ...]:
    """The parts of a target file called `name`. Raises BadInput with its line and field."""
    try:
        text = content.removeprefix(BYTE_ORDER_MARK).decode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _bad(name, line, None, "the file is no UTF-8 text") from error
    return (_csv(text, name),) if name.lower().endswith(".csv") else _yaml(text, name)


def _bad(name: str, line: int, field: str | None, why: str) -> BadInput:
    return BadInput(f"{name}, line {line}: {f'{field}: ' if field else ''}{why}")


def _yaml(text: str, name: str) -> tuple[Wanted, ...]:
    try:
        node, value = plain_yaml(text, "the target")
    except NotPlain as error:
        raise _bad(name, error.line + 1, None, error.why) from error
    if not isinstance(value, dict) or not value:
        raise _bad(name, 1, None, f"a target is fields of shares: {', '.join(DIMENSIONS)} or {CELLS}")
    return tuple(_yaml_part(node, str(key), part, name) for key, part in value.items())


def _yaml_part(node: yaml.Node | None, field: str, part: object, name: str) -> Wanted:
    line = line_of(node, [field]) + 1
    if field in DIMENSIONS:
        dimensions: tuple[Dimension, ...] = (_dimension(field),)
        if not isinstance(part, dict) or not part:
            raise _bad(name, line, field, "say the share of each value, as value: 0.25")
        rows: list[Row] = [
            ((str(value),), share, line_of(node, [field, value]) + 1, f"{field}.{value}")
            for value, share in part.items()
        ]
    elif field == CELLS:
        if not isinstance(part, list) or not all(isinstance(cell, dict) for cell in part) or not part:
            raise _bad(name, line, field, f"say a list of cells, each with values and a {SHARE}")
        dimensions = _dimensions(part[0], name, line, field)
        rows = [
            (_cell_values(cell, dimensions, name, line_of(node, [field, at]) + 1, f"{field}.{at}"), cell[SHARE],
             line_of(node, [field, at]) + 1, f"{field}.{at}.{SHARE}")
            for at, cell in enumerate(part)
        ]  # fmt: skip
    else:
        raise _bad(name, line, field, f"there is no such field; there are {', '.join(DIMENSIONS)} and {CELLS}")
    return _wanted(dimensions, rows, name, line, field)


def _csv(text: str, name: str) -> Wanted:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [column.strip() for column in reader.fieldnames or ()]
        reader.fieldnames = header
        dimensions = _dimensions(dict.fromkeys(header), name, 1, "header")
        rows: list[Row] = []
        for row in reader:
            line = reader.line_num
            if None in row:
                raise _bad(name, line, None, f"the line has more fields than the {len(header)} of the header")
            cell = {column: (value or "").strip() for column, value in row.items()}
            rows.append((_cell_values(cell, dimensions, name, line, None), cell[SHARE], line, SHARE))
    except csv.Error as error:
        raise _bad(name, reader.line_num, None, f"the line is not CSV: {error}") from error
    if not rows:
        raise _bad(name, 1, None, "there is no line below the header")
    return _wanted(dimensions, rows, name, 1, None)


def _dimension(name: str) -> Dimension:
    found: Dimension = next(one for one in get_args(Dimension) if one == name)
    return found


def _dimensions(cell: Mapping[Any, object], name: str, line: int, field: str) -> tuple[Dimension, ...]:
    if SHARE not in cell:
        raise _bad(name, line, field, f"{SHARE} is missing")
    for key in cell:
        if key not in (*DIMENSIONS, SHARE):
            raise _bad(name, line, field, f"{key} is no dimension; there are {', '.join(DIMENSIONS)}")
    found = tuple(one for one in DIMENSIONS if one in cell)
    if not found:
        raise _bad(name, line, field, f"name at least one of {', '.join(DIMENSIONS)}")
    return found


def _cell_values(
    cell: Mapping[Any, object], dimensions: Sequence[Dimension], name: str, line: int, field: str | None
) -> tuple[str, ...]:
    if {*cell} != {*dimensions, SHARE}:
        raise _bad(name, line, field, f"every cell has {', '.join(dimensions)} and {SHARE}, and nothing else")
    values = tuple("" if cell[one] is None else str(cell[one]).strip() for one in dimensions)
    for dimension, value in zip(dimensions, values, strict=True):
        if not value:
            raise _bad(name, line, dimension, f"the value is empty; {NONE} stands for what has none")
    return values


def _wanted(
    dimensions: tuple[Dimension, ...], rows: Iterable[Row], name: str, line: int, field: str | None
) -> Wanted:  # fmt: skip
    cells = [
        WantedCell.model_construct(values=values, share=_share(share, name, at, where))
        for values, share, at, where in rows
    ]
    try:
        return Wanted.model_validate({"dimensions": dimensions, "cells": [cell.model_dump() for cell in cells]})
    except ValidationError as error:
        raise _bad(name, line, field, error.errors()[0]["msg"].removeprefix("Value error, ")) from error


def _share(value: object, name: str, line: int, field: str) -> float:
    try:
        share = float(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else -1.0
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise _bad(name, line, field, "a share is a number from 0 to 1")
    return share


def read_sample(lines: Iterable[bytes], name: str) -> tuple[Wanted, ...]:
    """The shares in an unlabelled sample: JSON lines, each a problem (`domain`, `difficulty`, `tags`) or something with
    a `problem`. Read in constant memory. Raises BadInput with line and field.
    """
    counts: dict[tuple[Dimension, ...], Counter[tuple[str, ...]]] = defaultdict(Counter)
    size = 0
    for kind in _sampled(lines, name):
        size += 1
        for dimensions in SAMPLED:
            for tag in kind["tag"] if "tag" in dimensions else ("",):
                values = tuple(tag if one == "tag" else kind[one] for one in dimensions)
                counts[dimensions][values] += 1
    if not size:
        raise BadInput(f"{name}: there is no problem in it")
    return tuple(
        Wanted(
            dimensions=dimensions, size=size,
            cells=tuple(WantedCell(values=values, share=number / found.total()) for values, number in found.items()),
        )
        for dimensions, found in counts.items()
        if len(found) <= MOST
    )  # fmt: skip


def _sampled(lines: Iterable[bytes], name: str) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, 1):
        raw = line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line
        if not raw.strip():
            continue
        try:
            record: Any = parse(raw.rstrip(b"\r\n"))
        except RecordError as error:
            raise _bad(name, number, error.field, error.why) from error
        problem = record.get("problem", record)
        if not isinstance(problem, dict):
            problem = record
        yield _kind(problem, name, number)


def _kind(problem: Mapping[str, Any], name: str, line: int) -> dict[str, Any]:
    domain, difficulty, tags = problem.get("domain", "general"), problem.get("difficulty"), problem.get("tags", [])
    if not _is_name(domain):
        raise _bad(name, line, "domain", "the domain is no name")
    if difficulty is not None and (type(difficulty) is not int or not 1 <= difficulty <= 5):
        raise _bad(name, line, "difficulty", "a difficulty is 1 to 5")
    if not isinstance(tags, list) or not all(map(_is_name, tags)):
        raise _bad(name, line, "tags", "tags are a list of names")
    return {
        "domain": domain.strip(), "difficulty": NONE if difficulty is None else str(difficulty),
        "tag": tuple(dict.fromkeys(tag.strip() for tag in tags)) or (NONE,),
    }  # fmt: skip


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= LONGEST_NAME
