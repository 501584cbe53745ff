"""Tables of published studies, and the values printed there."""

import pytest

from cotlab.agreement.coefficients import coefficient
from cotlab.agreement.measure import measure
from tests.agreement.tables import Rows, counted, crossed, table

COHEN_1960 = crossed([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
"""Cohen (1960), p. 45, table 3: proportions of 200 cases."""
FLEISS_1971 = counted([
    [0, 0, 0, 6, 0], [0, 3, 0, 0, 3], [0, 1, 4, 0, 1], [0, 0, 0, 0, 6], [0, 3, 0, 3, 0], [2, 0, 4, 0, 0],
    [0, 0, 4, 0, 2], [2, 0, 3, 1, 0], [2, 0, 0, 4, 0], [0, 0, 0, 0, 6], [1, 0, 0, 5, 0], [1, 1, 0, 4, 0],
    [0, 3, 3, 0, 0], [1, 0, 0, 5, 0], [0, 2, 0, 3, 1], [0, 0, 5, 0, 1], [3, 0, 0, 1, 2], [5, 1, 0, 0, 0],
    [0, 2, 0, 4, 0], [1, 0, 2, 0, 3], [0, 0, 0, 0, 6], [0, 1, 0, 5, 0], [0, 2, 0, 1, 3], [2, 0, 0, 4, 0],
    [1, 0, 0, 4, 1], [0, 5, 0, 1, 0], [4, 0, 0, 0, 2], [0, 2, 0, 4, 0], [1, 0, 5, 0, 0], [0, 0, 0, 0, 6],
])  # fmt: skip
"""Fleiss (1971), p. 379, table 1: 30 patients, 6 psychiatrists each, 5 diagnoses."""
KRIPPENDORFF_2011: Rows = list(zip(
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None), strict=True))  # fmt: skip
"""Krippendorff (2011), section C: 4 observers, 12 units, missing values."""
COINCIDENCES_2011 = (
    (7, 4 / 3, 1 / 3, 1 / 3, 0),
    (4 / 3, 10, 4 / 3, 1 / 3, 0),
    (1 / 3, 4 / 3, 8, 1 / 3, 0),
    (1 / 3, 1 / 3, 1 / 3, 4, 0),
    (0, 0, 0, 0, 3),
)
"""The coincidence matrix that is printed there."""
SKEWED = crossed([[80, 7], [8, 5]])
"""A skewed table, with AC1 computed by hand after Gwet (2008)."""
SKEWED_10 = crossed([[8, 1], [0, 1]])
"""10 skewed units, computed by hand after Gwet (2008); of two people Fleiss' kappa is Scott's pi."""
HAYES_LINES = """\
112-2 1101- 2333- -00-0 000-0 000-0 102-1 1-20- 222-2 2111- -100- 0000- 1222- 33223 111-1 111-1 212-2 1233- 1101- 000-0
0011- 00-00 2333- 0000- 12-22 0111- 00010 1212- 1122- 112-2 110-0 2121- 22-22 3222- 222-2 223-2 222-2 22-12 2222- 111-1
"""
HAYES_2007: Rows = [[None if value == "-" else value for value in row] for row in HAYES_LINES.split()]
"""Hayes & Krippendorff (2007), p. 84: 40 articles, 5 observers, ordinal, missing values."""
KRIPPENDORFF_2011_TWO: Rows = list(zip("aabbdcccedda", "babbbccceddd", strict=True))
"""Krippendorff (2011), section B: 2 observers, nominal, nothing missing."""

PUBLISHED = [
    ("Cohen 1960", COHEN_1960, "cohen-kappa", 0.492, 3),
    ("Cohen 1960", COHEN_1960, "percent", 0.70, 2),
    ("Fleiss 1971", FLEISS_1971, "fleiss-kappa", 0.430, 3),
    ("Fleiss 1971", FLEISS_1971, "percent", 0.5556, 4),
    ("Krippendorff 2011 C", KRIPPENDORFF_2011, "alpha", 0.743, 3),
    ("Krippendorff 2011 C", KRIPPENDORFF_2011, "alpha-ordinal", 0.815, 3),
    ("Gwet 2008", SKEWED, "ac1", 0.808, 3),
    ("Gwet 2008", SKEWED_10, "ac1", 0.8658, 4),
    ("Gwet 2008", SKEWED_10, "fleiss-kappa", 0.6078, 4),
    ("Hayes & Krippendorff 2007", HAYES_2007, "alpha-ordinal", 0.7598, 4),
    ("Krippendorff 2011 B", KRIPPENDORFF_2011_TWO, "alpha", 0.692, 3),
]


@pytest.mark.parametrize(("source", "rows", "name", "value", "digits"), PUBLISHED)
def test_a_published_value(source: str, rows: Rows, name: str, value: float, digits: int) -> None:
    found = measure(table(rows), [coefficient(name)], replicates=0)[0]
    assert found.value is not None and round(found.value, digits) == value, source


def test_the_table_behind_a_value() -> None:
    found = measure(table(COHEN_1960), [coefficient("cohen-kappa")], replicates=0)[0]
    assert [one.counts for one in found.tables] == [((88, 14, 18), (10, 40, 10), (2, 6, 12))]
    assert (found.units, found.people, found.ratings, found.tables[0].title) == (200, 2, 400, "1 ~ 2")
    found = measure(table(KRIPPENDORFF_2011), [coefficient("alpha")], replicates=0)[0]
    for row, printed in zip(found.tables[0].counts, COINCIDENCES_2011, strict=True):
        assert row == pytest.approx(printed)
    assert (found.units, found.people, found.ratings) == (11, 4, 41)
