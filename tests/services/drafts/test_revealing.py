"""Commit, then reveal: drafts are seen after the commit alone, by whom policy says, and what was seen is kept."""

import json

import pytest

from cotlab.domain.answers import Purpose
from cotlab.domain.drafts.requests import CancelBody, DraftBody, DraftStatus
from cotlab.domain.errors import BadInput, Conflict, LeaseTaken, OutOfOrder, Refused
from cotlab.domain.people import Role
from cotlab.domain.projects.draft_policy import Reveal, blind
from cotlab.domain.projects.policy import Policy
from cotlab.domain.provenance import DraftedFrom
from cotlab.domain.shown_drafts import RationaleAsked, ShownDraft, ShownOpinion, likeness
from cotlab.domain.work.views import StepView
from cotlab.services.audit.event_data import rows_that_differ
from cotlab.services.audit.texts import texts_that_differ
from cotlab.services.drafts import requests
from cotlab.services.work import labelling, preferences, rationales
from tests.services.calibration import doubting
from tests.services.drafts import drafted
from tests.services.drafts.revealed import ALWAYS, ON_KEY, ask_rationale, assistance, item_of, leave, opinion, reveal
from tests.services.guidelines.guideline_texts import following, small
from tests.services.work import comparing
from tests.world import World, trace


def step_view(world: World, name: str, assignment_id: str, position: int) -> StepView:
    person = world.person(name)
    return world.store.read(lambda db: labelling.step(db, person, assignment_id, position))


def looked_at_again(world: World, assignment_id: str) -> tuple[ShownDraft, ...]:
    person = world.person("ann")
    return world.store.read(lambda db: preferences.last(db, person, assignment_id)).drafts


def test_what_is_always_shown_comes_with_the_commit_and_not_before(world: World) -> None:
    world.set_policy(**ALWAYS)
    ann = world.expert("ann")
    taken = ann.take()
    item = item_of(world, taken.id)
    first, second = (leave(world, item, position, opinion("incorrect")) for position in (1, 2))
    assert taken.drafts_shown is Reveal.ALWAYS and step_view(world, "ann", taken.id, 1).drafts == ()
    made = ann.commit(taken.id, 1)
    assert [draft.id for draft in made.drafts] == [first]
    shown = made.drafts[0]
    assert isinstance(shown, ShownOpinion) and shown.label == "incorrect" and shown.by == "log-probabilities"
    assert "judge" not in made.model_dump_json(), "nobody is told the model's name"
    assert second not in made.model_dump_json() and step_view(world, "ann", taken.id, 2).drafts == ()
    assert step_view(world, "ann", taken.id, 1).drafts == made.drafts == ann.view(taken.id).done[0].drafts
    assert assistance(world) == []
    assert world.kinds()[-2:] == ["answer.given", "drafts.revealed"]


def test_a_label_that_is_changed_after_the_reveal_names_the_draft(world: World) -> None:
    world.set_policy(**ALWAYS)
    ann = world.expert("ann")
    taken = ann.take()
    item = item_of(world, taken.id)
    drafts = [leave(world, item, 1, opinion("incorrect"), model=model) for model in ("judge", "other")]
    given = ann.commit(taken.id, 1)
    changed = ann.commit(taken.id, 1, "incorrect", replaces=given.label_id)
    ann.commit(taken.id, 2)
    said = {"position": 1, "value": "incorrect", "similarity": None}
    assert assistance(world) == [{**said, "draft_id": draft} for draft in sorted(drafts)]
    body = world.value(
        "SELECT e.body FROM events e JOIN answers n ON n.sequence = e.sequence AND e.chain = n.project_id "
        "WHERE n.id = :i",
        i=changed.label_id,
    )
    assert json.loads(body)["data"]["drafts"] == [[draft, None] for draft in sorted(drafts)]
    assert world.rows("SELECT informed FROM answers WHERE informed = 1") == []
    assert world.store.read(lambda db: list(rows_that_differ(db, world.project))) == []


def test_on_a_key_alone_where_policy_says_so(world: World) -> None:
    world.set_policy(**ON_KEY)
    ann = world.expert("ann")
    taken = ann.take()
    item = item_of(world, taken.id)
    mine = leave(world, item, 1, opinion("redundant"))
    with pytest.raises(OutOfOrder, match="have not labelled step 1"):
        reveal(world, "ann", taken.id, 1)
    assert ann.commit(taken.id, 1).drafts == () == step_view(world, "ann", taken.id, 1).drafts
    with pytest.raises(OutOfOrder):
        reveal(world, "ann", taken.id, 2)
    one = reveal(world, "ann", taken.id, 1)
    assert [draft.id for draft in one.drafts] == [mine] and one.receipt
    again = reveal(world, "ann", taken.id, 1)
    assert again.drafts == one.drafts == step_view(world, "ann", taken.id, 1).drafts and again.receipt is None
    assert world.kinds().count("drafts.revealed") == 1
    newer = leave(world, item, 1, opinion("correct"), model="late")
    assert {draft.id for draft in reveal(world, "ann", taken.id, 1).drafts} == {mine, newer}


def test_the_newest_opinion_of_each_model_and_wordings_of_the_step_but_nothing_of_other_steps(world: World) -> None:
    world.set_policy(**ON_KEY)
    ann = world.expert("ann")
    taken = ann.take()
    item = item_of(world, taken.id)
    leave(world, item, 1, opinion("redundant"))
    newest = leave(world, item, 1, opinion("incorrect"))
    leave(world, item, 2, {"text": "of the next step"}, "alternatives")
    for text in ("one", "two", "one"):
        leave(world, item, 1, {"text": text}, "alternatives")
    leave(world, item, 1, {"text": "not mine"}, "rationale")
    leave(world, item, 1, {"steps": ["a path"], "final_answer": None, "strategy": "forward"}, "path")
    ann.commit(taken.id, 1)
    found = reveal(world, "ann", taken.id, 1).drafts
    assert found[0].id == newest and sorted(draft.text for draft in found[1:]) == ["one", "two"]  # type: ignore[union-attr]


def test_what_comes_later_is_shown_when_asked_again_and_of_a_model_one_opinion_alone(world: World) -> None:
    world.set_policy(**ON_KEY)
    ann = world.expert("ann")
    taken = ann.take()
    item = item_of(world, taken.id)
    first = leave(world, item, 1, opinion("redundant"))
    ann.commit(taken.id, 1)
    assert [one.id for one in reveal(world, "ann", taken.id, 1).drafts] == [first]
    later = leave(world, item, 1, opinion("incorrect"))
    assert [one.id for one in reveal(world, "ann", taken.id, 1).drafts] == [later]
    seen = world.rows("SELECT drafts FROM reveals ORDER BY sequence")
    assert [json.loads(row["drafts"]) for row in seen] == [[first], [later]], "both were seen"


def test_of_many_wordings_the_newest_nine_are_shown(world: World) -> None:
    world.set_policy(**ON_KEY)
    ann = world.expert("ann")
    taken = ann.take()
    item = item_of(world, taken.id)
    left = [leave(world, item, 1, {"text": f"wording {number}"}, "alternatives") for number in range(11)]
    ann.commit(taken.id, 1)
    assert [draft.id for draft in reveal(world, "ann", taken.id, 1).drafts] == left[2:]


def test_a_wording_that_was_made_of_a_draft_says_so_and_another_does_not(world: World) -> None:
    world.set_policy(**ON_KEY)
    ann = world.expert("ann")
    taken = ann.take()
    item = item_of(world, taken.id)
    text = "The total is 2 + 2, so that there are 4 of them."
    draft, other = (leave(world, item, 1, {"text": one}, "alternatives") for one in (text, "Count them all at once."))
    ann.commit(taken.id, 1)
    with pytest.raises(BadInput, match="no such draft of this step was shown"):
        ann.write(taken.id, 1, text, draft=draft)
    reveal(world, "ann", taken.id, 1)
    with pytest.raises(BadInput, match="no such draft"):
        ann.write(taken.id, 2, text, draft=draft)
    with pytest.raises(ValueError, match="what is drafted is a rewording"):
        ann.write(taken.id, 1, text, kind="missing", draft=draft)
    said = {
        text: (draft, False), "Counted one by one there are 4.": (other, True), f"{text} Really.": (draft, True),
        "Mine alone.": None,
    }  # fmt: skip
    ann.write(taken.id, 1, text, draft=draft)
    ann.write(taken.id, 1, "Counted one by one there are 4.", draft=other)
    ann.write(taken.id, 1, f"{text} Really.")
    ann.write(taken.id, 1, "Mine alone.")
    rows = world.rows(
        """SELECT s.text, t.origin, t.author_id, d.document FROM traces t JOIN steps s ON s.trace_id = t.id
               LEFT JOIN drafted_traces d ON d.item_id = t.id WHERE t.parent_id = :p""",
        p=item,
    )
    assert {(row["origin"], row["author_id"]) for row in rows} == {("human", ann.id)}
    made = {row["text"]: row["document"] and DraftedFrom.model_validate_json(row["document"]) for row in rows}
    assert {one: made[one] and (made[one].draft, made[one].edited) for one in made} == said
    assert made[text].model == "judge" and made[text].provenance.driver == "scripted"
    assert world.store.read(lambda db: list(texts_that_differ(db, world.project))) == []


def test_a_wording_that_is_kept_is_shown_to_nobody_and_labelled_by_who_was_not_shown_it(world: World) -> None:
    world.set_policy(overlap=3, **ALWAYS)
    for row in world.rows("SELECT id FROM traces"):
        leave(world, row["id"], 1, {"text": "Count them all at once."}, "alternatives")
        leave(world, row["id"], 1, opinion("incorrect"))
    experts = [world.expert(name) for name in ("cyn", "ann", "bob")]
    shown = []
    for expert in experts:
        for _ in range(3):
            taken = expert.take()
            shown.append(len(expert.commit(taken.id, 1).drafts))
            if expert.name == "ann":
                expert.write(taken.id, 1, "Count them all at once, quickly.", draft=wording(world, taken.id))
            for position in (2, 3):
                expert.commit(taken.id, position)
            expert.finish(taken.id)
    assert shown == [2, 2, 2, 2, 2, 2, 1, 1, 1]
    kept = {row["item_id"] for row in world.rows("SELECT item_id FROM drafted_traces")}
    given = {expert.name: item_of(world, claimed.id) for expert in experts if (claimed := expert.claim().assignment)}
    assert len(kept) == 3 and given.keys() == {"bob"} and given["bob"] in kept


def wording(world: World, assignment_id: str) -> str:
    """The wording that was drafted of the trace of an assignment."""
    drafts = "SELECT id FROM drafts WHERE kind = 'alternatives' AND item_id = :item"
    return str(world.value(drafts, item=item_of(world, assignment_id)))


@pytest.mark.parametrize("policy", [{}, {"drafts": [{"reveal": "always", "blind_share": 1.0}]}])
def test_nothing_is_shown_by_default_nor_to_the_arm_that_is_blind(world: World, policy: dict[str, object]) -> None:
    world.set_policy(**policy)
    ann = world.expert("ann")
    taken = ann.take()
    leave(world, item_of(world, taken.id), 1, opinion("incorrect"))
    assert ann.commit(taken.id, 1).drafts == ()
    assert reveal(world, "ann", taken.id, 1).drafts == () and "drafts.revealed" not in world.kinds()


def test_of_people_and_items_the_drawn_ones_see_nothing_and_the_others_all(world: World) -> None:
    world.set_policy(overlap=4, drafts=[{"reveal": "always", "blind_share": 0.5}])
    seen: dict[bool, set[bool]] = {True: set(), False: set()}
    for name in ("ann", "bob", "cyn", "dan"):
        expert = world.expert(name)
        for _ in range(3):
            taken = expert.take()
            item = item_of(world, taken.id)
            if not world.rows("SELECT 1 AS one FROM drafts WHERE item_id = :i", i=item):
                leave(world, item, 1, opinion("incorrect"))
            seen[blind(expert.id, item, 0.5)].add(expert.commit(taken.id, 1).drafts != ())
            for position in (2, 3):
                expert.commit(taken.id, position)
            expert.finish(taken.id)
    assert seen == {True: {False}, False: {True}}


def test_what_was_seen_stays_kept_where_policy_shows_no_more(world: World) -> None:
    world.set_policy(**ALWAYS)
    ann = world.expert("ann")
    taken = ann.take()
    leave(world, item_of(world, taken.id), 1, opinion("incorrect"))
    given = ann.commit(taken.id, 1)
    world.set_policy()
    assert given.drafts and step_view(world, "ann", taken.id, 1).drafts == ()
    ann.commit(taken.id, 1, "redundant", replaces=given.label_id)
    assert len(assistance(world)) == 1


@pytest.mark.parametrize(
    ("purpose", "shows"),
    [
        (Purpose.PRODUCTION, True), (Purpose.GOLD, True), (Purpose.CALIBRATION, False), (Purpose.RECHECK, False),
        (Purpose.PILOT, False), (Purpose.GOLD_REDO, True),
    ],
)  # fmt: skip
def test_measured_work_shows_none_and_gold_is_as_production(world: World, purpose: Purpose, shows: bool) -> None:
    doubting.prepare(world, gold=2, work=1, drafts=[{"reveal": "always", "blind_share": 0.0, "rationales": "judge"}])
    name = "w1" if purpose is Purpose.PRODUCTION else "g1"
    leave(world, doubting.item(world, name), 1, opinion("incorrect"))
    given = doubting.hand(world, "ann", name, purpose)
    made = world.expert("ann").commit(given, 1)
    assert bool(made.drafts) is bool(reveal(world, "ann", given, 1).drafts) is shows
    assert world.expert("ann").view(given).drafts_shown is Reveal.ALWAYS, "it looks as any other"
    assert ask_rationale(world, "ann", given, 1).state == ("waiting" if shows else "nothing")


def test_who_may_ask_for_drafts_is_said_by_policy(world: World) -> None:
    drafted.add_model(world)
    world.add_traces(trace("s", domain="law"))
    adjudicator = frozenset({Role.ADJUDICATOR})
    problem = world.value("SELECT problem_id FROM traces WHERE id = :id", id=drafted.item(world))
    body = DraftBody(kind="path", model="small", problem_id=problem)

    def ask(roles: frozenset[Role]) -> None:
        world.write(lambda db: requests.request(db, world.people["adj"], world.project, body, roles))

    with pytest.raises(Refused, match=r"By the policy \(drafts\) leads alone may ask for drafts of steps of"):
        ask(adjudicator)
    world.set_policy(drafts=[{"who": "lead+adjudicator"}])
    ask(adjudicator)
    world.set_policy(drafts=[{"who": "none"}])
    with pytest.raises(Refused, match="nobody may ask"):
        drafted.ask(world)


@pytest.mark.parametrize("rationales", ["small", None])
def test_a_rationale_is_drafted_while_policy_has_a_model_for_it_whoever_may_ask_for_drafts(
    world: World, rationales: str | None
) -> None:
    drafted.add_model(world)
    world.set_policy(drafts=[{"rationales": "small", "blind_share": 0.0}])
    ann = world.expert("ann")
    taken = ann.take()
    ann.commit(taken.id, 1)
    ask_rationale(world, "ann", taken.id, 1)
    world.set_policy(drafts=[{"who": "none", "rationales": rationales, "blind_share": 0.0}])
    drafted.worker(world, drafted.Scripted(lambda _: "It is so.")).draft_next()
    (request,) = listed(world)
    assert (request.state, request.sentence) == (
        ("done", None) if rationales else ("failed", "By the policy (drafts) nobody may ask for this any more.")
    )


def test_a_rationale_is_drafted_for_my_label_and_marked_where_it_is_kept(world: World) -> None:
    drafted.add_model(world)
    world.set_policy(drafts=[{"rationales": "small", "blind_share": 0.0}])
    ann = world.expert("ann")
    taken = ann.take()
    assert taken.rationales
    with pytest.raises(OutOfOrder):
        ask_rationale(world, "ann", taken.id, 1)
    given = ann.commit(taken.id, 1, "incorrect", rationale="so")
    assert ask_rationale(world, "ann", taken.id, 1).state == "waiting"
    assert ask_rationale(world, "ann", taken.id, 1).state == "waiting"
    with pytest.raises(BadInput, match="no such draft"):
        ann.commit(taken.id, 1, "incorrect", replaces=given.label_id, rationale_draft="x" * 32)
    driver = drafted.Scripted(lambda _: "The sum of 2 and 2 is\n4 and not 5.")
    drafted.worker(world, driver).draft_next()
    (asked,) = driver.asked
    said = asked.messages[1].content
    assert "step 1" in said and "step 2" not in said and "Label: incorrect" in said and "answer of" not in said
    there = ask_rationale(world, "ann", taken.id, 1)
    assert there.state == "done" and there.draft is not None and there.receipt
    assert there.draft.text == "The sum of 2 and 2 is 4 and not 5."
    assert ask_rationale(world, "ann", taken.id, 1).draft == there.draft and world.kinds().count("drafts.revealed") == 1
    thrown = ann.commit(taken.id, 1, "incorrect", replaces=given.label_id, rationale="All of it is wrong.")
    assert assistance(world) == []
    edited = "The sum of 2 and 2 is 4, so that the next line fails."
    draft = there.draft.id
    kept = ann.commit(
        taken.id, 1, "incorrect", replaces=thrown.label_id, rationale=edited, rationale_draft=draft
    )  # fmt: skip
    assert [(row["draft_id"], row["similarity"]) for row in assistance(world)] == [
        (draft, likeness(there.draft.text, edited))
    ]
    assert 30 < likeness(there.draft.text, edited) < 80
    ann.commit(taken.id, 1, "incorrect", replaces=kept.label_id, rationale=there.draft.text)
    assert assistance(world)[-1]["similarity"] == 100, "taken as it is, and not named"
    assert world.store.read(lambda db: list(rows_that_differ(db, world.project))) == []
    assert ask_rationale(world, "ann", taken.id, 1).state == "waiting", "another label has a reason of its own"


def test_rationales_are_refused_or_not_made_where_policy_says_so(world: World) -> None:
    drafted.add_model(world)
    ann = world.expert("ann")
    taken = ann.take()
    ann.commit(taken.id, 1)
    with pytest.raises(Refused, match="no rationales are drafted here"):
        ask_rationale(world, "ann", taken.id, 1)
    world.set_policy(drafts=[{"rationales": "small", "blind_share": 1.0}])
    assert ask_rationale(world, "ann", taken.id, 1).state == "nothing"
    world.set_policy(drafts=[{"rationales": "small", "blind_share": 0.0}])
    assert ask_rationale(world, "ann", taken.id, 1).state == "waiting"
    with pytest.raises(BadInput, match="by who has labelled"):
        drafted.ask(world, kind="rationale", position=1)


def test_no_rationale_is_asked_of_a_model_elsewhere_where_personal_data_stay_here(world: World) -> None:
    drafted.add_model(world, "far", place="https://models.example/v1", hosts=["models.example"])
    ann = world.expert("ann")
    taken = ann.take()
    ann.commit(taken.id, 1)
    world.set_policy(personal_data=True, drafts=[{"rationales": "far", "blind_share": 0.0}])
    assert ask_rationale(world, "ann", taken.id, 1) == RationaleAsked(state="failed", sentence=rationales.FAILED)
    world.set_policy(drafts=[{"rationales": "removed", "blind_share": 0.0}])
    assert ask_rationale(world, "ann", taken.id, 1) == RationaleAsked(state="failed", sentence=rationales.FAILED)
    assert world.rows("SELECT * FROM draft_requests") == []


def test_a_rationale_that_failed_or_was_cancelled_can_be_asked_for_anew_and_its_cause_is_for_leads(
    world: World,
) -> None:
    drafted.add_model(world)
    world.set_policy(drafts=[{"rationales": "small", "blind_share": 0.0}])
    ann = world.expert("ann")
    taken = ann.take()
    ann.commit(taken.id, 1)
    ask_rationale(world, "ann", taken.id, 1)
    failing = drafted.Scripted(lambda _: " ")
    drafted.worker(world, failing).draft_next()
    assert ask_rationale(world, "ann", taken.id, 1) == RationaleAsked(state="failed", sentence=rationales.FAILED)
    assert [one.sentence for one in listed(world)] == ["Draft 1 is empty."]
    assert ask_rationale(world, "ann", taken.id, 1, anew=True).state == "waiting"
    assert ask_rationale(world, "ann", taken.id, 1, anew=True).state == "waiting"
    cancelled = listed(world)[0].id
    body = CancelBody(reason="ann asks for too much")
    world.write(lambda db: requests.cancel(db, world.person("lea"), world.project, cancelled, body))
    assert ask_rationale(world, "ann", taken.id, 1) == RationaleAsked(state="failed", sentence=rationales.FAILED)
    asked = ask_rationale(world, "ann", taken.id, 1, anew=True)
    assert asked.state == "waiting" and asked.receipt
    driver = drafted.Scripted(drafted.by_seed)
    drafted.worker(world, driver).draft_next()
    assert failing.asked[0].seed != driver.asked[0].seed, "the same seed would fail the same way"
    there = ask_rationale(world, "ann", taken.id, 1, anew=True)
    assert there.state == "done" and ask_rationale(world, "ann", taken.id, 1, anew=True).draft == there.draft
    assert [one.state.value for one in listed(world)] == ["done", "cancelled", "failed"]
    assert world.store.read(lambda db: list(rows_that_differ(db, world.project))) == []


def listed(world: World) -> list[DraftStatus]:
    return world.store.read(lambda db: requests.listed(db, world.project))


def test_of_a_pair_no_rationale_is_drafted(world: World) -> None:
    drafted.add_model(world)
    comparing.prepare(world)
    world.set_policy(repeat_share=0.0, drafts=[{"task": "pairs", "rationales": "small", "blind_share": 0.0}])
    comparing.add(world, comparing.pair("a"))
    ann = world.expert("ann")
    view, _ = comparing.take(ann)
    with pytest.raises(Conflict, match="has no steps"):
        ask_rationale(world, "ann", view.id, 1)


def test_a_rationale_goes_before_what_has_waited_longer(world: World) -> None:
    drafted.add_model(world)
    world.set_policy(drafts=[{"rationales": "small", "blind_share": 0.0}])
    drafted.ask(world)
    world.clock.advance(seconds=5)
    ann = world.expert("ann")
    taken = ann.take()
    ann.commit(taken.id, 1)
    ask_rationale(world, "ann", taken.id, 1)
    drafted.worker(world, drafted.Scripted(lambda _: "a reason")).draft_next()
    assert ask_rationale(world, "ann", taken.id, 1).state == "done"


@pytest.mark.parametrize("how", ["always", "on_key"])
def test_opinions_on_a_pair_are_seen_after_the_choice_on_the_sides_that_were_drawn(world: World, how: str) -> None:
    comparing.prepare(world)
    world.set_policy(repeat_share=0.0, drafts=[{"task": "pairs", "reveal": how, "blind_share": 0.0}])
    comparing.add(world, comparing.pair("a"), comparing.pair("b"))
    ann = world.expert("ann")
    view, pair = comparing.take(ann)
    document = {"preference": "first", "first": 0.8, "second": 0.2, "by": "votes", "flipped": False}
    leave(world, item_of(world, view.id), None, document, "pair_opinion")
    left = world.value("SELECT left_one FROM pair_sides WHERE assignment_id = :id", id=view.id)
    if how == "on_key":
        with pytest.raises(OutOfOrder):
            reveal(world, "ann", view.id, 1)
    done = comparing.prefer(ann, view.id)
    drafts = done.drafts if how == "always" else reveal(world, "ann", view.id, 1).drafts
    (draft,) = drafts
    assert draft.model_dump(exclude={"id"}) == {
        "kind": "pair_opinion", "preference": "left" if left == "first" else "right", "by": "votes",
        "left": 0.8 if left == "first" else 0.2, "right": 0.2 if left == "first" else 0.8,
    }  # fmt: skip
    assert pair.drafts == () and looked_at_again(world, view.id) == drafts
    comparing.prefer(ann, view.id, replaces=done.label_id)
    assert [row["draft_id"] for row in assistance(world)] == [draft.id] * (1 + len(comparing.CRITERIA))
    named = world.rows("SELECT n.question FROM assistance s JOIN answers n ON n.id = s.answer_id")
    assert {row["question"] for row in named} == {"label", *comparing.CRITERIA}
    assert world.store.read(lambda db: list(rows_that_differ(db, world.project))) == []


def test_what_is_said_of_a_step_beside_its_label_names_the_draft_too(world: World) -> None:
    world.set_policy(**ALWAYS)
    ann = world.expert("ann")
    taken = ann.take()
    draft = leave(world, item_of(world, taken.id), 1, opinion("incorrect"))
    given = ann.commit(taken.id, 1, step_size="too_coarse")
    ann.commit(taken.id, 1, replaces=given.label_id, step_size="too_fine")
    assert [(row["value"], row["draft_id"]) for row in assistance(world)] == [("correct", draft), ("too_fine", draft)]
    ann.commit(taken.id, 2, step_size="too_coarse")
    ann.commit(taken.id, 3)
    ann.finish(taken.id)
    assert len(assistance(world)) == 2, "drafts of a step are named on what is said of that step alone"


def test_a_pair_shows_nothing_by_default(world: World) -> None:
    comparing.prepare(world)
    world.set_policy(repeat_share=0.0, **ALWAYS)
    comparing.add(world, comparing.pair("a"))
    ann = world.expert("ann")
    view, _ = comparing.take(ann)
    document = {"preference": "first", "first": 0.8, "second": 0.2, "by": "votes", "flipped": False}
    leave(world, item_of(world, view.id), None, document, "pair_opinion")
    assert comparing.prefer(ann, view.id).drafts == () and reveal(world, "ann", view.id, 1).drafts == ()


def test_what_has_ended_reveals_nothing(world: World) -> None:
    world.set_policy(**ON_KEY)
    ann = world.expert("ann")
    taken = ann.label_all()
    leave(world, item_of(world, taken.id), 1, opinion("incorrect"))
    with pytest.raises(LeaseTaken):
        reveal(world, "ann", taken.id, 1)


def test_the_policy_document_holds_its_entries() -> None:
    policy = Policy.model_validate(ALWAYS)
    assert Policy.model_validate_json(policy.model_dump_json()) == policy


def test_a_step_that_is_labelled_anew_hides_what_was_seen_until_it_is_and_is_informed(world: World) -> None:
    following(world, "followed", "ann")
    world.add_traces(trace("a", 2))
    world.set_policy(overlap=1, **ALWAYS)
    ann = world.expert("ann")
    first = ann.take()
    item = item_of(world, first.id)
    drafts = [leave(world, item, position, opinion("incorrect")) for position in (1, 2)]
    for position, label in ((1, "incomplete"), (2, "correct")):
        assert ann.commit(first.id, position, label).drafts
    ann.finish(first.id)
    world.publish(small("1.1", affects={"labels": ["incomplete"]}))
    redo = ann.take()
    assert redo.purpose == "redo" and step_view(world, "ann", redo.id, 1).drafts == ()
    assert [draft.id for draft in step_view(world, "ann", redo.id, 2).drafts] == drafts[1:]
    with pytest.raises(OutOfOrder):
        reveal(world, "ann", redo.id, 1)
    mine = step_view(world, "ann", redo.id, 1).mine
    assert mine is not None
    again = ann.commit(redo.id, 1, "correct", replaces=mine.id)
    assert [draft.id for draft in again.drafts] == drafts[:1]
    assert [(row["value"], row["draft_id"]) for row in assistance(world)] == [("correct", drafts[0])]
    informed = "SELECT id FROM answers WHERE informed = 1 AND question = 'label'"
    assert [row["id"] for row in world.rows(informed)] == [again.label_id]


def test_a_pair_that_comes_back_shows_what_any_other_does_and_is_informed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cotlab.services.queue.claim_order.REPEAT_AFTER", 1)
    comparing.prepare(world)
    world.set_policy(overlap=1, repeat_share=1.0, drafts=[{"task": "pairs", "reveal": "always", "blind_share": 0.0}])
    comparing.add(world, *(comparing.pair(f"p{number}") for number in range(4)))
    document = {"preference": "first", "first": 0.8, "second": 0.2, "by": "votes", "flipped": False}
    for row in world.rows("SELECT item_id FROM pairs"):
        leave(world, row["item_id"], 1, document, "pair_opinion")
    ann = world.expert("ann")
    for _ in range(3):
        view, pair = comparing.take(ann)
        assert pair.drafts == () and view.purpose == "production"
        assert len(comparing.prefer(ann, view.id).drafts) == 1
    purpose = "SELECT purpose FROM assignments WHERE id = :id"
    assert world.value(purpose, id=view.id) == "repeat"
    informed = "SELECT DISTINCT informed FROM answers WHERE assignment_id = :id"
    assert world.value(informed, id=view.id) == 1
    named = "SELECT DISTINCT n.assignment_id FROM assistance s JOIN answers n ON n.id = s.answer_id"
    assert world.value(named) == view.id


def test_what_waits_is_drafted_no_more_once_policy_lets_nobody_ask(world: World) -> None:
    drafted.add_model(world)
    asked = drafted.ask(world)
    world.set_policy(drafts=[{"who": "none"}])
    driver = drafted.Scripted(drafted.by_seed)
    drafted.worker(world, driver).draft_next()
    found = drafted.status(world, asked.id)
    assert (found.state, driver.asked) == ("failed", []) and "nobody may ask for this any more" in (
        found.sentence or ""
    )
