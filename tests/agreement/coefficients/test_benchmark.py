"""The benchmark, tiny: both find the same, and every slice is measured. How long it takes is not looked at."""

import krippendorff
import pytest

from benchmarks import agreement


def test_both_find_the_same_and_every_slice_is_measured() -> None:
    made = agreement.make(6_000, 250)
    turns, sliced = agreement.compare(made, 2), agreement.every_slice(made)
    assert len(made.ratings) == 6_000 and len(turns) == 2
    assert {name for name in sliced.count if name != "all"} == set(agreement.DIMENSIONS)
    assert (sliced.count["label"], sliced.count["tag"], sliced.count["position"], sliced.count["pair"]) == (4, 12, 8, 3)
    assert 0 < sliced.intervals <= sliced.values <= 6 * sum(sliced.count.values())
    assert "6,000 labels by 3 people on 250 traces" in agreement.report(made, turns, sliced)


def test_another_alpha_ends_the_benchmark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(krippendorff, "alpha", lambda **_: 0.5)
    with pytest.raises(RuntimeError, match=r"the package finds 0\.5"):
        agreement.compare(agreement.make(3_000, 100), 1)
