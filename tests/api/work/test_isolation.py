"""What an annotator must not see never leaves the server: looked for in raw bytes, and by comparing two servers."""

import json
import logging
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from cotlab.api.access import Access, allows
from cotlab.checks.running.chunks import Checked
from cotlab.domain.checks import Claim, StepVerdict, Verdict
from cotlab.domain.guidelines.questions import AnswerBody, QuestionBody, Resolution
from cotlab.domain.people import Person, Role
from cotlab.domain.projects.gates import Setting
from cotlab.domain.projects.policy import WorkPolicy
from cotlab.domain.text import digest
from cotlab.domain.traces.records import Alternative, Change, DerivedFrom, Origin, Problem, SourceLabel, Step, Trace
from cotlab.services.checks.verdicts import AnswerCheck, Wanted, keep
from cotlab.services.guidelines import questions
from cotlab.services.work import step_questions
from cotlab.storage import is_postgresql, open_store
from tests.api.conftest import Site, site_over
from tests.api.routes import routes
from tests.drafting.choosing import Chooser
from tests.services.drafts import drafted, opined, revealed
from tests.support import SIGNER, Clock, Ids
from tests.world import World, guideline_text, people_and_project

RECEIPT = re.compile(rb'"receipt":"[0-9a-f]{64}"')
AFTER_SETUP = 1 << 64
"""Where the ids start once the hidden content is in, so that its ids shift no others."""


def label(canary: str) -> SourceLabel:
    return SourceLabel(source=f"source {canary}", value=f"value-{canary}", rationale=f"because {canary}")


def hidden_trace(canary: str, steps: int = 3, name: str = "Ship") -> Trace:
    """A trace with `canary` in each field that an annotator never sees, but for the steps and the final answer."""
    problem = Problem(
        text=f"{name}: what is asked", domain="law", source=f"source-{canary}", collected_at="2020-01-02",
        tags=(f"tag-{canary}",), difficulty=4, reference_answer=f"reference {canary}",
    )  # fmt: skip
    return Trace(
        id=f"external-{canary}", problem=problem, final_answer=f"{name} makes 42", origin=Origin.SEMI_SYNTHETIC,
        generator=f"generator {canary}", strategy=f"strategy {canary}", canonical=True, labels=(label(canary),),
        steps=tuple(Step(text=f"{name} step {n}.", labels=(label(canary),)) for n in range(1, steps + 1)),
        alternatives=(
            Alternative(position=1, kind="missing", steps=(Step(text=f"alternative {canary}"),), generator=canary),
        ),
        derived_from=DerivedFrom(
            trace=digest([canary]), position=1, way=f"way {canary}", changes=(Change(start=0, stop=1, was=canary),)
        ),
    )  # fmt: skip


def reached_by_annotators(site: Site) -> set[str]:
    """Every route that somebody who only annotates may call."""
    ann = Person(id="x", name="x", roles={"p": frozenset({Role.ANNOTATOR})})
    found = set()
    for method, path, handler in routes(site.app):
        access: Access = handler.opt["access"]
        if allows(access, ann, "p"):
            found.add(f"{method} {path}")
    return found


def raw(response: httpx.Response) -> bytes:
    headers = b"\n".join(name + b": " + value for name, value in response.headers.raw)
    return b"%d\n%s\n\n%s" % (response.status_code, headers, response.content)


async def labels_a_trace(site: Site, who: str, each: Callable[[int], object] = lambda shown: None) -> str:
    """Work through one trace by every route and every mistake; `each` is called with the number of steps shown."""
    start = len(site.seen)
    assignment = (await site.call(who, "POST", "/v1/projects/{project}/claim")).json()["assignment"]
    base, next_ = f"/v1/assignments/{assignment['id']}", assignment["next"]
    while next_["kind"] == "step":
        position = next_["step"]["position"]
        await looks_around(site, who, base, position)
        each(position)
        body = {"position": position, "label": "correct", "elapsed_ms": 900}
        next_ = (await site.call(who, "POST", f"{base}/labels", body)).json()["next"]
    await site.call(who, "POST", f"{base}/finish", {"complete": "yes"})
    assert len(site.seen) > start + 10
    return base


async def looks_around(site: Site, who: str, base: str, shown: int) -> None:
    for path in (
        base, f"{base}/guideline", f"{base}/steps/{shown}", f"{base}/steps/{shown + 1}", f"{base}/steps/0",
        "/v1/queue?day_starts_at=0", "/v1/queue", "/v1/projects", "/v1/server", "/health",
        "/v1/projects/{project}/policy", "/v1/projects/{project}/policy/work",
        "/v1/projects/{project}/guideline", "/v1/projects/{project}/my-labels", "/v1/projects/{project}/members",
        "/v1/projects/{project}/my-labels?cursor=x", "/v1/projects/{project}/exports/" + "0" * 32 + "/manifest",
        "/v1/projects/{project}/releases", "/v1/projects/{project}/releases/" + "0" * 32,
        "/v1/projects/{project}/release-diff?before=a&after=b", "/v1/projects/{project}/lineage?id=a",
        "/v1/guidelines", "/v1/guidelines/" + "0" * 32, "/v1/projects/{project}/stale",
        "/v1/projects/{project}/agreement", "/v1/projects/{project}/agreement/diagnosis",
        "/v1/projects/{project}/agreement/change?before=a&after=b",
        "/v1/projects/{project}/guidelines/" + "0" * 32 + "/changes",
        "/v1/projects/{project}/my-questions", "/v1/projects/{project}/questions",
        "/v1/projects/{project}/evidence", "/v1/projects/{project}/evidence/kinds",
        "/v1/projects/{project}/evidence/progress", "/v1/projects/{project}/evidence/revisions",
        "/v1/projects/{project}/quality/two-level", "/v1/projects/{project}/quality/traces?cell=wrong_no_bad_step",
        "/v1/projects/{project}/pilots/report", "/v1/projects/{project}/hard-cases",
        "/v1/projects/{project}/hard-cases/" + "0" * 32 + "-1", "/v1/projects/{project}/my-cases",
        "/v1/projects/{project}/cases/report", "/v1/projects/{project}/cases/all",
        "/v1/projects/{project}/cases/" + "0" * 32, "/v1/projects/{project}/cases", f"{base}/case",
        "/v1/projects/{project}/coverage/paths", "/v1/projects/{project}/coverage/tasks", f"{base}/writing",
        f"{base}/preference",
        "/v1/projects/{project}/my-calibration", "/v1/projects/{project}/calibration",
        "/v1/projects/{project}/calibration/" + "0" * 32,
        "/v1/openapi", "/v1/openapi/openapi.json", "/v1/openapi/other", "/v1/assignments/" + "0" * 32, "/v1/nothing",
    ):  # fmt: skip
        await site.call(who, "GET", path)
    wrong: list[tuple[str, Any]] = [
        ("labels", {"position": shown + 1, "label": "correct"}), ("labels", {"position": shown, "label": "no"}),
        ("labels", {"position": shown, "label": "incorrect"}), ("labels", {"unknown": 1}), ("finish", {}),
        ("labels", {"position": shown, "label": "correct", "replaces": "0" * 32}), ("finish", {"complete": "yes"}),
        ("alternatives", {"position": shown + 1, "kind": "missing", "steps": ["x"]}), ("end", {"ending": "none"}),
        ("alternatives", {"position": shown, "kind": "rewording", "steps": [f"mine for {shown}"]}),
        ("questions", {"position": shown + 1, "text": "what comes next?"}), ("questions", {"position": 0, "text": "x"}),
        ("questions", {"position": shown, "text": f"which rule decides {shown}?"}), ("questions", {"text": "and all?"}),
    ]  # fmt: skip
    wrong += [
        ("choice", {"label": "correct"}), ("decision", {"label": "correct", "rationale": "x", "gap": "x"}),
        ("pass", {"experts": ["adj"], "reason": "x"}), ("return", {"reason": "x"}),
        ("path", {"steps": ["x"], "final_answer": "x"}), ("preference", {"overall": "tie"}),
        (f"steps/{shown}/draft", None), (f"steps/{shown + 1}/draft", None), (f"steps/{shown}/rationale", None),
    ]  # fmt: skip
    for what, body in wrong:
        await site.call(who, "POST", f"{base}/{what}", body)
    for path in ("import", "exports", "close", "members", "acknowledgements", "questions", "sign-offs", "open"):
        await site.call(who, "POST", f"/v1/projects/{{project}}/{path}", {"name": "x"})
    await site.call(who, "POST", "/v1/projects/{project}/questions", {"text": "which rule?"})
    await site.call(who, "POST", "/v1/projects/{project}/pilots", {})
    await site.call(who, "POST", "/v1/projects/{project}/writing/claim")
    await site.call(who, "POST", "/v1/projects/{project}/coverage", {})
    await site.call(who, "POST", "/v1/projects/{project}/coverage/tasks", {"fill": 1})
    await site.call(who, "POST", "/v1/projects/{project}/coverage/tasks/withdraw", {"task_ids": ["x"], "reason": "x"})
    await site.call(who, "POST", "/v1/projects/{project}/my-cases/" + "0" * 32)
    await site.call(who, "POST", "/v1/projects/{project}/cases/claim", {})
    await site.call(who, "POST", "/v1/guidelines", {"text": "x", "projects": ["pilot"]})
    await site.call(who, "POST", "/v1/guidelines/impact", {"text": guideline_text("1.1", "clarification")})
    await site.call(who, "POST", "/v1/projects", {"name": "x"})
    await site.call(who, "PUT", "/v1/projects/{project}/policy", {"overlap": 3})


def draft(world: World, canary: str) -> None:
    """Models have drafted steps and a path and given opinions of each step, and one has failed; others wait."""
    problem = world.value("SELECT id FROM problems WHERE text = 'Ship: what is asked'")
    drafted.add_model(world, f"model {canary}")
    asked = {"model": f"model {canary}", "position": None, "item_id": None, "problem_id": problem, "kind": "path"}
    item = world.value("SELECT id FROM traces WHERE problem_id = :id AND parent_id IS NULL", id=problem)
    for position in (1, 2):
        drafted.ask(world, model=f"model {canary}", item_id=item, position=position)
    done = drafted.ask(world, **asked)
    worker = drafted.worker(world, drafted.Scripted(lambda _: f"drafted {canary}"))
    while worker.draft_next():
        pass
    assert drafted.report(world, done.id)
    judged = drafted.ask(world, kind="label_opinion", model=f"model {canary}", item_id=item, position=None)
    opined.give(world, Chooser(lambda _, label: 1.0 if label == "incorrect" else 0.0, mass=0.4321))
    assert len(drafted.report(world, judged.id)) == judged.wanted
    opined.ask(world, model=f"model {canary}")
    drafted.ask(world, **asked)
    drafted.worker(world, drafted.Scripted(lambda _: f"{canary}\x1b")).draft_next()
    drafted.ask(world, **asked)


async def prepared(world: World, canary: str, others_label: str, drafts: bool = True) -> Site:
    """Bob, whose name is hidden too, has labelled the trace already; ids and clock start anew afterwards."""
    world.add_person(f"Bob {canary}")
    world.join(f"Bob {canary}", Role.ANNOTATOR)
    site = site_over(world)
    bob = world.expert(f"Bob {canary}")
    assignment = bob.take()
    first = bob.commit(assignment.id, 1, others_label, rationale=f"rationale {canary}", unsure=True)
    bob.commit(assignment.id, 1, "correct", replaces=first.label_id, rationale=f"again {canary}")
    bob.write(assignment.id, 1, f"wording of {canary}")
    if drafts:
        draft(world, canary)
    asked = QuestionBody(position=1, text=f"question {canary}")
    world.write(lambda db: step_questions.ask_about_work(db, world.person(bob.name), assignment.id, asked))
    question = world.value("SELECT id FROM questions")
    answered = AnswerBody(resolution=Resolution.NO_CHANGE, text=f"answer {canary}")
    world.write(lambda db: questions.answer(db, world.host, world.project, question, answered))
    return site


async def test_no_canary_leaves_the_server(
    world: World, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    canary = "Xy7Canary"
    world.add_person(f"Lead {canary}")
    world.join(f"Lead {canary}", Role.LEAD)
    world.set_policy(overlap=2, label_alternatives=False)
    for name in ("cyn", "dan"):
        for _ in range(3):  # the world's own traces are out of the way
            world.expert(name).label_all()
    world.add_traces(hidden_trace(canary))
    site = await prepared(world, canary, "redundant")
    site.seen.clear()
    shown_by_now: list[int] = []
    checked = 0

    def check(shown: int) -> None:
        nonlocal checked
        shown_by_now.append(shown)
        for response in site.seen[checked:]:
            found = raw(response)
            assert b"makes 42" not in found
            for later in range(shown + 1, 5):
                assert f"Ship step {later}.".encode() not in found
        checked = len(site.seen)

    base = await labels_a_trace(site, "ann", check)
    assert shown_by_now == [1, 2, 3] and b"Ship makes 42" in b"".join(map(raw, site.seen))
    await site.call("ann", "GET", base)
    second = (await site.call("ann", "POST", "/v1/projects/{project}/claim")).json()
    assert second["nothing"] == "nothing_open"
    for response in site.seen:
        assert canary.encode() not in raw(response), response.url
    for name in ("lea", "cyn", "dan"):
        assert not any(json_strings(response) & {name} for response in site.seen)
    for name, id_ in world.people.items():
        if name != "ann":
            assert not any(id_.encode() in raw(response) for response in site.seen), name
    called = {f"{response.request.method} {response.request.url.path}" for response in site.seen}
    for route in reached_by_annotators(site):
        pattern = re.sub(r"\{\w+\}", "[^/]+", route)
        assert any(re.fullmatch(pattern, call) for call in called), route
    written = caplog.text + "".join(capfd.readouterr())
    for secret in (canary, "makes 42", "Ship step 2", *world.tokens.values()):
        assert secret not in written


def json_strings(response: httpx.Response) -> set[str]:
    """Every text in a reply."""
    found: set[str] = set()

    def walk(value: Any) -> None:
        if isinstance(value, str):
            found.add(value)
        elif isinstance(value, dict):
            for each in value.values():
                walk(each)
        elif isinstance(value, list):
            for each in value:
                walk(each)

    if "json" in response.headers.get("content-type", ""):
        walk(json.loads(response.content))
    return found


def without_receipts(response: httpx.Response) -> bytes:
    return RECEIPT.sub(b'"receipt":"..."', raw(response))


@pytest.mark.parametrize("stop", [False, True])
async def test_two_servers_that_differ_in_what_is_hidden_answer_the_same_bytes(
    make_database: Callable[[], str], stop: bool
) -> None:
    """The one has three steps, the other seven and drafts; they answer alike up to the commit of the third."""
    said: list[list[bytes]] = []
    for canary, steps, others_label, lead in (("Aa1", 3, "redundant", "lea"), ("Bb22", 7, "incorrect", "Lena Other")):
        clock, ids = Clock(), Ids()
        store = open_store(make_database(), signer=SIGNER, clock=clock, new_id=ids)
        world = people_and_project(store, clock, leads=lead)
        world.set_policy(overlap=3, stop_at_first_error=stop)
        world.add_traces(hidden_trace(canary, steps))
        site = await prepared(world, canary, others_label, drafts=steps == 7)
        clock.now, ids.last = 1_700_000_100_000_000, AFTER_SETUP
        site.seen.clear()
        await labels_until(site, "ann", 3, clock)
        said.append([without_receipts(response) for response in site.seen])
        await site.http.aclose()
        store.close()
    one, other = said
    assert len(one) == len(other) > 60
    for number, (here, there) in enumerate(zip(one, other, strict=True)):
        assert here == there, number


async def labels_until(site: Site, who: str, last: int, clock: Clock) -> None:
    assignment = (await site.call(who, "POST", "/v1/projects/{project}/claim")).json()["assignment"]
    base = f"/v1/assignments/{assignment['id']}"
    for position in range(1, last + 1):
        clock.advance(seconds=30)
        await looks_around(site, who, base, position)
        await site.call(who, "POST", "/v1/projects/{project}/claim")
        if position < last:
            body = {"position": position, "label": "correct"}
            await site.call(who, "POST", f"{base}/labels", body, headers={"Idempotency-Key": f"k{position}"})


def a_verdict(verdict: Verdict) -> StepVerdict:
    claim = Claim(start=0, end=4, kind="arithmetic", normalised=f"n-{verdict}", verdict=verdict, reason=f"r-{verdict}")
    return StepVerdict(verdict=verdict, claims=(claim,), reason=f"r-{verdict}")


async def test_verdicts_tell_nothing_before_the_commit_of_their_step(make_database: Callable[[], str]) -> None:
    """Servers that differ in what is found in step 2 and later, or in whether it was checked, answer the same bytes."""
    said: list[list[bytes]] = []
    for later in (None, Verdict.REFUTED, Verdict.VERIFIED):
        clock, ids = Clock(), Ids()
        store = open_store(make_database(), signer=SIGNER, clock=clock, new_id=ids)
        world = people_and_project(store, clock)
        world.add_traces(hidden_trace("same", 3))
        item = world.value("SELECT id FROM traces WHERE parent_id IS NULL")
        found = {1: Verdict.VERIFIED, **({} if later is None else dict.fromkeys((0, 2, 3), later))}
        chunk = [Checked(item, position, a_verdict(one)) for position, one in found.items()]
        asked = Wanted(Setting.DEFAULT, AnswerCheck("answers 1.0", lambda asked, setting: a_verdict(Verdict.REFUTED)))
        world.write(lambda db: keep(db, world.project, asked, chunk))  # noqa: B023
        site = await prepared(world, "same", "redundant")
        clock.now, ids.last = 1_700_000_100_000_000, AFTER_SETUP
        site.seen.clear()
        await labels_until(site, "ann", 2, clock)
        said.append([without_receipts(response) for response in site.seen])
        lease = world.value("SELECT assignment_id FROM leases WHERE actor_id = :a", a=world.people["ann"])
        base = f"/v1/assignments/{lease}"
        second = (await site.call("ann", "POST", f"{base}/labels", {"position": 2, "label": "correct"})).json()
        assert (second["evidence"] and second["evidence"]["verdict"]) == later
        await site.http.aclose()
        store.close()
    assert any(b"r-verified" in one for one in said[0]), "the evidence of step 1 came after its commit"
    assert said[0] == said[1] == said[2]


@pytest.mark.parametrize("how", ["always", "on_key"])
async def test_no_draft_leaves_the_server_before_the_commit_of_its_step(world: World, engine: str, how: str) -> None:
    """Drafts of each step, of an alternative to it, of the whole path and of another trace; with each reply's bytes."""
    if is_postgresql(engine):
        pytest.skip("what is sent is put together above the engine")
    world.set_policy(overlap=2, drafts=[{"reveal": how, "blind_share": 0.0}])
    world.add_traces(hidden_trace("shy", 3))
    site = site_over(world)
    mine = world.value("SELECT t.id FROM traces t WHERE t.parent_id IS NULL AND t.external_id = 'external-shy'")
    for row in world.rows("SELECT s.trace_id AS id, s.position, t.external_id AS name FROM steps s "
                          "JOIN traces t ON t.id = s.trace_id"):  # fmt: skip
        canary = f"Canary{row['position']}Q" if row["id"] == mine else f"Canary9{row['name']}Q"
        said = {**revealed.opinion("redundant"), "by": canary}
        revealed.leave(world, row["id"], row["position"], said, model="judge 7Canary")
        revealed.leave(world, row["id"], row["position"], {"text": canary}, "alternatives", "judge 7Canary")
        path = {"steps": ["Canary9Q"], "final_answer": "Canary9Q", "strategy": "forward"}
        revealed.leave(world, row["id"], row["position"], path, "path", "judge 7Canary")
    world.write(lambda db: db.run("DELETE FROM queue WHERE item_id <> :mine", mine=mine))
    site.seen.clear()
    checked, revealed_by_now = 0, set[int]()

    def check(shown: int) -> None:
        nonlocal checked
        for response in site.seen[checked:]:
            found = {int(one) for one in re.findall(rb"Canary(\d)", raw(response))}
            assert found <= {*range(1, shown)}, (shown, response.url, found)
            revealed_by_now.update(found)
        checked = len(site.seen)

    assignment = (await site.call("ann", "POST", "/v1/projects/{project}/claim")).json()["assignment"]
    base = f"/v1/assignments/{assignment['id']}"
    for position in (1, 2, 3):
        await looks_around(site, "ann", base, position)
        check(position)
        body = {"position": position, "label": "correct"}
        await site.call("ann", "POST", f"{base}/labels", body)
        await site.call("ann", "POST", f"{base}/steps/{position}/draft")
        check(position + 1)
    await site.call("ann", "POST", f"{base}/finish", {"complete": "yes"})
    await site.call("ann", "GET", "/v1/projects/{project}/my-labels")
    check(4)
    assert revealed_by_now == {1, 2, 3}, "what was committed was revealed"


async def test_drafts_of_steps_to_come_change_no_byte(make_database: Callable[[], str], engine: str) -> None:
    """Servers that differ in whether a model judged step 2 and later answer the same up to its commit."""
    if is_postgresql(engine):
        pytest.skip("what is sent is put together above the engine")
    said: list[list[bytes]] = []
    for later in (None, "incorrect"):
        clock, ids = Clock(), Ids()
        store = open_store(make_database(), signer=SIGNER, clock=clock, new_id=ids)
        world = people_and_project(store, clock)
        world.set_policy(drafts=[{"reveal": "always", "blind_share": 0.0}])
        world.add_traces(hidden_trace("same", 3))
        item = world.value("SELECT id FROM traces WHERE parent_id IS NULL")
        ids.last = 1 << 60
        revealed.leave(world, item, 1, {**revealed.opinion("redundant"), "by": "of the first"})
        for position in (2, 3) if later else ():
            revealed.leave(world, item, position, revealed.opinion(later or ""), model=f"of {later}")
            revealed.leave(world, item, position, {"text": f"of {later}"}, "alternatives", model=f"of {later}")
        site = await prepared(world, "same", "redundant", drafts=False)
        clock.now, ids.last = 1_700_000_100_000_000, AFTER_SETUP
        site.seen.clear()
        await labels_until(site, "ann", 2, clock)
        said.append([without_receipts(response) for response in site.seen])
        lease = world.value("SELECT assignment_id FROM leases WHERE actor_id = :a", a=world.people["ann"])
        base = f"/v1/assignments/{lease}"
        second = (await site.call("ann", "POST", f"{base}/labels", {"position": 2, "label": "correct"})).json()
        assert [one["label"] for one in second["drafts"] if one["kind"] == "label_opinion"] == [later] * bool(later)
        await site.http.aclose()
        store.close()
    assert any(b"of the first" in one for one in said[0]), "the draft of step 1 came after its commit"
    assert said[0] == said[1]


async def test_a_break_at_the_last_step_tells_nothing(make_database: Callable[[], str]) -> None:
    said: list[list[bytes]] = []
    for steps in (2, 5):
        clock, ids = Clock(), Ids()
        store = open_store(make_database(), signer=SIGNER, clock=clock, new_id=ids)
        world = people_and_project(store, clock)
        world.set_policy(break_after_minutes=15)
        world.add_traces(hidden_trace("same", steps))
        ids.last = AFTER_SETUP
        site = site_over(world)
        assignment = (await site.call("ann", "POST", "/v1/projects/{project}/claim")).json()["assignment"]
        base = f"/v1/assignments/{assignment['id']}"
        for position in (1, 2):
            clock.advance(minutes=9)
            await site.call("ann", "POST", f"{base}/labels", {"position": position, "label": "correct"})
        assert site.seen[-1].json()["next"]["kind"] == "break"
        await looks_around(site, "ann", base, 2)
        await site.call("ann", "POST", "/v1/projects/{project}/claim")
        said.append([without_receipts(response) for response in site.seen])
        await site.http.aclose()
        store.close()
    assert said[0] == said[1]


async def test_a_closed_project_tells_its_reason_and_no_more(site: Site) -> None:
    base = "/v1/assignments/" + (await site.done("ann", "POST", "/v1/projects/{project}/claim"))["assignment"]["id"]
    await site.done("lea", "POST", "/v1/projects/{project}/close", {"reason": "the budget is spent"})
    committed = await site.done("ann", "POST", f"{base}/labels", {"position": 1, "label": "correct"})
    assert committed["next"] == {
        "kind": "withdrawn", "reason": "The project pilot was closed: the budget is spent",
    }  # fmt: skip


SECRET = "Zq4Canary"


@pytest.mark.parametrize("who", ["ann", "adj"])
async def test_what_is_handed_out_and_why_is_told_to_nobody_who_labels(site: Site, who: str) -> None:
    """Nor how often gold comes, nor which models there are, nor how many people label what."""
    site.world.set_policy(
        overlap=7, overlaps=[{"tag": SECRET, "people": 3}], quotas=[{"tag": SECRET, "wanted": 5}], gold_every=777,
        priority={"refuted": 777}, rare_labels=[SECRET], random_share=0.777, safety_tags=[SECRET],
        drafts=[{"reveal": "on_key", "blind_share": 0.777, "rationales": SECRET}],
    )  # fmt: skip
    assert SECRET in (await site.call("lea", "GET", "/v1/projects/{project}/policy")).text
    refused = await site.call(who, "GET", "/v1/projects/{project}/policy")
    mine = await site.call(who, "GET", "/v1/projects/{project}/policy/work")
    assert (refused.status_code, mine.status_code) == (403, 200)
    assert not any(hidden in one.text for one in (refused, mine) for hidden in (SECRET, "777"))
    assert mine.json().keys() == WorkPolicy.model_fields.keys()
    asked = await site.call("lea", "GET", "/v1/projects/{project}/policy")
    assert mine.json().items() <= asked.json().items()
