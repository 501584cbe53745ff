"""Whether the time that a claim takes tells gold from production: the AUC of the best that latency alone can do.

One person claims over HTTP from a real server, labels two steps and finishes, time after time; every second trace is
gold on average. The AUC is the chance that a gold claim took longer than a production one (ties count half), and its
interval is the one of percentiles over resamples of both.
"""

import argparse
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
import numpy.typing as npt

from benchmarks import world
from benchmarks.environment import describe, on_disk
from benchmarks.server import running
from benchmarks.tables import Cell, percentile, table
from cotlab.domain.gold import GoldOrigin
from cotlab.domain.projects.policy import Policy
from cotlab.domain.traces.records import Problem, Step, Trace
from cotlab.exchange.readers.jsonl import Good
from cotlab.services.gold.items import add_gold
from cotlab.services.people import accounts
from cotlab.services.traces.trace_import import import_lines
from cotlab.storage import SERVER, Db
from cotlab.storage.guidelines import guidelines

CLAIMS = 1_000
"""Of each kind, at least."""
SPARE = 10
"""Claims beside those that are needed: which of them are gold is left to chance."""
REPLICATES = 2_000
ENDS = (0.025, 0.975)
Times = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Timed:
    """What was measured of one kind of request: milliseconds, of gold and of production."""

    request: str
    gold: Times
    production: Times


def auc(gold: Times, production: Times) -> float:
    """The chance that one of `gold` is larger than one of `production`; ties count half."""
    ordered = np.sort(production)
    below, up_to = np.searchsorted(ordered, gold, "left"), np.searchsorted(ordered, gold, "right")
    return float((below + up_to).mean() / 2 / len(production))


def interval(gold: Times, production: Times, seed: int = 1) -> tuple[float, float]:
    """The 95 % interval of the AUC."""
    generator = np.random.default_rng(seed)
    values = [auc(generator.choice(gold, len(gold)), generator.choice(production, len(production)))
              for _ in range(REPLICATES)]  # fmt: skip
    low, high = np.quantile(values, ENDS)
    return float(low), float(high)


def prepare(place: world.World, claims: int) -> str:
    """A project with as many traces of gold and of production as are needed; returns its id."""
    rate = Policy(overlap=1, gold_every=2, break_after_minutes=24 * 60, remind_after_minutes=24 * 60)
    project = place.add_project("timing", 0, rate)
    with closing(place.open()) as store:
        lines = (Good(number, "native", (_trace(number),)) for number in range(1, 3 * (claims + SPARE) + 1))
        import_lines(store, "bench", project, lines)
        by = store.write(SERVER, lambda db: accounts.host_actor(db, "bench"))
        store.write(project, lambda db: _make_gold(db, by, project, 3 * (claims + SPARE) // 2))
    return project


def _trace(number: int) -> Trace:
    steps = tuple(Step(text=f"{number} and {position}: {world.SENTENCE}") for position in (1, 2))
    problem = Problem(text=f"Problem {number}: {world.SENTENCE}?", domain="mathematics")
    return Trace(id=f"trace {number}", problem=problem, steps=steps, final_answer=str(number))


def _make_gold(db: Db, by: str, project: str, most: int) -> None:
    """So many traces become gold."""
    rows = db.rows("SELECT id FROM traces WHERE project_id = :project ORDER BY external_id LIMIT :most",
                   project=project, most=most)  # fmt: skip
    for row in rows:
        version_id = guidelines.version_for_item(db, row["id"])
        assert version_id is not None
        db.run("DELETE FROM queue WHERE item_id = :item", item=row["id"])
        labels = {position: ("correct", "it is so") for position in (1, 2)}
        add_gold(db, by, project, row["id"], GoldOrigin.IMPORTED, version_id, labels)


def timed(place: world.World, project: str, claims: int) -> list[Timed]:
    """Claims and commits until there are enough claims of each kind."""
    times: dict[str, list[tuple[str, float]]] = {"claim": [], "commit": [], "finish": []}
    with running(place.settings) as server, httpx.Client(base_url=server.url, timeout=60) as http:
        http.headers["Authorization"] = f"Bearer {place.tokens[0]}"
        for _ in range(round(2.3 * (claims + SPARE))):
            _one(http, project, times)
    with closing(place.open()) as store:
        rows = store.read(lambda db: db.rows("SELECT id, purpose FROM assignments WHERE project_id = :project",
                                             project=project))  # fmt: skip
    purpose = {row["id"]: row["purpose"] for row in rows}

    def of(request: str, kind: str) -> Times:
        return np.array([spent for assignment, spent in times[request] if purpose[assignment] == kind])

    found = [Timed(request, of(request, "gold"), of(request, "production")) for request in times]
    if min(len(found[0].gold), len(found[0].production)) < claims:
        raise RuntimeError(f"{len(found[0].gold)} gold and {len(found[0].production)} production claims: too few")
    return found


def _one(http: httpx.Client, project: str, times: dict[str, list[tuple[str, float]]]) -> None:
    answer, spent = _post(http, f"/v1/projects/{project}/claim", {})
    assignment = answer["assignment"]["id"]
    times["claim"].append((assignment, spent))
    for position in (1, 2):
        body = {"position": position, "label": "correct"}
        times["commit"].append((assignment, _post(http, f"/v1/assignments/{assignment}/labels", body)[1]))
    done = _post(http, f"/v1/assignments/{assignment}/finish", {"complete": "yes"})
    times["finish"].append((assignment, done[1]))


def _post(http: httpx.Client, path: str, body: object) -> tuple[dict[str, dict[str, str]], float]:
    started = time.perf_counter()
    response = http.post(path, json=body)
    spent = (time.perf_counter() - started) * 1000
    response.raise_for_status()
    return response.json(), spent


def report(found: Sequence[Timed]) -> str:
    head = ("request", "gold", "production", "median gold ms", "median production ms", "AUC", "95 % interval")
    rows: list[tuple[Cell, ...]] = []
    for one in found:
        low, high = interval(one.gold, one.production)
        medians = [percentile(list(times), 0.5) for times in (one.gold, one.production)]
        rows.append((one.request, len(one.gold), len(one.production), *medians,
                     f"{auc(one.gold, one.production):.3f}", f"{low:.3f} to {high:.3f}"))  # fmt: skip
    return table(head, rows)


def measure(folder: Path, claims: int = CLAIMS, database: str | None = None) -> str:
    """As Markdown."""
    place = world.make(folder, 1, database)
    return report(timed(place, prepare(place, claims), claims))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="a folder on a disk; else where temporary files lie")
    parser.add_argument("--database", help="an empty PostgreSQL database to use in place of SQLite")
    parser.add_argument("--claims", type=int, default=CLAIMS, help="of each kind, at least")
    given = parser.parse_args()
    with on_disk(given.folder) as folder:
        print(describe(folder), end="\n\n")
        print(measure(folder, given.claims, given.database))


if __name__ == "__main__":
    main()
