"""A policy in lines of `name=value`."""

import pytest

from cotlab.cli.projects.policy_values import changed, fields, listed
from cotlab.domain.errors import BadInput
from cotlab.domain.projects.gates import DriftTest, Gate
from cotlab.domain.projects.overlap import Overlap
from cotlab.domain.projects.policy import Policy
from cotlab.domain.projects.priorities import Weights

STRICT = Policy(gate=Gate(threshold=0.9), team_bar=0.8)
LAW = Overlap(domain="law", people=3)


@pytest.mark.parametrize(
    ("before", "values", "after"),
    [
        (Policy(), ("overlap=3",), Policy(overlap=3)),
        (Policy(), ('overlaps=[{"domain": "law", "people": 3}]',), Policy(overlaps=(LAW,))),
        (Policy(overlaps=(LAW,)), ("overlaps=",), Policy()),
        (Policy(), ("calibrated_tags=language=fr,hard",), Policy(calibrated_tags=("language=fr", "hard"))),
        (Policy(), ("priority.age=2",), Policy(priority=Weights(age=2))),
        (Policy(), ("open_cases_on=unsure,disagreement",), Policy(open_cases_on=("unsure", "disagreement"))),
        (Policy(), ("open_cases_on=",), Policy(open_cases_on=())),
        (Policy(), ("gate.threshold=0.8",), Policy(gate=Gate(threshold=0.8))),
        (Policy(), ("gate.steps=120", "gate.on=lower"), Policy(gate=Gate(steps=120, on="lower"))),
        (STRICT, ("gate.steps=120",), STRICT.model_copy(update={"gate": Gate(threshold=0.9, steps=120)})),
        (STRICT, ("gate=none", "team_bar=none"), Policy()),
        (Policy(), ("team_bar=0.8",), Policy(team_bar=0.8)),
        (Policy(), ("drift.alarm_at=900",), Policy(drift=DriftTest(alarm_at=900))),
    ],
)
def test_values_are_set(before: Policy, values: tuple[str, ...], after: Policy) -> None:
    assert changed(before, values) == after


@pytest.mark.parametrize(
    ("pair", "part"),
    [
        ("overlap", "write NAME=VALUE"), ("speed=3", "write NAME=VALUE"), ("gate.speed=3", "gate.threshold"),
        ("drift=none", "write NAME=VALUE"), ("gate=0.8", "gate=0.8: set a part of it, as gate.coefficient, or none"),
        ("gate.threshold.x=1", "write NAME=VALUE"), ("overlap.x=1", "write NAME=VALUE"),
    ],
)  # fmt: skip
def test_a_name_that_is_none_is_refused(pair: str, part: str) -> None:
    with pytest.raises(BadInput, match=part.replace(".", r"\.")):
        changed(Policy(), (pair,))


@pytest.mark.parametrize("pair", ["gate.threshold=2", "gate.threshold=none", "overlap=none", "team_bar=x"])
def test_a_value_that_does_not_fit_is_refused(pair: str) -> None:
    with pytest.raises(ValueError, match=r"gate|overlap|team_bar"):
        changed(Policy(), (pair,))


def test_every_field_is_listed_with_its_meaning() -> None:
    found = {name: (value, meaning) for name, value, meaning in fields(STRICT)}
    assert found["gate.threshold"] == (0.9, "what it must reach") and found["team_bar"][0] == 0.8
    assert found["drift.alarm_at"][0] == 450.0 and "gate" not in found
    assert all(meaning for _, meaning in found.values())
    assert ("gate", None) in [(name, value) for name, value, _ in fields(Policy())]


def test_a_list_of_entries_is_shown_as_it_can_be_set_again() -> None:
    policy = Policy(overlaps=(LAW,), calibrated_tags=("language=fr",))
    values = {name: value for name, value, _ in fields(policy)}
    assert listed(values["overlaps"]) == '[{"domain": "law", "people": 3}]' and listed(values["quotas"]) == ""
    pairs = tuple(f"{name}={listed(values[name])}" for name in ("overlaps", "calibrated_tags", "quotas"))
    assert changed(Policy(), pairs) == policy


def test_entries_that_are_no_json_are_refused() -> None:
    with pytest.raises(BadInput, match=r"overlaps: .* is no JSON"):
        changed(Policy(), ("overlaps=[{domain}]",))
