"""Small guideline versions, written for what a test needs."""

import json
from typing import Any

import yaml

from cotlab.domain.people import Role
from tests.world import World

LABELS: list[dict[str, Any]] = [
    {"name": "correct", "key": "1", "meaning": "right", "neighbours": ["redundant"], "values": {"both": True}},
    {"name": "redundant", "key": "2", "meaning": "adds nothing", "values": {"both": True}},
    {"name": "incorrect", "key": "3", "meaning": "false", "error": True, "values": {"both": False}},
    {"name": "incomplete", "key": "4", "meaning": "a part is missing", "error": True, "values": {"both": False}},
    {"name": "wrong-operation", "parent": "incorrect", "key": "1", "meaning": "a false calculation"},
]

BODY = """
# Small

## Rules

### M1 What is false

If it is false, then `incorrect`.

### M2 What is missing

If a part is missing, then `incomplete`.
"""


def small(version: str, change: str = "label-changing", body: str = BODY, **fields: Any) -> str:
    """A version of the guideline `small`; fields of the front matter are given or replaced by name."""
    head: dict[str, Any] = {
        "guideline": "small", "version": version, "change": change, "authors": ["cotlab authors"],
        "schema": {"labels": LABELS}, "strategies": ["forward chaining", "inspection"], **fields,
    }  # fmt: skip
    plain = json.loads(json.dumps(head))  # without YAML's aliases, which a list used twice would get
    return f"---\n{yaml.safe_dump(plain, sort_keys=False)}---\n{body}"


def following(world: World, name: str, *annotators: str) -> World:
    """The world with another project, led by lea, that follows `small 1.0`."""
    world.project = world.add_project(name, "lea")
    for annotator in annotators:
        world.join(annotator, Role.ANNOTATOR)
    world.publish(small("1.0", "initial"))
    return world


def renamed(old: str, *new: str) -> list[dict[str, Any]]:
    """The labels with one of them replaced by others of the same kind; keys follow the order."""
    found = []
    for label in LABELS:
        for name in new if label["name"] == old else (label["name"],):
            found.append({**label, "name": name, "neighbours": []})
    top = [label for label in found if "parent" not in label]
    return [{**label, "key": str(top.index(label) + 1)} if label in top else label for label in found]
