"""What holds for every table: names and order do not matter, perfect agreement is 1, and other code finds the same."""

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

import krippendorff
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotlab.agreement.coefficients import COEFFICIENTS, Coefficient, coefficient
from cotlab.agreement.measure import measure
from cotlab.agreement.ratings import Ratings, build, from_matrix
from tests.agreement.tables import table

LABELS = ("a", "b", "c", "d")
Matrix = list[list[int]]


@st.composite
def matrices(draw: st.DrawFn, missing: bool = True, labels: int = len(LABELS)) -> Matrix:
    """Label codes of 1 to 12 units and 2 to 5 people, -1 where one is missing."""
    people = draw(st.integers(2, 5))
    code = st.integers(-1 if missing else 0, labels - 1)
    return draw(st.lists(st.lists(code, min_size=people, max_size=people), min_size=1, max_size=12))


def values(ratings: Ratings) -> dict[str, float | str]:
    """The value of each coefficient, or why there is none."""
    return {
        one.coefficient: one.reason if one.value is None else one.value  # type: ignore[misc]
        for one in measure(ratings, COEFFICIENTS, replicates=0)
    }


def same(one: dict[str, float | str], two: dict[str, float | str]) -> bool:
    return all(one[name] == (pytest.approx(two[name]) if isinstance(two[name], float) else two[name]) for name in one)


@given(matrices(), st.randoms(use_true_random=False))
def test_the_order_of_units_people_and_rows_does_not_matter(matrix: Matrix, random: object) -> None:
    rows = [(unit, person, label) for unit, row in enumerate(matrix) for person, label in enumerate(row)]
    units, people = list(range(len(matrix))), list(range(len(matrix[0])))
    for mixed in (rows, units, people):
        random.shuffle(mixed)  # type: ignore[attr-defined]
    new = [(units[unit], people[person], label) for unit, person, label in rows]
    unit, person, label = (np.array(column) for column in zip(*new, strict=True))
    mixed_up = build(unit, person, label, people=[str(place) for place in people], labels=LABELS)
    assert same(values(mixed_up), values(from_matrix(matrix, labels=LABELS)))


@given(matrices(), st.permutations(range(len(LABELS))))
def test_the_order_of_labels_matters_to_an_ordinal_coefficient_alone(matrix: Matrix, order: Sequence[int]) -> None:
    renamed = [[code if code < 0 else order[code] for code in row] for row in matrix]
    one, two = values(from_matrix(matrix, labels=LABELS)), values(from_matrix(renamed, labels=LABELS))
    one.pop("alpha-ordinal"), two.pop("alpha-ordinal")
    assert same(one, two)


@given(matrices())
def test_a_scale_can_be_read_from_either_end(matrix: Matrix) -> None:
    turned = [[code if code < 0 else len(LABELS) - 1 - code for code in row] for row in matrix]
    one, two = values(from_matrix(matrix, labels=LABELS)), values(from_matrix(turned, labels=LABELS))
    assert same(one, two)


@given(st.lists(st.integers(0, 3), min_size=2, max_size=20), st.integers(2, 5))
def test_perfect_agreement_is_one(labels: list[int], people: int) -> None:
    found = values(from_matrix([[label] * people for label in labels], labels=LABELS))
    one_label = len(set(labels)) == 1
    for name, value in found.items():
        assert value == ("one label only" if one_label and name not in ("ac1", "percent") else 1.0), name


@pytest.mark.parametrize("people", range(2, 12))
def test_perfect_agreement_is_exactly_one_for_any_number_of_people(people: int) -> None:
    found = values(from_matrix([[unit % 7 % 4] * people for unit in range(101)], labels=LABELS))
    assert set(found.values()) == {1.0}


@given(matrices())
def test_no_value_is_above_one_or_minus_nothing(matrix: Matrix) -> None:
    for value in values(from_matrix(matrix, labels=LABELS)).values():
        if isinstance(value, float):
            assert value <= 1.0 and not (value == 0.0 and np.signbit(value))


@given(matrices())
def test_of_two_labels_an_ordinal_alpha_is_the_nominal_one(matrix: Matrix) -> None:
    two = values(from_matrix([[min(code, 1) for code in row] for row in matrix], labels=("a", "b")))
    assert same({"x": two["alpha"]}, {"x": two["alpha-ordinal"]})


@given(matrices(labels=3))
def test_the_krippendorff_package_finds_the_same(matrix: Matrix) -> None:
    counts = np.array([[row.count(code) for code in range(3)] for row in matrix])
    found = values(from_matrix(matrix, labels=LABELS[:3]))
    levels: tuple[tuple[str, Literal["nominal", "ordinal"]], ...] = (("alpha", "nominal"), ("alpha-ordinal", "ordinal"))
    for name, level in levels:
        if isinstance(found[name], float):
            assert found[name] == pytest.approx(krippendorff.alpha(value_counts=counts, level_of_measurement=level))
        elif found[name] == "no unit has two ratings":
            assert (counts.sum(axis=1) < 2).all()
        else:
            assert np.count_nonzero(counts[counts.sum(axis=1) > 1].sum(axis=0)) == 1


@given(matrices(missing=False, labels=3))
def test_the_definitions_in_exact_fractions_give_the_same(matrix: Matrix) -> None:
    found = values(from_matrix(matrix, labels=LABELS[:3]))
    exact = {"fleiss-kappa": fleiss(matrix), "cohen-kappa": cohen(matrix), "ac1": ac1(matrix, 3)}
    for name, value in exact.items():
        assert found[name] == pytest.approx(float(value)) if value is not None else isinstance(found[name], str), name


def agreeing(matrix: Matrix) -> Fraction:
    """The share of pairs of ratings on a unit that agree."""
    pairs = [one == two for row in matrix for one, two in itertools.combinations(row, 2)]
    return Fraction(sum(pairs), len(pairs))


def shares(codes: Sequence[int]) -> list[Fraction]:
    return [Fraction(codes.count(code), len(codes)) for code in range(3)]


def corrected(observed: Fraction, chance: Fraction) -> Fraction | None:
    return None if chance == 1 else (observed - chance) / (1 - chance)


def fleiss(matrix: Matrix) -> Fraction | None:
    return corrected(
        agreeing(matrix), sum((p * p for p in shares([code for row in matrix for code in row])), Fraction())
    )


def ac1(matrix: Matrix, k: int) -> Fraction | None:
    return corrected(
        agreeing(matrix),
        sum((p * (1 - p) for p in shares([code for row in matrix for code in row])), Fraction()) / (k - 1),
    )


def cohen(matrix: Matrix) -> Fraction | None:
    kappas = []
    for one, two in itertools.combinations(zip(*matrix, strict=True), 2):
        chance = sum((p * q for p, q in zip(shares(one), shares(two), strict=True)), Fraction())
        kappas.append(corrected(agreeing([list(pair) for pair in zip(one, two, strict=True)]), chance))
    defined = [kappa for kappa in kappas if kappa is not None]
    return sum(defined, Fraction()) / len(defined) if defined else None


def test_a_parent_and_a_merged_pair_are_read_as_one_label() -> None:
    ratings = table(["xx", "xy", "yy", "zz", "zx"])
    first = ratings.read_as({"x": "wrong", "y": "wrong", "z": "right"})
    assert (first.labels, values(first)) == (("wrong", "right"), values(table(["ww", "ww", "ww", "rr", "rw"])))
    assert ratings.only("x").labels == ("x", "not x")


UNDEFINED = [
    ("nothing", [], {}, "no unit has two ratings"),
    ("one person", ["a", "b"], {}, "no unit has two ratings"),
    ("no unit twice", [["a", None], [None, "b"]], {}, "no unit has two ratings"),
    ("one label", ["aa", "aa"], {}, "one label only"),
    ("one label of two", ["aa", "aa"], {"percent": 1.0, "ac1": 1.0}, "one label only"),
    ("one label where it counts", [["a", "a"], ["b", None]], {"percent": 1.0, "ac1": 1.0}, "one label only"),
    ("each pair its label", [["a", "a", None, None], [None, None, "b", "b"]],
     {"alpha": 1.0, "alpha-ordinal": 1.0, "fleiss-kappa": 1.0, "ac1": 1.0, "percent": 1.0},
     "one label only in each pair of people"),
]  # fmt: skip


@pytest.mark.parametrize(("why", "rows", "defined", "reason"), UNDEFINED, ids=[row[0] for row in UNDEFINED])
@pytest.mark.parametrize("one", COEFFICIENTS, ids=lambda one: one.name)
def test_what_is_undefined_is_a_reason(
    one: Coefficient, why: str, rows: list[list[str | None]], defined: dict[str, float], reason: str
) -> None:
    labels = ("a",) if why == "one label" else ("a", "b")
    found = measure(table(rows, labels), [one])[0]
    if why == "one label" and one.name == "percent":
        defined = {"percent": 1.0}
    if one.name in defined:
        assert (found.value, found.reason) == (defined[one.name], None)
    else:
        assert (found.value, found.reason, found.interval, found.interval_reason) == (None, reason, None, reason)


def test_a_pair_without_a_kappa_is_left_out_of_the_mean() -> None:
    rows: list[list[str | None]] = [["a", "a", "a"], ["b", "b", None], ["a", "b", None], ["b", "b", None]]
    pair = measure(table([row[:2] for row in rows]), [coefficient("cohen-kappa")], replicates=0)[0].value
    assert measure(table(rows), [coefficient("cohen-kappa")], replicates=0)[0].value == pair


def test_of_two_numbers_of_ratings_as_frequent_the_larger_counts() -> None:
    found = measure(table([["a", "b", "b"], ["a", "b", None]]), [coefficient("fleiss-kappa")], replicates=0)[0]
    assert (found.units, found.people, found.note) == (1, 3, "1 unit without 3 ratings left out")


def test_units_with_another_number_of_ratings_are_left_out_and_counted() -> None:
    rows: list[list[str | None]] = [["a", "a", "a"], ["a", "b", "b"], ["a", "b", None], ["a", None, None]]
    for name in ("fleiss-kappa", "ac1"):
        found, only = (measure(table(part, "ab"), [coefficient(name)], replicates=0)[0] for part in (rows, rows[:2]))
        assert found.value == only.value and found.units == 2
        assert (found.note, only.note) == ("1 unit without 3 ratings left out", None)


@pytest.mark.parametrize(
    ("unit", "person", "label", "cluster", "why"),
    [
        ([0, 0], [0, 0], [0, 1], None, "a person has two ratings on one unit"),
        ([0, 0], [0, 1], [0, 1], [0, 1], "a unit lies in two clusters"),
        ([0, 0], [0, 1], [0, 2], None, "a label has a code without a name"),
        ([0, 0], [0, 2], [0, 1], None, "a person has a code without a name"),
        ([0, 0], [-1, 1], [0, 1], None, "a person has a code without a name"),
        ([0, 0], [0, 1], [0], None, "not of one length"),
    ],
)
def test_arrays_that_do_not_fit(
    unit: list[int], person: list[int], label: list[int], cluster: list[int] | None, why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        build(unit, person, label, cluster, people=("p", "q"), labels=("a", "b"))
