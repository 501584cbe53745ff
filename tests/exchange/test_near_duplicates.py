"""Which problems are near duplicates: found all of them, and nothing else, whatever the order."""

import json
import os
import random
import re
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotlab.exchange.near_duplicates import FEWEST, OWN, SHORTEST, THRESHOLD, Texts, link, ngrams, words

TOM = "Tom buys 3 apples and 4 pears in the shop on Monday. How many pieces of fruit does he have in all?"
OTHER = "A train leaves Paris at 9 o'clock and drives 300 km to Lyon at 120 km/h. When does it arrive there?"


def groups(*texts: str) -> list[int]:
    """The group of each text, by the first one in it."""
    kept = Texts()
    places = [kept.add(text) for text in texts]
    group = link(kept).group.tolist()
    return [next(at for at, other in enumerate(places) if group[other] == group[place]) for place in places]


@pytest.mark.parametrize(
    "text",
    [
        TOM.replace("3", "17").replace("4", "1,250"),
        TOM.upper(),
        TOM.replace(".", " !").replace(" ", "  "),
        TOM.replace("Tom", "Ana").replace("pears", "plums"),
        f"Read this with care and give one number. {TOM}",
        "How many pieces of fruit does he have in all? Tom buys 3 apples and 4 pears in the shop on Monday.",
        TOM.partition(". ")[0] + " with his sister, after school. How many pieces of fruit does he have in all?",
    ],
)
def test_changed_a_little_it_is_a_near_duplicate(text: str) -> None:
    assert groups(TOM, OTHER, text) == [0, 1, 0]
    assert groups(text, OTHER, TOM) == [0, 1, 0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Compute 3 + 4.", "Compute 3 - 4."),
        ("(3 + 4 * 2) - (1 + 8) =", "(5 + 7 * 2) - (6 + 8) ="),
        ("", " "),
        ("Why?", "Why not?"),
        ("?!", "!?"),
        (TOM, OTHER),
    ],
)
def test_others_are_not(one: str, other: str) -> None:
    assert groups(one, other) == [0, 1]


def test_numbers_tell_texts_apart_below_so_many_words() -> None:
    said = ["so", "much", "for", "each", "of", "the", "pears", "here"]
    assert len(said) == FEWEST
    assert groups(" ".join(["3", *said]), " ".join(["4", *said])) == [0, 0]
    assert groups(" ".join(["3", *said[1:]]), " ".join(["4", *said[1:]])) == [0, 1]


def test_a_near_duplicate_of_a_near_duplicate_is_in_the_group() -> None:
    parts = [" ".join(f"{letter}{word}" for word in "abcdefgh") for letter in "vwxyz"]
    chain = [" ".join(parts[at : at + 3]) for at in range(3)]
    assert groups(chain[0], chain[2]) == [0, 1] and groups(*chain) == [0, 0, 0]


def test_what_is_only_compared_makes_no_group() -> None:
    kept = Texts()
    for text, mark in ((TOM, OWN), (OTHER, OWN), (TOM.replace("Tom", "Ana"), OWN << 1), (OTHER, OWN << 2)):
        kept.add(text, mark)
    found = link(kept)
    assert found.near.tolist()[:2] == [OWN | OWN << 1, OWN | OWN << 2]
    assert found.group.tolist()[:2] == [0, 1]


@given(st.lists(st.lists(st.sampled_from("abcdefg"), min_size=8, max_size=24), min_size=2, max_size=12))
def test_all_pairs_are_found(lists: list[list[str]]) -> None:
    """Held against a comparison of each text with each other one."""
    texts = [" ".join(f"{letter}word" for letter in letters) for letters in lists]
    kept = Texts()
    places = [kept.add(text) for text in texts]
    found, sets = link(kept).group, [set(ngrams(words(text)).tolist()) for text in texts]
    root = list(range(len(texts)))
    for one, other in combinations(range(len(texts)), 2):
        least = min(len(sets[one]), len(sets[other]))
        near = least >= SHORTEST and len(sets[one] & sets[other]) >= THRESHOLD * least
        if near or words(texts[one]) == words(texts[other]):
            root = [root[one] if at == root[other] else at for at in root]
    for one, other in combinations(range(len(texts)), 2):
        assert (found[places[one]] == found[places[other]]) == (root[one] == root[other])


def _numbers(text: str, drawn: random.Random) -> str:
    return re.sub(r"\d+", lambda found: str(drawn.randint(2, 999)), text)


def _names(text: str, drawn: random.Random) -> str:
    names: dict[str, str] = {}
    made = ("Alia", "Boris", "Chen", "Dora", "Emil")
    return re.sub(r"(?<=[a-z,] )[A-Z][a-z]+", lambda one: names.setdefault(one[0], drawn.choice(made)), text)


def _tenth(text: str, drawn: random.Random) -> str:
    return " ".join("blorp" if drawn.random() < 0.1 else word for word in text.split())


def _order(text: str, drawn: random.Random) -> str:
    parts = re.split(r"(?<=[.?!]) ", text)
    drawn.shuffle(parts)
    return " ".join(parts)


EDITS: dict[Callable[[str, random.Random], str], float] = {_numbers: 1.0, _names: 0.95, _tenth: 0.93, _order: 0.99}
"""What is planted, and the share of it to be found."""


@pytest.fixture
def data() -> Path:
    folder = os.environ.get("COTLAB_TEST_DATA")
    if folder is None:
        pytest.skip("COTLAB_TEST_DATA does not name the public data")
    return Path(folder) / "data"


@pytest.mark.data
def test_planted_paraphrases_are_found_and_different_sets_are_kept_apart(data: Path) -> None:
    problems = [one for one in _problems(data / "gsm8k.jsonl") if len(words(one)) > 20][:800]
    drawn = random.Random(5)
    for edit, share in EDITS.items():
        edited = [(one, edit(one, drawn)) for one in problems]
        changed = [pair for pair in edited if pair[0] != pair[1]]
        assert len(changed) > 200
        found = sum(groups(*pair) == [0, 0] for pair in changed)
        assert found >= share * len(changed), (edit.__name__, found, len(changed))
    kept = Texts()
    school = {kept.add(one) for one in problems}
    exams = {kept.add(one) for one in _problems(data / "mr_ben.jsonl")}
    group = link(kept).group
    assert len({group[place] for place in school} & {group[place] for place in exams}) <= 2
    alone = sum(list(group).count(group[place]) == 1 for place in school)
    assert alone >= 0.9 * len(school)


def _problems(file: Path) -> list[str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return list(dict.fromkeys(json.loads(line)["problem"] for line in lines))
