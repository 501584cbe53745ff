"""Where a draft came from: model, prompt, sampling, and all that is needed to make it again."""

import hashlib
import json
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from cotlab.domain.model import Model
from cotlab.domain.text import Name, Text

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Completion(Model):
    """What a model answered. `finish_reason` is as the model says it, UNSAID or `cancelled`; tokens are None where
    unknown.
    """

    text: str
    finish_reason: str
    tokens: int | None = None
    prompt_tokens: int | None = None
    seconds: float
    answered_by: str | None = None
    fingerprint: str | None = None


class Sampling(Model):
    """How the next token is chosen; a temperature of 0 takes the most probable one."""

    temperature: Annotated[float, Field(ge=0, le=2)] = 0.8
    top_p: Annotated[float, Field(gt=0, le=1)] = 0.95
    max_tokens: Annotated[int, Field(ge=1, le=32_768)] = 512


class Message(Model):
    role: Literal["system", "user", "assistant"]
    content: Text


class Prompt(Model):
    """A chat that a model is to go on with. It has a seed of its own, so that a batch equals its prompts one by one."""

    messages: Annotated[tuple[Message, ...], Field(min_length=1)]
    seed: Annotated[int, Field(ge=0, lt=2**53)] = 0

    def digest(self) -> str:
        """SHA-256 (hex) of the messages."""
        said = json.dumps([message.model_dump() for message in self.messages], ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()


class Provenance(Model):
    """Where a draft came from; None where it is unknown.

    The first fields are of the driver, those from `prompt_sha256` on of one draft. `libraries` maps names to versions;
    `answered_by` and `fingerprint` are the model and system that an endpoint says it is.
    """

    driver: Name
    model: Name | None = None
    endpoint: str | None = None
    revision: str | None = None
    weights_sha256: Sha256 | None = None
    tokenizer_sha256: Sha256 | None = None
    template_sha256: Sha256 | None = None
    dtype: str | None = None
    libraries: dict[str, str] | None = None
    threads: int | None = None
    prompt_sha256: Sha256 | None = None
    sampling: Sampling | None = None
    seed: int | None = None
    finish_reason: str | None = None
    tokens: int | None = None
    answered_by: str | None = None
    fingerprint: str | None = None

    def of(self, prompt: Prompt, sampling: Sampling, completion: Completion) -> "Provenance":
        """The provenance of one completion."""
        return self.model_copy(update={
            "prompt_sha256": prompt.digest(), "sampling": sampling, "seed": prompt.seed,
            "finish_reason": completion.finish_reason, "tokens": completion.tokens,
            "answered_by": completion.answered_by, "fingerprint": completion.fingerprint,
        })  # fmt: skip


class DraftedFrom(Model):
    """The draft that a trace of the pool was: with all that is known of where it came from. `edited`: a person changed
    it before it entered.
    """

    draft: Name
    kind: Name
    model: Name
    edited: bool = False
    provenance: Provenance
