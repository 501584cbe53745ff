"""Calibration in claims and commits, sets, decisions, and the gate of the team."""

import pytest

from cotlab.domain.answers import Purpose
from cotlab.domain.calibration.qualification import CalibrationSetBody, TeamGate
from cotlab.domain.errors import BadInput, Conflict, NotFound
from cotlab.domain.people import Role
from cotlab.domain.projects.policy import Policy
from cotlab.domain.work.views import Claimed, Feedback
from cotlab.services.audit import verification
from cotlab.services.calibration import decisions, open_fields, qualification, team_gate
from cotlab.services.calibration.set_draw import Piece, draw, split
from cotlab.services.projects import projects
from cotlab.services.queue.candidates import Ahead
from cotlab.services.traces import queue_rows
from cotlab.services.work import labelling
from cotlab.storage.projects import projects as stored
from tests.services.calibration import calibrating
from tests.services.calibration.calibrating import (
    DOMAIN,
    GATE,
    TRUE,
    alarm,
    bring_gold,
    calibrate,
    clicks,
    decide,
    name_of,
    stands,
)
from tests.support import SIGNER
from tests.world import World, guideline_text, step_position, trace


@pytest.fixture
def gated(world: World) -> World:
    calibrating.prepare(world)
    return world


def team(world: World, domain: str = DOMAIN) -> TeamGate:
    policy = world.store.read(lambda db: stored.policy(db, world.project))
    return world.store.read(lambda db: team_gate.team_gate(db, world.project, domain, policy))


def counted(world: World) -> list[str]:
    found = "SELECT t.external_id AS id FROM calibration_items i JOIN traces t ON t.id = i.item_id WHERE i.counted = 1"
    return [row["id"] for row in world.rows(found)]


def test_calibration_comes_first_and_production_after_it(gated: World) -> None:
    views = calibrate(gated, "ann")
    assert sorted(map(name_of, views)) == ["g1", "g2", "g3"]
    assert name_of(views[0]) not in counted(gated), "training comes first"
    rows = gated.rows("SELECT purpose, round FROM assignments")
    assert [(row["purpose"], row["round"]) for row in rows] == [(Purpose.CALIBRATION, 1)] * 3
    assert gated.expert("ann").take().purpose == "production"


def test_who_fails_labels_nothing_of_production(gated: World) -> None:
    calibrate(gated, "ann", clicks, traces=6)
    assert gated.expert("ann").claim() == Claimed(nothing="not_qualified")
    assert gated.rows("SELECT 1 AS one FROM assignments WHERE purpose <> 'calibration'") == []
    assert [row["round"] for row in gated.rows("SELECT round FROM assignments ORDER BY sequence")] == [1] * 3 + [2] * 3


def test_everybody_has_an_order_of_their_own_and_another_in_each_attempt(gated: World) -> None:
    bring_gold(gated, *(f"h{number}" for number in range(9)))
    calibrating.draw(gated, training=0, steps=48)
    orders = [
        [name_of(view) for view in calibrate(gated, who, clicks, traces=12)]
        for who in ("ann", "ann", "bob")
    ]  # fmt: skip
    assert len({tuple(order) for order in orders}) == 3 and len({frozenset(order) for order in orders}) == 1


def test_training_shows_the_verified_label_and_the_counted_part_does_not(gated: World) -> None:
    _, committed = calibrating.work(gated, "ann", clicks)
    assert [one.feedback for one in committed] == [
        Feedback(position=number, label=label, justification="by M1", right=label == "correct")
        for number, label in enumerate(TRUE, 1)
    ]
    for _ in range(2):
        _, committed = calibrating.work(gated, "ann", clicks)
        assert [one.feedback for one in committed] == [None] * 4


def test_feedback_is_there_when_a_step_is_looked_at_again(gated: World) -> None:
    expert = gated.expert("ann")
    view = expert.take()
    person = gated.person("ann")
    assert gated.store.read(lambda db: labelling.step(db, person, view.id, 1)).feedback is None, "not before the commit"
    first = expert.commit(view.id, 1, "redundant")
    assert first.feedback is not None and not first.feedback.right
    again = gated.store.read(lambda db: labelling.step(db, person, view.id, 1))
    assert again.feedback == first.feedback
    assert gated.store.read(lambda db: labelling.step(db, person, view.id, 2)).feedback is None
    changed = expert.commit(view.id, 1, "correct", replaces=first.label_id)
    assert changed.feedback is not None and changed.feedback.right and step_position(changed) == 2


def test_an_open_attempt_goes_on_with_its_set(gated: World) -> None:
    calibrate(gated, "ann", traces=1)
    bring_gold(gated, "h1", "h2", "h3")
    calibrating.draw(gated, items=tuple(row["id"] for row in gated.rows(
        "SELECT id FROM traces WHERE external_id LIKE 'h%'")))  # fmt: skip
    assert {name_of(view)[0] for view in calibrate(gated, "ann", traces=2)} == {"g"}
    assert {name_of(view)[0] for view in calibrate(gated, "bob")} == {"h"}
    assert stands(gated, "ann").may_label and stands(gated, "bob").may_label


def test_what_somebody_labelled_before_is_not_in_their_calibration(world: World) -> None:
    calibrating.prepare(world, gate=None)
    item_id = world.value("SELECT id FROM traces WHERE external_id = 'g2'")
    world.write(lambda db: queue_rows.hand_out_again(db, world.project, item_id, usable=False))
    world.write(lambda db: db.run("UPDATE queue SET priority = 0 WHERE item_id = :item", item=item_id))
    assert name_of(world.expert("ann").label_all()) == "g2"
    world.set_policy(gate=GATE)
    assert {name_of(view) for view in calibrate(world, "ann", traces=2)} == {"g1", "g3"}
    assert stands(world, "ann").attempts[0].total == 2
    assert stands(world, "bob").attempts == ()


def test_the_domain_with_waiting_production_is_asked_first_and_a_begun_one_before_it(gated: World) -> None:
    bring_gold(gated, "l1", "l2", domain="law")
    calibrating.draw(gated, training=0, domain="law")
    gated.add_traces(*(trace(name, domain="law") for name in "xyz"))
    assert gated.expert("ann").take().problem.domain == DOMAIN, "a, b and c came first"
    gated.write(lambda db: db.run("DELETE FROM queue WHERE item_id IN (SELECT t.id FROM traces t JOIN problems p "
                                  "ON p.id = t.problem_id WHERE p.domain = 'mathematics')"))  # fmt: skip
    assert gated.expert("bob").take().problem.domain == "law"
    calibrating.work(gated, "ann")
    assert gated.expert("ann").take().problem.domain == DOMAIN, "it was begun"


def test_production_is_handed_out_where_somebody_is_qualified(gated: World) -> None:
    gated.add_traces(*(trace(name, domain="law") for name in "xyz"))
    calibrate(gated, "ann")
    assert [gated.expert("ann").label_all().problem.domain for _ in range(3)] == [DOMAIN] * 3
    assert gated.expert("ann").claim().nothing == "not_qualified"
    decide(gated, "qualify", domain="law")
    assert gated.expert("ann").take().problem.domain == "law"


def test_a_suspension_is_obeyed_by_the_next_claim(gated: World) -> None:
    """Though traces were picked for the person before."""
    calibrate(gated, "ann")
    gated.expert("ann").label_all()
    decide(gated, "suspend")
    assert gated.expert("ann").claim().nothing == "not_qualified"
    decide(gated, "qualify")
    gated.expert("ann").label_all()
    alarm(gated)
    assert gated.expert("ann").take().purpose == "calibration"


def test_a_qualification_that_ends_is_obeyed_by_the_next_claim(gated: World) -> None:
    calibrate(gated, "ann")
    gated.expert("ann").label_all()
    gated.clock.advance(minutes=GATE.days * 24 * 60)
    assert gated.expert("ann").take().purpose == "calibration"


def test_without_a_gate_a_suspension_holds_in_its_domain(world: World) -> None:
    world.add_traces(trace("x", domain="law"))
    world.set_policy(overlap=1)
    decide(world, "suspend")
    assert world.expert("ann").label_all().problem.domain == "law"
    assert world.expert("ann").claim().nothing == "not_qualified"
    assert world.expert("bob").take().problem.domain == DOMAIN


def test_a_redo_is_handed_out_where_somebody_is_qualified(gated: World) -> None:
    calibrate(gated, "ann")
    gated.expert("ann").label_all(["redundant"])
    text = guideline_text("2.0", "label-changing").replace("\nschema:", "\naffects:\n  labels: [redundant]\nschema:", 1)
    gated.publish(text)
    view = gated.expert("ann").take()
    assert view.purpose == "calibration"
    decide(gated, "suspend")
    gated.expert("ann").end(view.id, "give_up")
    assert gated.expert("ann").claim().nothing == "not_qualified"
    decide(gated, "qualify")
    assert gated.expert("ann").take().purpose == "redo"


def test_a_reach_is_kept_as_long_as_nothing_changes(gated: World, monkeypatch: pytest.MonkeyPatch) -> None:
    calibrate(gated, "ann")
    derived: list[str] = []
    real = qualification.course_of

    def course(*arguments: object) -> object:
        derived.append("")
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(open_fields, "course_of", course)
    gated.expert("ann").label_all()
    assert derived, "the attempt has ended since"
    derived.clear()
    gated.expert("ann").label_all()
    assert not derived
    calibrate(gated, "bob", traces=1)
    derived.clear()
    gated.expert("ann").label_all()
    assert not derived, "the work of others is none of it"


def test_a_claim_trusts_no_reach_of_before(gated: World) -> None:
    calibrate(gated, "ann")
    person, policy = gated.person("ann"), Policy(gate=GATE)
    known = gated.store.read(lambda db: open_fields.reach(db, person, gated.project, policy))
    decide(gated, "suspend")
    claimed = gated.write(lambda db: labelling.claim(db, person, gated.project, Ahead(reach=known)))
    assert claimed.nothing == "not_qualified"


# Sets.


def pieces(count: int, **labels: int) -> list[Piece]:
    """Traces of `correct` alone, then those of other labels, each with three of the label."""
    plain = [Piece(f"correct {number}", ("correct",) * 3, frozenset({"M1"}), 1) for number in range(count)]
    return plain + [
        Piece(f"{label} {number}", (label,) * 3, frozenset({f"M{number}"}), 5)
        for label, more in labels.items() for number in range(more)
    ]  # fmt: skip


def test_a_draw_takes_what_is_rare() -> None:
    drawn = draw(pieces(100, redundant=2, incorrect=3, incomplete=2), 4, 30, 1)
    labels = [label for one in drawn.counted for label in one.labels]
    counts = {label: labels.count(label) for label in set(labels)}
    assert len(labels) == 30 and counts == {"redundant": 6, "incorrect": 6, "incomplete": 6, "correct": 12}
    assert {rule for one in drawn.counted for rule in one.rules} == {"M0", "M1"} | {
        rule for one in drawn.counted if one.labels[0] == "incorrect" for rule in one.rules
    }
    assert len(drawn.training) == 4 and not set(drawn.training) & set(drawn.counted)
    assert drawn == draw(pieces(100, redundant=2, incorrect=3, incomplete=2), 4, 30, 1)
    assert drawn != draw(pieces(100, redundant=2, incorrect=3, incomplete=2), 4, 30, 2)


def test_a_draw_takes_what_nobody_has_seen_first() -> None:
    seen = [Piece(f"seen {number}", ("redundant",), frozenset(), 1, worked=True) for number in range(9)]
    drawn = draw([*seen, *pieces(3)], 1, 9, 1)
    assert not any(one.worked for one in drawn.counted) and all(one.worked for one in drawn.training)


def test_a_named_set_has_all_its_traces() -> None:
    drawn = split(pieces(2, redundant=2), 1, 1)
    assert (len(drawn.training), len(drawn.counted)) == (1, 3)


def test_a_set_says_what_it_does_not_cover(world: World) -> None:
    bring_gold(world, "g1", "g2", difficulty=1)
    found = calibrating.draw(world, training=3)
    assert (found.training, found.counted, found.counted_steps) == (0, 2, 8)
    assert found.labels == {label: 2 for label in TRUE}
    said = " ".join(found.warnings)
    for part in (
        "has 8 steps and the gate asks for 240: nobody can pass", "redundant has 2 counted steps; its recall is",
        "No problem of the counted part is known to be hard", "Only 0 of 3 traces were left for training",
        "0 steps of gold are left",
    ):  # fmt: skip
        assert part in said, part
    assert "easy" not in said and "names a rule" not in said and "labelled here before" not in said


def test_a_set_that_covers_everything_warns_of_nothing(world: World) -> None:
    names = [f"g{number}" for number in range(12)]
    bring_gold(world, *names[:6], difficulty=1)
    bring_gold(world, *names[6:], difficulty=5)
    world.set_policy(gate=GATE)
    assert calibrating.draw(world).warnings == ()


@pytest.mark.parametrize("body", [{"domain": "law"}, {"domain": DOMAIN, "items": ("0" * 32,)}])
def test_a_set_needs_gold(gated: World, body: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        calibrating.draw(gated, **CalibrationSetBody.model_validate(body).model_dump(exclude_unset=True))


# Decisions and the board.


@pytest.mark.parametrize(
    ("kind", "who", "domain", "error", "part"),
    [
        ("suspend", "nobody", DOMAIN, BadInput, "person: nobody labels nothing"),
        ("suspend", "exp", DOMAIN, BadInput, "person: exp labels nothing"),
        ("suspend", "ann", "history", BadInput, "domain: there is no problem of the domain history"),
        ("overrule_alarm", "ann", DOMAIN, Conflict, "no drift alarm"),
        ("another_attempt", "ann", DOMAIN, Conflict, "ann is qualified"),
        ("open_team", None, DOMAIN, Conflict, "no team_bar"),
    ],
)
def test_a_decision_that_decides_nothing_is_refused(
    gated: World, kind: str, who: str | None, domain: str, error: type[Exception], part: str
) -> None:
    calibrate(gated, "ann")
    stood = len(gated.kinds())
    with pytest.raises(error, match=part):
        decide(gated, kind, who, domain)
    assert len(gated.kinds()) == stood


def test_an_alarm_is_overruled_once(gated: World) -> None:
    calibrate(gated, "ann")
    alarm(gated)
    decide(gated, "overrule_alarm")
    with pytest.raises(Conflict):
        decide(gated, "overrule_alarm")
    assert stands(gated, "ann").may_label


def test_the_board_shows_everybody_in_every_domain_with_drift(gated: World) -> None:
    gated.add_traces(trace("x", domain="law"))
    calibrate(gated, "ann")
    alarm(gated)
    board = gated.store.read(lambda db: decisions.board(db, gated.project))
    found = {(one.person, one.domain): one for one in board.standings}
    assert len(found) == 5 * 2 and {person for person, _ in found} == {"ann", "bob", "cyn", "dan", "adj"}
    alarmed = found["ann", DOMAIN].drift
    assert alarmed is not None and alarmed.alarm is not None
    assert [one.domain for one in board.teams] == ["law", DOMAIN] and all(one.open for one in board.teams)
    ann = gated.people["ann"]
    assert gated.store.read(lambda db: decisions.standings(db, gated.project, ann)) == [
        found["ann", "law"], found["ann", DOMAIN],
    ]  # fmt: skip
    person = gated.person("ann")
    assert [one.drift for one in gated.store.read(lambda db: decisions.mine(db, person, gated.project))] == [None] * 2
    with pytest.raises(NotFound):
        gated.store.read(lambda db: decisions.standings(db, gated.project, "0" * 32))


def test_what_was_decided_and_drawn_is_audited(gated: World) -> None:
    decide(gated, "suspend")
    assert {"calibration.set", "calibration.decided"} <= set(gated.kinds())
    verdicts = gated.store.read(lambda db: verification.verify(db, [SIGNER.public_key], (), ()))
    assert verdicts[gated.project].good, verdicts[gated.project].findings


@pytest.mark.parametrize(
    ("policy", "part"),
    [
        ({"gate": GATE.model_copy(update={"coefficient": "kappa"})}, "gate.coefficient: there is no kappa; there are"),
        ({"team_bar": 0.8}, "team_bar: it takes a gate"),
    ],
)
def test_a_gate_that_makes_no_sense_is_refused(world: World, policy: dict[str, object], part: str) -> None:
    with pytest.raises(BadInput, match=part):
        world.write(lambda db: projects.set_policy(db, world.host, world.project, Policy.model_validate(policy)))


# The team.


@pytest.fixture
def barred(world: World) -> World:
    calibrating.prepare(world, gate=GATE.model_copy(update={"threshold": 0.5, "recall": 0.0}), team_bar=0.95)
    return world


def slips(name: str, position: int) -> str:
    return "correct" if position == 2 else TRUE[position - 1]


def test_the_team_opens_a_domain_when_it_agrees(barred: World) -> None:
    calibrate(barred, "ann")
    assert barred.expert("ann").claim().nothing == "not_qualified", "one person is no team"
    assert not team(barred).open and "undefined" in team(barred).sentence
    calibrate(barred, "bob")
    found = team(barred)
    assert found.open and found.people == 2
    assert found.agreement is not None and found.agreement.value == 1.0
    assert {one.label for one in found.labels} == set(TRUE)
    assert barred.expert("ann").take().purpose == "production"
    calibrate(barred, "cyn", slips)
    assert stands(barred, "cyn").may_label and not team(barred).open
    assert barred.expert("cyn").claim().nothing == "not_qualified"


def test_who_does_not_qualify_or_has_left_is_not_of_the_team(barred: World) -> None:
    for who in ("ann", "bob"):
        calibrate(barred, who)
    calibrate(barred, "cyn", clicks)
    assert team(barred).open and team(barred).people == 2
    calibrate(barred, "dan", slips)
    assert not team(barred).open
    barred.leave("dan", Role.ANNOTATOR)
    assert team(barred).open and barred.expert("ann").take().purpose == "production"


def test_who_is_suspended_closes_the_domain_for_nobody_else(barred: World) -> None:
    for who in ("ann", "bob"):
        calibrate(barred, who)
    decide(barred, "suspend", "bob")
    assert not stands(barred, "bob").may_label
    assert team(barred).open and team(barred).people == 2
    assert barred.expert("ann").take().purpose == "production"


def test_a_lead_opens_a_domain_early_and_every_manifest_says_so(barred: World) -> None:
    calibrate(barred, "ann")
    assert barred.export()[1].opened_early == ()
    before = len(barred.kinds())
    decide(barred, "open_team", None, reason="the pilot was enough")
    assert team(barred).open and team(barred).opened_because == "the pilot was enough"
    assert barred.expert("ann").take().purpose == "production"
    assert barred.export()[1].opened_early == ("mathematics: the pilot was enough",)
    assert barred.export(as_of=before)[1].opened_early == ()
    with pytest.raises(Conflict, match="open to the team already"):
        decide(barred, "open_team", None)
