"""Every benchmark, tiny: that it measures what it says. How long anything takes is not looked at."""

import json
import random
import re
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from benchmarks import (
    altering,
    anchoring,
    annotators,
    answers,
    calibration,
    checks,
    claims,
    drafting,
    drift,
    duplicates,
    evidence,
    exchange,
    gold_timing,
    labels,
    opinions,
    position_bias,
    programme,
    prompt_tokens,
    report_errors,
    reports,
    selection,
    selection_data,
    start,
    terminal,
    truths,
    world,
)
from benchmarks.environment import describe, file_system, on_disk
from benchmarks.labels import BATCH, Labels, Result, Timing
from benchmarks.selection_data import Labelled
from benchmarks.tables import percentile, table
from benchmarks.world import STEPS
from cotlab.domain.errors import BadInput
from cotlab.drafting.local import LIBRARIES, prepare_libraries
from tests.drafting import tiny

pytestmark = pytest.mark.slow

TINY = Timing(warm_up=0.1, seconds=0.5, turns=1)


def test_labels_that_were_acknowledged_are_stored_and_counted(tmp_path: Path) -> None:
    place = world.make(tmp_path, annotators=3)
    one, shared = Labels(place, TINY).compare(3)
    for result, batch in ((one, 1), (shared, BATCH)):
        assert (result.clients, result.batch) == (3, batch)
        assert result.labels > 0
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


def test_a_server_is_asked_while_it_checks_and_while_it_does_not(tmp_path: Path) -> None:
    busy, idle = checks.measure(tmp_path, 4, most_idle=1)
    assert (busy.checks, busy.checked, idle.checks, idle.checked) == (True, 4, False, 0)
    assert busy.latencies and idle.latencies
    assert "answers took over 200 ms" in checks.report((busy, idle))


def test_import_and_export_count_every_step(tmp_path: Path) -> None:
    plain, labelled, exported, split = exchange.measure(tmp_path, 50 * STEPS)
    assert (plain.steps, plain.labels) == (400, 0)
    assert (labelled.steps, labelled.labels) == (400, 400)
    assert (exported.steps, exported.labels) == (400, 400)
    rows = (tmp_path / "export.jsonl").read_text().splitlines()
    assert len(rows) == 50
    assert all(part.memory > 10 and part.cpu > 0 for part in (plain, labelled, exported, split))
    train, test = ((tmp_path / f"{name}.jsonl").read_text().splitlines() for name in ("train", "test"))
    assert (split.steps, split.labels) == (400, 400) and len(train) + len(test) == 50 and test


def test_the_start_is_one_of_the_real_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "TIMES", 1)
    shown, ready = start.measure(tmp_path)
    assert (len(shown.seconds), len(ready.seconds)) == (1, 1)
    assert ready.memory > 10


def test_the_terminal_labels_every_step(tmp_path: Path) -> None:
    waits = terminal.measure(tmp_path, 1)
    assert (len(waits.chosen), len(waits.committed), len(waits.finished)) == (STEPS, STEPS - 1, 1)


@pytest.mark.parametrize("kappa", calibration.KAPPAS)
def test_a_made_up_annotator_is_as_good_as_is_said(kappa: float) -> None:
    one = annotators.of_kappa(kappa)
    assert one.kappa() == pytest.approx(kappa)
    made = annotators.label(one, 50, 2_000, 0.1, np.random.default_rng(1))
    measured = calibration.KAPPA.of_pairs(calibration.tables(made).sum(axis=0))
    assert float(measured) == pytest.approx(kappa, abs=0.01)
    assert (made.gold == made.given).mean() == pytest.approx(one.accuracy(), abs=0.01)


@pytest.mark.parametrize("within", drift.WITHIN)
def test_mistakes_of_a_trace_are_correlated_as_is_said(within: float) -> None:
    one = annotators.of_kappa(0.7)
    random = np.random.default_rng(1)
    made = annotators.label(one, 30_000, 16, within, random)
    for wrong in (made.gold != made.given, ~annotators.right(0.8, made.trace, within, random)):
        first, second = wrong[:, 0].astype(float), wrong[:, 1].astype(float)
        assert np.corrcoef(first, second)[0, 1] == pytest.approx(within, abs=0.03)
        far = wrong[made.trace[:, 0] != made.trace[:, 15]].astype(float)
        assert np.corrcoef(far[:, 0], far[:, 15])[0, 1] == pytest.approx(0.0, abs=0.03)


def test_the_default_gate_keeps_its_promise() -> None:
    random = np.random.default_rng(1)
    bad, good = (
        calibration.calibrate(
            annotators.of_kappa(kappa), calibration.GATE.steps, within, random, runs=2_000, resampled=1
        )
        for kappa, within in ((0.7, 0.1), (0.9, 0.1))
    )
    gate = calibration.GATE
    assert bad.chance(gate.on, gate.threshold, gate.attempts, recall=True) < 0.02
    assert good.chance(gate.on, gate.threshold, gate.attempts, recall=True) > 0.9


def test_the_report_of_the_gate_has_every_policy() -> None:
    text = calibration.measured(calibration.Size(50, 5, (30, 240)), attempts=(1, 2))
    for within in calibration.WITHIN:
        assert f"correlated by {within:g};" in text
    assert text.count("| value |") == text.count("| lower |") == 4 * 2 * 4 * 2
    assert "never redundant, else right" in text


@pytest.mark.parametrize("accuracy", drift.ACCURACIES)
def test_steady_people_have_few_false_alarms_and_a_fall_is_found(accuracy: float) -> None:
    random = np.random.default_rng(1)
    calm = drift.steady(accuracy, 300, 240, 0.1, random).found(drift.TEST.alarm_at)
    assert len(calm) == 300 and np.isfinite(calm).mean() < 0.08
    waited = drift.falling(accuracy, 200, 240, 0.1, random).found(drift.TEST.alarm_at, drift.BEFORE)
    assert 40 < np.median(waited) < 400


def test_the_report_of_drift_has_every_accuracy() -> None:
    text = drift.measured(20, (240,))
    assert all(f"false alarms {accuracy:.2f}" in text for accuracy in drift.ACCURACIES)
    assert text.count("\n| 0.95 ") == 1


def test_position_bias_by_runs_is_what_it_is_exactly() -> None:
    alarms = position_bias.first_alarms(0.65, 2_000, 100, np.random.default_rng(4))
    assert np.isfinite(alarms).mean() == pytest.approx(position_bias.exact(0.65, 100), abs=0.04)
    assert "| 40%  | " in position_bias.measured(20, 50)


def test_the_report_on_anchoring_has_a_row_for_each_share_of_drafts_that_are_followed() -> None:
    text = anchoring.measured(2, (25, 50))
    assert all(f"| {share:.0%} " in text for share in anchoring.FOLLOWED) and "| 50 problems |" in text


@pytest.mark.data
def test_a_made_up_programme_lets_nobody_through_who_only_clicks(tmp_path: Path) -> None:
    if truths.data() is None:
        pytest.skip(programme.NO_DATA)
    text = programme.measured(tmp_path, programme.TINY)
    rows = {row.split("|")[1].strip(): [cell.strip() for cell in row.split("|")[2:-1]] for row in text.splitlines()
            if row.startswith("| ")}  # fmt: skip
    assert rows["clicks"][3:5] == ["failed (0.00), failed (0.00)", "0"]
    assert rows["good 1"][3].startswith("passed") and int(rows["good 1"][4]) > 0
    assert float(rows["with calibration"][2][:-1]) < float(rows["without"][2][:-1])


def test_without_the_public_data_a_programme_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COTLAB_TEST_DATA", raising=False)
    assert programme.measured(tmp_path) == programme.NO_DATA


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


def test_planted_errors_change_the_value_and_a_split_is_by_problem() -> None:
    made = dict(evidence.planted({"lhs": "6*7", "rhs": "42"}, random.Random(1)))
    assert set(made) == {"digit changed", "plus one", "times ten", "digits swapped"}
    assert {text.partition("=")[0] for text in made.values()} == {"6*7"}
    assert 42 not in {float(text.partition("=")[2]) for text in made.values()}
    halves = {evidence.build_half(f"problem {number}") for number in range(20)}
    assert halves == {True, False}


def test_readings_of_alarms_are_found_in_the_docs() -> None:
    found = evidence.readings()
    assert found[("gsm8k-train-6001", 1)] is True
    assert found[("prmbench-original-prm_test_p1_33", 18)] is False


@pytest.mark.data
def test_the_step_checks_are_measured_on_the_shared_data() -> None:
    folder = evidence.data()
    if folder is None:
        pytest.skip("COTLAB_TEST_DATA names no folder with cases/ and data/")
    said = evidence.measured(folder, quick=True)
    assert "n = 195; wrong: none" in said and "not read yet" not in said
    assert "| as they are    |" in said


def test_claims_are_timed_on_a_short_and_a_long_queue(tmp_path: Path) -> None:
    text = claims.measure(tmp_path, 100, 500, 3)
    assert "|        100 |      3 |" in text and "|        500 |      3 |" in text
    assert "The p95 of a claim grows" in text and "(n = 3 each)" in text


@pytest.mark.data
def test_the_answer_checks_are_measured_on_the_shared_data() -> None:
    folder = evidence.data()
    if folder is None:
        pytest.skip("COTLAB_TEST_DATA names no folder with cases/ and data/")
    said = answers.measured(folder, quick=True)
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in said.splitlines() if line.startswith("| ")]
    assert ["gsm8k", "right", "60", "60", "0", "0"] in [row[:6] for row in rows]
    assert "No right answer is refuted, and no wrong one verified." in said


def test_correct_steps_are_altered_and_none_is_called_right() -> None:
    folder = evidence.data()
    if folder is None:
        pytest.skip("COTLAB_TEST_DATA names no folder with cases/ and data/")
    said = altering.measured(folder, quick=True)
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in said.splitlines() if line.startswith("| ")]
    sums = [row for row in rows if row[0] == "gsm8k" and row[1] in ("sign", "off-by-one", "wrong-operation")]
    assert len(sums) == 3 and all(row[4:8] == ["5", "5", "5", "0"] for row in sums)
    assert any(int(row[3]) for row in rows if row[1] == "restatement")


@pytest.mark.model
@pytest.mark.xdist_group("models")
def test_tokens_are_those_of_the_prompts_of_each_kind(tmp_path: Path) -> None:
    """The tokenizer of the test makes a token of each byte."""
    if any(find_spec(name) is None for name in LIBRARIES):
        pytest.skip("the libraries that run models are not installed: make models")
    prepare_libraries()
    (tmp_path / "data").mkdir()
    solved = {"problem": "What is 2 + 3?", "steps": ["2 is given", "it is 5"], "final_answer": "5"}
    for name in prompt_tokens.SETS:
        (tmp_path / "data" / f"{name}.jsonl").write_text(f"{json.dumps(solved)}\n" * 3)
    pair = {"prompt": "What is 2 + 3?", "response_a": "5", "response_b": "6"}
    (tmp_path / "data" / "llmbar.jsonl").write_text(json.dumps(pair))
    found = {(one.kind, one.where): one for one in prompt_tokens.count(tiny.tokenizer(), tmp_path, 2)}
    of_gsm8k = {kind: one for (kind, where), one in found.items() if where == prompt_tokens.SETS["gsm8k"]}
    asked = {kind: (one.steps, one.prompts, one.written) for kind, one in of_gsm8k.items()}
    assert asked == {
        "alternatives": (4, 4, 2 * (11 + 8)), "altered_step": (4, 4, 2 * (11 + 8)), "rationale": (4, 4, None),
        "label_opinion": (4, 16, 16), "path": (4, 2, 2 * len("2 is given\nit is 5\nAnswer: 5.")),
    }  # fmt: skip
    preferred = found["pair_opinion", "LLMBar"]
    assert (preferred.steps, preferred.prompts, preferred.written) == (1, 2, 2)
    around = {len("<S: \nU: \nA:")}
    assert {(one.read - one.characters) / one.prompts for one in (preferred, *of_gsm8k.values())} == around


@pytest.mark.data
def test_the_order_of_work_is_measured_on_the_shared_data() -> None:
    folder = evidence.data()
    if folder is None:
        pytest.skip("COTLAB_TEST_DATA names no folder with cases/ and data/")
    traces = selection_data.labelled(folder, "bigbench_mistake", 40)
    one = selection.measure("bigbench_mistake", traces, 1)
    text = f"{selection.errors_found(one)}\n{selection.estimated(one)}\n{selection.learned(one)}"
    assert all(text.count(f"| {method.name} ") == 2 for method in selection.METHODS["bigbench_mistake"])
    assert all(0.0 <= run.found[0] <= run.found[3] <= 1.0 for runs in one.by_method.values() for run in runs)


def planted(number: int, wrong: bool) -> Labelled:
    """Of two steps, the second of which says "oops" where it is wrong."""
    texts = f"We take {number} and go on.", "So it is oops." if wrong else "So it is so."
    return Labelled(str(number), f"Problem {number}", texts, (False, wrong), 0, None, ())


def test_points_find_planted_errors_and_the_random_share_estimates_them() -> None:
    one = selection.measure("mr_ben", [planted(number, number % 5 == 0) for number in range(200)], 2)
    points, plain = (one.by_method[name] for name in ("rarity, all by points", selection.RANDOM.name))
    assert all(run.found[2] > 0.9 for run in points) and all(run.found[2] < 0.6 for run in plain)
    assert all((run.estimated[0].value or 0) > 0.2 for run in points), "twice the truth, which is a tenth"
    for run in one.by_method["rarity"]:
        everything, drawn, reweighted, _ = ((rate.value or 0) for rate in run.estimated)
        assert drawn < everything and reweighted < everything, "nearer to it"
    assert all(run[0] == 1.0 for run in one.full)


def test_sources_of_opinions_are_told_apart() -> None:
    folder = evidence.data()
    if folder is None:
        pytest.skip("COTLAB_TEST_DATA names no folder with cases/ and data/")
    rows = [line.split("|")[1:-1] for line in opinions.measured(folder, quick=True).splitlines() if "|" in line]
    said = {tuple(cell.strip() for cell in row[:2]): row[-1].strip() for row in rows}
    assert said["bigbench_mistake", "checks"] == "better than chance"
    assert said["mr_gsm8k_judged", "(position)"] == "no better than chance"


def test_numbers_tell_which_paths_are_one_computation() -> None:
    folder = evidence.data()
    if folder is None:
        pytest.skip("COTLAB_TEST_DATA names no folder with cases/ and data/")
    said = duplicates.measured(folder, quick=True)
    numbers, words = (float(part) for part in re.findall(r"0\.\d{3}", said.splitlines()[0]))
    assert numbers > 0.9 > words
    (used,) = [line.split("|") for line in said.splitlines() if "(used)" in line]
    assert float(used[3]) > 0.9 and float(used[4]) < 0.1


def test_an_endpoint_is_asked_for_several_drafts_at_once(tmp_path: Path) -> None:
    found = drafting.measure(tmp_path, ((2, 8),), (1, 8))
    assert [(one.calls, len(one.drafts)) for one in found] == [(1, 16), (8, 16)]
    assert found[0].drafts == found[1].drafts and found[0].seconds > 16 * drafting.SECONDS
    (alone, several) = [line for line in drafting.report(found).splitlines() if line.startswith("|  ")]
    assert "| 1.00 |" in re.sub(r" +", " ", alone) and several.rstrip(" |").endswith("yes")


def test_taking_a_request_is_timed_where_few_wait_and_where_more_do(tmp_path: Path) -> None:
    found = [drafting.take(tmp_path / str(waiting), waiting, 3) for waiting in (5, 20)]
    assert [one.waiting for one in found] == [5, 20] and all(one.found > 0 and one.had > 0 for one in found)
    assert "| 1.00 |" in re.sub(r" +", " ", drafting.takes_report(found))


def test_gold_is_timed_against_production(tmp_path: Path) -> None:
    text = gold_timing.measure(tmp_path, 5)
    assert all(f"| {request} " in text for request in ("claim", "commit", "finish"))


@pytest.mark.parametrize(
    ("gold", "production", "auc"),
    [([2.0, 3.0], [1.0, 1.5], 1.0), ([1.0], [2.0, 3.0], 0.0), ([1.0, 2.0], [1.0, 2.0], 0.5), ([2.0], [1.0, 2.0], 0.75)],
)
def test_the_auc_is_the_chance_that_gold_took_longer(gold: list[float], production: list[float], auc: float) -> None:
    assert gold_timing.auc(np.array(gold), np.array(production)) == auc


def test_reports_read_every_label_in_few_statements(tmp_path: Path) -> None:
    said = reports.measured(tmp_path, 3_200)
    assert all(name in said for name in reports.REPORTS)
    numbers = [[cell.strip() for cell in line.split("|")] for line in said.splitlines() if line.startswith("| ")][1:]
    assert all(int(row[-2]) < 60 for row in numbers if row[1] in reports.REPORTS)


def test_more_mistakes_of_a_trace_together_make_no_interval_too_short() -> None:
    assert min(report_errors.coverage(0.9, within, 25, 200) for within in (0.0, 0.3)) > 0.88
    assert report_errors.told(0.3, 0.1, 30) > 0.9 > 0.2 > report_errors.told(0.0, 0.1, 30)


def test_an_alarm_is_for_those_who_click_and_not_for_those_who_read() -> None:
    assert report_errors.alarmed(0.2, 3, 1_000)[0] == 0
    assert report_errors.alarmed(0.0, 3, 1_000, clicks=True)[0] == 3
