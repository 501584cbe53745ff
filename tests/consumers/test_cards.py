"""The datasets library opens the folder of an export by its card alone, with the types that the card says."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cotlab.cli.datasets.export_files import Writing
from cotlab.domain.datasets.exports import ExportOrder, LabelChoice, LabelledPath, Packing
from cotlab.domain.datasets.pair_exports import PairShape
from cotlab.domain.datasets.splits import Facet, FacetValue, SplitOrder
from cotlab.domain.traces.records import Origin, Problem
from cotlab.services.datasets.export import prepared
from cotlab.services.labels.labelled_paths import paths
from tests.consumers.environment import InstallFailed, reading_python, skip_or_fail
from tests.consumers.expected import FAULTS, HOLDS
from tests.recycled import engine, make_database, recycled
from tests.services.datasets.splitting import labelled, splits
from tests.services.work.comparing import add, for_text, pair, prefer, prepare, take
from tests.support import Clock
from tests.world import World, people_and_project, trace

__all__ = ["engine", "make_database", "recycled"]

pytestmark = pytest.mark.consumer

OPEN = """
import json, sys
from datasets import load_dataset
folder, names = sys.argv[1], sys.argv[2:]
found = {}
for name in names:
    opened = load_dataset(folder, name or None)
    found[name] = {split: [opened[split].to_list(), str(opened[split].features)] for split in opened}
print(json.dumps(found))
"""


OPEN_EACH = """
import json, sys
from datasets import load_dataset
print(json.dumps([load_dataset(folder)["train"].to_list() for folder in sys.argv[1:]]))
"""


def opened(folder: Path, cache: Path, *names: str) -> dict[str, dict[str, Any]]:
    """Config ("": none named) -> split -> rows and features."""
    found: dict[str, dict[str, Any]] = run(OPEN, cache, str(folder), *names)
    return found


def run(script: str, cache: Path, *arguments: str) -> Any:
    """What a script prints that is run where the library is."""
    try:
        python = reading_python()
    except InstallFailed as error:
        skip_or_fail(error)
    environment = os.environ | {"HF_HOME": str(cache), "HF_HUB_OFFLINE": "1"}
    environment.pop("PYTHONPATH", None)
    command = [str(python), "-c", script, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.strip().splitlines()[-1])


def write(world: World, folder: Path, **fields: Any) -> dict[str, list[dict[str, Any]]]:
    """The rows of the JSON lines written, by path."""
    order = ExportOrder(**{"labels": LabelChoice.SETTLED, **fields})
    made, content = world.store.read(lambda db: prepared(db, world.project, order)), dict[str, bytes]()
    with Writing(folder, order, folder=True) as writing:
        for file, piece in made.pieces(world.store):
            writing.write(file.path, piece)
            content[file.path] = content.get(file.path, b"") + piece
        writing.publish(made.manifest(0))
    if order.packing is not Packing.LINES:
        return {}
    return {path: [json.loads(line) for line in one.splitlines()] for path, one in content.items()}


@pytest.fixture
def world(store: Any) -> World:
    return people_and_project(store, Clock())


@pytest.mark.parametrize("packing", [Packing.LINES, Packing.GZIP, Packing.PARQUET])
def test_a_folder_of_splits_and_outcomes(world: World, tmp_path: Path, packing: Packing) -> None:
    labelled(world)
    common: dict[str, Any] = {"format": "trl-stepwise", "mapping": "correctness", "splits": splits()}
    plain = write(world, tmp_path / "plain", **common)
    write(world, tmp_path / "out", **common, packing=packing)
    found = opened(tmp_path / "out", tmp_path / "cache", "")[""]
    assert {split: rows for split, (rows, _) in found.items()} == {
        "train": plain["train.jsonl"], "test": plain["test.jsonl"]
    }  # fmt: skip
    assert "List(Value('bool'))" in found["train"][1]


@pytest.mark.parametrize("format", ["native", "prm800k"])
def test_a_field_that_only_a_later_split_fills(world: World, tmp_path: Path, format: str) -> None:
    world.set_policy(overlap=1)
    world.add_traces(
        trace("first", 2, final_answer=None),
        trace("later", 2, generator="a-model", strategy="cases", origin=Origin.MODEL,
              problem=Problem(text="Problem later", source="book", reference_answer="4")),
    )  # fmt: skip
    for _ in range(2):
        world.expert("ann").label_all()
    by_models = SplitOrder(hold_out=(FacetValue(facet=Facet.ORIGIN, value="model"),))
    rows = write(
        world, tmp_path / "out", format=format, splits=by_models,
        mapping="prm800k" if format == "prm800k" else None,
    )  # fmt: skip
    found = opened(tmp_path / "out", tmp_path / "cache", "")[""]
    assert found["train"][0] == rows["train.jsonl"] and found["held_out"][0] == rows["held_out.jsonl"]
    assert len(rows["train.jsonl"]) == len(rows["held_out.jsonl"]) == 1


def test_a_folder_of_pairs(world: World, tmp_path: Path) -> None:
    prepare(world)
    world.set_policy(overlap=1)
    add(world, pair("a"))
    view, shown = take(world.expert("ann"))
    prefer(world.expert("ann"), view.id, for_text(shown, "one"))
    for format in ("trl-dpo", "native-pairs"):
        rows = write(world, tmp_path / format, format=format, shape=PairShape(conversational=True))[""]
        assert opened(tmp_path / format, tmp_path / "cache", "")[""]["train"][0] == rows


def with_fault(fault: Callable[[LabelledPath], LabelledPath], *parts: Any) -> Iterator[LabelledPath]:
    return map(fault, paths(*parts))


def test_a_fault_on_the_way_from_the_database_is_seen_in_what_the_library_reads(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What people said stands in the database; each fault is planted where an export makes paths of it."""
    labelled(world, 2)
    world.add_traces(trace("half", 3))
    ann = world.expert("ann")
    ann.commit(ann.take().id, 1)
    said: dict[str, list[tuple[str, bool]]] = {}
    for row in world.rows(
        """SELECT n.item_id, s.text, n.value FROM answers n
           JOIN steps s ON s.trace_id = n.item_id AND s.position = n.position
           WHERE n.question = 'label' ORDER BY n.item_id, n.position"""
    ):
        said.setdefault(row["item_id"], []).append((row["text"], HOLDS[row["value"]]))
    folders = [tmp_path / "sound", *(tmp_path / f"fault-{place}" for place, _ in enumerate(FAULTS))]
    write(world, folders[0], format="trl-stepwise", mapping="correctness")
    for folder, fault in zip(folders[1:], FAULTS.values(), strict=True):
        monkeypatch.setattr("cotlab.services.datasets.trace_items.paths", partial(with_fault, fault))
        write(world, folder, format="trl-stepwise", mapping="correctness")
    sound, *faulty = (
        [list(zip(row["completions"], row["labels"], strict=True)) for row in rows]
        for rows in run(OPEN_EACH, tmp_path / "cache", *map(str, folders))
    )
    expected = [[(text, holds) for text, holds in steps] for steps in said.values()]
    assert sound == expected and [len(steps) for steps in sound].count(1) == 1
    assert all(found != expected for found in faulty) and len(faulty) == 3
