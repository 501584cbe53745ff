"""Problems that are nearly the same: equal but for numbers, case and punctuation, or most word trigrams in common.

Two texts are near duplicates where the trigrams that they share are at least THRESHOLD of the shorter one's
(containment: Broder, 1997, "On the resemblance and containment of documents"). All such pairs are found, not a sample:
each text is kept in an index under its rarest trigrams alone, of which any text that contains enough of it must have
one (prefix filtering: Chaudhuri, Ganti & Kaushik, 2006). Of a text only hashes are kept.
"""

import re
import unicodedata
import zlib
from array import array
from collections.abc import Iterator
from hashlib import sha256

import numpy as np
import numpy.typing as npt

WORDS = 3
"""Words of an n-gram."""
THRESHOLD = 0.5
SHORTEST = 8
"""N-grams below which a text is a near duplicate only of its equal."""
RULE = (
    f"equal but for numbers, case and punctuation, or {THRESHOLD:.0%} of the shorter one's word {WORDS}-grams in common"
)
TOKEN = re.compile(r"\d+(?:[.,:/]\d+)*|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\d_]+|[-+*/=<>^%]")
NUMBER = "0"
BUCKETS = 2**20
"""Counters of how many texts an n-gram is in; two that share one only make the index less sharp."""

Hashes = npt.NDArray[np.uint32]
Places = npt.NDArray[np.int64]


def words(text: str) -> list[str]:
    """The words and signs of a text as they are compared: lower case, every number the same."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return [NUMBER if word[0].isdecimal() else word for word in TOKEN.findall(plain)]


def ngrams(said: list[str]) -> Hashes:
    """The distinct n-grams of some words as sorted hashes; of fewer words than one n-gram, all of them as one."""
    joined = (" ".join(said[start : start + WORDS]) for start in range(max(1, len(said) - WORDS + 1)))
    found = np.fromiter((zlib.crc32(one.encode()) for one in joined), dtype=np.uint32)
    return np.unique(found)


class Texts:
    """Distinct texts by the hashes of their n-grams. Texts that are equal as they are compared have one place."""

    def __init__(self) -> None:
        self._places: dict[bytes, int] = {}
        self._hashes, self._starts = array("I"), array("Q", [0])

    def __len__(self) -> int:
        return len(self._starts) - 1

    def add(self, text: str) -> int:
        """The place of a text, from 0. One without a word is compared as it stands."""
        said = words(text)
        key = sha256(" ".join(said).encode() if said else b"\x00" + text.encode()).digest()[:16]
        place = self._places.setdefault(key, len(self))
        if place == len(self):
            self._hashes.frombytes(ngrams(said).tobytes())
            self._starts.append(len(self._hashes))
        return place

    def keys(self) -> list[bytes]:
        """For each place what stands for its text, the same in every run."""
        return list(self._places)

    def of(self, place: int) -> Hashes:
        """The n-grams of a text, sorted."""
        start, stop = self._starts[place], self._starts[place + 1]
        return np.frombuffer(self._hashes, dtype=np.uint32)[start:stop]

    def all(self) -> Hashes:
        return np.frombuffer(self._hashes, dtype=np.uint32)


def pairs(texts: Texts) -> Iterator[tuple[int, Places]]:
    """Each place with the places of its near duplicates that are shorter, or as long and before it."""
    if not len(texts):
        return
    index = _Index(texts)
    for place in range(len(texts)):
        found = index.contained_in(place)
        if len(found):
            yield place, found


def groups(texts: Texts) -> Places:
    """For each place the lowest place of its group: near duplicates, and theirs, are one group."""
    parents = list(range(len(texts)))

    def root(place: int) -> int:
        while parents[place] != place:
            parents[place] = parents[parents[place]]
            place = parents[place]
        return place

    for place, found in pairs(texts):
        for other in found.tolist():
            one, two = sorted((root(place), root(other)))
            parents[two] = one
    return np.fromiter((root(place) for place in range(len(texts))), dtype=np.int64, count=len(texts))


class _Index:
    """Texts under their rarest n-grams."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        times = np.bincount(texts.all() % BUCKETS, minlength=BUCKETS)
        self._sizes = np.diff(np.frombuffer(texts._starts, dtype=np.uint64).astype(np.int64))
        entries = array("Q")
        for place in np.flatnonzero(self._sizes >= SHORTEST).tolist():
            found = texts.of(place)
            rarest = found[np.lexsort((found, times[found % BUCKETS]))][: _prefix(len(found))]
            entries.frombytes(((rarest.astype(np.uint64) << np.uint64(32)) | np.uint64(place)).tobytes())
        self._entries = np.frombuffer(entries, dtype=np.uint64)
        self._entries.sort()

    def contained_in(self, place: int) -> Places:
        size = int(self._sizes[place])
        if size < SHORTEST:
            return np.empty(0, dtype=np.int64)
        found = self._texts.of(place)
        low = found.astype(np.uint64) << np.uint64(32)
        starts = np.searchsorted(self._entries, low)
        stops = np.searchsorted(self._entries, low + np.uint64(2**32 - 1), side="right")
        if int((stops - starts).sum()) <= min(size, _prefix(size)):  # none but the text itself
            return np.empty(0, dtype=np.int64)
        slices = [self._entries[start:stop] for start, stop in zip(starts, stops, strict=True) if stop > start]
        others = np.unique((np.concatenate(slices) & np.uint64(2**32 - 1)).astype(np.int64))
        sizes = self._sizes[others]
        others = others[(sizes < size) | ((sizes == size) & (others < place))]
        kept = [other for other in others.tolist() if self._shared(found, other) >= _needed(int(self._sizes[other]))]
        return np.array(kept, dtype=np.int64)

    def _shared(self, found: Hashes, other: int) -> int:
        theirs = self._texts.of(other)
        at = np.searchsorted(found, theirs)
        at[at == len(found)] = 0
        return int(np.count_nonzero(found[at] == theirs))


def _needed(size: int) -> int:
    """How many n-grams of a text of that many another one must have."""
    return -int(-size * THRESHOLD // 1)


def _prefix(size: int) -> int:
    """Of a text of that many n-grams, how many of its rarest cannot all be missing in a near duplicate."""
    return size - _needed(size) + 1
