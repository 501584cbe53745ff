"""Every hand-made case, in both settings, through the child process that is used in production."""

from collections import Counter
from collections.abc import Iterator

import pytest

from cotlab.checks.running.runner import Checker
from cotlab.domain.projects.gates import Setting
from tests.checks.data import asked, cases, expected

pytestmark = pytest.mark.data


@pytest.fixture(scope="module", params=list(Setting))
def checker(request: pytest.FixtureRequest) -> Iterator[Checker]:
    with Checker(request.param) as made:
        yield made


def test_every_case_gets_its_verdict(checker: Checker) -> None:
    rows = cases()
    given = [verdict.verdict.value for verdict in checker.check(asked(row) for row in rows)]
    wanted = [expected(row, checker.setting) for row in rows]
    table = Counter(zip(wanted, given, strict=True))
    wrong = {row["id"]: (want, got) for row, want, got in zip(rows, wanted, given, strict=True) if want != got}
    assert (wrong, checker.failures, checker.died) == ({}, [], 0), table
    assert len(rows) == 195


def test_every_claim_points_at_its_text(checker: Checker) -> None:
    rows = [row for row in cases() if row["claim_kind"] != "hostile"]
    for row, verdict in zip(rows, checker.check(asked(row) for row in rows), strict=True):
        for claim in verdict.claims:
            assert 0 <= claim.start < claim.end <= len(row["step"])
            assert row["step"][claim.start : claim.end].strip() == row["step"][claim.start : claim.end]
            assert claim.reason and claim.normalised


def test_a_hostile_row_is_undecided_and_the_next_check_works(checker: Checker) -> None:
    hostile = [row for row in cases() if row["claim_kind"] == "hostile"]
    next(checker.check([asked({"previous": [], "step": "1 + 1 = 2"})]))
    for row in hostile:
        verdict = next(checker.check([asked(row)]))
        assert verdict.verdict == "undecided" and verdict.reason
        assert next(checker.check([asked({"previous": [], "step": "1 + 1 = 2"})])).verdict == "verified"
    assert (len(hostile), checker.failures, checker.died) == (22, [], 0)
