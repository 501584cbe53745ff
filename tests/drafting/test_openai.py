"""The driver of OpenAI-compatible endpoints, against one on this machine that can misbehave."""

import math
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cotlab.domain.drafts.requests import ModelOptions, NewModel
from cotlab.domain.errors import BadInput, ModelFailed
from cotlab.domain.provenance import Completion, Message, Prompt, Provenance, Sampling
from cotlab.drafting import open_driver
from cotlab.drafting.driver import Surroundings
from tests.drafting.endpoint import Stub, serving

HERE = Surroundings()
SAMPLING = Sampling(temperature=0.5, top_p=0.9, max_tokens=7)


def prompt(seed: int = 0, text: str = "go on") -> Prompt:
    return Prompt(messages=(Message(role="user", content=text),), seed=seed)


@pytest.fixture
def stub() -> Iterator[Stub]:
    with serving(Stub()) as stub:
        yield stub


def answered(stub: Stub, *prompts: Prompt, **options: object) -> list[Completion]:
    driver = open_driver(stub.model(**options), HERE)
    return list(driver.generate(prompts or (prompt(),), SAMPLING, lambda: False))


def test_each_prompt_is_asked_with_its_seed_and_answered_in_order(stub: Stub) -> None:
    stub.texts = ("zero of it", "one", "two words")
    found = answered(stub, prompt(2), prompt(0), prompt(1))
    assert [(one.text, one.finish_reason, one.tokens) for one in found] == [
        ("two words", "stop", 2), ("zero of it", "stop", 3), ("one", "stop", 1),
    ]  # fmt: skip
    assert [one.text for one in answered(stub, prompt(2))] == ["two words"]
    first = stub.asked[0]
    asked = {name: first[name] for name in ("model", "temperature", "top_p", "max_tokens", "seed")}
    assert asked == {"model": "stub", "temperature": 0.5, "top_p": 0.9, "max_tokens": 7, "seed": 2}
    assert first["messages"] == [{"role": "user", "content": "go on"}] and stub.keys == [None] * 4


def test_the_provenance_says_all_that_is_known(stub: Stub) -> None:
    driver = open_driver(stub.model(model="their/name"), HERE)
    asked = prompt(5)
    (answer,) = driver.generate([asked], SAMPLING, lambda: False)
    found = driver.describe().of(asked, SAMPLING, answer)
    unknown = {"revision", "weights_sha256", "tokenizer_sha256", "template_sha256", "dtype", "threads"}
    assert {name for name, value in found.model_dump().items() if value is None} == unknown
    assert (found.driver, found.model, found.endpoint) == ("openai", "their/name", stub.place)
    assert (found.seed, found.sampling, found.finish_reason, found.tokens) == (5, SAMPLING, "stop", 3)
    assert (found.answered_by, found.fingerprint) == ("stub-1", "fp") and found.prompt_sha256 == asked.digest()
    assert prompt(5, "other").digest() != asked.digest()
    assert Provenance.model_validate_json(found.model_dump_json()) == found


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("500", "127.0.0.1 answered 500."),
        ("too long", "The prompt is longer than the context of stub."),
        ("too long for llama.cpp", "The prompt is longer than the context of stub."),
        ("refused", "127.0.0.1 refuses the key, or asks for one (401)."),
        ("moved", "127.0.0.1 answered 307."),
        ("html", "The answer of 127.0.0.1 broke off before its end."),
        ("not an object", "127.0.0.1 does not answer as an OpenAI-compatible endpoint does."),
        ("no text", "127.0.0.1 does not answer as an OpenAI-compatible endpoint does."),
        ("surrogate", "127.0.0.1 does not answer as an OpenAI-compatible endpoint does."),
        ("cut", "The answer of 127.0.0.1 broke off before its end."),
    ],
)
def test_an_endpoint_that_misbehaves_is_one_sentence(stub: Stub, fault: str, sentence: str) -> None:
    stub.texts, stub.fault = ("a long answer",), fault
    with pytest.raises(ModelFailed) as failed:
        answered(stub)
    assert failed.value.sentence == sentence


@pytest.mark.parametrize("reason", ["length", "end_turn"])
def test_why_an_answer_ended_is_kept_as_the_endpoint_says_it(stub: Stub, reason: str) -> None:
    stub.reason = reason
    assert answered(stub)[0].finish_reason == reason


@pytest.mark.parametrize("reason", [None, ""])
def test_an_answer_that_came_whole_stands_though_nobody_says_why_it_ended(stub: Stub, reason: str | None) -> None:
    stub.reason = reason
    found = answered(stub, prompt(), prompt(1))
    assert [(one.text, one.finish_reason) for one in found] == [("so it is", "unsaid")] * 2


def test_a_slow_one_and_one_that_is_down_are_too(stub: Stub) -> None:
    stub.fault, stub.pause = "silent", 5
    with pytest.raises(ModelFailed, match=r"127.0.0.1 did not answer within 0.2 seconds."):
        answered(stub, timeout=0.2)
    stub.fault, stub.pause, stub.texts = None, 0.05, ("drop " * 100,)
    with pytest.raises(ModelFailed, match=r"127.0.0.1 did not answer within 0.2 seconds."):
        answered(stub, timeout=0.2)
    down = NewModel(name="down", driver="openai", place="http://127.0.0.1:1/v1")
    with pytest.raises(ModelFailed, match=r"127.0.0.1 cannot be reached."):
        next(open_driver(down, HERE).generate([prompt()], SAMPLING, lambda: False))


def test_cancelling_ends_the_answer_at_once_and_those_after_it(stub: Stub) -> None:
    stub.texts, stub.pause = ("one two three " * 200,), 0.05
    driver = open_driver(stub.model(), HERE)
    found = list(driver.generate([prompt(), prompt(1)], SAMPLING, lambda: stub.sent > 2))
    assert [one.finish_reason for one in found] == ["cancelled"] and "one two three".startswith(found[0].text[:13])
    assert stub.broken_off.wait(20) and len(stub.asked) == 1
    assert stub.sent < 500, "long before the answer's end"


def test_it_is_asked_at_every_token_whether_the_answer_is_wanted(stub: Stub) -> None:
    stub.texts = ("one two three " * 1000,)
    looks = iter(range(10_000))
    (found,) = open_driver(stub.model(), HERE).generate([prompt()], SAMPLING, lambda: next(looks) >= 9)
    assert found.finish_reason == "cancelled" and len(found.text.split()) < 10


def test_so_does_cancelling_while_nothing_comes(stub: Stub) -> None:
    stub.fault, stub.pause = "silent", 30
    began = time.monotonic()
    found = list(open_driver(stub.model(), HERE).generate([prompt()], SAMPLING, lambda: time.monotonic() - began > 0.1))
    assert [(one.finish_reason, one.text) for one in found] == [("cancelled", "")] and time.monotonic() - began < 20


def test_and_while_an_opinion_is_waited_for(stub: Stub) -> None:
    stub.fault, stub.pause = "silent", 30
    began = time.monotonic()
    driver = open_driver(stub.model(), HERE)
    assert driver.option_log_probabilities(prompt(), ("A", "B"), lambda: time.monotonic() - began > 0.1) is None
    assert time.monotonic() - began < 20


def test_options_have_the_probability_of_all_tokens_that_are_them(stub: Stub) -> None:
    driver = open_driver(stub.model(), HERE)
    found = driver.option_log_probabilities(prompt(), ("A", "B", "C"))
    assert found is not None
    a, b, c = found.log_probabilities
    assert math.exp(a) == pytest.approx(math.exp(-0.5) + math.exp(-2.0)) and b == -1.5 and c == -math.inf
    turned = driver.option_log_probabilities(prompt(), ("B", "A"))
    assert turned is not None and turned.log_probabilities == [b, a]
    asked = {name: stub.asked[0][name] for name in ("temperature", "max_tokens", "logprobs", "top_logprobs")}
    assert asked == {"temperature": 0, "max_tokens": 1, "logprobs": True, "top_logprobs": 20}
    with pytest.raises(BadInput, match="cannot be told apart"):
        driver.option_log_probabilities(prompt(), ("A", " A"))


@pytest.mark.parametrize("fault", ["too long", "too long for llama.cpp"])
def test_a_prompt_that_is_too_long_does_not_say_that_it_cannot(stub: Stub, fault: str) -> None:
    stub.fault = fault
    with pytest.raises(ModelFailed, match="longer than the context of stub"):
        open_driver(stub.model(), HERE).option_log_probabilities(prompt(), ("A", "B"))


def test_an_endpoint_that_omits_them_cannot(stub: Stub) -> None:
    stub.fault = "no logprobs"
    assert open_driver(stub.model(), HERE).option_log_probabilities(prompt(), ("A", "B")) is None


@pytest.mark.parametrize("wrong", [math.nan, 0.5, "x"])
def test_a_log_probability_that_is_none_is_nonsense(stub: Stub, wrong: object) -> None:
    stub.top = {"A": wrong}  # type: ignore[dict-item]
    with pytest.raises(ModelFailed, match="does not answer as"):
        open_driver(stub.model(), HERE).option_log_probabilities(prompt(), ("A", "B"))


def test_a_key_is_sent_and_kept_nowhere(stub: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUB_KEY", "sk-secret-1")
    file = tmp_path / "key"
    file.write_text("sk-secret-2\n")
    (answer,) = answered(stub, key_env="STUB_KEY")
    answered(stub, key_file=str(file))
    assert stub.keys == ["Bearer sk-secret-1", "Bearer sk-secret-2"]
    driver = open_driver(stub.model(key_env="STUB_KEY"), HERE)
    assert "secret" not in answer.model_dump_json() + driver.describe().model_dump_json() + repr(driver)
    stub.texts = ("you sent sk-secret-1 to me",)
    with pytest.raises(ModelFailed, match="repeats the key") as failed:
        answered(stub, key_env="STUB_KEY")
    assert "secret" not in str(failed.value)


@pytest.mark.parametrize("key", ['sk-"quoted\\', "sk-plain"])
@pytest.mark.parametrize("where", ["texts", "named", "system"])
def test_no_answer_brings_the_key_whatever_is_in_it_and_wherever_it_stands(
    stub: Stub, monkeypatch: pytest.MonkeyPatch, key: str, where: str
) -> None:
    monkeypatch.setenv("STUB_KEY", key)
    setattr(stub, where, (f"you sent {key}",) if where == "texts" else f"model {key}")
    with pytest.raises(ModelFailed, match="repeats the key"):
        answered(stub, key_env="STUB_KEY")
    if where != "texts":
        with pytest.raises(ModelFailed, match="repeats the key"):
            open_driver(stub.model(key_env="STUB_KEY"), HERE).option_log_probabilities(prompt(), ("A", "B"))


def test_a_key_that_is_missing_is_said_without_it(stub: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUB_KEY", "bad\nkey")
    for options, why in (
        ({"key_env": "NO_SUCH_KEY"}, "no key in NO_SUCH_KEY"),
        ({"key_file": str(tmp_path / "none")}, "no key in the file"),
        ({"key_env": "STUB_KEY"}, "characters that no key has"),
    ):
        with pytest.raises(ModelFailed, match=why):
            open_driver(stub.model(**options), HERE)


@pytest.mark.parametrize(
    ("place", "options", "why"),
    [
        ("http://models.example/v1", {}, "is not this machine"),
        ("https://127.0.0.1.example/v1", {}, "is not this machine"),
        ("https://sub.named.example/v1", {}, "is not this machine"),
        ("http://169.254.169.254/v1", {}, "is not this machine"),
        ("http://named.example/v1", {"key_env": "K"}, "in clear"),
        ("https://user:word@named.example/v1", {}, "more than host and path"),
        ("https://named.example/v1?key=x", {}, "more than host and path"),
        ("file:///etc/passwd", {}, "is named as"),
        ("http://[", {}, "is named as"),
        ("http://127.0.0.1:99999/v1", {}, "is named as"),
        (None, {}, "takes the address"),
        ("http://127.0.0.1/v1", {"key_env": "K", "key_file": "f"}, "not from both"),
    ],
)
def test_texts_go_to_this_machine_and_named_hosts_alone(place: str, options: dict[str, str], why: str) -> None:
    model = NewModel(name="x", driver="openai", place=place, options=ModelOptions(**options))
    with pytest.raises(BadInput, match=why):
        open_driver(model, Surroundings(("named.example",)))


@pytest.mark.parametrize("place", ["http://localhost:1/v1", "http://[::1]:1/v1", "https://Named.Example/v1"])
def test_those_it_takes(place: str) -> None:
    model = NewModel(name="x", driver="openai", place=place)
    assert open_driver(model, Surroundings(("named.example",))).describe().endpoint == place


def test_no_proxy_of_the_environment_is_asked(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert answered(stub)[0].finish_reason == "stop"


def test_no_driver_drafts_nothing() -> None:
    driver = open_driver(NewModel(name="x", driver="none"), HERE)
    assert driver.describe() == Provenance(driver="none")
    assert driver.option_log_probabilities(prompt(), ("A",)) is None
    with pytest.raises(ModelFailed, match="drafts nothing"):
        driver.generate([prompt()], SAMPLING, lambda: False)
    with pytest.raises(BadInput, match="there is no llama; there are none, openai, transformers"):
        open_driver(NewModel(name="x", driver="llama"), HERE)
