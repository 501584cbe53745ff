"""The driver of models on this machine: a random tiny model, and one that was trained on a planted rule."""

import hashlib
import math
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from cotlab.domain.drafts.requests import ModelOptions, NewModel
from cotlab.domain.errors import BadInput, ModelFailed
from cotlab.domain.provenance import Completion, Message, Prompt, Provenance, Sampling
from cotlab.drafting import open_driver
from cotlab.drafting.driver import Driver, Surroundings
from tests.drafting import tiny

pytestmark = [pytest.mark.model, pytest.mark.xdist_group("models"), pytest.mark.usefixtures("offline")]
HERE = Surroundings()
SAMPLING = Sampling(temperature=0.8, top_p=0.9, max_tokens=12)
LONG = "What is done with twelve loaves that nobody bought, and why? " * 6


def opened(folder: Path, name: str = "tiny", **options: Any) -> Driver:
    model = NewModel(name=name, driver="transformers", place=str(folder), options=ModelOptions(**options))
    return open_driver(model, HERE)


@pytest.fixture(scope="module")
def driver(tiny_model: Path) -> Driver:
    return opened(tiny_model)


@pytest.fixture(scope="module")
def ruled(trained_model: Path) -> Driver:
    return opened(trained_model)


def prompt(text: str = LONG, seed: int = 0, system: str = "Be brief.") -> Prompt:
    return Prompt(messages=(Message(role="system", content=system), Message(role="user", content=text)), seed=seed)


def answers(driver: Driver, *prompts: Prompt, sampling: Sampling = SAMPLING) -> list[Completion]:
    return list(driver.generate(prompts, sampling, lambda: False))


def texts(found: Sequence[Completion]) -> list[str]:
    return [one.text for one in found]


def scores(driver: Driver, prompt: Prompt, *options: str) -> list[float]:
    found = driver.option_log_probabilities(prompt, options)
    assert found is not None
    return found.log_probabilities


def test_the_provenance_says_all_that_there_is(tiny_model: Path, driver: Driver) -> None:
    asked = prompt(seed=5)
    (answer,) = answers(driver, asked)
    found = driver.describe().of(asked, SAMPLING, answer)
    of_endpoints = {"endpoint", "revision", "answered_by", "fingerprint"}
    assert {name for name, value in found.model_dump().items() if value is None} == of_endpoints
    assert found.weights_sha256 == hashlib.sha256((tiny_model / "model.safetensors").read_bytes()).hexdigest()
    names = ("tokenizer.json", "tokenizer_config.json")
    listed = [f"{hashlib.sha256((tiny_model / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    assert found.tokenizer_sha256 == hashlib.sha256("".join(listed).encode()).hexdigest()
    assert found.template_sha256 == hashlib.sha256(tiny.TEMPLATE.encode()).hexdigest()
    assert (found.driver, found.model, found.dtype) == ("transformers", "tiny", "float32")
    assert found.threads is not None and found.threads >= 1 and found.tokens == answer.tokens
    assert found.libraries is not None and found.libraries["torch"] == version("torch")
    assert {"transformers", "tokenizers", "safetensors", "cotlab"} < found.libraries.keys()
    assert Provenance.model_validate_json(found.model_dump_json()) == found
    assert opened(tiny_model, model="theirs").describe().model == "theirs"


def test_seeds_repeat_and_differ_and_zero_temperature_has_none(driver: Driver) -> None:
    first, again, other = answers(driver, prompt(seed=1), prompt(seed=1), prompt(seed=2))
    assert first.text == again.text != other.text
    assert first.tokens == 12 and first.finish_reason == "length" and first.seconds > 0
    greedy = Sampling(temperature=0, top_p=0.9, max_tokens=12)
    assert len(set(texts(answers(driver, prompt(seed=1), prompt(seed=2), sampling=greedy)))) == 1


def test_a_prompt_has_its_answer_whatever_is_beside_it(tiny_model: Path, driver: Driver) -> None:
    """Also to the last bit of a probability, though what prompts share is read once."""
    asked = [prompt(LONG[:size], seed) for seed, size in enumerate((300, 310, 90, 300, 64, 128))]
    together = answers(driver, *asked)
    assert texts(together) == [texts(answers(driver, one))[0] for one in reversed(asked)][::-1]
    fresh = opened(tiny_model)
    assert texts(answers(fresh, asked[1])) == [together[1].text]
    assert [scores(driver, one, "A", "no") for one in asked] == [
        scores(opened(tiny_model), one, "A", "no") for one in asked
    ]


def test_what_an_option_gets_does_not_hang_on_what_else_is_asked(driver: Driver) -> None:
    options = ("correct", "A", "incomplete", "B", "é")
    whole = dict(zip(options, scores(driver, prompt(), *options), strict=True))
    for start in range(len(options)):
        turned = options[start:] + options[:start]
        assert scores(driver, prompt(), *turned) == [whole[one] for one in turned]
    answers(driver, prompt(LONG[:100]))
    assert [scores(driver, prompt(), one)[0] for one in options] == [*whole.values()]


@pytest.mark.parametrize("size", [1, 30, 50, 200])
def test_they_are_those_of_the_network_itself(tiny_model: Path, driver: Driver, size: int) -> None:
    """Worked out without a cache: the mean over an option's tokens, each after those before it."""
    import torch
    from transformers import AutoModelForCausalLM

    network = AutoModelForCausalLM.from_pretrained(tiny_model)
    before = tiny.tokenizer()(f"S: Be brief.\nU: {LONG[:size]}\nA:")["input_ids"]
    for option, found in zip(("A", "wrong"), scores(driver, prompt(LONG[:size]), "A", "wrong"), strict=True):
        coded = tiny.tokenizer()(option, add_special_tokens=False)["input_ids"]
        with torch.inference_mode():
            logs = network(torch.tensor([before + coded])).logits[0].log_softmax(-1)
        each = [float(logs[len(before) - 1 + place, token]) for place, token in enumerate(coded)]
        assert found == pytest.approx(sum(each) / len(each), abs=1e-4)


def test_options_of_the_same_tokens_are_refused(driver: Driver) -> None:
    for options in (("A", "B", "A"), ("A", "")):
        with pytest.raises(BadInput, match="same tokens to this model, or one is empty"):
            driver.option_log_probabilities(prompt(), options)


def test_a_planted_rule_is_read_off_the_right_place(ruled: Driver) -> None:
    """A label that is swapped, or a token that is read one place too early or late, turns this red."""
    for last, answer in tiny.RULE.items():
        for text in ("3 is d", "5 u 7 ", LONG[:45], LONG[:120]):
            asked = prompt(text + last)
            (found,) = answers(ruled, asked, sampling=Sampling(temperature=0, max_tokens=20))
            assert (found.text, found.finish_reason, found.tokens) == (answer, "stop", len(answer) + 1)
            by_option = dict(zip(tiny.RULE.values(), scores(ruled, asked, *tiny.RULE.values()), strict=True))
            assert by_option[answer] > -0.1 and max(by_option, key=by_option.__getitem__) == answer
            letters = dict(zip("uds", scores(ruled, asked, *"uds"), strict=True))
            assert math.exp(letters.pop(answer[0])) > 0.8 and math.exp(max(letters.values())) < 0.2


def test_sampling_draws_with_the_probabilities_of_the_network(driver: Driver) -> None:
    asked, sampling = "Say a", Sampling(temperature=1, top_p=1, max_tokens=1)
    drawn = texts(answers(driver, *(prompt(asked, seed) for seed in range(600)), sampling=sampling))
    ascii_letters = [chr(code) for code in range(33, 127)]
    expected = dict(zip(ascii_letters, map(math.exp, scores(driver, prompt(asked), *ascii_letters)), strict=True))
    likely = sorted(expected, key=expected.__getitem__)[-47:]
    share, mass = sum(text in likely for text in drawn) / len(drawn), sum(expected[one] for one in likely)
    assert abs(share - mass) < 4 * math.sqrt(mass * (1 - mass) / len(drawn))


@pytest.mark.parametrize("looks", [0, 1, 6])
def test_cancelling_ends_an_answer_within_a_token_and_those_after_it(driver: Driver, looks: int) -> None:
    seen = iter(range(10_000))
    long = Sampling(max_tokens=500)
    found = list(driver.generate([prompt("go"), prompt("on")], long, lambda: next(seen) >= looks))
    assert [one.finish_reason for one in found] == ["cancelled"] and found[0].tokens == looks + 1
    assert next(seen) == looks + 1


def test_so_does_cancelling_while_a_prompt_is_read(tiny_model: Path) -> None:
    driver, seen = opened(tiny_model), iter(range(10_000))
    (found,) = driver.generate([prompt()], SAMPLING, lambda: next(seen) >= 2)
    assert (found.finish_reason, found.text, found.tokens) == ("cancelled", "", 0) and next(seen) < 5
    assert texts(answers(driver, prompt())) == texts(answers(opened(tiny_model), prompt()))


def test_an_error_in_between_leaves_nothing_half_read(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    driver = opened(tiny_model)
    network: Any = driver._network  # type: ignore[attr-defined]
    expected, layer = texts(answers(driver, prompt())), network.model.layers[1]
    whole: Callable[..., Any] = type(layer).forward

    def fail(*_: Any, **__: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr(type(layer), "forward", lambda self, *a, **k: (fail if self is layer else whole)(self, *a, **k))
    with pytest.raises(MemoryError):
        answers(driver, prompt(LONG + LONG))
    monkeypatch.undo()
    assert texts(answers(driver, prompt())) == expected


def test_a_prompt_longer_than_the_context_is_one_sentence(driver: Driver) -> None:
    most = tiny.CONTEXT - len("S: Be brief.\nU: \nA:") - 1
    with pytest.raises(ModelFailed) as failed:
        answers(driver, prompt("x" * most))
    assert failed.value.sentence == "The prompt is longer than the context of tiny (2048 of 2048 tokens)."
    with pytest.raises(ModelFailed, match="longer than the context"):
        driver.option_log_probabilities(prompt("x" * 5_000), ("A", "B"))
    (found,) = answers(driver, prompt("x" * (most - 2)))
    assert (found.tokens, found.finish_reason) == (2, "length")


def test_a_files_hash_is_held_against_what_was_added(tiny_model: Path, tmp_path: Path) -> None:
    from cotlab.domain.drafts.requests import KnownModel
    from cotlab.drafting import fingerprint

    folder = tiny.saved(tmp_path / "model")
    named = NewModel(name="tiny", driver="transformers", place=str(folder))
    sha256 = fingerprint(named, HERE)
    assert {"model.safetensors", "config.json", "tokenizer.json", "chat_template.jinja"} <= sha256.keys()
    known = KnownModel(**named.model_dump(), id="m", sha256=sha256, added_at=1, added_by="host")
    open_driver(known, HERE)
    with (folder / "chat_template.jinja").open("a") as file:
        file.write(" ")
    with pytest.raises(ModelFailed, match=r"chat_template.jinja of tiny is not the file that was added"):
        open_driver(known, HERE)
    (folder / "chat_template.jinja").unlink()
    with pytest.raises(ModelFailed, match="is not the file that was added"):
        open_driver(known, HERE)
