"""The driver of models on this machine."""

import hashlib
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from typing import Any

import torch
from transformers import GenerationConfig, LogitsProcessor, LogitsProcessorList, StoppingCriteria, StoppingCriteriaList
from transformers.generation import TemperatureLogitsWarper, TopPLogitsWarper

from cotlab import __version__
from cotlab.domain.drafts.requests import KnownModel, NewModel
from cotlab.domain.errors import BadInput, ModelFailed
from cotlab.domain.provenance import Completion, Prompt, Provenance, Sampling
from cotlab.drafting.driver import Cancelled, Scores, never
from cotlab.drafting.local.files import find, hashes, together
from cotlab.drafting.local.loading import DTYPE, context_of, load, threads, vocabulary_of
from cotlab.drafting.local.reading import Reader
from cotlab.drafting.local.room import check_room
from cotlab.drafting.local.template import encoded, template_of, tokens_of

NAMED = ("torch", "transformers", "tokenizers")


class Draw(LogitsProcessor):  # type: ignore[misc]
    """Makes the greatest score a draw from the distribution, with a generator of its own and no global state.

    Gumbel-max: the greatest of log p + G, with G = -log E and E of the exponential distribution, is drawn with p.
    """

    def __init__(self, seed: int) -> None:
        self._generator = torch.Generator().manual_seed(seed)

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        return scores - torch.empty_like(scores).exponential_(generator=self._generator).log()


class Unwanted(StoppingCriteria):  # type: ignore[misc]
    """Asks after each token whether the answer is still wanted."""

    def __init__(self, cancelled: Cancelled) -> None:
        self.cancelled, self.said = cancelled, False

    def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:
        self.said = self.said or self.cancelled()
        return torch.full((input_ids.shape[0],), self.said)


class LocalModel:
    """See the protocol Driver. Prompts are answered one by one, so that none depends on what is beside it."""

    def __init__(self, model: NewModel) -> None:
        files, self._name = find(str(model.place)), model.name
        check_room(self._name, files)
        found = hashes(files)
        _check_unchanged(model, found)
        used = threads()
        self._tokenizer, self._network = load(self._name, files)
        self._reader, self._context = Reader(self._network), context_of(self._network)
        self._vocabulary = vocabulary_of(self._network)
        self._about = Provenance(
            driver="transformers", model=model.options.model or model.name, revision=files.revision,
            weights_sha256=together(files.weights, found), tokenizer_sha256=together(files.tokenizer, found),
            template_sha256=hashlib.sha256(template_of(self._tokenizer).encode()).hexdigest(),
            dtype=str(DTYPE).removeprefix("torch."), threads=used,
            libraries={name: version(name) for name in (*NAMED, "gguf" if files.gguf else "safetensors")}
            | {"cotlab": __version__},
        )  # fmt: skip

    def describe(self) -> Provenance:
        return self._about

    def generate(self, prompts: Sequence[Prompt], sampling: Sampling, cancelled: Cancelled) -> Iterator[Completion]:
        for prompt in prompts:
            answer = self._answer(prompt, sampling, cancelled)
            yield answer
            if answer.finish_reason == "cancelled":
                return

    def _answer(self, prompt: Prompt, sampling: Sampling, cancelled: Cancelled) -> Completion:
        began, tokens, unwanted = time.monotonic(), self._tokens(prompt), Unwanted(cancelled)
        with torch.inference_mode(), self._reader.begun(tokens, cancelled) as cache:
            new = [] if cache is None else self._generated(tokens, cache, sampling, prompt.seed, unwanted)
        reason = "cancelled" if cache is None or unwanted.said else self._reason(new)
        return Completion(
            text=self._text(new), finish_reason=reason, tokens=len(new), prompt_tokens=len(tokens),
            seconds=time.monotonic() - began,
        )  # fmt: skip

    def _generated(self, tokens: list[int], cache: Any, sampling: Sampling, seed: int, unwanted: Unwanted) -> list[int]:
        most = sampling.max_tokens if self._context is None else min(sampling.max_tokens, self._context - len(tokens))
        ids = torch.tensor([tokens])
        made = self._network.generate(
            input_ids=ids, attention_mask=torch.ones_like(ids), cache=cache,
            generation_config=GenerationConfig(do_sample=False, max_new_tokens=most),
            logits_processor=LogitsProcessorList(_drawing(sampling, seed)),
            stopping_criteria=StoppingCriteriaList([unwanted]),
        )  # fmt: skip
        return [int(token) for token in made[0, len(tokens) :]]

    def option_log_probabilities(
        self, prompt: Prompt, options: Sequence[str], cancelled: Cancelled = never
    ) -> Scores | None:
        tokens = self._tokens(prompt)
        coded = [self._known(encoded(self._tokenizer, option)) for option in options]
        if not all(coded) or len({tuple(one) for one in coded}) != len(coded):
            raise BadInput("options: two of them are the same tokens to this model, or one is empty")
        with torch.inference_mode(), self._reader.begun(tokens, cancelled) as cache:
            if cache is None:
                return None
            first = self._reader.last(tokens[cache.get_seq_length() :], cache)
            return Scores([self._mean(first, one, cache) for one in coded])

    def _mean(self, first: Any, option: list[int], cache: Any) -> float:
        """Of the log-probabilities of an option's tokens, each after those before it."""
        total = float(first[option[0]])
        if len(option) > 1:
            after = self._reader.aside(option[:-1], cache)
            total += sum(float(after[place, token]) for place, token in enumerate(option[1:]))
        return total / len(option)

    def _tokens(self, prompt: Prompt) -> list[int]:
        tokens = self._known(tokens_of(self._tokenizer, prompt.messages))
        if self._context is not None and len(tokens) >= self._context:
            raise ModelFailed(
                f"The prompt is longer than the context of {self._name} ({len(tokens)} of {self._context} tokens)."
            )
        return tokens

    def _known(self, tokens: list[int]) -> list[int]:
        if max(tokens, default=0) >= self._vocabulary:
            raise ModelFailed(f"The tokenizer of {self._name} has tokens that its weights lack.")
        return tokens

    def _reason(self, new: list[int]) -> str:
        ends = self._network.generation_config.eos_token_id or ()
        return "stop" if new and new[-1] in ends else "length"

    def _text(self, new: list[int]) -> str:
        return str(self._tokenizer.decode(new, skip_special_tokens=True, clean_up_tokenization_spaces=False))


def _drawing(sampling: Sampling, seed: int) -> list[LogitsProcessor]:
    """What is done to scores before the greatest is taken: nothing at a temperature of 0."""
    if sampling.temperature == 0:
        return []
    return [TemperatureLogitsWarper(sampling.temperature), TopPLogitsWarper(sampling.top_p), Draw(seed)]


def _check_unchanged(model: NewModel, found: dict[str, str]) -> None:
    """Raise ModelFailed where a file is not the one that was made known."""
    known = model.sha256 if isinstance(model, KnownModel) else {}
    changed = sorted(name for name in known.keys() | found.keys() if known.get(name) != found.get(name))
    if known and changed:
        raise ModelFailed(f"{changed[0]} of {model.name} is not the file that was added; remove and add the model.")
