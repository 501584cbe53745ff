"""The public sets of pairs are read whole, and the agreement of the three raters is the one that others computed."""

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from cotlab.agreement.coefficients import coefficient
from cotlab.agreement.measure import measure
from cotlab.agreement.ratings import Ratings
from cotlab.domain.traces.pairs import Pair, sign
from cotlab.exchange.readers.jsonl import Good, byte_lines, read_traces
from tests.agreement.tables import table

pytestmark = pytest.mark.data

SIGNS = {"a": "first", "b": "second", "tie": "tie"}
DIGITS = 1e-6
"""Values are rounded to 6 digits, and so are those that a mean was taken of."""


def read(data: Path, name: str) -> tuple[list[dict[str, Any]], list[Pair]]:
    """The records of a set, and the pairs that they are read as."""
    with (data / f"{name}.jsonl").open("rb") as file:
        lines = list(read_traces(byte_lines(file)))
    assert [line for line in lines if not isinstance(line, Good)] == []
    pairs = [pair for line in lines if isinstance(line, Good) for pair in line.pairs]
    return [json.loads(line) for line in (data / f"{name}.jsonl").read_bytes().splitlines()], pairs


@pytest.mark.parametrize(("name", "size"), [("pandalm_testset", 460), ("llmbar", 203)])
def test_a_set_is_read_whole_and_exactly(data: Path, name: str, size: int) -> None:
    records, pairs = read(data, name)
    assert [pair.id for pair in pairs] == [record["id"] for record in records] and len(pairs) == size
    for record, pair in zip(records, pairs, strict=True):
        assert [one.text for one in pair.responses] == [str(record["response_a"]), str(record["response_b"])]
        given = record.get("annotators") or {"gold": record["gold"]}
        assert [(one.source, sign(one.overall)) for one in pair.labels] == [
            (f"{name} {rater}", SIGNS[side]) for rater, side in given.items()
        ]


def value(ratings: Ratings, name: str, label: str | None = None) -> float:
    found = measure(ratings, [coefficient(name)], replicates=0, label=label)[0].value
    assert found is not None
    return found


def test_three_raters_agree_as_other_packages_computed(data: Path) -> None:
    expected = json.loads((data / "iaa_expected.json").read_text("utf-8"))["pandalm"]
    _, pairs = read(data, "pandalm_testset")
    rows = [[sign(label.overall) for label in pair.labels] for pair in pairs]
    ratings = table(rows, [SIGNS[one] for one in expected["classes"]])
    assert len(rows) == expected["items"]
    for name, wanted in (
        ("percent", "gwet_pa_complete"),
        ("alpha", "krippendorff_alpha_nominal_all"),
        ("fleiss-kappa", "fleiss_kappa_complete"),
        ("ac1", "gwet_ac1_complete"),
        ("cohen-kappa", "mean_pairwise_cohen"),
    ):
        assert value(ratings, name) == pytest.approx(expected[wanted], abs=2 * DIGITS), name
    for one, two in combinations(range(3), 2):
        wanted = expected["pairwise"][f"annotator{one + 1}~annotator{two + 1}"]
        both = ratings.where((ratings.person == one) | (ratings.person == two))
        assert value(both, "cohen-kappa") == pytest.approx(wanted["cohen_kappa"], abs=2 * DIGITS)
        assert value(both, "percent") == pytest.approx(wanted["observed"], abs=2 * DIGITS)
    for side, wanted in expected["per_class_one_vs_rest"].items():
        alpha = value(ratings, "alpha", SIGNS[side])
        assert alpha == pytest.approx(wanted["krippendorff_alpha_all"], abs=2 * DIGITS)


def test_the_order_in_which_pairs_are_kept_leaves_what_the_raters_have_in_common(data: Path) -> None:
    """Chance-corrected values speak of a and b of the file; kept by digest they move in the fourth digit."""
    _, pairs = read(data, "pandalm_testset")
    rows = [[sign(label.overall) for label in pair.canonical().labels] for pair in pairs]
    kept = table(rows, list(SIGNS.values()))
    assert value(kept, "percent") == pytest.approx(0.934783, abs=DIGITS)
    assert value(kept, "alpha") == pytest.approx(0.886331, abs=1e-4)
