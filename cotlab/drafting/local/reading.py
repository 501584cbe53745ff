"""Prompts read by a network, each token once: what a prompt shares with the one before it is kept."""

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from inspect import signature
from itertools import takewhile
from typing import Any

import torch
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer

from cotlab.drafting.driver import Cancelled

BLOCK = 64
"""Tokens that are read at once.

Blocks always begin at a multiple of this, so that a sum is worked out in the same order whether its beginning was kept
or is read anew: the bits of an answer do not depend on what was asked before it.
"""


class Reader:
    """Keeps the blocks of the last prompt. One thread uses it."""

    def __init__(self, network: Any) -> None:
        self._network = network
        self._last = {"logits_to_keep": 1} if "logits_to_keep" in signature(network.forward).parameters else {}
        self._croppable = all(type(layer) is DynamicLayer for layer in self._fresh().layers)
        self._cache, self._kept = self._fresh(), list[int]()

    @contextmanager
    def begun(self, tokens: Sequence[int], cancelled: Cancelled) -> Iterator[Any]:
        """A cache that holds the whole blocks before the last token; None where it was cancelled.

        An error in between leaves nothing that is half read.
        """
        whole = (len(tokens) - 1) // BLOCK * BLOCK
        cache, kept = self._shared(tokens[:whole])
        self._cache, self._kept = self._fresh(), []
        while len(kept) < whole and not cancelled():
            block = tokens[len(kept) : len(kept) + BLOCK]
            self._network(input_ids=torch.tensor([block]), cache=cache, use_cache=True, **self._last)
            kept += block
        yield cache if len(kept) == whole else None
        self._cache, self._kept = cache, kept

    def last(self, tokens: Sequence[int], cache: Any) -> Any:
        """The log-probabilities (vocabulary) of what follows tokens, which the cache then holds too."""
        return self._read(tokens, cache, **self._last)[-1]

    def aside(self, tokens: Sequence[int], cache: Any) -> Any:
        """The log-probabilities (tokens x vocabulary) of what follows each token; the cache holds what it held."""
        if not self._croppable:
            return self._read(tokens, copy.deepcopy(cache))
        found = self._read(tokens, cache)
        cache.crop(-len(tokens))
        return found

    def _read(self, tokens: Sequence[int], cache: Any, **more: int) -> Any:
        logits = self._network(input_ids=torch.tensor([[*tokens]]), cache=cache, use_cache=True, **more).logits[0]
        return logits.float().log_softmax(dim=-1)

    def _shared(self, tokens: Sequence[int]) -> tuple[Any, list[int]]:
        """The cache of the last prompt, and what it holds, down to the blocks that these tokens begin with too."""
        alike = sum(1 for _ in takewhile(lambda two: two[0] == two[1], zip(self._kept, tokens, strict=False)))
        kept = alike // BLOCK * BLOCK
        if not kept or not self._croppable:
            return self._fresh(), []
        self._cache.crop(kept - self._cache.get_seq_length())
        return self._cache, self._kept[:kept]

    def _fresh(self) -> Any:
        return DynamicCache(config=self._network.config)
