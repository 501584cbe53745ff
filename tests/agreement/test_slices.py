"""Slices: by columns with one or several values, by person, by pair, by label, and crossed."""

import numpy as np
import pytest

from cotlab.agreement.coefficients import ALPHA, NOMINAL, coefficient
from cotlab.agreement.measure import measure
from cotlab.agreement.ratings import Ratings, build
from cotlab.agreement.slices import Column, slices
from tests.agreement.tables import table

ROWS: list[list[str | None]] = [["a", "a", "b"], ["b", "b", "b"], ["a", "b", None], ["a", None, "a"]]
NAMES = ("1", "2", "3")


def by_unit(values: list[tuple[str, ...]]) -> Column:
    """A column over the cells of ROWS that says the same of all ratings of a unit."""
    return Column(tuple(values), np.repeat(np.arange(len(values)), 3))


def alpha(ratings: Ratings) -> float | None:
    return measure(ratings, [ALPHA], replicates=0)[0].value


def test_a_slice_is_the_table_of_its_rows() -> None:
    column = by_unit([("x",), ("y",), ("x",), ("y",)])
    found = {one.where["domain"]: one.ratings for one in slices(table(ROWS), {"domain": column}, ["domain"])}
    assert set(found) == {"x", "y"}
    assert alpha(found["x"]) == alpha(table([ROWS[0], ROWS[2]], "ab"))
    assert alpha(found["y"]) == alpha(table([ROWS[1], ROWS[3]], "ab"))


def test_a_row_can_be_in_several_slices_and_in_none() -> None:
    column = by_unit([("x", "y"), ("y",), (), ("x",)])
    found = {one.where["tag"]: len(one.ratings) for one in slices(table(ROWS), {"tag": column}, ["tag"])}
    assert found == {"x": 3 + 2, "y": 3 + 3}


def test_columns_are_of_the_rows_that_were_given_in_their_order() -> None:
    unit, person, label = np.array([5, 1, 5, 1]), np.array([1, 1, 0, 0]), np.array([0, 1, 0, 0])
    ratings = build(unit, person, label, people=("p", "q"), labels=("a", "b"))
    column = Column((("one",), ("five",)), np.array([1, 0, 1, 0]))
    found = {one.where["unit"]: one.ratings.unit.tolist() for one in slices(ratings, {"unit": column}, ["unit"])}
    assert found == {"five": [5, 5], "one": [1, 1]}


def test_two_people() -> None:
    found = {one.where["pair"]: one.ratings for one in slices(table(ROWS), {}, ["pair"])}
    assert list(found) == ["1 ~ 2", "1 ~ 3", "2 ~ 3"]
    assert alpha(found["1 ~ 3"]) == alpha(table([["a", "b"], ["b", "b"], ["a", "a"]]))
    assert set(_pairs([["a", "a", None], ["b", None, "b"]])) == {"1 ~ 2", "1 ~ 3"}, "2 and 3 share no unit"


def _pairs(rows: list[list[str | None]]) -> list[str]:
    return [one.where["pair"] for one in slices(table(rows), {}, ["pair"])]


def test_a_person_is_held_against_all_others_and_they_not_against_each_other() -> None:
    found = {one.where["annotator"]: one.ratings for one in slices(table(ROWS), {}, ["annotator"])}
    assert list(found) == list(NAMES)
    halves = [["a", "a"], ["a", "b"], ["b", "b"], ["b", "b"], ["a", "b"], ["a", "a"]]
    assert alpha(found["1"]) == alpha(table(halves))
    results = measure(found["1"], NOMINAL, replicates=0)
    assert {one.units for one in results} == {4} and {one.people for one in results} == {3}
    kappa = coefficient("cohen-kappa")
    pairs = {one.where["pair"]: one.ratings for one in slices(table(ROWS), {}, ["pair"])}
    both = [measure(pairs[name], [kappa], replicates=0)[0].value for name in ("1 ~ 2", "1 ~ 3")]
    assert both[0] is not None and both[1] is not None
    assert measure(found["1"], [kappa], replicates=0)[0].value == pytest.approx((both[0] + both[1]) / 2)


def test_a_person_keeps_clusters_in_order() -> None:
    ratings = table(ROWS * 20, cluster=list(range(40, 0, -1)) + [0] * 40)
    found = next(one.ratings for one in slices(ratings, {}, ["annotator"]))
    assert (np.diff(found.cluster) >= 0).all() and len(found) == 12 * 20
    assert measure(found, [ALPHA])[0].clusters == 41


def test_labels_and_crossings() -> None:
    column = by_unit([("x",), ("y",), ("x",), ("y",)])
    found = list(slices(table(ROWS), {"domain": column}, ["pair", "label", "domain"]))
    assert [one.where["pair"] for one in found].count("2 ~ 3") == 4
    one = next(one for one in found if one.where == {"pair": "1 ~ 2", "label": "b", "domain": "x"})
    assert one.label == "b" and len(one.ratings) == 4
    own = measure(one.ratings, [ALPHA], label=one.label, slice=one.where, replicates=0)[0]
    assert own.value == alpha(table([["r", "r"], ["r", "b"]])) and (own.label, own.slice) == ("b", one.where)


def test_a_name_that_is_not_known() -> None:
    with pytest.raises(ValueError, match="nothing named 'domian' to slice by"):
        list(slices(table(ROWS), {}, ["domian"]))
