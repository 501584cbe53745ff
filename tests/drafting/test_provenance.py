"""Which fields of provenance are unknown: for each kind of drafts, by an endpoint and by a model on this machine."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cotlab import __version__
from cotlab.domain.drafts.requests import NewModel
from cotlab.domain.provenance import Prompt, Provenance, Sampling
from cotlab.drafting import open_driver
from cotlab.drafting.driver import Driver, Surroundings, never
from cotlab.drafting.kinds import KINDS, Judging, Work, altered_step, alternatives, kind_named, path, rationale
from tests.drafting.endpoint import Stub, serving

LABELS = (("correct", "it holds"), ("incorrect", "it is false"))
WORK = Work(
    "What is 2 + 3?", ("2 is given", "3 is given"), 2, 4, Sampling(temperature=0, max_tokens=12), step="3 is given",
    label="correct", judging=Judging("steps 1.0", "RULES", LABELS, answers=1, responses=("it is 5", "5")),
)  # fmt: skip
OF_WEIGHTS = {"revision", "weights_sha256", "tokenizer_sha256", "template_sha256", "dtype", "threads"}
OF_AN_ENDPOINT = {"endpoint", "answered_by", "fingerprint"}
NOT_SAMPLED = {"sampling", "finish_reason", "tokens"}
NAMES = [kind.name for kind in KINDS]
OPINIONS = ("label_opinion", "pair_opinion")


@pytest.fixture(scope="module")
def stub() -> Iterator[Stub]:
    with serving(Stub(texts=("Answer it.",))) as stub:
        yield stub


def drafted(driver: Driver, kind: str) -> Provenance:
    (found,) = kind_named(kind).draft(driver, WORK, [1], never)
    return found.provenance


def unknown(found: Provenance) -> set[str]:
    return {name for name, value in found if value is None}


def test_there_is_no_other_field() -> None:
    known = {"driver", "model", "libraries", "prompt_sha256", "seed"}
    assert {*Provenance.model_fields} == known | OF_WEIGHTS | OF_AN_ENDPOINT | NOT_SAMPLED


@pytest.mark.parametrize("kind", NAMES)
def test_an_endpoint_does_not_tell_of_weights_and_all_else_is_known(stub: Stub, kind: str) -> None:
    found = drafted(open_driver(stub.model(), Surroundings()), kind)
    assert unknown(found) == OF_WEIGHTS
    assert (found.answered_by, found.fingerprint) == ("stub-1", "fp")
    assert (found.libraries or {})["cotlab"] == __version__


def test_an_opinion_by_probabilities_has_the_sampling_and_the_tokens_of_all_that_was_asked(stub: Stub) -> None:
    found = drafted(open_driver(stub.model(), Surroundings()), "label_opinion")
    assert found.sampling == Sampling(temperature=0, top_p=1, max_tokens=1)
    assert (found.tokens, found.finish_reason) == (2, "length")


@pytest.mark.parametrize("kind", OPINIONS)
def test_so_has_one_by_votes(stub: Stub, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(stub, "fault", "no logprobs")
    monkeypatch.setattr(stub, "texts", ("A",))
    found = drafted(open_driver(stub.model(), Surroundings()), kind)
    assert unknown(found) == OF_WEIGHTS and found.sampling == Sampling(temperature=0, max_tokens=12)


@pytest.mark.model
@pytest.mark.xdist_group("models")
@pytest.mark.usefixtures("offline", "libraries")
@pytest.mark.parametrize("kind", NAMES)
def test_a_model_here_has_no_endpoint_and_its_opinions_are_not_sampled(trained_model: Path, kind: str) -> None:
    model = NewModel(name="tiny", driver="transformers", place=str(trained_model))
    found = drafted(open_driver(model, Surroundings()), kind)
    assert unknown(found) == {"revision"} | OF_AN_ENDPOINT | (NOT_SAMPLED if kind in OPINIONS else set())
    assert (found.libraries or {})["cotlab"] == __version__


@pytest.mark.parametrize(
    ("kind", "prompt"),
    [
        ("alternatives", alternatives.prompt),
        ("path", path.prompt),
        ("altered_step", altered_step.prompt),
        ("rationale", rationale.prompt),
    ],
)
def test_the_hash_is_that_of_the_prompt_as_the_same_version_makes_it_again(
    stub: Stub, kind: str, prompt: Callable[[Work, int], Prompt]
) -> None:
    found = drafted(open_driver(stub.model(), Surroundings()), kind)
    assert found.prompt_sha256 == prompt(WORK, 1).digest()
