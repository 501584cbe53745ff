"""Requests for drafts: what is refused, how workers take them, and that nothing is drafted twice."""

import json
import logging
import threading
from types import SimpleNamespace
from typing import Any

import pytest

from cotlab.domain.drafts.requests import CancelBody, DraftEnding, DraftState, NewModel
from cotlab.domain.errors import AlreadyExists, BadInput, Conflict, LeaseTaken, NotFound, ProjectClosed
from cotlab.domain.projects.projects import ClosingBody
from cotlab.drafting.driver import Surroundings
from cotlab.drafting.kinds import Drafted
from cotlab.services.drafts import models, requests
from cotlab.services.projects import projects
from cotlab.storage import SERVER, Db
from cotlab.storage.drafts.draft_requests import SOON
from tests.drafting.endpoint import Stub, serving
from tests.services.drafts.drafted import (
    MICROSECONDS,
    Scripted,
    add_model,
    ask,
    by_seed,
    item,
    remove_model,
    report,
    status,
    take,
    worker,
)
from tests.world import World


def test_a_request_is_filled_and_its_drafts_are_kept_with_where_they_came_from(world: World) -> None:
    add_model(world)
    made = ask(world, position=3, number=2, seed=7)
    assert (made.state, made.made, made.wanted) == (DraftState.WAITING, 0, 2) and len(made.receipt or "") == 64
    driver = Scripted(by_seed)
    assert worker(world, driver).draft_next() and not worker(world, driver).draft_next()
    found = world.store.read(lambda db: requests.report(db, world.project, made.id))
    assert (found.request.state, found.request.made) == (DraftState.DONE, 2)
    assert [draft.document for draft in found.drafts] == [{"text": by_seed(prompt)} for prompt in driver.asked]
    said = driver.asked[0].messages[1].content
    assert "Problem a" in said and "a, step 2" in said and "a, step 3" not in said
    first = found.drafts[0]
    assert (first.item_id, first.position, first.ordinal) == (item(world), 3, 1)
    assert first.provenance.prompt_sha256 == driver.asked[0].digest()
    assert (first.provenance.driver, first.provenance.seed) == ("scripted", driver.asked[0].seed)
    assert world.kinds()[-4:] == ["drafts.requested", "draft.made", "draft.made", "drafts.ended"]


def test_without_a_seed_one_is_drawn_and_recorded_so_that_asked_again_there_are_others(world: World) -> None:
    add_model(world)
    made = [ask(world, number=2), ask(world, number=2)]
    one = worker(world, Scripted(by_seed))
    assert one.draft_next() and one.draft_next()
    found = world.store.read(lambda db: [requests.report(db, world.project, one.id) for one in made])
    assert [(one.request.made, one.request.dropped) for one in found] == [(2, {}), (2, {})]
    assert [one.request.seed for one in found] == [one.seed for one in made] and made[0].seed != made[1].seed


def test_the_same_seed_gives_the_same_bytes(world: World) -> None:
    add_model(world)
    for _ in range(2):
        ask(world, seed=3)
    ask(world, seed=4)
    one = worker(world, Scripted(by_seed))
    while one.draft_next():
        pass
    rows = world.rows("SELECT request_id, document, provenance FROM drafts ORDER BY sequence")
    said = [(row["document"], row["provenance"]) for row in rows]
    assert said[:3] == said[3:6] and not set(said[:3]) & set(said[6:])


def test_a_path_is_of_a_problem(world: World) -> None:
    add_model(world)
    problem = world.value("SELECT id FROM problems WHERE text = 'Problem b'")
    made = ask(world, kind="path", item_id=None, position=None, problem_id=problem, strategy="cases", number=1)
    worker(world, Scripted(lambda _: "one\ntwo\nAnswer: 3")).draft_next()
    assert report(world, made.id) == [{"steps": ["one", "two"], "final_answer": "3", "strategy": "cases"}]


@pytest.mark.parametrize(
    ("wrong", "error", "why"),
    [
        ({"kind": "poem"}, BadInput, "there is no poem"),
        ({"model": "large"}, NotFound, "no model named large"),
        ({"model": "nothing"}, BadInput, "which drafts nothing"),
        ({"position": 4}, BadInput, "has no step 4"),
        ({"position": None}, BadInput, "whose trace and position"),
        ({"item_id": "x"}, NotFound, "no trace x"),
        ({"strategy": "cases"}, BadInput, "alternatives has no cases"),
        ({"problem_id": "x"}, BadInput, "whose trace and position"),
        ({"kind": "path"}, BadInput, "of a problem"),
        ({"kind": "path", "item_id": None, "position": None, "problem_id": "x"}, NotFound, "no such problem"),
    ],
)
def test_what_cannot_be_drafted_is_refused(world: World, wrong: dict[str, Any], error: type, why: str) -> None:
    add_model(world)
    nothing = NewModel(name="nothing", driver="none")
    world.write(lambda db: models.add(db, world.host, nothing, Surroundings()), SERVER)
    before = world.kinds()
    with pytest.raises(error, match=why):
        ask(world, **wrong)
    assert world.kinds() == before and world.rows("SELECT * FROM draft_leases") == []


def test_personal_data_stays_on_this_machine(world: World) -> None:
    add_model(world, "far", "https://models.example/v1", ["models.example"])
    add_model(world)
    asked = ask(world, model="far")
    world.set_policy(personal_data=True)
    with pytest.raises(BadInput, match="personal_data"):
        ask(world, model="far")
    ask(world)
    worker(world, driver := Scripted(by_seed)).draft_next()
    assert status(world, asked.id).state is DraftState.FAILED and driver.asked == []
    assert "personal_data" in (status(world, asked.id).sentence or "")


def test_a_worker_that_was_killed_costs_its_draft_and_no_other_is_made_twice(world: World) -> None:
    add_model(world)
    made, first, second = ask(world, number=4), worker(world), worker(world, Scripted(by_seed))
    taken = take(world, first.name, 30 * MICROSECONDS)
    assert taken is not None and not second.draft_next()
    about = Scripted(by_seed).describe()
    for ordinal in (1, 3):
        drafted = Drafted(ordinal, {"text": f"by the first {ordinal}"}, about)
        assert world.write(lambda db: requests.keep(db, taken, first.name, drafted))  # noqa: B023
        assert not world.write(lambda db: requests.keep(db, taken, first.name, drafted))  # noqa: B023
    assert status(world, made.id).state is DraftState.DRAFTING
    world.clock.advance(seconds=30)
    assert not second.draft_next()
    world.clock.advance(microseconds=1)
    assert status(world, made.id).state is DraftState.WAITING and second.draft_next()
    texts = [document["text"] for document in report(world, made.id)]
    assert len(texts) == 4 and texts[0] == "by the first 1" and texts[2] == "by the first 3"
    assert texts[1].startswith("drafted with") and status(world, made.id).state is DraftState.DONE
    with pytest.raises(LeaseTaken):
        world.write(lambda db: requests.keep(db, taken, first.name, Drafted(2, {"text": "late"}, about)))


def test_one_that_was_taken_over_writes_no_more_and_ends_nothing(world: World) -> None:
    add_model(world)
    made, first, second = ask(world), worker(world), worker(world)
    taken = take(world, first.name)
    world.clock.advance(seconds=2)
    assert taken and take(world, second.name) is not None
    about = Scripted(by_seed).describe()
    with pytest.raises(LeaseTaken):
        world.write(lambda db: requests.keep(db, taken, first.name, Drafted(1, {"text": "late"}, about)))
    assert not world.write(lambda db: requests.renew(db, made.id, first.name, MICROSECONDS), SERVER)
    world.write(lambda db: requests.end(db, taken, first.name, DraftEnding.FAILED, "x"))
    assert status(world, made.id).state is DraftState.DRAFTING


def test_one_whose_lease_ran_out_goes_on_where_nobody_took_over(world: World) -> None:
    add_model(world)
    made, first = ask(world), worker(world)
    take(world, first.name)
    world.clock.advance(seconds=2)
    assert world.write(lambda db: requests.renew(db, made.id, first.name, MICROSECONDS), SERVER)
    assert status(world, made.id).state is DraftState.DRAFTING


def lose(world: World, name: object, drafted: bool = False) -> None:
    """A worker takes what goes first, drafts one of it or none, and is never heard of again."""
    row = take(world, f"lost {name}")
    assert row is not None
    if drafted:
        one = Drafted(row["made"] + 1, {"text": f"text {row['made']}"}, Scripted(by_seed).describe())
        world.write(lambda db: requests.keep(db, row, f"lost {name}", one))
    world.clock.advance(seconds=2)


def test_one_that_three_workers_did_not_survive_fails_and_no_other(world: World) -> None:
    add_model(world)
    bad, good = ask(world), ask(world)
    for number in range(3):
        assert status(world, bad.id).state is DraftState.WAITING
        lose(world, number)
    driver = Scripted(by_seed)
    assert worker(world, driver).draft() == 2 and len(driver.asked) == good.wanted
    found = status(world, bad.id)
    assert found.state is DraftState.FAILED and found.sentence is not None
    assert found.sentence.startswith("Three workers that had this request were lost")
    assert status(world, good.id).state is DraftState.DONE


def test_one_that_goes_on_or_is_given_back_may_lose_as_many_workers_as_it_takes(world: World) -> None:
    add_model(world)
    made = ask(world, number=5)
    for number in range(4):
        lose(world, number, drafted=True)
    for _ in range(4):
        lose(world, "the same")
    for _ in range(4):
        row = take(world, "stopped")
        assert row is not None
        world.write(lambda db: requests.release(db, made.id, "stopped"), SERVER)
        assert not world.store.read(lambda db: requests.held(db, made.id, "stopped"))
    worker(world, Scripted(by_seed)).draft_next()
    assert status(world, made.id).state is DraftState.DONE


def test_cancelling_stops_the_worker_and_keeps_what_is_there(world: World) -> None:
    add_model(world)
    made = ask(world, number=5)

    def text(prompt: Any) -> str:
        if len(driver.asked) == 3:
            body = CancelBody(reason="enough")
            world.write(lambda db: requests.cancel(db, world.person("lea"), world.project, made.id, body))
        return by_seed(prompt)

    driver = Scripted(text)
    worker(world, driver).draft_next()
    found = status(world, made.id)
    assert (found.state, found.made, found.sentence) == (DraftState.CANCELLED, 2, "enough") and len(driver.asked) == 3
    with pytest.raises(Conflict, match="ended already"):
        world.write(lambda db: requests.cancel(db, world.person("lea"), world.project, made.id, CancelBody()))
    assert not worker(world, driver).draft_next()


def test_a_worker_that_is_stopped_gives_its_request_back(world: World) -> None:
    add_model(world)
    made, stopping = ask(world), threading.Event()

    def text(prompt: Any) -> str:
        stopping.set()
        return by_seed(prompt)

    worker(world, Scripted(text), stopping).draft_next()
    assert (status(world, made.id).state, status(world, made.id).made) == (DraftState.WAITING, 0)
    assert worker(world, Scripted(by_seed)).draft_next() and status(world, made.id).state is DraftState.DONE


def fails(_: Any) -> str:
    raise RuntimeError("a secret of the driver")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (lambda _: "a\x1b[2Jb", "Draft 1 holds control characters."),
        (lambda _: "  ", "Draft 1 is empty."),
        (fails, "The worker failed (RuntimeError); its log says how."),
    ],
)
def test_a_request_fails_alone_and_with_a_sentence(world: World, text: Any, why: str) -> None:
    add_model(world)
    bad, good = ask(world), ask(world)
    one = worker(world, driver := Scripted(text))
    one.draft_next()
    driver.text = by_seed
    one.draft_next()
    assert (status(world, bad.id).state, status(world, bad.id).sentence) == (DraftState.FAILED, why)
    assert status(world, good.id).state is DraftState.DONE


def test_a_real_endpoint_drafts_and_its_faults_fail_the_request(world: World, caplog: pytest.LogCaptureFixture,
                                                                monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("STUB_KEY", "sk-secret-1")
    with serving(Stub(texts=("first", "second", "third"))) as stub:
        add_model(world, place=stub.place, key_env="STUB_KEY")
        made = ask(world, seed=0)
        one = worker(world)
        one.draft_next()
        assert status(world, made.id).state is DraftState.DONE
        assert sorted(document["text"] for document in report(world, made.id)) == ["first", "second", "third"]
        stub.fault = "500"
        bad = ask(world)
        one.draft_next()
        assert status(world, bad.id).sentence == "127.0.0.1 answered 500."
    kept = json.dumps([dict(row) for table in ("models", "draft_requests", "drafts", "draft_ends", "events")
                       for row in world.rows(f"SELECT * FROM {table}")], default=str)  # fmt: skip
    assert "STUB_KEY" in kept and "sk-secret" not in kept and "sk-secret" not in caplog.text
    assert set(stub.keys) == {"Bearer sk-secret-1"}


def test_a_model_that_was_removed_fails_what_waits_for_it(world: World) -> None:
    add_model(world)
    made = ask(world)
    remove_model(world)
    worker(world, Scripted(by_seed)).draft_next()
    assert status(world, made.id).sentence == "The model small was removed."
    with pytest.raises(NotFound):
        ask(world)
    add_model(world)
    assert [entry.name for entry in world.store.read(models.entries)] == ["small"]
    with pytest.raises(AlreadyExists):
        add_model(world, "SMALL")


def test_a_name_that_has_drafts_is_given_again_to_the_same_model_alone(world: World) -> None:
    """What one model was found to be worth is not to count for another."""
    add_model(world, model="first")
    remove_model(world)
    add_model(world, model="second")
    ask(world)
    assert worker(world, Scripted(by_seed)).draft_next()
    remove_model(world)
    for other in ({"model": "first"}, {"model": "second", "place": "http://127.0.0.1:9/v1"}):
        with pytest.raises(AlreadyExists, match=r"^Another model drafted under the name small; .* as Small-2\.$"):
            add_model(world, "Small", **other)
    add_model(world, "Small", model="second")
    add_model(world, "small-2", model="first")


def test_of_files_the_hashes_say_which_model_it_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "driver_named", lambda _: SimpleNamespace(check=lambda *_: None))

    def add(place: str, sha256: str) -> None:
        model = NewModel(name="small", driver="transformers", place=place)
        files = {"model.safetensors": sha256 * 64}
        world.write(lambda db: models.add(db, world.host, model, Surroundings(), files), SERVER)

    add("/models/one", "a")
    ask(world)
    assert worker(world, Scripted(by_seed)).draft_next()
    remove_model(world)
    with pytest.raises(AlreadyExists, match="Another model drafted"):
        add("/models/one", "b")
    add("/models/moved", "a")


def test_what_waits_in_a_closed_project_is_not_taken(world: World) -> None:
    add_model(world)
    made = ask(world)
    taken = take(world, "w")
    body = ClosingBody(reason="done")
    world.write(lambda db: projects.close_project(db, world.host, world.project, body))
    about = Scripted(by_seed).describe()
    with pytest.raises(ProjectClosed):
        assert taken
        world.write(lambda db: requests.keep(db, taken, "w", Drafted(1, {"text": "x"}, about)))
    world.clock.advance(seconds=2)
    assert not worker(world, Scripted(by_seed)).draft_next() and status(world, made.id).made == 0


def test_requests_are_taken_in_the_order_in_which_they_came(world: World) -> None:
    add_model(world)
    asked = []
    for position in (3, 1, 2):
        asked.append(ask(world, position=position).id)
        world.clock.advance(seconds=1)
    taken = [take(world, "w") for _ in asked]
    assert [row["id"] for row in taken if row] == asked


def test_requests_come_a_page_at_a_time_the_newest_first(world: World) -> None:
    add_model(world)
    made = [ask(world, seed=seed).id for seed in range(5)][::-1]

    def page(before: str | None = None) -> list[str]:
        return [one.id for one in world.store.read(lambda db: requests.listed(db, world.project, before, 2))]

    assert page() == made[:2] and page(made[1]) == made[2:4] and page(made[3]) == made[4:] and page(made[4]) == []
    with pytest.raises(NotFound):
        page("none")


def test_requests_of_another_project_are_not_listed(world: World) -> None:
    add_model(world)
    made, other = ask(world).id, world.add_project("other")
    assert world.store.read(lambda db: requests.listed(db, other)) == []
    with pytest.raises(NotFound):
        world.store.read(lambda db: requests.listed(db, other, made))


def test_requests_are_counted_by_model_kind_and_state_and_those_not_ended_come_as_they_are_taken(world: World) -> None:
    add_model(world)
    names = []
    for _ in range(4):
        names.append(ask(world, number=2).id)
        world.clock.advance(minutes=1)
    one = worker(world, Scripted(by_seed))
    assert one.draft_next()
    world.write(lambda db: requests.cancel(db, world.person("lea"), world.project, names[1], CancelBody()))
    world.write(lambda db: requests.take(db, names[2], "w", 60 * MICROSECONDS))
    open_ones = world.store.read(lambda db: requests.listed_open(db, world.project))
    assert [(status.id, status.state) for status in open_ones] == [
        (names[2], DraftState.DRAFTING), (names[3], DraftState.WAITING),
    ]  # fmt: skip
    assert [len(world.store.read(lambda db: requests.listed_open(db, world.project, 1)))] == [1]
    (found,) = world.store.read(lambda db: requests.totals(db, world.project))
    assert (found.model, found.kind, found.made, found.open) == ("small", "alternatives", 2, 2)
    assert found.requests == dict.fromkeys(set(DraftState) - {DraftState.FAILED}, 1)


def names_open(world: World, most: int = requests.REQUESTS) -> list[str]:
    return [one.id for one in world.store.read(lambda db: requests.listed_open(db, world.project, most))]


def test_what_waits_in_a_closed_project_is_open_until_its_lead_cancels_it(world: World) -> None:
    add_model(world)
    made = [ask(world).id, ask(world).id]
    close = ClosingBody(reason="done")
    world.write(lambda db: projects.close_project(db, world.host, world.project, close))
    assert names_open(world) == made and names_open(world, 1) == made[:1]
    world.write(lambda db: requests.cancel(db, world.person("lea"), world.project, made[0], CancelBody()))
    assert names_open(world) == made[1:]


def test_open_ones_come_as_workers_take_them_and_then_those_that_no_worker_takes(world: World) -> None:
    """The leases of a project stay behind where it moves."""
    add_model(world)
    moved, older, newer, reason, held = [ask(world).id for _ in range(5)]

    def change(db: Db) -> None:
        db.run("DELETE FROM draft_leases WHERE request_id = :id", id=moved)
        db.run("UPDATE draft_leases SET rank = :rank WHERE request_id = :id", rank=SOON, id=reason)

    world.write(change)
    world.write(lambda db: requests.take(db, held, "w", 60 * MICROSECONDS), SERVER)
    assert names_open(world) == [held, reason, older, newer, moved]
    assert names_open(world, 4) == [held, reason, older, newer]
    world.write(lambda db: requests.cancel(db, world.person("lea"), world.project, newer, CancelBody()))
    assert names_open(world) == [held, reason, older, moved], "also those before one that has ended"
