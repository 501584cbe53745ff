"""Every benchmark, tiny: that it measures what it says. How long anything takes is not looked at."""

from pathlib import Path

import pytest

from benchmarks import exchange, labels, start, terminal, world
from benchmarks.environment import describe, file_system, on_disk
from benchmarks.labels import BATCH, Labels, Result, Timing
from benchmarks.tables import percentile, table
from benchmarks.world import STEPS
from cotlab.domain.errors import BadInput

TINY = Timing(warm_up=0.1, seconds=0.5, turns=1)


def test_labels_that_were_acknowledged_are_stored_and_counted(tmp_path: Path) -> None:
    place = world.make(tmp_path, annotators=3)
    one, shared = Labels(place, TINY).compare(3)
    for result, batch in ((one, 1), (shared, BATCH)):
        assert (result.clients, result.batch) == (3, batch)
        assert result.labels > 0
        assert result.labels == pytest.approx(result.rate * TINY.seconds, rel=0.5)
        assert 0 < result.p50 <= result.p99
    projects = [f"project {number}" for number in (1, 2)]
    assert stored(place, *projects) >= one.labels + shared.labels


def test_a_lost_label_ends_the_benchmark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.World, "count_labels", lambda *_: 1)
    with pytest.raises(RuntimeError, match="1 are stored"):
        Labels(world.make(tmp_path, annotators=1), TINY).run(1)


def test_the_ratio_compares_the_means_of_both_batches() -> None:
    turns = [Result(32, batch, 10, rate, 1.0, p99, 0.5) for batch, rate, p99 in
             ((1, 100.0, 50.0), (BATCH, 300.0, 20.0), (1, 200.0, 70.0), (BATCH, 300.0, 40.0))]  # fmt: skip
    assert "2.00 times" in labels.ratio(turns)
    assert "p99 of 30 ms against 60 ms" in labels.ratio(turns)


def test_import_and_export_count_every_step(tmp_path: Path) -> None:
    plain, labelled, exported = exchange.measure(tmp_path, 50 * STEPS)
    assert (plain.steps, plain.labels) == (400, 0)
    assert (labelled.steps, labelled.labels) == (400, 400)
    assert (exported.steps, exported.labels) == (400, 400)
    rows = (tmp_path / "export.jsonl").read_text().splitlines()
    assert len(rows) == 50
    assert all(part.memory > 10 and part.cpu > 0 for part in (plain, labelled, exported))


def test_the_start_is_one_of_the_real_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "TIMES", 1)
    shown, ready = start.measure(tmp_path)
    assert (len(shown.seconds), len(ready.seconds)) == (1, 1)
    assert ready.memory > 10


def test_the_terminal_labels_every_step(tmp_path: Path) -> None:
    waits = terminal.measure(tmp_path, 1)
    assert (len(waits.chosen), len(waits.committed), len(waits.finished)) == (STEPS, STEPS - 1, 1)


def test_a_folder_in_memory_is_refused() -> None:
    memory = Path("/dev/shm")
    if not memory.is_dir() or file_system(memory) != "tmpfs":
        pytest.skip("there is no folder in memory here")
    with pytest.raises(BadInput, match="in memory"), on_disk(memory):
        pass


def test_the_table_of_the_environment_names_no_machine(tmp_path: Path) -> None:
    import socket

    text = describe(tmp_path)
    assert socket.gethostname() not in text
    assert "fdatasync" in text and "SQLite" in text


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([], 0.5, 0.0), ([3.0], 0.99, 3.0), ([4.0, 1.0, 3.0, 2.0], 0.5, 3.0), (list(map(float, range(100))), 0.99, 99.0)],
)
def test_percentiles(values: list[float], share: float, expected: float) -> None:
    assert percentile(values, share) == expected


def test_numbers_stand_to_the_right() -> None:
    assert table(("what", "n"), [("a", 1234), ("b", 0.5)]).splitlines() == [
        "| what |     n |", "| ---- | ----: |", "| a    | 1,234 |", "| b    |  0.50 |",
    ]  # fmt: skip


def stored(place: world.World, *names: str) -> int:
    """The labels in the projects of these names."""
    store = place.open()
    try:
        rows = store.read(lambda db: db.rows("SELECT id, name FROM projects"))
    finally:
        store.close()
    return sum(place.count_labels(row["id"]) for row in rows if row["name"] in names)
