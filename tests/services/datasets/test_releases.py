"""An export under a name, and what became of its rows in the next one, with the reasons."""

import json
from typing import Any

import pytest

from cotlab.domain.calibration.qualification import DecisionKind
from cotlab.domain.datasets.exports import LabelChoice
from cotlab.domain.datasets.splits import Benchmark, Facet, FacetValue
from cotlab.domain.errors import AlreadyExists, BadInput, NotFound
from cotlab.domain.people import Role
from cotlab.domain.projects.overlap import Overlap
from cotlab.domain.work.views import NextStep
from cotlab.services.audit.event_data import rows_that_differ
from cotlab.services.datasets import release_diff, releases
from tests.services.calibration import doubting
from tests.services.cases.adjudicating import case_on, decide
from tests.services.datasets.releasing import between, counted, ordered, release
from tests.services.datasets.splitting import labelled, splits, told
from tests.services.guidelines.guideline_texts import LABELS, following, renamed, small
from tests.services.work import comparing
from tests.world import World, trace


@pytest.fixture
def small_world(world: World) -> World:
    """Three traces of three steps that ann labelled alone, under `small 1.0`."""
    following(world, "small", "ann", "bob")
    world.join("adj", Role.ADJUDICATOR)
    world.set_policy(overlap=1)
    world.add_traces(trace("a", id="a"), trace("b", id="b"), trace("c", id="c", domain="law"))
    for finish in (True, True, False):
        world.expert("ann").label_all(finish=finish)
    return world


def names(world: World) -> list[str]:
    return [one.name for one in world.store.read(lambda db: releases.listed(db, world.project))]


def test_a_release_is_an_export_with_a_name_and_an_event(small_world: World) -> None:
    manifest = release(small_world, "v1")
    (one,) = small_world.store.read(lambda db: releases.listed(db, small_world.project))
    assert (one.name, one.rows, one.as_of, one.sha256) == ("v1", 3, manifest.as_of, manifest.sha256)
    assert small_world.kinds()[-2:] == ["export.made", "release.made"] and manifest.release == "v1"
    row = small_world.rows(
        "SELECT body, hash FROM events WHERE chain = :c AND sequence = :s", c=small_world.project, s=one.sequence
    )[0]
    assert row["hash"] == one.hash and json.loads(row["body"])["data"]["export"] == one.export_id
    shown = small_world.store.read(lambda db: releases.show(db, small_world.project, one.id))
    assert shown.release == one and shown.manifest.sha256 == manifest.sha256
    assert small_world.store.read(lambda db: list(rows_that_differ(db, small_world.project))) == []


def test_a_name_is_one_release_a_project_and_the_same_order_again_is_the_same(small_world: World) -> None:
    first = release(small_world, "v1")
    with pytest.raises(AlreadyExists, match=f"a release v1 already, of sequence {first.as_of}"):
        release(small_world, "v1")
    with pytest.raises(AlreadyExists):
        release(small_world, "v1", as_of=first.as_of, labels=LabelChoice.EACH)
    again = release(small_world, "v1", as_of=first.as_of)
    assert again.sha256 == first.sha256 and names(small_world) == ["v1"]
    assert small_world.kinds().count("release.made") == 1 and small_world.kinds().count("export.made") == 2
    following(small_world, "another", "ann")
    assert names(small_world) == []


def test_two_exports_of_one_name_at_once_are_not_both_it(small_world: World) -> None:
    from cotlab.services.datasets.export import prepared, record

    orders = [ordered(release="v1"), ordered(release="v1", labels=LabelChoice.EACH)]
    made = [small_world.store.read(lambda db: prepared(db, small_world.project, one)) for one in orders]  # noqa: B023
    for number, (export, order) in enumerate(zip(made, orders, strict=True)):
        for _ in export.pieces(small_world.store):
            pass
        manifest = export.manifest(0)
        keep = lambda db: record(db, small_world.people["exp"], str(number) * 32, manifest, order)  # noqa: B023, E731
        if number == 0:
            small_world.write(keep)
        else:
            with pytest.raises(AlreadyExists):
                small_world.write(keep)
    assert small_world.kinds().count("export.made") == 1


def test_what_has_no_row_is_no_release(world: World) -> None:
    release(world, "v1")
    assert names(world) == [] and world.kinds()[-1] == "export.made"


def test_nothing_changed(small_world: World) -> None:
    release(small_world, "v1")
    release(small_world, "v2")
    found = between(small_world, "v1", "v2")
    assert counted(found) == {} and (found.unchanged, found.moved, found.more, found.rows) == (3, 0, False, ())


def change_label(world: World) -> dict[str, dict[str, int]]:
    """Ann corrects a step of one trace."""
    ann = world.expert("ann")
    mine = world.rows("SELECT id, assignment_id FROM answers WHERE position = 2 ORDER BY sequence DESC")[0]
    ann.commit(mine["assignment_id"], 2, "redundant", replaces=mine["id"])
    return {"relabelled": {"new_label": 1}}


def add_traces(world: World) -> dict[str, dict[str, int]]:
    world.add_traces(trace("d"))
    world.expert("ann").finish(world.expert("ann").take().id)
    world.expert("ann").label_all()
    return {"added": {"imported": 1}}


def decide_case(world: World) -> dict[str, dict[str, int]]:
    """Bob says something else, and it is decided as he says."""
    world.set_policy(overlap=2)
    world.expert("bob").label_all(["correct", "redundant"])
    world.catch_up()
    decide(world, case_on(world, 2), "redundant")
    world.set_policy(overlap=1)
    return {"relabelled": {"case_decided": 1}}


def disagree(world: World) -> dict[str, dict[str, int]]:
    world.expert("ann")
    world.set_policy(overlap=2)
    world.expert("bob").label_all(["redundant"])
    world.set_policy(overlap=1)
    return {"dropped": {"new_label": 1}}


def ask_for_more_people(world: World) -> dict[str, dict[str, int]]:
    world.set_policy(overlap=1, overlaps=(Overlap(domain="law", people=2),))
    return {"dropped": {"policy": 1}}


def make_stale(world: World) -> dict[str, dict[str, int]]:
    world.publish(small("2.0", affects={"labels": ["correct"], "domains": ["law"]}))
    return {"dropped": {"guideline_version": 1}}


def do_again(world: World) -> dict[str, dict[str, int]]:
    """A label that went stale is given anew, as another one."""
    ann = world.expert("ann")
    ann.finish(ann.take().id)
    world.publish(small("2.0", affects={"labels": ["correct"], "domains": ["law"]}))
    work = ann.take()
    view = work.next
    for label in ("redundant", "correct", "correct"):
        assert isinstance(view, NextStep) and view.step.mine is not None
        view = ann.commit(work.id, view.step.position, label, replaces=view.step.mine.id).next
    return {"relabelled": {"new_label": 1}}


def rename(world: World) -> dict[str, dict[str, int]]:
    named = {**{label["name"]: [label["name"]] for label in LABELS}, "correct": ["sound"]}
    world.publish(small("2.0", label_map=named, schema={"labels": renamed("correct", "sound")}))
    return {"relabelled": {"guideline_version": 3}}


CHANGES = (
    change_label, add_traces, decide_case, disagree, ask_for_more_people, make_stale, do_again, rename,
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=[one.__name__ for one in CHANGES])
def test_each_change_is_told_with_its_reason(small_world: World, change: Any) -> None:
    release(small_world, "v1")
    expected = change(small_world)
    release(small_world, "v2")
    found = between(small_world, "v1", "v2")
    assert counted(found) == expected
    changed = sum(number for counts in expected.values() for number in counts.values())
    assert len(found.rows) == changed and found.unchanged == 3 - changed + len(found.added)
    back = between(small_world, "v2", "v1")
    assert sum(back.added.values()) == sum(found.dropped.values())
    assert sum(back.relabelled.values()) == sum(found.relabelled.values())


def test_doubt_takes_rows_away_and_being_overruled_brings_them_back(world: World) -> None:
    doubting.prepare(world)
    doubting.qualify(world, "ann", "bob")
    doubting.label(world, "bob", "w2")
    doubting.label(world, "ann", "w1")
    release(world, "v1")
    doubting.fall(world, "ann", "g4", "g5")
    release(world, "v2")
    assert counted(between(world, "v1", "v2")) == {"dropped": {"doubt": 1}}
    doubting.decide(world, "ann", DecisionKind.OVERRULE_ALARM)
    release(world, "v3")
    assert counted(between(world, "v2", "v3")) == {"added": {"doubt": 1}}
    assert counted(between(world, "v1", "v3")) == {}


def test_what_was_ordered_otherwise_is_told_as_that(small_world: World) -> None:
    release(small_world, "all")
    release(small_world, "law", where=(FacetValue(facet=Facet.DOMAIN, value="law"),))
    release(small_world, "each", labels=LabelChoice.EACH)
    release(small_world, "both", format="trl-stepwise", mapping="both")
    assert counted(between(small_world, "all", "law")) == {"dropped": {"selection": 2}}
    assert counted(between(small_world, "law", "all")) == {"added": {"selection": 2}}
    assert counted(between(small_world, "all", "each")) == {"added": {"order": 3}, "dropped": {"order": 3}}
    assert counted(between(small_world, "all", "both")) == {"relabelled": {"order": 3}}
    release(small_world, "in-its-words", format="openrlhf", mapping="both")
    assert between(small_world, "both", "in-its-words").unchanged == 3, "the same labels, written in another way"


def test_rows_of_splits_and_benchmarks_are_told_from_the_whole(world: World) -> None:
    labelled(world, 6)
    release(world, "v1", splits=splits(seed=1))
    release(world, "v2", splits=splits(seed=8))
    found = between(world, "v1", "v2")
    assert counted(found) == {} and found.moved > 0 and found.unchanged == 12
    known = Benchmark(name="known.jsonl", sha256="0" * 64, problems=(told(3),))
    release(world, "v3", splits=splits(seed=1), against=(known,))
    assert counted(between(world, "v1", "v3")) == {"dropped": {"selection": 2}}
    assert known.problems[0] not in str(world.rows("SELECT ordered FROM exports"))


def test_a_release_of_pairs_is_compared_by_choices_and_with_no_release_of_traces(world: World) -> None:
    comparing.prepare(world)
    comparing.add(world, comparing.pair("a"))
    for people, who, text in ((1, ("ann",), "one of a"), (3, ("bob", "cyn"), "other of a")):
        world.set_policy(overlap=people, open_cases_on=())
        for name in who:
            given, view = comparing.take(world.expert(name))
            comparing.prefer(world.expert(name), given.id, comparing.for_text(view, text))
        release(world, f"kto-{people}", format="trl-kto")
        release(world, f"dpo-{people}", format="trl-dpo")
    assert counted(between(world, "dpo-1", "dpo-3")) == {"relabelled": {"new_label": 1}}
    assert counted(between(world, "kto-1", "kto-3")) == {"relabelled": {"new_label": 2}}
    world.set_policy(overlap=1)
    world.expert("dan").label_all()
    release(world, "traces")
    with pytest.raises(BadInput, match="dpo-1 is a release of pairs, and traces of steps"):
        between(world, "dpo-1", "traces")
    with pytest.raises(NotFound, match="There is no release nothing"):
        between(world, "nothing", "dpo-1")


def test_rows_beyond_those_listed_are_counted(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are looked at at once."""
    monkeypatch.setattr(release_diff, "ROWS_A_LOOK", 2)
    release(small_world, "v1")
    rename(small_world)
    release(small_world, "v2")
    found = between(small_world, "v1", "v2", most=1)
    assert counted(found) == {"relabelled": {"guideline_version": 3}} and len(found.rows) == 1 and found.more
    (row,) = found.rows
    assert [(one.position, one.before, one.after) for one in row.steps] == [
        (position, "correct", "sound") for position in (1, 2, 3)
    ]
    assert [one.row_id for one in between(small_world, "v1", "v2").rows] == sorted(
        one.row_id for one in between(small_world, "v1", "v2").rows
    )
