"""The history of a row: who was handed it, qualified how, under which rules, what they saw, and where it went."""

import hashlib
import json
import sys
from typing import Any

import pytest

from cotlab.domain.answers import Citation, Purpose
from cotlab.domain.calibration.qualification import DecisionKind
from cotlab.domain.checks import Verdict
from cotlab.domain.datasets.exports import LabelChoice, Packing
from cotlab.domain.datasets.lineage import Lineage
from cotlab.domain.datasets.splits import Benchmark
from cotlab.domain.errors import BadInput, NotFound
from cotlab.domain.people import Role
from cotlab.services.datasets import export as exporting
from cotlab.services.datasets.lineage import lineage
from tests.services.calibration import doubting
from tests.services.cases.adjudicating import case_on, decide
from tests.services.checks.test_shown_evidence import WRONG, find
from tests.services.datasets.releasing import between, ordered, release
from tests.services.datasets.splitting import labelled, splits, told
from tests.services.guidelines.guideline_texts import following, small
from tests.services.work import comparing
from tests.world import World, trace


@pytest.fixture
def decided(world: World) -> World:
    """One trace on which ann and bob disagree about the second step, which was decided; released as v1."""
    following(world, "decided", "ann", "bob")
    world.join("adj", Role.ADJUDICATOR)
    world.set_policy(overlap=2)
    world.add_traces(trace("a", id="known"))
    cited = (Citation(kind="rule", name="M1"),)
    world.expert("ann").label_all(["correct", "incorrect"], rationale="as ann sees it", citations=cited)
    world.expert("bob").label_all()
    world.catch_up()
    decide(world, case_on(world, 2), "incorrect")
    release(world, "v1")
    return world


def item(world: World) -> str:
    return str(world.value("SELECT id FROM traces WHERE project_id = :p", p=world.project))


def history(world: World, name: str, gold: bool = True, **more: Any) -> Lineage:
    return lineage(world.store, world.project, name, gold=gold, **more)


def test_all_that_happened_stands_in_the_order_of_the_chain_with_its_hashes(decided: World) -> None:
    found = history(decided, f"{item(decided)}.settled")
    assert (found.item_id, found.external_id, found.task) == (item(decided), "known", "steps")
    chain = {row["sequence"]: row for row in decided.rows("SELECT * FROM events WHERE chain = :c", c=decided.project)}
    assert [one.sequence for one in found.events] == sorted(one.sequence for one in found.events)
    for one in found.events:
        assert one.hash == chain[one.sequence]["hash"] and one.kind == json.loads(chain[one.sequence]["body"])["kind"]
    kinds = [one.kind for one in found.events]
    of_the_item = {"traces.imported", "assignment.claimed", "answer.given", "assignment.ended", "case.opened",
                   "case.decided", "export.made", "release.made", "guideline.in_force"}  # fmt: skip
    assert set(kinds) == of_the_item
    everything = decided.kinds()
    assert [kinds.count(one) for one in sorted(of_the_item)] == [everything.count(one) for one in sorted(of_the_item)]
    assert (found.as_of, found.audit_head) == (max(chain), chain[max(chain)]["hash"])


def test_an_answer_has_a_pseudonym_its_reason_and_the_text_of_the_rule_in_force(decided: World) -> None:
    found = history(decided, item(decided))
    (said,) = [one for one in found.events if one.value == "incorrect" and one.purpose == "production"]
    assert said.by and said.by.startswith("annotator-") and said.rationale == "as ann sees it"
    assert said.guidance is not None and said.guidance.version == "small 1.0" and said.visible_until is not None
    assert said.guidance.sha256 == hashlib.sha256(small("1.0", "initial").encode()).hexdigest()
    assert list(said.guidance.rules) == ["M1"] and "If it is false, then `incorrect`." in said.guidance.rules["M1"]
    told_ = found.model_dump_json()
    for person, person_id in decided.people.items():
        assert f'"{person}"' not in told_ and person_id not in told_


def test_later_rules_are_not_those_that_were_in_force(decided: World) -> None:
    body = "\n# Small\n\n## Rules\n\n### M1 Another\n\nIf it is green, then `incorrect`.\n"
    decided.publish(small("1.1", "clarification", body))
    (said,) = [one for one in history(decided, item(decided)).events
               if one.value == "incorrect" and one.purpose == "production"]  # fmt: skip
    assert said.guidance is not None and "green" not in said.guidance.rules["M1"]


def test_a_step_has_its_own_answers_and_the_row_that_it_is_in(decided: World) -> None:
    found = history(decided, f"{item(decided)}:2")
    assert {one.position for one in found.events if one.kind == "answer.given"} == {0, 2}
    assert [one.kind for one in found.events].count("case.decided") == 1
    first = history(decided, f"{item(decided)}:1")
    assert "case.opened" not in [one.kind for one in first.events]
    assert [one.exported.rows for one in found.events if one.exported] == [(f"{item(decided)}.settled",)]


def test_one_persons_row_is_told_without_what_others_said(decided: World) -> None:
    release(decided, labels=LabelChoice.EACH, format="trl-stepwise", mapping="both")
    whole = history(decided, item(decided))
    rows = [name for one in whole.events if one.exported and one.exported.labels is LabelChoice.EACH
            for name in one.exported.rows]  # fmt: skip
    assert len(rows) == 2
    for name in rows:
        one = history(decided, name)
        assert {event.by for event in one.events if event.kind == "answer.given"} == {name.split(".")[1]}
        assert [event.exported.rows for event in one.events if event.exported] == [(name,)]


def test_an_item_is_found_by_its_name_in_the_file(decided: World) -> None:
    assert history(decided, "known").events == history(decided, item(decided)).events
    with pytest.raises(NotFound, match="no row, trace, pair or step nothing"):
        history(decided, "nothing")
    decided.add_traces(trace("b", id="known"))
    with pytest.raises(BadInput, match="2 traces or pairs are called known"):
        history(decided, "known")


def test_another_projects_item_is_not_found(decided: World) -> None:
    there = item(decided)
    decided.project = decided.add_project("else", "lea")
    with pytest.raises(NotFound):
        history(decided, there)


def exports_of(world: World, name: str, **more: Any) -> list[tuple[bool, str | None]]:
    """Whether each export with a row is certain, and its split."""
    return [(one.exported.certain, one.exported.split) for one in history(world, name, **more).events if one.exported]


def test_an_export_that_had_no_row_of_it_is_not_told(decided: World) -> None:
    release(decided, "law", labels=LabelChoice.ADJUDICATED)
    assert [one.release for one in history(decided, item(decided)).events if one.release] == ["v1"]
    decided.add_traces(trace("later"))
    later = str(decided.value("SELECT id FROM traces WHERE external_id IS NULL AND project_id = :p", p=decided.project))
    assert exports_of(decided, later) == []


def test_what_depends_on_all_that_goes_out_is_uncertain_until_it_is_read_again(world: World) -> None:
    labelled(world, 6)
    release(world, "v1", splits=splits(seed=1))
    known = Benchmark(name="known.jsonl", sha256="0" * 64, problems=(told(3),))
    release(world, "v2", against=(known,))
    release(world, against=(known,))
    gone, kept = (doubting.item(world, name) for name in ("t3-0", "t4-0"))
    assert exports_of(world, kept) == [(True, None), (False, None), (False, None)]
    assert [certain for certain, _ in exports_of(world, kept, thorough=True)] == [True, True, False]
    assert exports_of(world, kept, thorough=True)[0][1] in ("train", "test")
    assert len(exports_of(world, gone)) == 3 and len(exports_of(world, gone, thorough=True)) == 2


def test_an_export_of_an_earlier_cotlab_is_told_from_its_manifest(decided: World) -> None:
    order = ordered(format="native")
    export = decided.store.read(lambda db: exporting.prepared(db, decided.project, order))
    for _ in export.pieces(decided.store):
        pass
    document = export.manifest(0).model_dump_json()
    decided.write(lambda db: db.add(
        "exports", id="e" * 32, project_id=decided.project, actor_id="x", manifest=document, made_at=1,
        sequence=decided.value("SELECT max(sequence) FROM events WHERE chain = :c", c=decided.project),
    ))  # fmt: skip
    assert [one.exported.export_id for one in history(decided, item(decided)).events if one.exported][-1] == "e" * 32


def test_who_was_qualified_and_how_is_told_as_of_then(world: World) -> None:
    doubting.prepare(world)
    doubting.qualify(world, "ann")
    doubting.label(world, "ann", "w1")
    doubting.fall(world, "ann", "g4", "g5")
    found = history(world, "w1")
    (handed,) = [one for one in found.events if one.kind == "assignment.claimed"]
    assert handed.qualified is not None and handed.qualified.state == "qualified"
    assert "by attempt 1" in handed.qualified.sentence and handed.qualified.field == doubting.DOMAIN
    assert "an alarm of drift (mathematics)" in [one.what for one in found.events]
    doubting.decide(world, "ann", DecisionKind.QUALIFY)
    doubting.label(world, "ann", "w2")
    (handed,) = [one for one in history(world, "w2").events if one.kind == "assignment.claimed"]
    assert handed.qualified is not None and "by a lead" in handed.qualified.sentence
    assert handed.qualified.sentence.endswith(" it is so")
    doubting.label(world, "bob", "w3")
    (handed,) = [one for one in history(world, "w3").events if one.kind == "assignment.claimed"]
    assert handed.qualified is not None and handed.qualified.state == "new"


def test_only_leads_are_told_what_is_gold(world: World) -> None:
    doubting.prepare(world)
    doubting.qualify(world, "ann")
    doubting.gold(world, "ann", "g4", doubting.TRUE)
    for name in ("g1", "g4"):
        whole, hidden = history(world, name), history(world, name, gold=False)
        assert {"gold.added", "gold.labelled"} <= {one.kind for one in whole.events}
        assert {one.purpose for one in whole.events} & {Purpose.GOLD.value, Purpose.CALIBRATION.value}
        assert {one.kind for one in hidden.events} == {"traces.imported", "guideline.in_force"}


def test_evidence_that_was_there_to_see_stands_with_the_answer(world: World) -> None:
    ann = world.expert("ann")
    taken = ann.take()
    find(world, {1: WRONG}, problem=taken.problem.text)
    for position in (1, 2):
        ann.commit(taken.id, position)
    found = history(world, world.value("SELECT item_id FROM assignments"))
    seen = {one.position: [verdict.verdict for verdict in one.evidence] for one in found.events if one.value}
    assert seen == {1: [], 2: [Verdict.REFUTED]}
    (check,) = [one for one in found.events if one.what == "a check looked at it"]
    assert [verdict.position for verdict in check.evidence] == [1]


def test_a_pair_has_a_history_too(world: World) -> None:
    comparing.prepare(world)
    comparing.add(world, comparing.pair("a"))
    world.set_policy(overlap=1)
    given, view = comparing.take(world.expert("ann"))
    comparing.prefer(world.expert("ann"), given.id, comparing.for_text(view, "one of a"))
    release(world, "kto", format="trl-kto")
    pair = str(world.value("SELECT item_id FROM pairs"))
    found = history(world, pair)
    assert found.task == "pairs" and [one.release for one in found.events if one.release] == ["kto"]
    assert [one.exported.rows for one in found.events if one.exported] == [(f"{pair}.settled.1", f"{pair}.settled.2")]
    assert {one.question for one in found.events if one.kind == "answer.given"} == {"label", *comparing.CRITERIA}
    (second,) = [one.exported.rows for one in history(world, f"{pair}.settled.2").events if one.exported]
    assert second == (f"{pair}.settled.2",)


@pytest.mark.parametrize(("packing", "library"), [(Packing.PARQUET, "pyarrow"), (Packing.ZSTD, "zstandard")])
def test_what_packed_an_export_is_not_needed_to_tell_of_it(
    decided: World, monkeypatch: pytest.MonkeyPatch, packing: Packing, library: str
) -> None:
    for name in ("packed-1", "packed-2"):
        release(decided, name, format="trl-stepwise", mapping="both", packing=packing)
    monkeypatch.setitem(sys.modules, library, None)
    kinds = [one.release for one in history(decided, item(decided)).events if one.release]
    assert kinds[-2:] == ["packed-1", "packed-2"]
    assert between(decided, "packed-1", "packed-2").unchanged > 0
    with pytest.raises(BadInput, match=library):
        release(decided, format="trl-stepwise", mapping="both", packing=packing)


def test_an_alternatives_row_is_told_with_the_steps_that_it_begins_with(world: World) -> None:
    """The alternative stands for the second of three steps, so that the first one is its, too."""
    world.write(lambda db: db.run("DELETE FROM queue"))
    world.add_traces(trace("with an alternative"))
    ann = world.expert("ann")
    mine = ann.take()
    ann.commit(mine.id, 1, "redundant")
    ann.write(mine.id, 2, "said better")
    for position in (2, 3):
        ann.commit(mine.id, position)
    ann.finish(mine.id)
    bob = world.expert("bob")
    bob.label_all(["redundant"])
    world.set_policy(overlap=1)
    bob.commit(bob.take().id, 2, "incorrect")
    ((parent, alternative),) = (
        one.values() for one in world.rows("SELECT parent_id, id FROM traces WHERE parent_id IS NOT NULL")
    )
    release(world, "v1", format="trl-stepwise", mapping="correctness")
    found = history(world, f"{alternative}.settled")
    answers = [(one.item, one.position, one.value) for one in found.events if one.kind == "answer.given"]
    assert answers == [(parent, 1, "redundant")] * 2 + [(alternative, 2, "incorrect")]
    assert (found.item_id, found.external_id) == (alternative, None)
    assert [one.exported.rows for one in found.events if one.exported] == [(f"{alternative}.settled",)]
    assert {one.item for one in history(world, parent).events} == {None}
    first = [one.item for one in history(world, f"{alternative}:1").events if one.kind == "answer.given"]
    assert first == [parent] * 2
