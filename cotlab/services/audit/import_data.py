"""Digests by which the event of an import tells of what came in: traces, pairs, labels, and where drafts came from."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cotlab.domain.text import digest


def pair_told(row: Mapping[str, Any]) -> str:
    """What the event of an import tells of one pair: its texts and where they came from, in the order they are kept."""
    parts = ("messages", "first_text", "second_text", "first_origin", "second_origin")
    return f"{row['item_id']} {digest([row[part] for part in parts])}"


def choice_told(item_id: str, question: str, value: str, rationale: str | None) -> str:
    """What it tells of one answer that came with a pair."""
    return f"{item_id} {question} {value} {rationale or ''}"


def row_told(item_id: str, answer_id: str, number: int, row_id: str | None, left_one: str) -> str:
    """What it tells of the row of the file that an answer stood in."""
    return f"{item_id} {answer_id} row {number} {row_id or ''} {left_one}"


def pairs_digest(told: Iterable[str]) -> str:
    """SHA-256 (hex) over what one import brought, whatever the order."""
    return digest(sorted(told))


def label_told(item_id: str, position: int, value: str, rationale: str | None) -> str:
    """What the event of an import tells of one label that came with it."""
    return f"{item_id} {position} {value} {rationale or ''}"


def derivation_told(values: Sequence[object]) -> str:
    """What the event of an import tells of what a trace was made of; `values` are a row of storage.derivations."""
    return " ".join(("derived", *map(str, values)))


def drafted_told(values: Sequence[object]) -> str:
    """What an event tells of the draft that a trace was; `values` are a row of storage.traces.drafted_traces."""
    return " ".join(("drafted", *map(str, values)))


def import_digest(digests: Iterable[str], labels: Iterable[str]) -> str:
    """SHA-256 (hex) over the digests of traces and the labels of one import, whatever their order.

    What traces were made of, and the drafts that they were, are told among the labels.
    """
    return digest([*sorted(digests), "", *sorted(labels)])
