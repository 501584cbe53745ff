"""How items are spread over splits, whatever they are."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cotlab.domain.datasets.splits import FacetValue, MostShare, SplitOrder
from cotlab.domain.traces.records import Origin
from cotlab.services.datasets.split_spread import REASONS, Surveyed, spread

TRAIN_TEST = ({"name": "train", "share": 0.8}, {"name": "test", "share": 0.2})
OUT = len(REASONS)
FACET = {"facet": "domain", "value": "law"}


def order(**fields: object) -> SplitOrder:
    return SplitOrder.model_validate({"shares": TRAIN_TEST} | fields, strict=False)


def surveyed(groups: list[int], seed: int = 1, **fields: object) -> Surveyed:
    n, drawn = len(groups), np.random.default_rng(seed)
    none = np.zeros(n, dtype=np.bool_)
    found = Surveyed(
        group=np.array(groups, dtype=np.int64), value=np.zeros(n, dtype=np.int64), rows=np.ones(n, dtype=np.int64),
        key=drawn.integers(0, 2**63, n, dtype=np.uint64), held=none, labelled=none, for_test=~none,
        capped=np.zeros((0, n), dtype=np.bool_),
    )  # fmt: skip
    return replace(found, **{name: np.asarray(value) for name, value in fields.items()})


def places(found: Surveyed, how: SplitOrder) -> np.ndarray:
    return spread(found, how, np.zeros(len(found.group), dtype=np.bool_))


def out(how: SplitOrder, reason: str) -> int:
    return len(how.names) + REASONS.index(reason)


masks = st.lists(st.booleans(), min_size=40, max_size=40)
many = st.lists(st.integers(0, 15), min_size=40, max_size=40)


@given(
    many, masks, masks, st.sampled_from(["problem", "domain"]), st.lists(st.integers(0, 3), min_size=40, max_size=40)
)
def test_no_group_is_in_two_splits(
    group: list[int], held: list[bool], human: list[bool], by: str, value: list[int]
) -> None:
    how = order(by=by, hold_out=[FACET], test_origin=Origin.HUMAN, balance=["incorrect"])
    found = surveyed(group, held=held, for_test=human, value=value, labelled=human[::-1])
    where = places(found, how)
    for one in set(group):
        assert len({place for place in where[found.group == one] if place < len(how.names)}) <= 1
    assert all(where[at] == 2 or where[at] >= 3 for at in np.flatnonzero(held))
    assert all(human[at] for at in np.flatnonzero(where == 1))
    for split in range(len(how.names)):
        there = where == split
        assert np.count_nonzero(there & found.labelled) * 2 == np.count_nonzero(there)
        if by == "domain" and split < 2:
            assert not set(found.value[there]) & set(found.value[where == 1 - split])


def test_the_shares_are_kept_as_near_as_groups_allow() -> None:
    where = places(surveyed([*range(100)]), order())
    assert np.bincount(where).tolist() == [80, 20]
    assert np.bincount(places(surveyed([at // 5 for at in range(100)]), order())).tolist() == [80, 20]
    one_large = places(surveyed([0] * 70 + [*range(1, 31)]), order())
    assert set(one_large[:70]) == {0} and np.bincount(one_large).tolist() == [80, 20]


def test_another_draw_spreads_otherwise_and_the_same_one_the_same_in_any_order() -> None:
    found = surveyed([*range(60)])
    assert places(found, order()).tolist() == places(surveyed([*range(60)]), order()).tolist()
    assert places(found, order()).tolist() != places(surveyed([*range(60)], seed=2), order()).tolist()
    turned = np.arange(60)[::-1]
    other = replace(found, group=found.group[turned], key=found.key[turned])
    assert places(other, order())[turned].tolist() == places(found, order()).tolist()


def test_what_is_near_to_what_is_held_out_goes_nowhere() -> None:
    how = order(hold_out=[FACET])
    where = places(surveyed([0, 0, 1, 2], held=[True, False, False, False]), how)
    assert where[0] == 2 and where[1] == out(how, "problem_or_value_in_another_split") and max(where[2:]) < 2


def test_each_value_has_one_split_and_a_problem_goes_where_most_of_it_is() -> None:
    how = order(by="strategy", shares=[{"name": "train", "share": 0.5}, {"name": "test", "share": 0.5}])
    where = places(surveyed([0, 0, 0, 1, 1, 2], value=[0, 0, 1, 1, 1, 1]), how)
    elsewhere = out(how, "problem_or_value_in_another_split")
    assert where[0] == where[1] != where[3] == where[4] == where[5] and where[2] == elsewhere


def test_a_test_split_of_one_origin_is_filled_from_problems_that_are_all_of_it() -> None:
    how = order(test_origin=Origin.HUMAN)
    human = [at % 4 == 0 for at in range(100)]
    where = places(surveyed([*range(100)], for_test=human), how)
    assert np.count_nonzero(where == 1) == 20 and all(human[at] for at in np.flatnonzero(where == 1))
    assert not (where >= 2).any()
    mixed = places(surveyed([at // 2 for at in range(10)], for_test=[at % 2 == 0 for at in range(10)]), how)
    assert np.bincount(mixed, minlength=7).tolist() == [6, 2, 0, 0, 2, 0, 0]


def test_a_share_is_capped_in_each_split() -> None:
    model = MostShare.model_validate({"facet": "origin", "value": "model", "share": 0.5}, strict=False)
    how = order(most=[model])
    by_model = np.arange(100) % 4 != 0
    where = places(surveyed([*range(100)], capped=by_model[None]), how)
    for split in (0, 1):
        there = where == split
        assert 0 < np.count_nonzero(there & by_model) == np.count_nonzero(there & ~by_model)
    assert np.count_nonzero(where == out(how, "max_share")) == 50


def test_a_benchmark_comes_before_all_else() -> None:
    how = order(hold_out=[FACET])
    left_out = np.array([True, False, False])
    where = spread(surveyed([0, 1, 2], held=[True, False, False]), how, left_out)
    assert where[0] == out(how, "in_a_benchmark") and FacetValue.model_validate(FACET, strict=False).value == "law"
