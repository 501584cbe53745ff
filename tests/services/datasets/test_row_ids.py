"""Each row has a name that says what it is of, and keeps it in whatever export it is."""

import json
from typing import Any

import pytest

from cotlab.domain.datasets.exports import LabelChoice
from cotlab.domain.datasets.pair_exports import PairShape
from cotlab.domain.datasets.row_ids import RowId, parsed
from cotlab.exchange.formats import WRITERS
from cotlab.exchange.readers.jsonl import Good, read_traces
from tests.services.datasets.splitting import export, labelled, splits
from tests.services.datasets.test_accepted_exports import judged
from tests.services.guidelines.guideline_texts import following
from tests.services.work import comparing
from tests.world import World

__all__ = ["judged"]
ITEM = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (ITEM, RowId(ITEM)),
        (f"{ITEM}.settled", RowId(ITEM, "settled")),
        (f"{ITEM}.annotator-0123456789ab", RowId(ITEM, "annotator-0123456789ab")),
        (f"{ITEM}.each.2", RowId(ITEM, "each", 2)),
        (f"{ITEM}:3", RowId(ITEM, position=3)),
        (f"{ITEM}:0", None),
        (f"{ITEM}.", None),
        (f"{ITEM}.each:3", None),
        (f"{ITEM[1:]}", None),
        ("t1", None),
    ],
)
def test_a_name_is_read_as_it_was_written(text: str, name: RowId | None) -> None:
    assert parsed(text) == name
    assert name is None or str(name) == text


def named(files: dict[str, list[dict[str, Any]]]) -> dict[str, str]:
    """The name of each row -> the name in the file that it came with."""
    return {row["row_id"]: row["id"] for rows in files.values() for row in rows}


def test_the_name_is_of_the_trace_and_the_labels_whatever_the_format_split_or_past(world: World) -> None:
    labelled(world, 4)
    whole, manifest = export(world)
    names = named(whole)
    ids = {row["external_id"] or row["id"]: row["id"] for row in world.rows("SELECT id, external_id FROM traces")}
    assert len(names) >= 8 and all(name == f"{ids[came]}.settled" for name, came in names.items())
    assert named(export(world, splits=splits(seed=3))[0]) == names
    other, _ = export(world, format="trl-stepwise", mapping="correctness")
    assert {row["row_id"] for row in other[""]} == names.keys()
    world.expert("ann").claim()
    world.set_policy(overlap=1, open_cases_on=())
    assert named(export(world, as_of=manifest.as_of)[0]) == named(export(world)[0]) == names


def test_each_person_has_rows_of_their_own(world: World) -> None:
    for name in ("ann", "bob"):
        world.expert(name).label_all()
    files, _ = export(world, format="trl-stepwise", mapping="correctness", labels=LabelChoice.EACH)
    names = [parsed(row["row_id"]) for row in files[""]]
    assert len({one.item_id for one in names if one}) == 1
    assert len({one.labels for one in names if one and (one.labels or "").startswith("annotator-")}) == 2
    (merged,) = export(world, labels=LabelChoice.EACH)[0][""]
    assert parsed(merged["row_id"]) == RowId(names[0].item_id if names[0] else "", "each")


def test_an_outcome_is_another_row_than_the_steps(world: World) -> None:
    labelled(world, 2)
    files, _ = export(world, paired=True)
    direct, _ = export(world, format="outcome-reward")
    assert {row["row_id"] for row in files["train.outcome-reward.jsonl"]} == {row["row_id"] for row in direct[""]}
    assert not {row["row_id"] for row in direct[""]} & named({"": files["train.jsonl"]}).keys()


def test_each_response_of_a_pair_keeps_its_name_when_the_other_one_is_chosen(world: World) -> None:
    comparing.prepare(world)
    comparing.add(world, comparing.pair("a"))
    seen: list[dict[str, str]] = []
    for people, who, text in ((1, ("ann",), "one of a"), (3, ("bob", "cyn"), "other of a")):
        world.set_policy(overlap=people, open_cases_on=())
        for name in who:
            given, view = comparing.take(world.expert(name))
            comparing.prefer(world.expert(name), given.id, comparing.for_text(view, text))
        files, _ = export(world, format="trl-kto", shape=PairShape())
        assert [text in row["completion"] for row in files[""] if row["label"]] == [True]
        seen.append({row["completion"]: row["row_id"] for row in files[""]})
    assert seen[0] == seen[1] and {name[-2:] for name in seen[0].values()} == {".1", ".2"}


def test_splits_are_drawn_by_content_and_not_by_names(world: World) -> None:
    """The same content in another project has other names, and lies in the same splits."""
    seen: list[dict[str, set[str]]] = []
    names = set[str]()
    for project in ("first", "second"):
        following(world, project, "ann")
        labelled(world)
        files, _ = export(world, format="trl-stepwise", mapping="both", splits=splits(seed=5))
        names |= {row["row_id"] for rows in files.values() for row in rows}
        seen.append({path: {row["prompt"] + str(row["completions"]) for row in rows} for path, rows in files.items()})
    assert seen[0] == seen[1] and len(names) == 2 * sum(map(len, seen[0].values()))


@pytest.mark.parametrize("format", [one.name for one in WRITERS])
def test_every_format_has_the_name_as_its_last_field_and_is_read_back(judged: World, format: str) -> None:
    mapping = {"bool": "correctness", "int": "prm800k"}
    target = next(one.target for one in WRITERS if one.name == format)
    order = {"format": format, "mapping": None if target is None else mapping[target.__name__]}
    if format.startswith("sft"):
        order["mapping"] = "correctness"
    rows = export(judged, **order)[0][""]
    assert rows and all([*row][-1] == "row_id" for row in rows)
    lines = [json.dumps(row).encode() for row in rows]
    assert all(isinstance(one, Good) for one in read_traces(lines, format))
