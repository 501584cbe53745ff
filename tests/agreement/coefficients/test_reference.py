"""The public tables agree: published studies, and values that other packages computed on three sets."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from cotlab.agreement.coefficients import coefficient
from cotlab.agreement.measure import measure
from cotlab.agreement.ratings import Ratings
from cotlab.domain.agreement.coefficients import Agreement
from tests.agreement.tables import table

pytestmark = pytest.mark.data

OURS = {
    "observed_agreement": "percent",
    "cohen_kappa": "cohen-kappa",
    "fleiss_kappa": "fleiss-kappa",
    "fleiss_kappa_category": "fleiss-kappa",
    "gwet_ac1": "ac1",
    "krippendorff_alpha_nominal": "alpha",
    "krippendorff_alpha_ordinal": "alpha-ordinal",
    "scott_pi": "fleiss-kappa",
}
"""Of two people who rate every unit, Fleiss' kappa is Scott's pi."""
NOT_OURS = {
    "bennett_s": 4,
    "cohen_kappa_linear": 1,
    "cohen_kappa_max": 1,
    "cohen_kappa_quadratic": 1,
    "krippendorff_alpha_interval": 2,
    "randolph_kappa": 1,
}
"""How many values there are of coefficients that we do not have."""
DIGITS = 5e-7
"""Half of the last digit that is printed."""


@pytest.fixture(scope="module")
def data() -> Path:
    folder = os.environ.get("COTLAB_TEST_DATA")
    if not folder:
        pytest.skip("COTLAB_TEST_DATA names no folder with data/")
    return Path(folder) / "data"


def _records(file: Path) -> Iterator[dict[str, Any]]:
    for line in file.read_bytes().splitlines():
        yield json.loads(line)


def _value(ratings: Ratings, name: str, label: str | None = None) -> float:
    found = measure(ratings, [coefficient(name)], replicates=0, label=label)[0].value
    assert found is not None
    return found


def test_every_published_value_that_is_of_a_coefficient_of_ours(data: Path) -> None:
    wrong, left_out, compared = [], Counter[str](), 0
    for study in _records(data / "iaa_reference.jsonl"):
        ratings = table(study["ratings"])
        for row in study["values"]:
            if row["measure"] not in OURS:
                left_out[row["measure"]] += 1
                continue
            compared += 1
            label = str(row["category"]) if "category" in row else None
            value = _value(ratings, OURS[row["measure"]], label)
            if abs(value - row["published"]) > row["tolerance"] or abs(value - row["recomputed"]) > 1e-8:
                wrong.append((study["id"], row["measure"], value, row["published"]))
    assert wrong == []
    assert (compared, dict(left_out)) == (43, NOT_OURS)


SETS = {
    "pandalm": ("pandalm_testset", {}, None),
    "xsum_factuality": ("xsum_hallucination", {"kind": "factuality"}, None),
    "xsum_type": ("xsum_hallucination", {"kind": "error_type"}, None),
    "bridge_error": ("bridge_labels", {}, "error"),
    "bridge_strategy": ("bridge_labels", {}, "strategy"),
    "bridge_intention": ("bridge_labels", {}, "intention"),
}
"""Name -> file, what its records have to say, and the field of a rating that is the label."""


def _rows(data: Path, name: str, expected: dict[str, Any]) -> list[list[str | None]]:
    file, wanted, field = SETS[name]
    rows: list[list[str | None]] = []
    for record in _records(data / f"{file}.jsonl"):
        given = record["annotators"]
        if any(record[key] != value for key, value in wanted.items()) or len(given) < 2:
            continue
        labels = [given.get(rater) for rater in expected["raters"]]
        if field is not None:
            labels = [_class(one[field], expected["classes"]) for one in labels]
        rows.append(labels)
    return rows


def close(value: float) -> Any:
    """Equal to the digits that are printed."""
    return pytest.approx(value, abs=DIGITS)


def close_mean(value: float) -> Any:
    """As `close`, for a mean that was taken of values rounded before: exact fractions give 0.90390064 for 0.9039."""
    return pytest.approx(value, abs=2 * DIGITS)


def _class(value: str, classes: list[str]) -> str:
    return value if value in classes else "other"


@pytest.mark.parametrize("name", SETS)
def test_a_set_agrees_with_what_other_packages_computed(data: Path, name: str) -> None:
    expected = json.loads((data / "iaa_expected.json").read_text("utf-8"))[name]
    rows = _rows(data, name, expected)
    ratings = table(rows, expected["classes"])
    complete = table([row for row in rows if None not in row], expected["classes"])
    assert (len(rows), len(complete) // len(expected["raters"])) == (expected["items"], expected["items_complete"])
    assert _value(ratings, "alpha") == close(expected["krippendorff_alpha_nominal_all"])
    assert _value(complete, "alpha") == close(expected["krippendorff_alpha_nominal_complete"])
    assert _value(ratings, "fleiss-kappa") == close(expected["fleiss_kappa_complete"])
    assert _value(ratings, "ac1") == close(expected["gwet_ac1_complete"])
    assert _value(complete, "percent") == close(expected["gwet_pa_complete"])
    assert _value(ratings, "cohen-kappa") == close_mean(expected["mean_pairwise_cohen"])
    for one, two in combinations(range(len(expected["raters"])), 2):
        pair = expected["pairwise"]["~".join(expected["raters"][code] for code in (one, two))]
        both = ratings.where((ratings.person == one) | (ratings.person == two))
        found = {result.coefficient: result for result in _pair(both)}
        assert found["percent"].value == close(pair["observed"])
        assert found["cohen-kappa"].value == close(pair["cohen_kappa"])
        assert found["cohen-kappa"].units == pair["n"]
    for label, wanted in expected["per_class_one_vs_rest"].items():
        assert _value(ratings, "cohen-kappa", label) == close_mean(wanted["mean_pairwise_cohen"])
        assert _value(ratings, "fleiss-kappa", label) == close(wanted["fleiss_complete"])
        assert _value(ratings, "alpha", label) == close(wanted["krippendorff_alpha_all"])


def _pair(ratings: Ratings) -> tuple[Agreement, ...]:
    return measure(ratings, [coefficient("percent"), coefficient("cohen-kappa")], replicates=0)
