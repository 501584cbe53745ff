"""Exports into splits, with benchmarks kept out and outcomes beside them."""

from collections import Counter
from typing import Any

import pytest
from pydantic import ValidationError

from cotlab.domain.datasets.exports import ExportOrder, LabelChoice
from cotlab.domain.datasets.splits import Benchmark, FacetValue
from cotlab.domain.errors import BadInput
from cotlab.exchange.near_duplicates import words
from cotlab.services.datasets.export import prepared
from tests.services.datasets.splitting import export, labelled_project, splits, told
from tests.world import World


@pytest.fixture
def world(store: Any, clock: Any) -> World:
    return labelled_project(store, clock)


def law(value: str = "law") -> FacetValue:
    return FacetValue.model_validate({"facet": "domain", "value": value}, strict=False)


def problems(rows: list[dict[str, Any]]) -> set[str]:
    return {" ".join(words(row["problem"]["text"])) for row in rows}


def test_splits_share_no_problem_and_no_near_duplicate(world: World) -> None:
    files, manifest = export(world, splits=splits())
    assert files.keys() == {"train.jsonl", "test.jsonl"}
    train, test = files["train.jsonl"], files["test.jsonl"]
    assert (len(train), len(test)) == (18, 6) and not problems(train) & problems(test)
    assert manifest.rows == 24 and [file.rows for file in manifest.files] == [18, 6]
    near = manifest.near_duplicates
    assert near is not None and (near.problems, near.groups, near.largest) == (12, 12, 1)
    assert [file.split for file in manifest.files] == ["train", "test"]
    assert manifest.sha256 not in [file.sha256 for file in manifest.files]


def test_the_seed_and_the_content_decide(world: World) -> None:
    one, first = export(world, splits=splits())
    again, told_again = export(world, splits=splits(), as_of=first.as_of)
    assert one == again and told_again == first
    assert export(world, splits=splits(seed=1))[0]["test.jsonl"] != one["test.jsonl"]


def test_whole_groups_are_held_out(world: World) -> None:
    files, manifest = export(world, splits=splits(hold_out=[{"facet": "domain", "value": "law"}]))
    domains = {path: {row["problem"]["domain"] for row in rows} for path, rows in files.items()}
    assert domains["held_out.jsonl"] == {"law"} and len(files["held_out.jsonl"]) == 8
    assert domains["train.jsonl"] | domains["test.jsonl"] == {"mathematics", "physics"}
    assert any("held_out" in one for one in manifest.warnings) is False


@pytest.mark.parametrize("by", ["source", "domain", "generator"])
def test_no_value_lies_in_two_splits(world: World, by: str) -> None:
    files, manifest = export(world, splits=splits(by=by))
    of = {
        path: {row["problem"][by] if by in row["problem"] else row[by] for row in rows} for path, rows in files.items()
    }
    assert of["train.jsonl"] and of["test.jsonl"] and not of["train.jsonl"] & of["test.jsonl"]
    assert manifest.rows == 24


def test_strategies_are_kept_apart_by_dropping_what_shares_a_problem(world: World) -> None:
    files, manifest = export(world, splits=splits(by="strategy"))
    dropped = manifest.traces_dropped["problem_or_value_in_another_split"]
    assert dropped == 12 and sum(map(len, files.values())) == 12


def test_a_test_split_has_human_traces_alone(world: World) -> None:
    files, manifest = export(world, splits=splits(test_origin="human"))
    assert {row["origin"] for row in files["test.jsonl"]} == {"human"} and len(files["test.jsonl"]) == 6
    assert manifest.files[1].origins == {"human": 6}


def test_balance_is_seeded_and_counted(world: World) -> None:
    files, manifest = export(world, splits=splits(balance=["incorrect"]))
    for file in manifest.files:
        rows = files[file.path]
        wrong = sum(row["steps"][0]["labels"][0]["value"] == "incorrect" for row in rows)
        assert wrong * 2 == len(rows) == file.rows
        labels = file.label_distribution
        assert file.class_weights == {
            name: round(sum(labels.values()) / (len(labels) * count), 4) for name, count in labels.items()
        }
    unbalanced = Counter[str]()
    for file in manifest.files:
        unbalanced.update(file.unbalanced)
    assert unbalanced == {"correct": 42, "incorrect": 6}
    assert manifest.traces_dropped["balance"] == 24 - manifest.rows > 0


def test_a_share_is_capped(world: World) -> None:
    _, manifest = export(world, splits=splits(most=[{"facet": "origin", "value": "model", "share": 0.5}]))
    for file in manifest.files:
        assert file.origins.get("model", 0) <= file.origins.get("human", 0)
    assert manifest.origins["human"] == 8 and manifest.traces_dropped["max_share"] >= 8


def test_problems_of_a_benchmark_stay_out(world: World) -> None:
    benchmark = Benchmark(name="gsm8k.jsonl", sha256="0" * 64, problems=(told(4, 99).upper(), "Something else?"))
    (rows,), manifest = [*export(world, against=(benchmark,))[0].values()], export(world, against=(benchmark,))[1]
    assert len(rows) == 22 and " ".join(words(told(4))) not in problems(rows)
    (kept_out,) = manifest.benchmarks
    assert (kept_out.name, kept_out.problems, kept_out.found, kept_out.left_out) == ("gsm8k.jsonl", 2, 1, 2)
    assert manifest.traces_dropped == {"in_a_benchmark": 2}
    assert "gsm8k.jsonl" in manifest.command and "Something" not in manifest.model_dump_json()


def test_outcomes_go_out_over_the_same_traces(world: World) -> None:
    files, manifest = export(
        world, format="trl-stepwise", mapping="correctness", splits=splits(), paired=True
    )  # fmt: skip
    assert [*files] == ["train.jsonl", "test.jsonl", "train.outcome-reward.jsonl", "test.outcome-reward.jsonl"]
    judged = sum(len(rows) for path, rows in files.items() if "outcome" in path)
    assert judged + sum(manifest.outcome_dropped.values()) == manifest.traces_kept
    for split in ("train", "test"):
        prompts = {row["prompt"] for row in files[f"{split}.jsonl"]}
        assert {row["prompt"] for row in files[f"{split}.outcome-reward.jsonl"]} <= prompts


def test_a_download_is_one_file_and_the_manifest_is_of_all(world: World) -> None:
    order = ExportOrder(format="native", labels=LabelChoice.SETTLED, splits=splits(), split="test")
    made = world.store.read(lambda db: prepared(db, world.project, order))
    content = b"".join(made.chunks(world.store))
    manifest = made.manifest(0)
    assert len(content.splitlines()) == 6 and len(content) == manifest.files[1].bytes
    assert [file.rows for file in manifest.files] == [18, 6]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"splits": splits()}, "split: say which split is to be sent; there is train, test"),
        ({"splits": splits(), "split": "dev"}, "there is train, test"),
        ({"split": "train"}, "there is no split"),
        ({"outcome": True}, "only a paired export"),
    ],
)
def test_a_download_names_its_file(world: World, fields: dict[str, Any], says: str) -> None:
    order = ExportOrder(format="native", labels=LabelChoice.SETTLED, **fields)
    made = world.store.read(lambda db: prepared(db, world.project, order))
    with pytest.raises(BadInput, match=says):
        made.one_file()


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"shares": [{"name": "train", "share": 0.9}]}, "sum to 0.9, and must sum to 1"),
        ({"shares": [{"name": "a", "share": 0.5}] * 2}, "a split stands twice"),
        ({"by": "colour"}, "by"),
        ({"shares": [{"name": "train", "share": 1.0}], "test_origin": "human"}, "needs a split of that name"),
        ({"shares": [{"name": "held_out", "share": 1.0}]}, "takes no share"),
    ],
)
def test_a_wrong_order_says_what_is_wrong(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        splits(**fields)


def test_warnings_of_what_models_wrote(world: World) -> None:
    _, manifest = export(world, where=(law("mathematics"), law("law")), splits=splits(test_origin="model"))
    assert manifest.warnings == (
        "everything in the split test was written by a model, wholly or in part",
        "everything of the domain mathematics was written by a model, wholly or in part",
    )
    assert manifest.domains == {"law": 8, "mathematics": 8} and manifest.traces_dropped["not_selected"] == 8
