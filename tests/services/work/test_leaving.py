"""Who leaves holds nothing up: their work goes to others, what they finished stands, and they can come back."""

import pytest

from cotlab.domain.answers import Purpose
from cotlab.domain.calibration.qualification import DecisionKind
from cotlab.domain.errors import Conflict, NotFound, NotSignedIn, Refused
from cotlab.domain.people import LeavingBody, Left, Member, Missed, Role
from cotlab.services.audit.event_data import rows_that_differ
from cotlab.services.cases import adjudication
from cotlab.services.people import access, accounts
from cotlab.services.projects import projects
from cotlab.services.queue.candidates import Ahead
from cotlab.services.work import absence, labelling, writing
from cotlab.storage import SERVER
from tests.adjudicator import adjudicators
from tests.services.calibration import doubting
from tests.services.cases.adjudicating import case_on, open_cases
from tests.services.guidelines.guideline_texts import following, small
from tests.services.work.writing import ask, claim, prepare, take, write
from tests.world import DAYS, World, trace


def leave(world: World, name: str) -> Left:
    return absence.deactivate(world.store, world.host, LeavingBody(person=name, reason="went elsewhere"))


def come_back(world: World, name: str) -> None:
    absence.reactivate(world.store, world.host, name)


def taken(world: World) -> dict[str, int]:
    rows = world.rows(
        """SELECT p.text, q.taken FROM queue q JOIN traces t ON t.id = q.item_id JOIN problems p ON p.id = t.problem_id
           WHERE q.project_id = :p""",
        p=world.project,
    )
    return {row["text"].removeprefix("Problem "): row["taken"] for row in rows}


def endings(world: World, name: str) -> list[tuple[str, str]]:
    rows = world.rows(
        """SELECT a.purpose, e.ending FROM assignments a JOIN assignment_ends e ON e.assignment_id = a.id
           WHERE a.actor_id = :who AND a.project_id = :p ORDER BY e.sequence""",
        who=world.people[name], p=world.project,
    )  # fmt: skip
    return [(row["purpose"], row["ending"]) for row in rows]


@pytest.fixture
def small_world(world: World) -> World:
    """One trace for one person, and nothing else."""
    following(world, "small", "ann", "bob")
    world.set_policy(overlap=1)
    world.add_traces(trace("only", 2))
    return world


def test_what_is_in_hand_goes_back_and_its_labels_stay(small_world: World) -> None:
    ann, bob = small_world.expert("ann"), small_world.expert("bob")
    mine = ann.take()
    ann.commit(mine.id, 1)
    assert bob.claim().nothing == "nothing_open"
    left = leave(small_world, "ann")
    assert (left.given_back, left.tokens_ended) == ({"small": 1}, 1)
    assert endings(small_world, "ann") == [("production", "returned")] and taken(small_world) == {"only": 0}
    with pytest.raises(Refused):
        ann.commit(mine.id, 2)
    assert small_world.value("SELECT count(*) AS n FROM answers WHERE actor_id = :a", a=small_world.people["ann"]) == 1
    bob.label_all(["redundant"])
    _, manifest = small_world.export()
    assert manifest.traces_kept == 1 and taken(small_world) == {"only": 1}
    come_back(small_world, "ann")
    assert ann.claim().nothing == "nothing_open"


def test_what_is_finished_keeps_its_place(small_world: World) -> None:
    small_world.expert("ann").label_all()
    leave(small_world, "ann")
    assert taken(small_world) == {"only": 1} and small_world.expert("bob").claim().nothing == "nothing_open"
    _, manifest = small_world.export()
    assert manifest.traces_kept == 1


def test_who_left_neither_signs_in_nor_is_handed_anything(small_world: World) -> None:
    ann, token = small_world.person("ann"), small_world.tokens["ann"]
    leave(small_world, "ann")
    with pytest.raises(NotSignedIn):
        small_world.store.read(lambda db: access.authenticate(db, token))
    assert small_world.person("ann").roles == {}
    with pytest.raises(NotSignedIn, match="deactivated"):  # the call was let in just before
        small_world.write(lambda db: labelling.claim(db, ann, small_world.project, Ahead()))
    with pytest.raises(Conflict, match="ann is deactivated"):
        small_world.write(lambda db: accounts.issue_token(db, small_world.host, "ann", "new", DAYS), SERVER)
    with pytest.raises(Conflict, match="ann is deactivated"):
        small_world.join("ann", Role.ADJUDICATOR)
    (member,) = (one for one in members(small_world) if one.name == "ann")
    assert member.away and member.roles == (Role.ANNOTATOR,)
    come_back(small_world, "ann")
    assert not any(one.away for one in members(small_world))
    with pytest.raises(NotSignedIn):
        small_world.store.read(lambda db: access.authenticate(db, token))
    fresh = small_world.write(lambda db: accounts.issue_token(db, small_world.host, "ann", "new", DAYS), SERVER)
    assert small_world.store.read(lambda db: access.authenticate(db, fresh.token)).roles
    assert small_world.expert("ann").claim().assignment is not None


def members(world: World) -> list[Member]:
    return world.store.read(lambda db: projects.list_members(db, world.project))


def test_nobody_leaves_twice_or_comes_back_without_having_left(small_world: World) -> None:
    with pytest.raises(Conflict, match="ann is not deactivated"):
        come_back(small_world, "ann")
    leave(small_world, "ann")
    with pytest.raises(Conflict, match="ann is deactivated already"):
        leave(small_world, "ann")
    with pytest.raises(NotFound):
        leave(small_world, "nobody")
    come_back(small_world, "ann")
    leave(small_world, "ann")
    kinds = [kind for kind in small_world.kinds(SERVER) if "activated" in kind]
    assert kinds == ["person.deactivated", "person.reactivated", "person.deactivated"]
    assert small_world.store.read(lambda db: list(rows_that_differ(db, SERVER))) == []


CHANGED = small("1.1", affects={"labels": ["incomplete"]})


@pytest.mark.parametrize("begun", [False, True])
def test_a_redo_passes_on_to_another(small_world: World, begun: bool) -> None:
    ann, bob = small_world.expert("ann"), small_world.expert("bob")
    ann.label_all(["incomplete"])
    small_world.publish(CHANGED)
    if begun:
        assert ann.take().purpose == "redo"
    leave(small_world, "ann")
    done = bob.label_all()
    assert done.problem.text == "Problem only" and done.purpose == "production"
    assert bob.claim().nothing == "nothing_open" and taken(small_world) == {"only": 1}
    _, manifest = small_world.export()
    assert manifest.traces_kept == 1


def test_a_case_in_hand_goes_to_another_and_none_is_offered(world: World) -> None:
    following(world, "cases", "ann", "bob")
    adj, ada = adjudicators(world, ["adjudicator", "ada"])
    world.set_policy(overlap=2, second_adjudicator_share=0)
    world.add_traces(trace("a", 1))
    for name, label in (("ann", "redundant"), ("bob", "correct")):
        world.expert(name).label_all([label])
    open_cases(world)
    case_id = case_on(world, 1)
    assert adj.take_case().case_id == case_id and ada.claim_case().nothing == "nothing_open"
    left = leave(world, "adjudicator")
    assert left.given_back == {"cases": 1} and endings(world, "adjudicator") == [("adjudication", "returned")]
    person = world.person("adjudicator")
    assert world.store.read(lambda db: adjudication.waiting(db, person, world.project)) == 0
    assert ada.take_case().case_id == case_id
    assert [one.cases for one in leave(world, "ada").missed if one.project == "cases"] == [True]


def test_what_only_they_could_label_is_told(world: World) -> None:
    following(world, "fields", "ann", "bob")
    world.add_traces(trace("l", domain="law"), trace("m"))
    assert leave(world, "ann").missed == ()
    come_back(world, "ann")
    world.set_policy(gate={"steps": 1})
    for name, domain in (("ann", "law"), ("ann", "mathematics"), ("bob", "mathematics")):
        doubting.decide(world, name, DecisionKind.QUALIFY, domain)
    assert leave(world, "ann").missed == (Missed(project="fields", fields=("law",)),)
    assert leave(world, "bob").missed == (Missed(project="fields", fields=("mathematics",)),)


@pytest.mark.parametrize("purpose", [Purpose.GOLD, Purpose.PILOT, Purpose.RECHECK, Purpose.CALIBRATION])
def test_whatever_is_in_hand_goes_back(world: World, purpose: Purpose) -> None:
    doubting.prepare(world)
    before = taken(world)
    name = "w1" if purpose in (Purpose.PILOT, Purpose.RECHECK) else "g1"
    doubting.hand(world, "ann", name, purpose)
    assert leave(world, "ann").given_back == {"pilot": 1}
    assert endings(world, "ann") == [(purpose, "returned")] and taken(world) == before
    assert world.rows("SELECT * FROM leases") == []


def test_calibration_goes_on_without_what_was_given_back(world: World) -> None:
    """Neither its labels count, nor its steps among those that the gate asks for."""
    doubting.prepare(world, gate=doubting.GATE.model_copy(update={"steps": 2 * doubting.STEPS}))
    begun = doubting.hand(world, "ann", "g1", Purpose.CALIBRATION)
    for position, value in enumerate(doubting.FALSE[:-1], 1):
        world.expert("ann").commit(begun, position, value)
    leave(world, "ann")
    come_back(world, "ann")
    assert not doubting.stands(world, "ann").may_label
    mine = world.expert("ann").take()
    assert (mine.purpose, mine.problem.text) == ("calibration", "Problem g2")
    for position, value in enumerate(doubting.TRUE, 1):
        world.expert("ann").commit(mine.id, position, value)
    world.expert("ann").finish(mine.id)
    assert doubting.stands(world, "ann").may_label


def test_a_path_to_write_in_hand_goes_to_another(world: World) -> None:
    prepare(world, "w1")
    ask(world, "w1", "drawing")
    mine = take(world, "ann")
    assert claim(world, "bob").nothing == "nothing_open"
    person = world.person("ann")
    assert leave(world, "ann").given_back == {"pilot": 1} and endings(world, "ann") == [("writing", "returned")]
    with pytest.raises(Refused):
        write(world, "ann", "a step", assignment=mine.id)
    with pytest.raises(NotSignedIn):
        world.write(lambda db: writing.claim(db, person, world.project))
    world.catch_up()
    assert take(world, "bob").id != mine.id
    assert world.store.read(lambda db: list(rows_that_differ(db, world.project))) == []
