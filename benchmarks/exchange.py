"""Import and export of many steps, through the same functions as the command line calls, with their peak memory.

Each part runs in a process of its own. SQLite with `synchronous=FULL` on a disk. The traces are made up, 8 steps each;
for the export each step has one label that was put into the database directly.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import world
from benchmarks.environment import describe, on_disk
from benchmarks.server import peak_memory
from benchmarks.tables import table
from benchmarks.world import STEPS, World
from cotlab.cli.bulk import bulk
from cotlab.domain.datasets.exports import ExportOrder, LabelChoice
from cotlab.domain.datasets.splits import SplitOrder, SplitShare
from cotlab.domain.people import ActorKind
from cotlab.domain.projects.policy import Policy
from cotlab.exchange.readers.jsonl import byte_lines, read_traces
from cotlab.services.datasets.export import Export
from cotlab.services.projects.projects import project_id_named
from cotlab.services.traces.trace_import import import_lines
from cotlab.settings import Settings
from cotlab.storage import Db, now_microseconds
from cotlab.storage.people import actors

MILLION = 1_000_000
PROJECT = "project"
FILE = "traces.jsonl"

LABEL_ALL = """INSERT INTO answers (id, project_id, item_id, position, question, value, actor_id, purpose,
        guideline_version_id, unsure, informed, visible_until, shown_at, received_at, sequence)
    SELECT lower(hex(randomblob(16))), :project, s.trace_id, s.position, 'label',
        CASE s.position % 7 WHEN 0 THEN 'incorrect' ELSE 'correct' END, :actor, 'production',
        :version, 0, 0, s.position, :now, :now, :sequence
    FROM steps s JOIN traces t ON t.id = s.trace_id WHERE t.project_id = :project"""


@dataclass(frozen=True, slots=True)
class Part:
    """What one process did: seconds by the clock and of CPU, peak memory in MB, and how many steps and labels."""

    name: str
    steps: int
    labels: int
    seconds: float
    cpu: float
    memory: float


def import_part(place: World, folder: Path, name: str) -> Part:
    """As `cotlab import FILE --project P`."""
    with bulk(), closing(place.open()) as store, (folder / FILE).open("rb") as stream:
        project = store.read(lambda db: project_id_named(db, PROJECT))
        start, before = time.perf_counter(), time.process_time()
        done = import_lines(store, "bench", project, read_traces(byte_lines(stream)))
        seconds, cpu = time.perf_counter() - start, time.process_time() - before
    return Part(name, done.steps, done.labels, seconds, cpu, peak_memory())


def export_part(place: World, folder: Path, name: str) -> Part:
    """As `cotlab export --format trl-stepwise --labels settled --mapping correctness`."""
    order = ExportOrder(format="trl-stepwise", labels=LabelChoice.SETTLED, mapping="correctness")
    with closing(place.open()) as store, (folder / "export.jsonl").open("wb") as file:
        project = store.read(lambda db: project_id_named(db, PROJECT))
        start, before = time.perf_counter(), time.process_time()
        export = store.read(lambda db: Export(db, project, order))
        for piece in export.chunks(store):
            file.write(piece)
        manifest = export.manifest(now_microseconds())
        seconds, cpu = time.perf_counter() - start, time.process_time() - before
    return Part(name, manifest.steps, sum(manifest.label_distribution.values()), seconds, cpu, peak_memory())


def split_part(place: World, folder: Path, name: str) -> Part:
    """As `cotlab export --format trl-stepwise --labels settled --mapping correctness --split train=0.9,test=0.1`."""
    shares = (SplitShare(name="train", share=0.9), SplitShare(name="test", share=0.1))
    order = ExportOrder(
        format="trl-stepwise", labels=LabelChoice.SETTLED, mapping="correctness", splits=SplitOrder(shares=shares)
    )
    with closing(place.open()) as store, ExitStack() as stack:
        project = store.read(lambda db: project_id_named(db, PROJECT))
        start, before = time.perf_counter(), time.process_time()
        export = store.read(lambda db: Export(db, project, order))
        files = {one.path: stack.enter_context((folder / one.path).open("wb")) for one in export.files}
        for file, piece in export.pieces(store):
            files[file.path].write(piece)
        manifest = export.manifest(now_microseconds())
        seconds, cpu = time.perf_counter() - start, time.process_time() - before
    return Part(name, manifest.steps, sum(manifest.label_distribution.values()), seconds, cpu, peak_memory())


PARTS: dict[str, Callable[[World, Path, str], Part]] = {
    "import": import_part, "export": export_part, "split": split_part,
}  # fmt: skip


def in_a_process(part: str, place: World, folder: Path, name: str) -> Part:
    command = [sys.executable, "-m", "benchmarks.exchange", "--part", part, name, place.settings.database, str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    return Part(**json.loads(done.stdout))


def imported(folder: Path, steps: int, labels: bool) -> tuple[World, Part]:
    """A fresh database with that many steps, imported by a process of its own."""
    folder.mkdir()
    place = world.make(folder, annotators=1)
    place.add_project(PROJECT, traces=0, policy=Policy(overlap=1))
    with (folder / FILE).open("wb") as file:
        file.writelines(world.native_lines(steps // STEPS, labels))
    part = in_a_process("import", place, folder, "import, with source labels" if labels else "import")
    (folder / FILE).unlink()
    return place, part


def label_all(place: World) -> None:
    """One label of the one annotator on every step, without going through the services."""
    with closing(place.open()) as store:
        project = store.read(lambda db: project_id_named(db, PROJECT))

        def fill(db: Db) -> None:
            person = actors.actor_named(db, ActorKind.PERSON, "annotator 0")
            (version,) = db.rows("SELECT id FROM guideline_versions")
            assert person is not None
            sequence = db.event(project, "bench.labelled", person["id"], {}).sequence
            found = {"project": project, "actor": person["id"], "version": version["id"]}
            db.run(LABEL_ALL, **found, now=db.now, sequence=sequence)

        store.write(project, fill)


def measure(folder: Path, steps: int) -> list[Part]:
    """Import without and with labels of a source, and export. RuntimeError where a part did not do all of it."""
    place, plain = imported(folder / "plain", steps, labels=False)
    _, labelled = imported(folder / "labelled", steps, labels=True)
    label_all(place)
    exported = in_a_process("export", place, folder, "export, trl-stepwise, settled")
    split = in_a_process("split", place, folder, "export, trl-stepwise, settled, two splits")
    parts = [plain, labelled, exported, split]
    wanted = [(steps, 0), (steps, steps), (steps, steps), (steps, steps)]
    if [(part.steps, part.labels) for part in parts] != wanted:
        raise RuntimeError(f"not all of it was done: {parts}")
    return parts


def report(parts: list[Part]) -> str:
    head = ("part", "steps", "labels", "seconds", "CPU seconds", "peak memory MB")
    return table(head, [(one.name, one.steps, one.labels, one.seconds, one.cpu, one.memory) for one in parts])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="a folder on a disk; else where temporary files lie")
    parser.add_argument("--steps", type=int, default=MILLION, help=f"a multiple of {STEPS}")
    parser.add_argument("--part", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part:
        part, name, database, folder = given.part
        place = World(Settings(database=database, signing_key=Path(database).with_name("signing-key")))
        print(json.dumps(asdict(PARTS[part](place, Path(folder), name))))
        return
    with on_disk(given.folder) as folder:
        print(describe(folder), end="\n\n")
        print(report(measure(folder, given.steps)))


if __name__ == "__main__":
    main()
