"""The diagnosis finds what was planted, and its parts add up."""

import numpy as np
import pytest

from cotlab.agreement.coefficients import ALPHA, ALPHA_ORDINAL
from cotlab.agreement.diagnosis import diagnose
from cotlab.agreement.measure import measure
from cotlab.agreement.ratings import Ratings, from_matrix
from cotlab.agreement.slices import Column
from cotlab.domain.agreement.coefficients import Disputed
from tests.agreement.tables import table

LABELS = ("correct", "redundant", "incorrect")


def programme(seed: int = 1) -> tuple[Ratings, dict[str, Column]]:
    """3 people, 1,200 steps in 3 domains; they split on `redundant` in physics, and err a little everywhere."""
    random = np.random.default_rng(seed)
    truth = random.choice(3, (1_200, 1), p=[0.6, 0.2, 0.2])
    codes = np.where(random.random((1_200, 3)) < 0.97, truth, random.integers(0, 3, (1_200, 3)))
    domain = np.repeat([0, 1, 2], 400)
    split = (domain[:, None] == 1) & (truth == 1) & (random.random((1_200, 3)) < 0.5)
    codes[split] = 0
    origin = random.integers(0, 2, 1_200)
    columns = {
        "origin": Column((("human",), ("model",)), np.repeat(origin, 3)),
        "domain": Column((("mathematics",), ("physics",), ("law",)), np.repeat(domain, 3)),
        "task": Column((("steps",),), np.zeros(3_600, dtype=np.int64)),
    }
    return from_matrix(codes, np.arange(1_200) // 6, labels=LABELS), columns


def test_the_planted_boundary_and_domain_come_first() -> None:
    ratings, columns = programme()
    found = diagnose(ratings, columns)
    first = found.cells[0]
    assert (first.labels, first.slice) == (("correct", "redundant"), {"domain": "physics"})
    assert first.pairs == 1_200 and 100 < first.disagreements < 250
    assert found.merges[0].labels == ("correct", "redundant")
    assert all("task" not in cell.slice for cell in found.cells), "what is the same everywhere tells nothing"


@pytest.mark.parametrize("ordinal", [False, True])
def test_the_rises_of_a_column_add_up_to_what_is_missing_to_one(ordinal: bool) -> None:
    ratings, columns = programme()
    found = diagnose(ratings, {"domain": columns["domain"]}, ordinal=ordinal, most=1_000)
    assert found.value == measure(ratings, [ALPHA_ORDINAL if ordinal else ALPHA], replicates=0)[0].value
    assert found.value is not None
    assert sum(cell.rise for cell in found.cells) == pytest.approx(1 - found.value)
    assert [cell.rise for cell in found.cells] == sorted((cell.rise for cell in found.cells), reverse=True)
    whole = diagnose(ratings, {}, ordinal=ordinal)
    assert sum(cell.rise for cell in whole.cells) == pytest.approx(1 - found.value)
    assert all(cell.slice == {} for cell in whole.cells)
    assert {cell.labels for cell in whole.cells} == whole_labels()
    assert diagnose(ratings, {"task": columns["task"]}, ordinal=ordinal).cells == whole.cells, "one task, or one domain"


def whole_labels() -> set[tuple[str, str]]:
    return {("correct", "redundant"), ("correct", "incorrect"), ("redundant", "incorrect")}


def test_a_rise_is_what_alpha_gains_when_the_cell_agrees() -> None:
    """Of two units that disagree, a-b and b-a, one becomes a-a and one b-b: each label is as frequent as before."""
    before, after = ["aa", "bb", "bb", "ab", "ba", "ac"], ["aa", "bb", "bb", "aa", "bb", "ac"]
    values = [measure(table(rows), [ALPHA], replicates=0)[0].value for rows in (before, after)]
    assert values[0] is not None and values[1] is not None
    cell = diagnose(table(before), {}).cells[0]
    assert (cell.labels, cell.disagreements, cell.pairs) == (("a", "b"), 2, 6)
    assert cell.rise == pytest.approx(values[1] - values[0])


def rules(*cited: tuple[str, ...]) -> Column:
    """What each rating cites, row by row, one row a unit of two ratings."""
    values = tuple(dict.fromkeys(cited))
    return Column(values, np.array([values.index(one) for one in cited]))


def test_rules_on_both_sides_and_disagreements_without_any() -> None:
    ratings = table(["ab", "ab", "ab", "bc", "ac", "aa"])
    cited = rules(("R1",), ("R1",), ("R1", "R2"), ("R1",), ("R2",), ("R1",), (), (), (), ("R3",), (), ())
    found = diagnose(ratings, {}, cited, most=100)
    assert found.cited_on_both_sides == (Disputed(labels=("a", "b"), rule="R1", disagreements=2),)
    assert found.without_citation == (Disputed(labels=("b", "c"), disagreements=1),)
    assert {(cell.labels, cell.rule): cell.disagreements for cell in found.cells} == {
        (("a", "b"), "R1"): 3, (("a", "b"), "R2"): 2, (("b", "c"), None): 1, (("a", "c"), "R3"): 1,
    }  # fmt: skip
    assert diagnose(ratings, {}).without_citation == (), "nothing is said where citations are not known"
    assert [(one.labels, one.disagreements) for one in found.splits] == [
        (("a", "b"), 3), (("a", "c"), 1), (("b", "c"), 1),
    ]  # fmt: skip


def test_a_value_counts_where_both_ratings_have_it() -> None:
    version = Column((("1.0",), ("1.1",)), np.array([0, 0, 0, 1, 1, 1]))
    found = diagnose(table(["ab", "ab", "ba"]), {"version": version})
    assert {cell.slice["version"]: (cell.disagreements, cell.pairs) for cell in found.cells} == {
        "1.0": (1, 1), "1.1": (1, 1),
    }  # fmt: skip


def test_of_equal_rises_the_smaller_slice_comes_first() -> None:
    rows = ["ab", "ab", *["aa"] * 5, *["bb"] * 5]
    wide = Column((("wide",), ("rest",)), np.repeat([0] * 11 + [1], 2))
    narrow = Column((("narrow",), ("rest",)), np.repeat([0, 0] + [1] * 10, 2))
    found = diagnose(table(rows), {"one": wide, "two": narrow})
    assert [cell.slice for cell in found.cells] == [{"two": "narrow"}, {"one": "wide"}]


def test_merging_two_labels() -> None:
    ratings = table(["aa", "ab", "ba", "cc", "cc", "bc"])
    found = diagnose(ratings, {}, mergeable=[("a", "b"), ("b", "c")])
    merged = measure(table(["xx", "xx", "xx", "cc", "cc", "xc"]), [ALPHA], replicates=0)[0].value
    assert merged is not None and found.value is not None
    assert (found.merges[0].labels, found.merges[0].value) == (("a", "b"), merged)
    assert found.merges[0].rise == merged - found.value
    assert [one.labels for one in diagnose(ratings, {}).merges] == [("a", "b"), ("b", "c")], "those that were confused"
    two = diagnose(table(["aa", "ab", "bb"]), {}).merges[0]
    assert (two.value, two.reason, two.rise) == (None, "one label only", None)


@pytest.mark.parametrize(
    ("rows", "reason"), [(["aa"], "one label only"), ([["a", None], [None, "b"]], "no unit has two ratings")]
)
def test_where_alpha_is_undefined_so_is_the_diagnosis(rows: list[list[str | None]], reason: str) -> None:
    found = diagnose(table(rows, "ab"), {})
    assert (found.value, found.reason, found.cells, found.merges) == (None, reason, (), ())


def test_perfect_agreement_has_no_cell() -> None:
    found = diagnose(table(["aa", "bb"]), {})
    assert (found.value, found.cells, found.merges) == (1.0, (), ())
