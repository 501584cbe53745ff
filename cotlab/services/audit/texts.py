"""The texts held against their chains: what was imported, written or published stands as it came in."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Generator, Iterator, Mapping
from contextlib import suppress
from typing import Any

from pydantic import ValidationError

from cotlab.domain.answers import Purpose
from cotlab.domain.errors import BadInput
from cotlab.domain.text import digest
from cotlab.domain.traces.pairs import Pair
from cotlab.exchange.guideline.front_matter import parse_guideline
from cotlab.services.audit.import_data import (
    choice_told,
    derivation_told,
    drafted_told,
    import_digest,
    label_told,
    pair_told,
    pairs_digest,
    row_told,
)
from cotlab.storage.audit import audit_trail
from cotlab.storage.engine.database import SERVER, Reading, Row
from cotlab.storage.guidelines import guidelines
from cotlab.storage.labels import exports
from cotlab.storage.projects import projects
from cotlab.storage.traces import derivations, drafted_traces, pairs
from cotlab.storage.traces.traces import problem_of

TRACES_A_PAGE = 500
WRITTEN = {"alternative.written": "alternative", "path.written": "path"}
"""The events that tell of a trace that a person wrote."""
BROUGHT = {"traces.imported": "an import", "draft.decided": "an accepted draft"}
"""The events with a digest over the traces that came in, and all that came with them."""


def texts_that_differ(db: Reading, project_id: str) -> Iterator[tuple[int, str]]:
    """The sequence of an event, and what is no longer as it tells: a problem, a step, an answer, or a label of a file.

    Every digest is computed anew from the texts; an import's event holds one over all that came with it.
    """
    as_of, _ = exports.sequence_now(db, project_id)
    digests: dict[int, list[str]] = defaultdict(list)
    labels: dict[int, list[str]] = defaultdict(list)
    brought = yield from _pairs_that_differ(db, project_id, as_of)
    after = ""
    while (page := exports.page(db, project_id, as_of, after, TRACES_A_PAGE)).traces:
        after = page.traces[-1]["id"]
        ids = [row["id"] for row in page.traces]
        for made in derivations.of_items(db, ids).values():
            labels[made["sequence"]].append(derivation_told([made[name] for name in derivations.COLUMNS[:-1]]))
        for made in drafted_traces.of_items(db, ids).values():
            labels[made["sequence"]].append(drafted_told([made[name] for name in drafted_traces.COLUMNS[:-1]]))
        for row in page.traces:
            if _digest(db, project_id, page, row, as_of) != row["digest"]:
                yield row["sequence"], f"the texts of the trace {row['id']} are not those that came in"
            digests[row["sequence"]].append(row["digest"])
            for answer in page.answers.get(row["id"], ()):
                if answer["purpose"] == Purpose.IMPORTED:
                    told = label_told(row["id"], answer["position"], answer["value"], answer["rationale"])
                    labels[answer["sequence"]].append(told)
    for event in map(json.loads, audit_trail.bodies(db, project_id)):
        if event["kind"] in BROUGHT and event["data"]["sha256"] is not None:
            found = import_digest(digests[event["sequence"]], labels[event["sequence"]])
            if found != event["data"]["sha256"]:
                what = BROUGHT[event["kind"]]
                yield event["sequence"], f"the traces or the labels of {what} are not those that came in"
        elif event["kind"] == "pairs.imported" and pairs_digest(brought[event["sequence"]]) != event["data"]["sha256"]:
            yield event["sequence"], "the pairs or the choices of an import are not those that came in"
        elif event["kind"] in WRITTEN and event["data"]["digest"] not in digests[event["sequence"]]:
            yield event["sequence"], f"the {WRITTEN[event['kind']]} is not the one that was written"
        elif event["kind"] in WRITTEN and _made_of(event, labels) != event["data"].get("sha256"):
            yield event["sequence"], f"the draft that the {WRITTEN[event['kind']]} was made of is another"


def _made_of(event: Mapping[str, Any], labels: Mapping[int, list[str]]) -> str | None:
    """What the event of a trace that somebody wrote tells of the draft that it was made of, where there is one."""
    told = labels.get(event["sequence"])
    return import_digest([event["data"]["digest"]], told) if told else None


def _pairs_that_differ(
    db: Reading, project_id: str, as_of: int
) -> Generator[tuple[int, str], None, dict[int, list[str]]]:  # fmt: skip
    """Pairs whose texts are not those that came in; returns what each import brought, by the sequence of its event."""
    brought: dict[int, list[str]] = defaultdict(list)
    after = ""
    while (page := exports.page(db, project_id, as_of, after, TRACES_A_PAGE, task="pairs")).traces:
        after = page.traces[-1]["id"]
        kept = pairs.of_items(db, [row["id"] for row in page.traces])
        for row in page.traces:
            one = kept.get(row["id"])
            if one is None or _pair(row, one).digest() != row["digest"] or one["sequence"] != row["sequence"]:
                yield row["sequence"], f"the texts of the pair {row['id']} are not those that came in"
                continue
            brought[row["sequence"]].append(pair_told(one))
        for answer in pairs.answers(db, [row["id"] for row in page.traces], as_of):
            if answer["purpose"] == Purpose.IMPORTED:
                said = choice_told(answer["item_id"], answer["question"], answer["value"], answer["rationale"])
                brought[answer["sequence"]].append(said)
        for of in pairs.source_rows(db, [row["id"] for row in page.traces]).values():
            parts = (of[name] for name in ("item_id", "answer_id", "number", "row_id", "left_one"))
            brought[of["sequence"]].append(row_told(*parts))
    return brought


def _pair(row: Row, kept: Row) -> Pair:
    return Pair.model_construct(
        problem=problem_of(row), messages=pairs.messages_of(kept), responses=pairs.responses_of(kept)
    )


def guidelines_that_differ(db: Reading) -> Iterator[tuple[int, str]]:
    """The sequence of an event of the server, and the guideline version that is no longer as it tells."""
    events = {event["data"]["guideline_version"]: event for event in map(json.loads, audit_trail.bodies(db, SERVER))
              if event["kind"] == "guideline.published"}  # fmt: skip
    for version in guidelines.versions(db):
        row = {**version, **projects.guideline_version(db, version["id"])}
        event = events.pop(version["id"], None)
        title = f"{row['guideline']} {row['version']}"
        if event is None or not _as_published(row, event["data"], title):
            yield version["sequence"], f"the guideline version {title} is not the one that was published"
    for event in events.values():
        yield event["sequence"], "the guideline version that this event tells of is gone"


def _as_published(row: Mapping[str, Any], told: dict[str, str], title: str) -> bool:
    """Whether the text is the one of the event, and what is kept apart for speed is what the text says."""
    if hashlib.sha256(row["text"].encode()).hexdigest() != told["sha256"]:
        return False
    if (row["guideline"], row["version"]) != (told["guideline"], told["version"]):
        return False
    with suppress(BadInput, ValidationError):
        read = parse_guideline(row["text"].encode(), title)
        head = projects.front_matter(row["head"])
        kept = (head, row["change"], row["task"], row["quick_reference"].split())
        # 0.1.0 kept the blanks around the quick reference and within it otherwise
        return kept == (read.head, read.head.change, read.head.task, read.quick_reference.split())
    return False


def _digest(db: Reading, project_id: str, page: exports.Page, row: Row, as_of: int) -> str:
    """The digest of a trace from its texts, as it was computed when it came in."""
    texts = [step["text"] for step in page.steps.get(row["id"], ())]
    author = [] if row["author_id"] is None else [row["author_id"]]
    if row["parent_id"] is None:
        return digest([problem_of(row).digest(), *author, row["final_answer"], *texts])
    parent = exports.one(db, project_id, row["parent_id"], as_of).traces[0]["digest"]
    return digest([parent, *author, str(row["first_position"]), row["alternative_kind"], *texts])
