"""Problems that are nearly the same: equal but for numbers, case and punctuation, or most word trigrams in common.

What has few words, as a bare calculation, is what its numbers are, and is compared with them.

Two texts are near duplicates where the trigrams that they share are at least THRESHOLD of the shorter one's
(containment: Broder, 1997, "On the resemblance and containment of documents"). All such pairs are found, not a sample:
each text is kept in an index under its rarest trigrams alone, of which any text that contains enough of it must have
one (prefix filtering: Chaudhuri, Ganti & Kaushik, 2006). Of a text only hashes are kept.
"""

import re
import unicodedata
import zlib
from array import array
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import numpy.typing as npt

WORDS = 3
"""Words of an n-gram."""
THRESHOLD = 0.5
SHORTEST = 8
"""N-grams below which a text is a near duplicate only of its equal."""
FEWEST = 8
"""Words, signs and numbers not counted, below which numbers tell texts apart."""
RULE = (
    f"equal but for case, punctuation and, in a text of {FEWEST} words or more, numbers, or {THRESHOLD:.0%} of the"
    f" shorter one's word {WORDS}-grams in common"
)
TOKEN = re.compile(r"\d+(?:[.,:/]\d+)*|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\d_]+|[-+*/=<>^%]")
NUMBER = "0"
OWN = 1
"""The mark of texts that are grouped; other bits mark what they are compared with."""
HALF, LOW = np.uint64(32), np.uint64(2**32 - 1)
BUCKETS = 2**20
"""Counters of how many texts an n-gram is in; two that share one only make the index less sharp."""

Hashes = npt.NDArray[np.uint32]
Places = npt.NDArray[np.int64]


def words(text: str) -> list[str]:
    """The words and signs of a text as they are compared: lower case, every number the same where it has words."""
    found = TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())
    if sum(word.isalpha() for word in found) < FEWEST:
        return found
    return [NUMBER if word[0].isdecimal() else word for word in found]


def ngrams(said: list[str]) -> Hashes:
    """The distinct n-grams of some words as sorted hashes; of fewer words than one n-gram, all of them as one."""
    joined = (" ".join(said[start : start + WORDS]) for start in range(max(1, len(said) - WORDS + 1)))
    found = np.fromiter((zlib.crc32(one.encode()) for one in joined), dtype=np.uint32)
    return np.unique(found)


class Texts:
    """Distinct texts by the hashes of their n-grams. Texts that are equal as they are compared have one place.

    `marks` are, of each place, the bits under which its texts were added.
    """

    def __init__(self) -> None:
        self._places: dict[bytes, int] = {}
        self._hashes, self._starts, self._marks = array("I"), array("Q", [0]), array("H")

    def __len__(self) -> int:
        return len(self._marks)

    def add(self, text: str, mark: int = OWN) -> int:
        """The place of a text, from 0. One without a word is compared as it stands."""
        said = words(text)
        key = sha256(" ".join(said).encode() if said else b"\x00" + text.encode()).digest()[:16]
        place = self._places.setdefault(key, len(self))
        if place == len(self):
            self._hashes.frombytes(ngrams(said).tobytes())
            self._starts.append(len(self._hashes))
            self._marks.append(0)
        self._marks[place] |= mark
        return place

    def of(self, place: int) -> Hashes:
        """The n-grams of a text, sorted."""
        return self.all()[self._starts[place] : self._starts[place + 1]]

    def all(self) -> Hashes:
        return np.frombuffer(self._hashes, dtype=np.uint32)

    def sizes(self) -> Places:
        """How many n-grams each text has."""
        starts: Places = np.frombuffer(self._starts, dtype=np.uint64).astype(np.int64)
        return starts[1:] - starts[:-1]

    def marks(self) -> Places:
        return np.frombuffer(self._marks, dtype=np.uint16).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Linked:
    """Of each place: `group`, the lowest place of those that near duplicates lead to among what is marked OWN; and
    `near`, the marks of its near duplicates and its own.
    """

    group: Places
    near: Places


def link(texts: Texts) -> Linked:
    """Find the near duplicates of all texts. Those not marked OWN make no group, and lead from none to another."""
    marks = texts.marks()
    near, parents, index = marks.copy(), list(range(len(texts))), _Index(texts)
    own = (marks & OWN).astype(bool).tolist()

    def root(place: int) -> int:
        while parents[place] != place:
            parents[place] = parents[parents[place]]
            place = parents[place]
        return place

    for place in range(len(texts)):
        for other in index.candidates(place):
            both = own[place] and own[other]
            if not (own[place] or own[other]) or (both and root(place) == root(other) and marks[place] == marks[other]):
                continue
            if index.contains(place, other):
                near[place] |= marks[other]
                near[other] |= marks[place]
                if both:
                    one, two = sorted((root(place), root(other)))
                    parents[two] = one
    return Linked(np.fromiter(map(root, range(len(texts))), dtype=np.int64, count=len(texts)), near)


class _Index:
    """Texts under their rarest n-grams."""

    def __init__(self, texts: Texts) -> None:
        self._texts, self._sizes = texts, texts.sizes()
        times = np.bincount(texts.all() % BUCKETS, minlength=BUCKETS)
        entries = array("Q")
        for place in np.flatnonzero(self._sizes >= SHORTEST).tolist():
            found = texts.of(place)
            rarest = found[np.lexsort((found, times[found % BUCKETS]))][: _prefix(len(found))]
            entries.frombytes(((rarest.astype(np.uint64) << HALF) | np.uint64(place)).tobytes())
        self._entries = np.frombuffer(entries, dtype=np.uint64)
        self._entries.sort()

    def candidates(self, place: int) -> list[int]:
        """Shorter texts, or as long ones before it, that share one of their rarest n-grams with this one."""
        size = int(self._sizes[place])
        if size < SHORTEST:
            return []
        low = self._texts.of(place).astype(np.uint64) << HALF
        starts = np.searchsorted(self._entries, low)
        stops = np.searchsorted(self._entries, low | LOW, side="right")
        if int((stops - starts).sum()) <= _prefix(size):  # none but the text itself
            return []
        slices = [self._entries[start:stop] for start, stop in zip(starts, stops, strict=True) if stop > start]
        others = np.unique((np.concatenate(slices) & LOW).astype(np.int64))
        sizes = self._sizes[others]
        found: list[int] = others[(sizes < size) | ((sizes == size) & (others < place))].tolist()
        return found

    def contains(self, place: int, other: int) -> bool:
        """Whether a text has enough of the n-grams of a shorter one."""
        found, theirs = self._texts.of(place), self._texts.of(other)
        at = np.searchsorted(found, theirs)
        at[at == len(found)] = 0
        return int(np.count_nonzero(found[at] == theirs)) >= _needed(len(theirs))


def _needed(size: int) -> int:
    """How many n-grams of a text of that many another one must have."""
    return -int(-size * THRESHOLD // 1)


def _prefix(size: int) -> int:
    """Of a text of that many n-grams, how many of its rarest cannot all be missing in a near duplicate."""
    return size - _needed(size) + 1
