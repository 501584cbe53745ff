"""The texts of a project held against its chain: what was imported or written stands as it came in."""

import json
from collections import defaultdict
from collections.abc import Iterator

from cotlab.domain.answers import Purpose
from cotlab.domain.text import digest
from cotlab.services.importing import import_digest, label_told
from cotlab.storage import auditing, exports
from cotlab.storage.database import Reading, Row
from cotlab.storage.traces import problem_of

TRACES_A_PAGE = 500


def texts_that_differ(db: Reading, project_id: str) -> Iterator[tuple[int, str]]:
    """The sequence of an event, and what is no longer as it tells: a problem, a step, an answer, or a label of a file.

    Every digest is computed anew from the texts; an import's event holds one over all that came with it.
    """
    as_of, _ = exports.sequence_now(db, project_id)
    digests: dict[int, list[str]] = defaultdict(list)
    labels: dict[int, list[str]] = defaultdict(list)
    after = ""
    while (page := exports.page(db, project_id, as_of, after, TRACES_A_PAGE)).traces:
        after = page.traces[-1]["id"]
        for row in page.traces:
            if _digest(db, project_id, page, row, as_of) != row["digest"]:
                yield row["sequence"], f"the texts of the trace {row['id']} are not those that came in"
            digests[row["sequence"]].append(row["digest"])
            for answer in page.answers.get(row["id"], ()):
                if answer["purpose"] == Purpose.IMPORTED:
                    told = label_told(row["id"], answer["position"], answer["value"], answer["rationale"])
                    labels[answer["sequence"]].append(told)
    for event in map(json.loads, auditing.bodies(db, project_id)):
        if event["kind"] == "traces.imported":
            found = import_digest(digests[event["sequence"]], labels[event["sequence"]])
            if found != event["data"]["sha256"]:
                yield event["sequence"], "the traces or the labels of an import are not those that came in"
        elif event["kind"] == "alternative.written" and event["data"]["digest"] not in digests[event["sequence"]]:
            yield event["sequence"], "the alternative is not the one that was written"


def _digest(db: Reading, project_id: str, page: exports.Page, row: Row, as_of: int) -> str:
    """The digest of a trace from its texts, as it was computed when it came in."""
    texts = [step["text"] for step in page.steps.get(row["id"], ())]
    if row["parent_id"] is None:
        return digest([problem_of(row).digest(), row["final_answer"], *texts])
    parent = exports.one(db, project_id, row["parent_id"], as_of).traces[0]["digest"]
    author = [] if row["author_id"] is None else [row["author_id"]]
    return digest([parent, *author, str(row["first_position"]), row["alternative_kind"], *texts])
