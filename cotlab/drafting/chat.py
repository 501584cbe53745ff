"""Chat completions, asked of an endpoint."""

import asyncio
import json
import math
import re
import ssl
import time
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from typing import Any, TypeVar

import httpx

from cotlab import __version__
from cotlab.domain.drafts.requests import UNSAID, NewModel
from cotlab.domain.errors import BadInput, ModelFailed
from cotlab.domain.provenance import Completion, Prompt, Provenance, Sampling
from cotlab.domain.text import storable
from cotlab.drafting.driver import Cancelled, Scores, never
from cotlab.drafting.endpoint import host_of, key_of

T = TypeVar("T")
POLL = 0.05
"""Seconds between two looks at whether an answer is still wanted, while none comes."""
MOST_BYTES = 8_000_000
"""Of one answer."""
TOP = 20
"""Tokens whose log-probabilities are asked for; endpoints give no more."""
TOO_LONG = re.compile(rb"context.?(?:length|size|window)|maximum (?:model )?length", re.IGNORECASE)
"""What servers say of a prompt that does not fit: vLLM and others the first two, llama.cpp `exceed_context_size`."""
CONNECT = 10.0
"""Seconds."""


@dataclass(slots=True)
class _Answer:
    """An answer while it comes."""

    parts: list[str] = field(default_factory=list)
    finish_reason: str | None = None
    tokens: int | None = None
    prompt_tokens: int | None = None
    answered_by: str | None = None
    fingerprint: str | None = None

    def take(self, chunk: Any, part: str = "delta") -> None:
        """Its text stands in `part`. Raises KeyError, TypeError, IndexError or ValueError for nonsense."""
        self.answered_by = _text_or_none(chunk.get("model")) or self.answered_by
        self.fingerprint = _text_or_none(chunk.get("system_fingerprint")) or self.fingerprint
        usage = chunk.get("usage")
        if usage is not None:
            self.tokens, self.prompt_tokens = _count(usage, "completion_tokens"), _count(usage, "prompt_tokens")
        if not chunk["choices"]:
            return
        choice = chunk["choices"][0]
        content = choice[part].get("content")
        if content is not None:
            self.parts.append(storable(_text(content)))
        if choice.get("finish_reason") not in (None, ""):
            self.finish_reason = _text(choice["finish_reason"])

    def completion(self, seconds: float) -> Completion:
        return Completion(
            text="".join(self.parts), finish_reason=self.finish_reason or "cancelled", tokens=self.tokens,
            prompt_tokens=self.prompt_tokens, seconds=seconds, answered_by=self.answered_by,
            fingerprint=self.fingerprint,
        )  # fmt: skip


class _NotTaken(ModelFailed):
    """The endpoint refuses what was asked, which may be a field that it does not know."""


class Endpoint:
    """See the protocol Driver."""

    def __init__(self, model: NewModel) -> None:
        self._place = str(model.place).rstrip("/")
        self._host, self._name = host_of(self._place), model.options.model or model.name
        self._timeout, self._key = model.options.timeout, key_of(model.options)

    def describe(self) -> Provenance:
        libraries = {"httpx": version("httpx"), "cotlab": __version__}
        return Provenance(driver="openai", model=self._name, endpoint=self._place, libraries=libraries)

    def generate(self, prompts: Sequence[Prompt], sampling: Sampling, cancelled: Cancelled) -> Iterator[Completion]:
        for prompt in prompts:
            began, answer = time.monotonic(), _Answer()
            asked = self._asked(prompt, sampling) | {"stream": True, "stream_options": {"include_usage": True}}
            done = asyncio.run(_unless(cancelled, self._in_time(self._stream(asked, answer, cancelled)))) is not None
            completion = answer.completion(time.monotonic() - began)
            self._refuse_key(completion)
            yield completion if done else completion.model_copy(update={"finish_reason": "cancelled"})
            if not done or completion.finish_reason == "cancelled":
                return

    def option_log_probabilities(
        self, prompt: Prompt, options: Sequence[str], cancelled: Cancelled = never
    ) -> Scores | None:
        """Read off the most probable tokens of an answer's start, so that an option is its first token.

        Letters and single words are tokens of their own mostly; of longer options the log-probability is that of a
        token that equals the option, and -inf where there is none.
        """
        words = [option.strip() for option in options]
        if len(set(words)) != len(words):
            raise BadInput("options: two of them cannot be told apart")
        sampling = Sampling(temperature=0, top_p=1, max_tokens=1)
        asked = self._asked(prompt, sampling) | {"logprobs": True, "top_logprobs": TOP}
        began, answer = time.monotonic(), _Answer()
        try:
            body: Any = asyncio.run(_unless(cancelled, self._in_time(self._whole(asked))))
        except _NotTaken:
            return None
        if body is None and cancelled():
            return None
        try:
            answer.take(body, "message")
            first = (body["choices"][0].get("logprobs") or {}).get("content")
            if not first or not first[0].get("top_logprobs"):
                return None
            found = [(str(one["token"]).strip(), _log_probability(one)) for one in first[0]["top_logprobs"]]
        except (KeyError, TypeError, IndexError, AttributeError, ValueError):
            raise self._nonsense() from None
        completion = answer.completion(time.monotonic() - began)
        self._refuse_key(completion)
        scores = [_sum(probability for token, probability in found if token == word) for word in words]
        return Scores(scores, completion, sampling)

    def _asked(self, prompt: Prompt, sampling: Sampling) -> dict[str, Any]:
        messages = [message.model_dump() for message in prompt.messages]
        return {"model": self._name, "messages": messages, "seed": prompt.seed, **sampling.model_dump()}

    async def _in_time(self, work: Coroutine[Any, Any, T]) -> T:
        """What `work` brings, where it comes in time. Raises ModelFailed, never with what the endpoint said."""
        try:
            async with asyncio.timeout(self._timeout):
                return await work
        except TimeoutError:
            raise ModelFailed(f"{self._host} did not answer within {self._timeout:g} seconds.") from None
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise ModelFailed(f"{self._host} cannot be reached.") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ModelFailed(f"The answer of {self._host} broke off ({type(error).__name__}).") from None

    async def _stream(self, asked: dict[str, Any], answer: _Answer, cancelled: Cancelled) -> _Answer | None:
        async for line in self._lines(asked):
            if cancelled():
                return None
            if not line.startswith(b"data:"):
                continue
            data = line[len(b"data:") :].strip()
            if data == b"[DONE]":
                answer.finish_reason = answer.finish_reason or UNSAID
                break
            try:
                answer.take(json.loads(data))
            except (ValueError, RecursionError, KeyError, TypeError, IndexError, AttributeError):
                raise self._nonsense() from None
        if answer.finish_reason is None:
            raise ModelFailed(f"The answer of {self._host} broke off before its end.")
        return answer

    async def _whole(self, asked: dict[str, Any]) -> Any:
        try:
            return json.loads(b"\n".join([line async for line in self._lines(asked)]))
        except (ValueError, RecursionError):
            raise self._nonsense() from None

    async def _lines(self, asked: dict[str, Any]) -> AsyncIterator[bytes]:
        """The lines of an answer. No proxy is asked and no redirection followed: texts go to the named host alone."""
        headers = {} if self._key is None else {"Authorization": f"Bearer {self._key}"}
        timeout = httpx.Timeout(self._timeout, connect=min(CONNECT, self._timeout))
        url, rest, read = f"{self._place}/chat/completions", b"", 0
        async with (
            httpx.AsyncClient(headers=headers, timeout=timeout, trust_env=False, verify=_certificates()) as client,
            client.stream("POST", url, json=asked) as response,
        ):
            if response.status_code != 200:
                raise await self._refusal(response)
            async for piece in response.aiter_bytes():
                read += len(piece)
                if read > MOST_BYTES:
                    raise ModelFailed(f"The answer of {self._host} is longer than {MOST_BYTES:,} bytes.")
                *lines, rest = (rest + piece).split(b"\n")
                for line in lines:
                    yield line
            if rest:
                yield rest

    async def _refusal(self, response: httpx.Response) -> ModelFailed:
        """What a status says; of the body it is looked at only whether the prompt was too long."""
        said, status = b"", response.status_code
        async for piece in response.aiter_bytes():
            said += piece
            if len(said) > 10_000:
                break
        if status in (400, 413, 422) and TOO_LONG.search(said):
            return ModelFailed(f"The prompt is longer than the context of {self._name}.")
        if status in (401, 403):
            return ModelFailed(f"{self._host} refuses the key, or asks for one ({status}).")
        if status == 404:
            return ModelFailed(f"{self._host} knows no model {self._name} at this address (404).")
        kind = _NotTaken if status in (400, 422) else ModelFailed
        return kind(f"{self._host} answered {status}.")

    def _refuse_key(self, answer: Completion) -> None:
        """An endpoint that repeats the key must not bring it into the database."""
        said = (answer.text, answer.finish_reason, answer.answered_by or "", answer.fingerprint or "")
        if self._key is not None and any(self._key in one for one in said):
            raise ModelFailed(f"{self._host} repeats the key in its answer, which is not kept.")

    def _nonsense(self) -> ModelFailed:
        return ModelFailed(f"{self._host} does not answer as an OpenAI-compatible endpoint does.")


@cache
def _certificates() -> ssl.SSLContext:
    """Read once: it takes ten times as long as all else that a call costs here."""
    return httpx.create_ssl_context(trust_env=False)


async def _unless(cancelled: Cancelled, work: Coroutine[Any, Any, T]) -> T | None:
    """What `work` brings, or None; it is stopped once `cancelled` says so, also while nothing comes."""
    task = asyncio.create_task(work)
    while not task.done():
        await asyncio.wait({task}, timeout=POLL)
        if not task.done() and cancelled():
            task.cancel()
            await asyncio.wait({task})
            if task.cancelled():
                return None
    return await task


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _text_or_none(value: Any) -> str | None:
    return None if value is None else storable(_text(value))[:200]


def _count(usage: Any, name: str) -> int | None:
    value = usage.get(name)
    return value if isinstance(value, int) and 0 <= value < 2**53 else None


def _log_probability(one: Any) -> float:
    value = float(one["logprob"])
    if math.isnan(value) or value > 1e-6:
        raise ValueError(value)
    return min(value, 0.0)


def _sum(logarithms: Iterator[float]) -> float:
    """The logarithm of a sum of probabilities: ` A` and `A` are one option."""
    total = math.fsum(math.exp(one) for one in logarithms)
    return math.log(min(total, 1.0)) if total > 0 else -math.inf
