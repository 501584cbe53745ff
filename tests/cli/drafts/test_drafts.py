"""`cotlab model` on its host, and `cotlab draft` and `cotlab worker` over a real server."""

import json
from collections.abc import Iterator

import pytest

from cotlab.settings import Settings
from tests.cli.conftest import Command
from tests.drafting.endpoint import Stub, serving


@pytest.fixture
def stub() -> Iterator[Stub]:
    with serving(Stub(texts=("one", "two", "three"))) as stub:
        yield stub


def test_a_model_is_added_listed_checked_and_removed(
    command: Command, settled_in: Settings, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUB_KEY", "sk-secret-1")
    said = command("model", "add", "small", "--place", stub.place, "--model", "theirs", "--key-env", "STUB_KEY")
    assert (said.code, said.out) == (0, f"added small  openai  {stub.place}  as theirs\n")
    assert stub.asked == [] and command("model", "add", "Small", "--place", stub.place).code == 1
    (listed,) = json.loads(command("model", "list", "--json").out)
    assert (listed["name"], listed["place"], listed["options"]["key_env"]) == ("small", stub.place, "STUB_KEY")
    checked = json.loads(command("model", "check", "small", "--json").out)
    assert sorted(checked["steps"]) == ["one", "three", "two"] and checked["log_probabilities"] is True
    assert checked["tokens_per_second"] > 0 and checked["peak_memory_mb"] > 1
    assert checked["provenance"]["model"] == "theirs" and stub.keys == ["Bearer sk-secret-1"] * 4
    stub.fault = "no logprobs"
    text = command("model", "check", "small").out
    assert "log-probabilities  no; opinions would be by votes" in text and "weights_sha256     unknown" in text
    stub.fault = "500"
    failed = command("model", "check", "small")
    assert (failed.code, failed.error) == (1, "Error: 127.0.0.1 answered 500.\n")
    assert command("model", "remove", "small").out == "removed small\n"
    assert command("model", "check", "small").code == 1 and command("model", "list").out == ""
    assert command("audit", "verify").code == 0


def test_other_hosts_are_refused_unless_they_are_named(
    command: Command, settled_in: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = ("model", "add", "far", "--place", "https://models.example/v1")
    refused = command(*add)
    assert refused.code == 1 and "models.example is not this machine" in refused.error
    monkeypatch.setenv("COTLAB_MODEL_HOSTS", "other.example, models.example")
    assert command(*add).code == 0
    monkeypatch.delenv("COTLAB_MODEL_HOSTS")
    assert "models.example is not this machine" in command("model", "check", "far").error


@pytest.mark.parametrize(
    ("flags", "why"),
    [
        (("--driver", "llama"), "there is no llama; there are none, openai, transformers"),
        ((), "takes the address of an endpoint"),
        (("--place", "x"), "by its whole path, or an entry of the cache"),
        (("--place", "owner/name@main"), "a commit of 40 hexadecimal digits"),
        (("--place", "."), "the folder has no config.json"),
        (("--driver", "openai", "--place", "x"), "is named as"),
        (("--place", "http://127.0.0.1/v1", "--key-env", "a b"), "key_env"),
    ],
)
def test_what_is_no_model_is_one_sentence(
    command: Command, settled_in: Settings, flags: tuple[str, ...], why: str
) -> None:
    said = command("model", "add", "x", *flags)
    assert said.code == 1 and why in said.error and said.error.count("\n") == 1 and said.out == ""
