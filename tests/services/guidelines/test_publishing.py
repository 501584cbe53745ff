"""Publishing: what is refused, what comes into force, and that impact and publication say the same."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from cotlab.domain.errors import AlreadyExists, BadInput, NotFound, Refused
from cotlab.domain.guidelines.publishing import Impact, ImpactBody
from cotlab.domain.people import Role
from cotlab.domain.work.views import NextStep
from cotlab.exchange.guideline.front_matter import parse_guideline
from cotlab.services.audit import event_data as told
from cotlab.services.audit.texts import guidelines_that_differ
from cotlab.services.guidelines import publishing, staleness
from cotlab.services.guidelines import versions as guidelines
from cotlab.storage import SERVER, Db
from cotlab.storage.projects import projects
from tests.adjudicator import adjudicators
from tests.services.cases.adjudicating import open_cases
from tests.services.guidelines.guideline_texts import LABELS, following, renamed, small
from tests.world import World, trace

AFFECTS = {"labels": ["incomplete"]}
ALL = {label["name"]: [label["name"]] for label in LABELS}


@pytest.fixture
def followed(world: World) -> World:
    """A project that follows `small 1.0`."""
    following(world, "followed", "ann", "bob")
    return world


def in_force(world: World, domain: str = "") -> list[str]:
    rows = world.rows(
        """SELECT v.guideline, v.version, f.domain FROM guidelines_in_force f
           JOIN guideline_versions v ON v.id = f.guideline_version_id WHERE f.project_id = :project
           AND f.domain = :domain ORDER BY f.sequence""",
        project=world.project, domain=domain,
    )  # fmt: skip
    return [f"{row['guideline']} {row['version']}" for row in rows]


REFUSED = {
    "backwards": (small("0.9", "clarification"), BadInput, "guideline.md line 3: version: 0.9 is older than 1.0"),
    "again, another text": (small("1.0", "initial") + "\nmore", AlreadyExists, "published with another text"),
    "again": (small("1.0", "initial"), AlreadyExists, "small 1.0 is in force in followed already"),
    "initial twice": (small("2.0", "initial"), BadInput, "line 4: change: small 1.0 is published"),
    "a clarification with another schema": (
        small("1.1", "clarification", schema={"labels": LABELS[:-1]}), BadInput, "line 7: schema: it is another one",
    ),
    "a label gone, no map": (
        small("1.1", affects=AFFECTS, schema={"labels": LABELS[:-1]}), BadInput, "say what becomes of correct, red",
    ),
    "a label gone, half a map": (
        small("1.1", label_map={"correct": ["correct"]}, schema={"labels": LABELS[:-1]}), BadInput,
        "label_map: the labels are others than those of small 1.0; say what becomes of redundant",
    ),
    "a map of what never was": (
        small("1.1", label_map={**ALL, "vague": ["incorrect"]}), BadInput, "vague is no label of small 1.0",
    ),
    "affects a label that nobody knows": (
        small("1.1", affects={"labels": ["incomplete", "incompete"]}), BadInput,
        "guideline.md line 43: affects.labels.1: incompete is no label of small 1.1 or small 1.0",
    ),
    "affects a rule that nobody knows": (
        small("1.1", affects={"rules": ["M2", "M3"]}), BadInput,
        "guideline.md line 43: affects.rules.1: M3 is no rule of small 1.1 or small 1.0",
    ),
    "a clarification with a map": (
        small("1.1", "clarification", label_map=ALL), BadInput, "label_map: only a label-changing or a first version",
    ),
    "a heading that is no rule": (
        small("1.1", "clarification", "\n## Rules\n\n### M1 One\n\nIf so, then `correct`.\n\n### What is missing\n"),
        BadInput, "a heading among the rules is an id",
    ),
    "an error of lint": (
        small("1.1", "clarification", "\n## Rules\n\n### M1 One\n\nIf so, then `wrong`.\n"), BadInput,
        "wrong",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_version_that_does_not_fit_is_refused_and_nothing_is_kept(followed: World, case: str) -> None:
    text, error, sentence = REFUSED[case]
    events = followed.value("SELECT count(*) AS n FROM events")
    with pytest.raises(error, match=sentence.replace("(", r"\(")):
        followed.publish(text)
    with pytest.raises(AlreadyExists if "again" in case else error, match=sentence.replace("(", r"\(")):
        impact(followed, text)
    assert in_force(followed) == ["small 1.0"]
    assert followed.value("SELECT count(*) AS n FROM events") == events


def gone(version: str, **fields: Any) -> str:
    """A version without M2 and with `idle` in the place of `redundant`, which affects both."""
    body = "\n## Rules\n\n### M1 One\n\nIf it is false, then `incorrect`.\n"
    schema = {"labels": renamed("redundant", "idle")}
    return small(version, body=body, schema=schema, affects={"labels": ["redundant"], "rules": ["M2"]}, **fields)


def test_what_a_version_affects_may_stand_in_the_one_before_it_alone(followed: World) -> None:
    first = gone("1.1", label_map={**ALL, "redundant": ["idle"]})
    followed.publish(first)
    assert in_force(followed) == ["small 1.0", "small 1.1"]
    with pytest.raises(BadInput, match=r"affects\.labels\.0: redundant is no label of small 1\.2 or small 1\.1\."):
        followed.publish(gone("1.2"))
    followed.project = followed.add_project("other")
    followed.publish(first)
    assert in_force(followed) == ["small 1.1"], "what is stored was held against the one before it once"


def test_where_no_version_came_before_all_that_is_affected_stands_in_the_first(followed: World) -> None:
    with pytest.raises(BadInput, match=r"affects\.rules\.0: M9 is no rule of other 1\.0\.$"):
        followed.publish(small("1.0", guideline="other", affects={"rules": ["M9"]}))


def test_new_kinds_want_no_map_and_new_labels_do(followed: World) -> None:
    kind = {"name": "no-unit", "parent": "incomplete", "key": "1", "meaning": "a unit is missing"}
    followed.publish(small("1.1", schema={"labels": [*LABELS, kind]}, affects=AFFECTS))
    assert in_force(followed) == ["small 1.0", "small 1.1"]
    label = {"name": "vague", "key": "5", "meaning": "it says nothing"}
    with pytest.raises(BadInput, match="say what becomes of correct"):
        followed.publish(small("1.2", schema={"labels": [*LABELS, kind, label]}, affects=AFFECTS))


def test_a_project_that_skipped_a_version_follows_it_before_the_next_one(followed: World) -> None:
    other = followed.add_project("other")
    followed.publish(small("1.0", "initial"), other)
    followed.publish(small("1.1", affects=AFFECTS), other)
    followed.publish(small("1.2", "clarification"), other)
    followed.publish(small("1.3", "clarification"))
    assert in_force(followed) == ["small 1.0", "small 1.1", "small 1.3"]


def label_all(world: World, name: str, *labels: str) -> None:
    expert = world.expert(name)
    assignment = expert.take()
    next_ = assignment.next
    for label in labels:
        assert isinstance(next_, NextStep)
        next_ = expert.commit(assignment.id, next_.step.position, label).next
    expert.finish(assignment.id)


def impact(world: World, text: str, domain: str | None = None) -> list[Impact]:
    version = publishing.checked(text, "guideline.md")
    body = ImpactBody(text=text, domain=domain)
    return world.store.read(lambda db: publishing.impact(db, world.person("lea"), version, body))


CHANGES = {
    "a label": (small("1.1", affects={"labels": ["incomplete"]}), {"ann": 2, "bob": 1}),
    "a label and its kinds": (small("1.1", affects={"labels": ["incorrect"]}), {"bob": 2}),
    "a kind alone": (small("1.1", affects={"labels": ["wrong-operation"]}), {"bob": 1}),
    "in one domain": (small("1.1", affects={"labels": ["incomplete"], "domains": ["law"]}), {"bob": 1}),
    "with one tag": (small("1.1", affects={"labels": ["incomplete"], "tags": ["old"]}), {"ann": 2}),
    "a rule that was cited": (small("1.1", affects={"rules": ["M2"]}), {"bob": 1}),
    "a label split in two": (
        small("1.1", label_map={**ALL, "redundant": ["idle", "repeated"]},
              schema={"labels": renamed("redundant", "idle", "repeated")}), {"ann": 1},
    ),
    "a label renamed": (
        small("1.1", label_map={**ALL, "redundant": ["idle"]}, schema={"labels": renamed("redundant", "idle")}), {},
    ),
    "a clarification": (small("1.1", "clarification"), {}),
}  # fmt: skip


@pytest.mark.parametrize("case", CHANGES)
def test_impact_says_what_publishing_then_does(followed: World, case: str) -> None:
    text, people = CHANGES[case]
    problem = {"text": "A", "domain": "mathematics", "tags": ["old"]}
    followed.set_policy(overlap=1)
    followed.add_traces(trace("a", 4, problem=type(trace("x").problem)(**problem)))
    label_all(followed, "ann", "incomplete", "redundant", "incomplete", "correct")
    followed.add_traces(trace("b", 3, domain="law"))
    bob = followed.expert("bob")
    work = bob.take()
    bob.commit(work.id, 1, "incomplete", citations=[{"kind": "rule", "name": "M2"}])
    bob.commit(work.id, 2, "wrong-operation", rationale="it is so")
    bob.commit(work.id, 3, "incorrect")
    (before,) = impact(followed, text)
    assert (before.going_stale.people, before.going_stale.labels) == (people, sum(people.values()))
    assert before.unfinished == 1
    published = followed.publish(text)
    after = followed.store.read(lambda db: staleness.counts(db, staleness.stale_in(db, followed.project)))
    assert after == before.after
    counted = followed.store.read(lambda db: publishing.with_stale(db, published, [followed.project]))
    assert counted.stale == {"followed": after.labels}


def test_impact_for_a_narrower_domain_of_a_version_that_is_in_force(followed: World) -> None:
    followed.set_policy(overlap=1)
    followed.add_traces(trace("a", 2))
    text = small("1.1", affects=AFFECTS)
    followed.publish(text)
    label_all(followed, "ann", "correct", "incomplete")
    (before,) = impact(followed, text, "mathematics")
    followed.publish(text, domain="mathematics")
    assert (
        before.going_stale.labels == len(followed.store.read(lambda db: staleness.stale_in(db, followed.project))) == 0
    )


def test_impact_names_each_project_and_the_hours(followed: World) -> None:
    followed.add_traces(trace("a", 2))
    ann = followed.expert("ann")
    work = ann.take()
    followed.clock.advance(seconds=30)
    ann.commit(work.id, 1, "incomplete")
    followed.clock.advance(minutes=60)
    ann.commit(work.id, 2, "correct")
    other = followed.add_project("second", "lea")
    followed.publish(small("1.0", "initial"), other)
    both = impact(followed, small("1.1", affects=AFFECTS))
    assert [one.project for one in both] == ["followed", "second"]
    # The second step took an hour, of which the policy's ten minutes count.
    assert both[0].seconds_a_step == pytest.approx((30 + 600) / 2)
    assert both[0].hours == pytest.approx(315 / 3600)
    assert (both[1].seconds_a_step, both[1].hours) == (None, None)


def test_a_crash_between_two_writes_leaves_the_old_version_in_force(followed: World) -> None:
    version = publishing.checked(small("1.1", affects=AFFECTS), "guideline.md")
    stored = followed.value("SELECT count(*) AS n FROM guideline_versions")

    def dies(db: object) -> None:
        publishing.publish(db, followed.host, version, [followed.project])  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        followed.write(dies, SERVER, followed.project)
    assert in_force(followed) == ["small 1.0"]
    assert followed.value("SELECT count(*) AS n FROM guideline_versions") == stored


def test_acknowledging_twice_is_one_event_and_one_receipt(followed: World) -> None:
    published = followed.publish(small("1.1", "clarification"), acknowledged=False)
    ann = followed.expert("ann")
    first = ann.acknowledge(published.guideline_version_id)
    events = followed.value("SELECT count(*) AS n FROM events")
    assert ann.acknowledge(published.guideline_version_id) == first
    assert followed.value("SELECT count(*) AS n FROM events") == events
    with pytest.raises(NotFound):
        ann.acknowledge("0" * 32)


def test_changes_are_told_from_the_version_that_the_person_knows(followed: World) -> None:
    body = "\n## Rules\n\n### M1 What is false\n\nIf it is false, then `incomplete`.\n"
    published = followed.publish(small("1.1", affects=AFFECTS, body=body), acknowledged=False)
    version = published.guideline_version_id

    def told(name: str) -> object:
        changes = followed.store.read(
            lambda db: guidelines.changes(db, followed.person(name), followed.project, version)
        )
        rules = {one.rule: (one.kind, one.was, one.now) for one in changes.difference.rules}
        return changes.difference.old, rules, changes.by

    assert told("ann") == (
        "small 1.0",
        {"M1": ("changed", ("incorrect",), ("incomplete",)), "M2": ("removed", ("incomplete",), ())},
        "operator",
    )
    followed.join("cyn", Role.ANNOTATOR)
    assert told("cyn") == (None, {"M1": ("new", (), ("incomplete",))}, "operator")


def test_the_list_says_who_is_behind(followed: World) -> None:
    other = followed.add_project("ahead", "lea")
    followed.publish(small("1.1", affects=AFFECTS), other)
    found = followed.store.read(lambda db: guidelines.listed(db, followed.person("lea")))
    rows = {one.project: one for one in found.projects}
    assert (rows["followed"].version, rows["followed"].newest) == ("1.0", "1.1")
    assert rows["ahead"].version == rows["ahead"].newest == "1.1"
    followed.join("cyn", Role.ANNOTATOR)
    found = followed.store.read(lambda db: guidelines.listed(db, followed.person("lea")))
    assert {one.project: one.not_acknowledged for one in found.projects}["followed"] == ("cyn",)
    ann = followed.store.read(lambda db: guidelines.listed(db, followed.person("ann")))
    assert {one.not_acknowledged for one in ann.projects} == {()}


def as_published_once(world: World, text: str) -> str:
    """Store and put in force a version that lint would refuse today, as 0.1.0 did; its id."""
    guideline = parse_guideline(text.encode(), "old.md")

    def put(db: Db) -> str:
        version_id = publishing._store(db, world.host, guideline)
        row = {"project_id": world.project, "actor_id": world.host, "guideline_version_id": version_id, "domain": ""}
        sequence = told.tell(db, told.IN_FORCE, {**row, "task": "steps"}).sequence
        projects.put_in_force(db, world.project, "steps", "", version_id, sequence)
        return version_id

    return world.write(put, SERVER, world.project)


def test_a_version_with_headings_that_are_no_rules_stays_readable(followed: World) -> None:
    text = small("1.1", "clarification").replace("### M1 What", "### What")
    version = as_published_once(followed, text)
    followed.add_traces(trace("a", 2))
    ann = followed.expert("ann")
    changes = followed.store.read(lambda db: guidelines.changes(db, followed.person("ann"), followed.project, version))
    assert [(one.rule, one.kind) for one in changes.difference.rules] == [("M1", "removed")]
    ann.commit(ann.take().id, 1, "incomplete", citations=[{"kind": "rule", "name": "M2"}])
    view = followed.store.read(lambda db: guidelines.view(db, version))
    assert (view.text, [rule.id for rule in view.rules]) == (text, ["M2"])
    assert list(followed.store.read(lambda db: list(guidelines_that_differ(db)))) == []


def test_a_stored_text_that_cannot_be_read_is_a_finding_of_the_audit(followed: World) -> None:
    text = small("1.1", "clarification")
    guideline = parse_guideline(text.encode(), "old.md")
    broken = guideline.model_copy(update={"text": text.replace("authors:", "writers:")})
    followed.write(lambda db: publishing._store(db, followed.host, broken), SERVER)
    found = followed.store.read(lambda db: list(guidelines_that_differ(db)))
    assert [sentence for _, sentence in found] == ["the guideline version small 1.1 is not the one that was published"]


def test_who_leads_nothing_is_told_of_the_versions_of_their_projects_alone(followed: World) -> None:
    other = followed.add_project("secret", "lea")
    followed.add_person("zoe")
    followed.join("zoe", Role.LEAD, other)
    followed.publish(small("1.0", "initial", guideline="for-a-client"), other)

    def versions(name: str) -> set[str]:
        found = followed.store.read(lambda db: guidelines.listed(db, followed.person(name)))
        return {one.guideline for one in found.versions} - {"step-correctness"}

    assert versions("ann") == {"small"}
    assert versions("zoe") == versions("lea") == versions("root") == {"small", "for-a-client"}


@pytest.mark.parametrize("person", ["zoe", "ann"])
def test_who_leads_no_project_publishes_nothing_and_sees_no_impact(followed: World, person: str) -> None:
    followed.add_person("zoe")
    for names in ((), ("followed",)):
        with pytest.raises(Refused, match=r"You lead no project|You are no lead of followed"):
            followed.store.read(lambda db: publishing.led_projects(db, followed.person(person), names))  # noqa: B023
    lea = followed.person("lea")
    both = ("followed", "Followed", "followed")
    assert followed.store.read(lambda db: publishing.led_projects(db, lea, both)) == [followed.project]
    assert followed.store.read(lambda db: publishing.led_projects(db, lea, ())) == []


RULE = "\n## Rules\n\n### M1 One\n\n"
LONG = 180_000
HOSTILE = {
    "if without then": f"{RULE}{'if ' * (LONG // 3)}\n",
    "verdicts without an end": f"{RULE}Example: {'This is `a` (' * (LONG // 13)}\n",
    "blanks in a quick reference": f"\n## Quick reference\n\nx{' ' * LONG}y\n",
    "brackets": f"{RULE}{'[' * LONG}\n",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_text_is_checked_in_a_time_that_grows_with_its_length(what: str) -> None:
    text = small("1.0", "initial", HOSTILE[what])
    begun = time.process_time()
    with suppress(BadInput):
        publishing.checked(text, "guideline.md")
    assert time.process_time() - begun < 5


def test_of_two_publications_at_once_one_wins_and_one_is_told(followed: World) -> None:
    version = publishing.checked(small("1.1", affects=AFFECTS), "guideline.md")
    start = threading.Barrier(2)

    def publish() -> str:
        start.wait()
        try:
            followed.write(
                lambda db: publishing.publish(db, followed.host, version, [followed.project]), SERVER, followed.project
            )
        except AlreadyExists as told:
            return told.sentence
        return "won"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(future.result() for future in [pool.submit(publish) for _ in range(2)])
    assert said == ["small 1.1 is in force in followed already.", "won"]
    assert in_force(followed) == ["small 1.0", "small 1.1"]


def test_a_case_in_hand_is_no_trace_that_is_open(followed: World) -> None:
    followed.set_policy(overlap=1)
    followed.add_traces(trace("a", 2), trace("b", 2))
    followed.expert("ann").label_all(("incomplete", "correct"), unsure=True)
    assert open_cases(followed) == 2
    (adj,) = adjudicators(followed, ["adj"])
    adj.take_case()
    followed.expert("bob").take()
    (found,) = impact(followed, small("1.1", affects={"labels": ["incomplete"]}))
    assert found.unfinished == 1
