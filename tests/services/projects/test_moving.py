"""Projects move whole: the same bytes from either engine, and all that they hold is as it was."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cotlab.domain.datasets.exports import LabelChoice
from cotlab.domain.evaluations.evaluations import ReopenBody
from cotlab.domain.people import Role
from cotlab.domain.projects.projects import ClosingBody
from cotlab.domain.traces.pairs import SourceChoice
from cotlab.domain.traces.records import Change, DerivedFrom
from cotlab.services.audit import verification
from cotlab.services.projects import projects
from cotlab.services.queue import reopening
from cotlab.services.registry import catch_up
from cotlab.storage import Store, create, is_postgresql
from cotlab.storage.projects.archive_tables import TABLES
from tests.services.audit.test_told import (
    checked,
    drafted_for,
    hurried,
    judged,
    left,
    looked_at,
    one_sided,
    told,
    worked,
)
from tests.services.calibration import piloting
from tests.services.datasets.releasing import release
from tests.services.evaluations import evaluated
from tests.services.gold import comparing_gold
from tests.services.projects import moving
from tests.services.work import comparing, writing
from tests.support import SIGNER, Clock
from tests.world import World, trace

__all__ = ["checked", "drafted_for", "hurried", "judged", "left", "looked_at", "one_sided", "told", "worked"]


@pytest.fixture
def asked_for(world: World) -> World:
    """A project with a row in each table of paths that people write, and alternatives."""
    writing.prepare(world)
    one, two, three = writing.ask(world, "w1", "algebra", "drawing", "guess")
    assert one and two
    writing.take(world, "ann")
    writing.write(world, "ann", "so it is")
    writing.take(world, "bob")
    writing.give_back(world, "bob", "too hard")
    writing.withdraw(world, three)
    cyn = world.expert("cyn")
    assignment = cyn.take()
    cyn.commit(assignment.id, 1)
    cyn.write(assignment.id, 1, "in other words")
    return world


@pytest.fixture
def paired(world: World) -> World:
    """Pairs with labels of a source, one of them answered, and a gold one."""
    comparing.prepare(world)
    said = SourceChoice(source="raters", overall="better", criteria={"clarity": "tie"})
    comparing.add(world, comparing.pair("a", labels=(said,)))
    gold = comparing_gold.gold_pair("g", criteria={"clarity": "tie"})
    comparing_gold.bring(world, gold, justifications={"overall": "x", "clarity": "y"})
    view, _ = comparing.take(world.expert("ann"))
    comparing.prefer(world.expert("ann"), view.id)
    return world


@pytest.fixture
def reopened(world: World) -> World:
    """A model that was evaluated, and a slice that is labelled anew because of it."""
    evaluated.labelled(world, 1)
    made = evaluated.evaluate(world, evaluated.lines({"m1": 1, "l1": -1}), model="one", replicates=0)
    body = ReopenBody(where="domain=law")
    items = world.store.read(lambda db: reopening.picked(db, world.project, made.id, body))
    world.write(lambda db: reopening.reopen(db, world.people["lea"], world.project, made.id, body, items))
    return world


@pytest.fixture
def ended(world: World) -> World:
    """A pilot that was signed and opened, a question, corrections with citations, an export; somebody who left."""
    piloting.start(world, experts=("adj",))
    piloting.sign(world, "adj")
    ann = world.expert("ann")
    assignment = ann.take()
    ann.commit(assignment.id, 1, "incorrect", citations=[{"kind": "rule", "name": "M1"}])
    for label in ("redundant", "correct", "redundant"):
        stands = world.value(
            "SELECT id FROM answers n WHERE NOT EXISTS (SELECT 1 FROM answers r WHERE r.replaces = n.id)"
        )
        ann.commit(assignment.id, 1, label, replaces=stands)
    piloting.ask(world, "ann", assignment.id, 1)
    piloting.answer(world, piloting.asked(world)[0].id)
    piloting.open_production(world, "it is enough")
    release(world, "v1", labels=LabelChoice.EACH)
    world.leave("bob", Role.ANNOTATOR)
    body = ClosingBody(reason="done")
    world.write(lambda db: projects.close_project(db, world.host, world.project, body))
    return world


@pytest.fixture
def released(world: World) -> World:
    """A project with a release."""
    world.set_policy(overlap=1)
    world.expert("ann").label_all()
    release(world, "v1")
    return world


@pytest.fixture
def altered(world: World) -> World:
    """A world with a trace that was made of another one."""
    derived = DerivedFrom(trace="0" * 64, position=1, way="sign 1.0", changes=(Change(start=0, stop=1, was=""),))
    world.add_traces(trace("made", derived_from=derived))
    return world


LIVED: dict[str, set[str]] = {
    "told": {
        "cases", "case_passes", "case_outcomes", "guideline_gaps", "decisions_seen", "agreements_taken",
        "agreement_decisions", "cohorts", "cohort_ends", "assignments", "assignment_ends", "answers",
        "guideline_versions", "projects", "roles", "policies", "guidelines_in_force", "acknowledgements", "problems",
        "traces", "steps", "queue",
    },
    "worked": {
        "gold_items", "gold_ends", "gold_labels", "calibration_sets", "calibration_items", "calibration_decisions",
        "drift_alarms", "rechecks", "recheck_items", "places_passed", "leases",
    },
    "checked": {"verdicts", "verdicts_shown"},
    "hurried": {"pace_alarms", "pace_alarm_ends"},
    "left": {"batches", "batch_items", "batch_people", "batch_ends"},
    "asked_for": {"writing_tasks", "writing_ends", "written_paths", "writing_returns"},
    "paired": {"pairs", "pair_sides", "source_rows", "gold_criteria"},
    "altered": {"derivations"},
    "reopened": {"evaluations", "reopenings", "reopening_items"},
    "released": {"releases"},
    "drafted_for": {
        "draft_requests", "drafts", "draft_ends", "draft_drops", "draft_decisions", "drafted_traces",
    },
    "looked_at": {"reveals", "assistance", "rationale_requests"},
    "one_sided": {"position_alarms", "position_alarm_ends"},
    "ended": {
        "pilots", "pilot_items", "sign_offs", "openings", "questions", "question_answers", "citations", "exports",
        "role_ends", "project_ends",
    },
}  # fmt: skip
"""Which tables a world has rows in."""


def test_a_world_has_a_row_in_each_table_that_travels() -> None:
    assert set().union(*LIVED.values()) == {table.name for table in TABLES}


@pytest.fixture(params=LIVED)
def lived(request: pytest.FixtureRequest) -> World:
    """Worlds that have rows of every kind."""
    world: World = request.getfixturevalue(request.param)
    moving.known_key(world.store, SIGNER)
    assert LIVED[request.param] <= moving.filled(moving.out(world.store, world.project))
    return world


@pytest.fixture
def other_database(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of the other engine."""
    if is_postgresql(engine):
        create(tmp_path / "other.db")
        yield str(tmp_path / "other.db")
        return
    cluster = request.getfixturevalue("cluster")
    url = cluster.fresh()
    yield url
    cluster.drop(url)


def state(store: Store, project_id: str) -> dict[str, Any]:
    """What is not in an archive, but follows from it."""
    queries = {
        "queue": "SELECT * FROM queue WHERE project_id = :p ORDER BY item_id",
        "due_cases": "SELECT * FROM due_cases WHERE project_id = :p ORDER BY case_id",
        "agreement_counts": "SELECT * FROM agreement_counts WHERE project_id = :p ORDER BY domain",
        "quota_counts": "SELECT * FROM quota_counts WHERE project_id = :p ORDER BY quota",
        "leases": "SELECT assignment_id, item_id, actor_id, visible FROM leases WHERE project_id = :p ORDER BY 1",
    }
    return {name: list(map(dict, store.read(lambda db: db.rows(sql, p=project_id)))) for name, sql in queries.items()}  # noqa: B023


def findings(store: Store, *trusted: str) -> list[str]:
    verdicts = store.read(lambda db: verification.verify(db, trusted, (), ()))
    return [f"{chain}: {one.sentence}" for chain, verdict in verdicts.items() for one in verdict.findings]


def test_a_project_goes_to_the_other_engine_and_back_and_is_the_same_to_the_byte(
    lived: World, other_database: str, make_database: Callable[[], str], clock: Clock
) -> None:
    lived.catch_up()
    lived.catch_up()
    content = moving.out(lived.store, lived.project)
    before = state(lived.store, lived.project)
    for database in (other_database, make_database()):
        with moving.another(database, clock) as store:
            report = moving.taken(store, content)
            assert (report.project_id, report.people_known) == (lived.project, 0)
            assert report.renamed == {"operator": f"operator ({lived.host[-8:]})"}, "who runs this server is another"
            assert findings(store, moving.ELSEWHERE.public_key) == []
            again = moving.out(store, lived.project)
            assert moving.files(again) == moving.files(content)
            assert again == content
            catch_up(store, lived.project)
            assert state(store, lived.project) == before
            assert moving.out(store, lived.project) == content, "what follows by itself adds nothing"
