"""The driver of endpoints against `transformers serve` with a tiny model that was trained on a planted rule."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import httpx
import pytest

from cotlab.domain.drafts.requests import ModelOptions, NewModel
from cotlab.domain.errors import ModelFailed
from cotlab.domain.provenance import Message, Prompt, Sampling
from cotlab.drafting import open_driver
from cotlab.drafting.driver import Surroundings
from cotlab.drafting.local import QUIET
from tests.cluster import free_port
from tests.drafting import tiny

READY_WITHIN = 60.0

pytestmark = [
    pytest.mark.model, pytest.mark.xdist_group("models"),
    pytest.mark.skipif(
        any(find_spec(name) is None for name in ("fastapi", "openai")), reason="no model is served here: make models"
    ),
]  # fmt: skip


@contextmanager
def serving(folder: Path, log: Path) -> Iterator[str]:
    """The address of an endpoint in a process of its own."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("transformers")), "serve", "--port", str(port), str(folder)]
    environment = {**os.environ, **QUIET, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        ends = time.monotonic() + READY_WITHIN
        while not _healthy(port):
            assert process.poll() is None and time.monotonic() < ends, log.read_text()
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.kill()
        process.wait()


def _healthy(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health", timeout=1).is_success
    except httpx.HTTPError:
        return False


def test_it_answers_by_the_rule_and_gives_no_log_probabilities(trained_model: Path, tmp_path: Path) -> None:
    with serving(trained_model, tmp_path / "log") as place:
        options = ModelOptions(model=str(trained_model))
        driver = open_driver(NewModel(name="far", driver="openai", place=place, options=options), Surroundings())
        prompts = [
            Prompt(messages=(Message(role="system", content="Be brief."), Message(role="user", content=f"3 is {last}")))
            for last in tiny.RULE
        ]
        found = list(driver.generate(prompts, Sampling(temperature=0, max_tokens=20), lambda: False))
        assert [(one.text, one.finish_reason) for one in found] == [(text, "stop") for text in tiny.RULE.values()]
        assert found[0].tokens == len(tiny.RULE["u"]) + 1 and found[0].answered_by == str(trained_model)
        assert driver.option_log_probabilities(prompts[0], ("u", "d")) is None
        unknown = NewModel(name="far", driver="openai", place=place, options=ModelOptions(model="owner/none"))
        with pytest.raises(ModelFailed, match=r"127.0.0.1 answered \d+|knows no model"):
            list(open_driver(unknown, Surroundings()).generate(prompts, Sampling(), lambda: False))
