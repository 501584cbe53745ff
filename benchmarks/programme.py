"""A made-up programme: six annotators over a thousand traces of public data, with and without calibration.

Says who qualified, what the one who always clicks `correct` got through, when the one who falls was stopped, and how
many labels and settled steps were wrong.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.annotators import LABELS
from benchmarks.simulated import SEED, Programme, Size, Worker, make, workers
from benchmarks.tables import Cell, table
from benchmarks.truths import DOMAIN, data, truths
from cotlab.agreement.coefficients.cohen_kappa import CohenKappa
from cotlab.domain.answers import COUNTING, Purpose
from cotlab.domain.calibration.qualification import Standing
from cotlab.domain.calibration.results import GateResult
from cotlab.domain.datasets.exports import ExportOrder, LabelChoice
from cotlab.domain.projects.gates import DriftTest, Gate
from cotlab.services.calibration.qualification import standing
from cotlab.services.calibration.rechecks import rechecks
from cotlab.services.datasets.export import Export
from cotlab.storage.engine.database import Reading, Row

NO_DATA = "COTLAB_TEST_DATA names no folder with the public data, so that nothing was simulated."
TINY = Size(60, 40, 60, Gate(threshold=0.6, steps=60, recall=0.0), DriftTest(alarm_at=5.0), training=2)
"""Shows that it works; its numbers mean little."""


def given(programme: Programme) -> Mapping[tuple[str, str], Counter[bool]]:
    """Person and purpose -> labels that are right, and that are wrong."""
    rows = programme.store.read(lambda db: db.rows(
        """SELECT m.name, n.purpose, n.position, n.value, t.external_id FROM answers n
           JOIN actors m ON m.id = n.actor_id JOIN traces t ON t.id = n.item_id WHERE n.question = 'label'
               AND n.assignment_id IS NOT NULL"""
    ))  # fmt: skip
    found: dict[tuple[str, str], Counter[bool]] = {}
    for row in rows:
        right = programme.known[row["external_id"]].labels[row["position"] - 1] == row["value"]
        found.setdefault((row["name"], row["purpose"]), Counter())[right] += 1
    return found


def exported(programme: Programme) -> Counter[bool]:
    """How many settled steps go out right, and wrong."""
    order = ExportOrder(format="native", labels=LabelChoice.SETTLED)
    export = programme.store.read(lambda db: Export(db, programme.project, order))
    found: Counter[bool] = Counter()
    for line in b"".join(export.chunks(programme.store)).splitlines():
        row = json.loads(line)
        for step, label in zip(row["steps"], programme.known[row["id"]].labels, strict=True):
            found.update(one["value"] == label for one in step["labels"])
    return found


def measured(folder: Path, size: Size | None = None) -> str:
    """Both programmes as Markdown; `folder` is a fresh one."""
    where, size = data(), size or Size()
    if where is None:
        return NO_DATA
    known = truths(where, size.traces + size.gold, size.seed)
    texts, totals = [], []
    for gate in (True, False):
        place = folder / ("with" if gate else "without")
        place.mkdir()
        programme = make(place, size, known, gate)
        with closing(programme.store):
            programme.run()
            totals.append(("with calibration" if gate else "without", *_totals(programme)))
            if gate:
                texts = [_people(programme), *_alarms(programme)]
    head = (
        "programme",
        "labels",
        "wrong labels",
        "share of labels",
        "settled steps",
        "wrong settled steps",
        "share of settled",
    )
    steps = sum(len(one.labels) for one in known[: size.traces])
    begin = f"{size.traces:,} traces with {steps:,} steps, and {size.gold} gold traces."
    return "\n\n".join([begin, *texts, table(head, totals)])


def _totals(programme: Programme) -> tuple[Cell, ...]:
    labels = sum((counts for (_, purpose), counts in given(programme).items() if purpose in COUNTING), Counter[bool]())
    settled = exported(programme)
    return (*_wrong(labels), *_wrong(settled))


def _wrong(counts: Counter[bool]) -> tuple[Cell, Cell, Cell]:
    return counts.total(), counts[False], f"{counts[False] / max(1, counts.total()):.2%}"


def _people(programme: Programme) -> str:
    counts = given(programme)
    head = (
        "annotator",
        "accuracy",
        "kappa",
        "steps of calibration",
        "attempts (kappa)",
        "production labels",
        "wrong",
        "gold steps",
    )
    rows = []
    for worker in workers():
        stands = _standing(programme, worker.name)
        labels = sum((counts.get((worker.name, purpose), Counter()) for purpose in COUNTING), Counter[bool]())
        rows.append((
            worker.name, *_quality(programme, worker), programme.done[worker.name].calibration, _passes(stands),
            labels.total(), f"{labels[False]:,} ({labels[False] / max(1, labels.total()):.1%})",
            counts.get((worker.name, Purpose.GOLD), Counter[bool]()).total(),
        ))  # fmt: skip
    return table(head, rows)


def _standing(programme: Programme, name: str) -> Standing:
    person_id = programme.who[name].id
    return programme.store.read(lambda db: standing(db, programme.project, person_id, DOMAIN))


def _passes(stands: Standing) -> str:
    """What each attempt came to, with kappa against gold."""
    done = [one for one in stands.attempts if one.result is not None]
    return ", ".join(_verdict(one.result) for one in done if one.result is not None)


def _verdict(result: GateResult) -> str:
    value = result.agreement.value
    return f"{'passed' if result.passed else 'failed'} ({'undefined' if value is None else f'{value:.2f}'})"


def _quality(programme: Programme, worker: Worker) -> tuple[str, str]:
    """Accuracy and kappa over endlessly many steps like these, and after the fall."""
    labels = Counter(label for one in programme.known.values() for label in one.labels)
    shares = np.array([labels[label] for label in LABELS]) / labels.total()
    both = [one for one in (worker.at_first, worker.later) if one is not None]
    accuracies = [f"{float(shares @ np.diag(one.chances)):.3f}" for one in both]
    kappas = [f"{round(float(CohenKappa().of_pairs(shares[:, None] * one.chances)), 2) + 0.0:.2f}" for one in both]
    return " then ".join(accuracies), " then ".join(kappas)


def _alarms(programme: Programme) -> Iterator[str]:
    rows = programme.store.read(lambda db: db.rows(
        """SELECT d.id, m.name, d.at, d.since FROM drift_alarms d JOIN actors m ON m.id = d.member_id
           ORDER BY d.sequence"""
    ))  # fmt: skip
    for row in rows:
        yield _alarm(programme, row)
    for one in programme.store.read(lambda db: rechecks(db, programme.project)):
        yield (
            f"The recheck of {one.person}: {one.traces_in_doubt} traces in doubt, {one.traces_drawn} drawn,"
            f" {one.traces_finished} labelled by others; {one.steps_differing} of {one.steps_compared} steps differ."
        )


def _alarm(programme: Programme, row: Row) -> str:
    fell = programme.done[row["name"]].fell_at
    if fell is None:
        return f"A false alarm about {row['name']}."

    def between(purpose: str, since: int) -> int:
        return programme.store.read(lambda db: _labels_between(db, row["name"], purpose, since, row["at"]))

    before, after = between("production", 0), between("production", fell)
    early = "before" if row["since"] < fell else "after"
    off = between("production", min(fell, row["since"])) - between("production", max(fell, row["since"]))
    return (
        f"{row['name']} was stopped after {after:,} production labels and {between('gold', fell)} gold steps since the"
        f" fall ({before:,} production labels in all). The last good point was {off:,} labels {early} the fall."
    )


def _labels_between(db: Reading, name: str, purpose: str, since: int, until: int) -> int:
    rows = db.rows(
        """SELECT count(*) AS n FROM answers n JOIN actors m ON m.id = n.actor_id WHERE m.name = :name
           AND n.purpose = :purpose AND n.question = 'label' AND n.received_at > :since AND n.received_at <= :until""",
        name=name, purpose=purpose, since=since, until=until,
    )  # fmt: skip
    return int(rows[0]["n"])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.programme", description=__doc__)
    parser.add_argument("--folder", type=Path, help="a folder on a disk; else where temporary files lie")
    parser.add_argument("--quick", action="store_true", help="seconds, with numbers that mean little")
    parser.add_argument("--seed", type=int, default=SEED, help="other people, mistakes and chances; default 1")
    given = parser.parse_args()
    with TemporaryDirectory(prefix="cotlab-bench-", dir=given.folder) as name:
        print(measured(Path(name), TINY if given.quick else Size(seed=given.seed)))


if __name__ == "__main__":
    main()
