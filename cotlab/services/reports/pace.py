"""How long labels take on steps of so many words, fastest runs, and accuracy on gold by pace."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import Any

import numpy as np

from cotlab.agreement.ratings import Codes
from cotlab.agreement.tables import Floats
from cotlab.domain.calibration.pace import PaceRun, Timed, run_of, timed_words, words_in
from cotlab.domain.errors import BadInput
from cotlab.domain.projects.gates import PaceTest
from cotlab.domain.projects.policy import Policy
from cotlab.domain.reports.people import LengthPace, PaceReport, PersonPace
from cotlab.services.gold.correctness import against_gold, rates_in
from cotlab.services.projects.projects import known_project
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.people import actors
from cotlab.storage.projects import projects
from cotlab.storage.reports import reports as stored

LENGTHS = (11, 21, 41, 81)
WORDS = ("1-10", "11-20", "21-40", "41-80", "81-")
"""Words of a step, both ends included."""
QUARTERS = ("fastest quarter", "second quarter", "third quarter", "slowest quarter")
QUARTILES = (0.25, 0.5, 0.75)
FASTEST = 3
Work = Mapping[str, Sequence[tuple[str, Timed]]]
"""Person's name -> their labels in order, each with the answer's id."""


def report(db: Reading, project_id: str, person: str | None = None) -> PaceReport:
    """Of all who label, or of one by name. Raises BadInput for one who gave no label."""
    known_project(db, project_id)
    policy = projects.policy(db, project_id)
    test = policy.pace_alarm or PaceTest()
    work = dict(_work(db, project_id, policy, person))
    if person is not None and not work:
        raise BadInput(f"person: {person} has given no label in this project")
    quarters = {answer: quarter for labels in work.values() for answer, quarter in _quarters(labels)}
    rows = [row for row in against_gold(db, project_id).rows if row["id"] in quarters]
    found = rates_in(rows, lambda row: quarters[row["id"]], QUARTERS, policy.drift.within)
    return PaceReport(
        words_a_minute=test.words_a_minute, run=test.labels, by_quarter=tuple(found),
        people=tuple(_pace(name, [one for _, one in labels], test) for name, labels in work.items()),
    )  # fmt: skip


def _work(db: Reading, project_id: str, policy: Policy, person: str | None) -> Iterator[tuple[str, Any]]:
    names, words = actors.names(db), _words(stored.step_texts(db, project_id))
    wanted = {
        names[who]: list(rows)
        for who, rows in groupby(stored.timed_labels(db, project_id), key=lambda row: row["actor_id"])
        if person is None or names[who].casefold() == person.casefold()
    }
    for name in sorted(wanted):
        yield name, [(row["id"], _timed(row, words, policy)) for row in wanted[name]]


def _words(texts: Sequence[Row]) -> dict[tuple[str, int], int]:
    return {(row["item_id"], row["position"]): words_in(row["text"]) for row in texts}


def _timed(row: Row, words: Mapping[tuple[str, int], int], policy: Policy) -> Timed:
    count = words[row["item_id"], row["position"]]
    return timed_words(count, row["shown_at"], row["received_at"], policy.step_time_cap_seconds)


def _pace(person: str, labels: Sequence[Timed], test: PaceTest) -> PersonPace:
    words = np.array([one.words for one in labels], dtype=np.int64)
    seconds = np.array([one.seconds for one in labels], dtype=np.float64)
    return PersonPace(
        person=person, labels=len(labels), faster=sum(one.unreadable(test) for one in labels),
        seconds_a_word=_quartiles(seconds / np.maximum(words, 1)), by_length=tuple(_lengths(words, seconds)),
        fastest=tuple(_fastest(labels, words, seconds, test)),
    )  # fmt: skip


def _quartiles(values: Floats) -> tuple[float, float, float]:
    low, middle, high = np.quantile(values, QUARTILES).tolist()
    return low, middle, high


def _lengths(words: Codes, seconds: Floats) -> Iterator[LengthPace]:
    part = np.searchsorted(LENGTHS, words, side="right")
    for place, name in enumerate(WORDS):
        if (kept := part == place).any():
            yield LengthPace(words=name, labels=int(np.count_nonzero(kept)), quartiles=_quartiles(seconds[kept]))


def _fastest(labels: Sequence[Timed], words: Codes, seconds: Floats, test: PaceTest) -> Iterator[PaceRun]:
    """Runs of as many labels as the test has, those with the most words a second first, none of them overlapping."""
    size = test.labels
    if len(labels) < size:
        return
    read, took = (np.append(0, np.cumsum(values)) for values in (words, seconds))
    # A run in which no time passed at all is faster than any other.
    pace = (read[size:] - read[:-size]) / np.maximum(took[size:] - took[:-size], 1e-6)
    for begun in islice(_apart(np.argsort(-pace, kind="stable").tolist(), size), FASTEST):
        run = labels[begun : begun + size]
        yield run_of(run).model_copy(update={"faster": sum(one.unreadable(test) for one in run)})


def _apart(places: Sequence[int], size: int) -> Iterator[int]:
    taken: list[int] = []
    for place in places:
        at = bisect_left(taken, place)
        if all(abs(place - near) >= size for near in taken[max(0, at - 1) : at + 1]):
            taken.insert(at, place)
            yield place


def _quarters(labels: Sequence[tuple[str, Timed]]) -> Iterator[tuple[str, str]]:
    """Answer's id -> in which quarter its seconds lie, among those of the same person on steps of like length."""
    parts: dict[int, list[tuple[str, Timed]]] = {}
    for one in labels:
        parts.setdefault(bisect_right(LENGTHS, one[1].words), []).append(one)
    for part in parts.values():
        ends = np.quantile([one.seconds for _, one in part], QUARTILES).tolist()
        yield from ((answer, QUARTERS[bisect_left(ends, one.seconds)]) for answer, one in part)
