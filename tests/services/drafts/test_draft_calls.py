"""A worker that asks for several drafts at once: the same come out, each request is alone, and all leases go back."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cotlab.domain.drafts.requests import CancelBody, DraftState, KnownModel, NewModel
from cotlab.domain.errors import Unavailable
from cotlab.domain.provenance import Prompt
from cotlab.drafting.driver import Surroundings
from cotlab.services.drafts import models
from cotlab.services.drafts import requests as drafting
from cotlab.services.drafts import worker as draft_worker
from cotlab.services.drafts.worker import AHEAD, Worker
from cotlab.storage import SERVER, Store, open_store
from tests.drafting.endpoint import Stub, serving
from tests.services.drafts.drafted import HERE, Scripted, add_model, ask, by_seed, remove_model, report, status
from tests.services.drafts.revealed import ask_rationale
from tests.support import SIGNER, Clock, Ids
from tests.world import World, people_and_project, trace

WITHIN = 20.0
"""Seconds in which what is to come has come."""


Build = Callable[[], World]


@pytest.fixture
def build(sqlite_template: Path, tmp_path: Path) -> Iterator[Build]:
    """Makes worlds of the traces a, b and c on SQLite: what a worker does at once is the same on both engines."""
    stores: list[Store] = []

    def make() -> World:
        path, clock = tmp_path / f"{len(stores)}.db", Clock()
        shutil.copyfile(sqlite_template, path)
        stores.append(open_store(path, signer=SIGNER, clock=clock, new_id=Ids()))
        made = people_and_project(stores[-1], clock)
        made.add_traces(trace("a"), trace("b"), trace("c"))
        return made

    yield make
    for store in stores:
        store.close()


@pytest.fixture
def world(build: Build) -> World:
    return build()


class Drivers(Worker):
    """A worker that asks drivers of the test, by the model's name."""

    drivers: Mapping[str, Any] = {}

    def _driver(self, model: KnownModel) -> Any:
        return self.drivers[model.name]


def worker(world: World, calls: int, driver: Any = None, stopping: threading.Event | None = None) -> Worker:
    given = (world.store, HERE, stopping or threading.Event(), 30.0, calls)
    if driver is None:
        return Worker(*given)
    made = Drivers(*given)
    made.drivers = driver if isinstance(driver, dict) else {"small": driver}
    return made


@contextmanager
def at_work(hand: Worker) -> Iterator[threading.Thread]:
    """A worker that drafts all that waits, in a thread, which has ended by the end."""
    thread = threading.Thread(target=hand.draft)
    thread.start()
    try:
        yield thread
        thread.join(WITHIN)
        assert not thread.is_alive()
    finally:
        hand.stopping.set()
        thread.join(WITHIN)
        hand.close()


def problem(world: World, name: str) -> str:
    return str(world.value("SELECT id FROM problems WHERE text = :text", text=f"Problem {name}"))


def until(said: Callable[[], bool]) -> None:
    ends = time.monotonic() + WITHIN
    while not said():
        assert time.monotonic() < ends, "it did not come"
        time.sleep(0.01)


class Counted(Scripted):
    """Answers once `open` is set, and knows how many are asked of it at once."""

    def __init__(self, text: Callable[[Prompt], str] = by_seed) -> None:
        super().__init__(self._counted)
        self.says, self.lock, self.open = text, threading.Lock(), threading.Event()
        self.now = self.most = 0

    def _counted(self, prompt: Prompt) -> str:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        assert self.open.wait(WITHIN)
        with self.lock:
            self.now -= 1
        return self.says(prompt)


def rows(world: World, requests: list[str]) -> list[tuple[Any, ...]]:
    """The drafts of requests, of a kind and problem in the order in which they were written, with their drops."""
    found = world.rows(
        """SELECT d.id, d.request_id, d.ordinal, d.document, d.provenance, x.why, x.beside
           FROM drafts d LEFT JOIN draft_drops x ON x.draft_id = d.id ORDER BY d.kind, d.problem_id, d.sequence"""
    )
    place = {
        row["id"]: (requests.index(row["request_id"]), row["ordinal"]) for row in found if row["request_id"] in requests
    }
    return [
        (*place[row["id"]], row["document"], row["provenance"], row["why"], place.get(row["beside"], row["beside"]))
        for row in found if row["id"] in place
    ]  # fmt: skip


def asked_of_all_kinds(world: World) -> list[str]:
    """Requests that find duplicates in each other's drafts, and one for opinions."""
    made = [ask(world, position=2, number=6, seed=seed) for seed in (1, 2)]
    made += [
        ask(world, kind="path", item_id=None, position=None, problem_id=problem(world, name), number=5, seed=3)
        for name in ("b", "b", "c")
    ]  # fmt: skip
    made.append(ask(world, kind="label_opinion", position=None, seed=5))
    return [one.id for one in made]


def test_the_same_drafts_come_out_however_many_are_asked_for_at_once(build: Build) -> None:
    """Those that take longest are the longest texts, and what is a duplicate hangs on what was written before it."""
    texts = ("five words say this one", "so it is", "a step that says a lot more and takes its time", "no", "so it is")
    found = []
    with serving(Stub(texts=texts, pause=0.004)) as stub:
        for calls in (1, 8):
            world = build()
            add_model(world, place=stub.place)
            requests = asked_of_all_kinds(world)
            assert worker(world, calls).draft() == len(requests)
            assert {status(world, one).state for one in requests} == {DraftState.DONE}
            found.append(rows(world, requests))
    assert found[0] == found[1] and len(found[0]) == 6 + 6 + 5 + 5 + 5 + 3
    dropped = [row for row in found[0] if row[4]]
    assert any(row[5][0] != row[0] for row in dropped), "of another request"
    assert any(row[5][0] == row[0] for row in dropped), "of the same one"


@pytest.mark.parametrize(("requests", "each"), [(1, 12), (12, 1), (4, 3)])
def test_as_many_are_asked_for_at_once_as_may_be(world: World, requests: int, each: int) -> None:
    add_model(world)
    made = [ask(world, number=each, seed=seed) for seed in range(requests)]
    driver = Counted()
    with at_work(worker(world, 8, driver)) as thread:
        until(lambda: driver.now == 8)
        driver.open.set()
        thread.join(WITHIN)
    assert driver.most == 8 and len(driver.asked) == requests * each
    assert {status(world, one.id).state for one in made} == {DraftState.DONE}


def test_a_model_of_this_process_is_asked_for_one_at_a_time_and_keeps_no_endpoint_waiting(
    world: World, tmp_path: Path
) -> None:
    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        (tmp_path / name).write_text("{}")
    own = NewModel(name="own", driver="transformers", place=str(tmp_path))
    world.write(lambda db: models.add(db, world.host, own, Surroundings()), SERVER)
    add_model(world)
    mine = [ask(world, model="own", number=3, seed=seed) for seed in (1, 2)]
    theirs = [ask(world, number=2, seed=seed) for seed in (3, 4)]
    slow, fast = Counted(), Counted()
    fast.open.set()
    with at_work(worker(world, 8, {"own": slow, "small": fast})) as thread:
        until(lambda: all(status(world, one.id).state is DraftState.DONE for one in theirs))
        assert [status(world, one.id).state for one in mine] == [DraftState.DRAFTING, DraftState.WAITING]
        slow.open.set()
        thread.join(WITHIN)
    assert (slow.most, len(slow.asked)) == (1, 6) and [status(world, one.id).made for one in mine] == [3, 3]


def test_one_that_is_cancelled_leaves_the_others_alone(world: World) -> None:
    words = " ".join(["word"] * 400)
    with serving(Stub(texts=(words,), pause=0.1)) as stub:
        add_model(world, place=stub.place)
        gone, stays = ask(world, number=4), ask(world, position=3, number=2)
        with at_work(worker(world, 6)) as thread:
            until(lambda: len(stub.asked) == 6)
            body = CancelBody()
            world.write(lambda db: drafting.cancel(db, world.person("lea"), world.project, gone.id, body))
            assert stub.broken_off.wait(WITHIN), "long before the answer's end"
            stub.pause = 0.0
            thread.join(WITHIN)
    assert [(one.state, one.made) for one in (status(world, gone.id), status(world, stays.id))] == [
        (DraftState.CANCELLED, 0), (DraftState.DONE, 2)
    ]  # fmt: skip


@pytest.mark.parametrize("calls", [1, 2])
def test_reasons_that_somebody_waits_for_go_before_what_is_left_of_a_request(world: World, calls: int) -> None:
    add_model(world)
    world.set_policy(drafts=[{"rationales": "small", "blind_share": 0.0}])
    made, ann = ask(world, number=12), world.expert("ann")
    taken = ann.take()
    wanted = range(1, calls + 2)
    for position in wanted:
        ann.commit(taken.id, position)

    def reasons() -> list[str]:
        return [ask_rationale(world, "ann", taken.id, position).state for position in wanted]

    driver = Counted()
    with at_work(worker(world, calls, driver)) as thread:
        until(lambda: driver.now == calls)
        assert set(reasons()) == {"waiting"}
        until(lambda: reasons().count("drafting") == calls)
        time.sleep(0.2)
        assert reasons().count("drafting") == calls, "as many as are asked for at once; others are for other workers"
        driver.open.set()
        thread.join(WITHIN)
    of_reasons = ["Label: " in one.messages[1].content for one in driver.asked]
    assert of_reasons[: 2 * calls] == [False] * calls + [True] * calls and not of_reasons[-1]
    assert set(reasons()) == {"done"} and status(world, made.id).state is DraftState.DONE


REFUSED: dict[str, tuple[Callable[[World], None], str]] = {
    "personal data": (lambda world: world.set_policy(personal_data=True), "texts stay on this one"),
    "nobody may ask": (lambda world: world.set_policy(drafts=[{"who": "none"}]), "nobody may ask for this any more"),
    "no such model": (remove_model, "The model small was removed."),
}


@pytest.mark.parametrize("refused", REFUSED)
def test_what_policy_comes_to_refuse_ends_with_a_sentence_while_it_is_worked_on(world: World, refused: str) -> None:
    refuse, sentence = REFUSED[refused]
    add_model(world, place="https://models.example/v1", hosts=["models.example"])
    add_model(world, "here")
    made, other = ask(world, number=1_000), ask(world, model="here", number=3)

    def text(prompt: Prompt) -> str:
        if len(driver.asked) == 3:
            refuse(world)
            until(lambda: status(world, made.id).ended)
        return by_seed(prompt)

    driver = Scripted(text)
    assert worker(world, 1, driver).draft(1) == 1 and len(driver.asked) == 3, "nothing is asked after that"
    found = status(world, made.id)
    assert (found.state, found.made) == (DraftState.FAILED, 2) and sentence in (found.sentence or "")
    worker(world, 1, {"here": Scripted(by_seed)}).draft()
    assert status(world, other.id).state is (DraftState.FAILED if refused == "nobody may ask" else DraftState.DONE)


def test_one_that_is_stopped_gives_all_of_its_requests_back(world: World) -> None:
    stopping = threading.Event()
    with serving(Stub(texts=(" ".join(["word"] * 400),), pause=0.1)) as stub:
        add_model(world, place=stub.place)
        made = [ask(world, number=2, seed=seed) for seed in range(3)]
        with at_work(worker(world, 4, stopping=stopping)) as thread:
            until(lambda: len(stub.asked) == 4)
            stopping.set()
            thread.join(WITHIN)
            assert not thread.is_alive(), "long before the answers' end"
    assert [status(world, one.id).state for one in made] == [DraftState.WAITING] * 3
    assert [row["expires_at"] for row in world.rows("SELECT expires_at FROM draft_leases")] == [0] * 3
    assert worker(world, 8, Scripted(by_seed)).draft() == 3
    assert [len(report(world, one.id)) for one in made] == [2] * 3


@pytest.mark.parametrize("how", ["cancelled", "stopped"])
def test_a_request_whose_model_is_being_loaded_is_let_go_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(draft_worker, "LONGEST_END", 0.1)
    add_model(world)
    ready = threading.Event()
    loading = Loading(ready)
    made, hand = ask(world), worker(world, 1, loading)
    thread = threading.Thread(target=hand.draft)
    thread.start()
    try:
        until(loading.begun.is_set)
        if how == "cancelled":
            by, body = world.person("lea"), CancelBody()
            world.write(lambda db: drafting.cancel(db, by, world.project, made.id, body))
        else:
            hand.stopping.set()
        thread.join(WITHIN)
        assert not thread.is_alive() and not ready.is_set(), "it does not wait for the model"
        state = DraftState.CANCELLED if how == "cancelled" else DraftState.WAITING
        assert (status(world, made.id).state, status(world, made.id).made) == (state, 0)
        assert [row["expires_at"] for row in world.rows("SELECT expires_at FROM draft_leases")] in ([], [0])
    finally:
        ready.set()
        hand.close()


class Loading(dict[str, Any]):
    """Has a model once `ready` is set."""

    def __init__(self, ready: threading.Event) -> None:
        super().__init__()
        self.begun, self.ready = threading.Event(), ready

    def __getitem__(self, name: str) -> Any:
        self.begun.set()
        assert self.ready.wait(WITHIN)
        return Scripted(by_seed)


def test_a_fault_ends_its_request_at_its_place_and_no_other(world: World) -> None:
    add_model(world)
    bad, good = ask(world, number=6, seed=0), ask(world, number=4, seed=1)
    worker(world, 8, Scripted(lambda prompt: " " if prompt.seed == 3 else by_seed(prompt))).draft()
    assert (status(world, bad.id).state, status(world, bad.id).sentence) == (DraftState.FAILED, "Draft 3 is empty.")
    assert [document["text"] for document in report(world, bad.id)] == ["drafted with 1", "drafted with 2"]
    assert (status(world, good.id).state, status(world, good.id).made) == (DraftState.DONE, 4)


def test_a_database_that_is_gone_leaves_nothing_held(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    add_model(world)
    made, hand = ask(world, number=4), worker(world, 8, Scripted(by_seed))
    with monkeypatch.context() as broken:

        def gone(*_: object) -> bool:
            raise Unavailable

        broken.setattr(drafting, "keep", gone)
        with pytest.raises(Unavailable):
            hand.draft()
    assert (status(world, made.id).state, status(world, made.id).made) == (DraftState.WAITING, 0)
    assert hand.draft() == 1 and status(world, made.id).made == 4


def test_of_two_requests_that_draft_the_same_the_later_one_is_the_duplicate(world: World) -> None:
    add_model(world)
    first, later = ask(world, number=1, seed=0), ask(world, number=1, seed=1)
    answered = threading.Event()

    def text(prompt: Prompt) -> str:
        if prompt.seed == 1:
            assert answered.wait(WITHIN)
            time.sleep(0.2)
        else:
            answered.set()
        return "so it is"

    worker(world, 8, Scripted(text)).draft()
    assert [status(world, one.id).dropped for one in (first, later)] == [{}, {"same_text": 1}]


def test_requests_of_another_problem_wait_for_none(world: World) -> None:
    add_model(world)
    slow, fast = ask(world, number=1, seed=0), ask(world, "b", number=1, seed=1)
    answers = threading.Event()

    def text(prompt: Prompt) -> str:
        assert prompt.seed != 1 or answers.wait(WITHIN)
        return by_seed(prompt)

    with at_work(worker(world, 8, Scripted(text))) as thread:
        until(lambda: status(world, fast.id).state is DraftState.DONE)
        assert (status(world, slow.id).state, status(world, slow.id).made) == (DraftState.DRAFTING, 0)
        answers.set()
        thread.join(WITHIN)
    assert status(world, slow.id).made == 1


def test_only_so_many_wait_to_be_written_behind_one_that_takes_long(world: World) -> None:
    add_model(world)
    made = ask(world, number=12, seed=0)
    answers = threading.Event()

    def text(prompt: Prompt) -> str:
        assert prompt.seed != 1 or answers.wait(WITHIN)
        return by_seed(prompt)

    driver = Scripted(text)
    with at_work(worker(world, 2, driver)) as thread:
        until(lambda: len(driver.asked) == 1 + AHEAD)
        time.sleep(0.3)
        assert (len(driver.asked), status(world, made.id).made) == (1 + AHEAD, 0)
        answers.set()
        thread.join(WITHIN)
    assert status(world, made.id).made == 12
