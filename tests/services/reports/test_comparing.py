"""How people compare pairs, held against a list of what they said; and generators ranked by it."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from cotlab.domain.errors import BadInput
from cotlab.domain.reports.pairs import Comparing, ComparingReport, RankedBy, RankingReport
from cotlab.domain.traces.pairs import STRENGTH, Pair, Response, ResponseKind, ResponseOrigin
from cotlab.domain.traces.records import Problem
from cotlab.services.queue import claim_order
from cotlab.services.reports import pair_choices, ranking
from tests.services.work.comparing import CRITERIA, add, pair, prefer, prepare, take
from tests.world import World

GENERATORS = ("amber", "beryl", "coral")


def between(name: str, left: str | None, right: str | None, domain: str = "mathematics", extra: int = 0) -> Pair:
    """A pair of two generators' responses, the first of them `extra` characters longer."""
    one, other = (
        Response(
            text=f"{generator} on {name}{'.' * longer}",
            origin=ResponseOrigin(kind=ResponseKind.MODEL, generator=generator),
        )
        for generator, longer in ((left, extra), (right, 0))
    )
    return Pair(problem=Problem(text=f"Prompt {name}", domain=domain), responses=(one, other))


@dataclass
class Notes:
    """What each person said, as they saw it."""

    world: World
    said: list[dict[str, Any]] = field(default_factory=list)

    def compare(self, name: str, overall: str, criteria: str | dict[str, str] = "", **fields: Any) -> None:
        expert = self.world.expert(name)
        view, shown = take(expert)
        purpose = self.world.value("SELECT purpose FROM assignments WHERE id = :id", id=view.id)
        named = dict.fromkeys(CRITERIA, criteria) if isinstance(criteria, str) and criteria else criteria or {}
        prefer(expert, view.id, overall, criteria=named or dict.fromkeys(CRITERIA, "tie"), rationale="so", **fields)
        self.said.append({
            "who": name, "overall": overall, "repeat": purpose == "repeat", "left": shown.left, "right": shown.right
        })  # fmt: skip

    def of(self, who: str | None, repeats: bool = False) -> list[dict[str, Any]]:
        return [one for one in self.said if who in (None, one["who"]) and one["repeat"] is repeats]


@pytest.fixture
def notes(world: World) -> Notes:
    prepare(world)
    world.set_policy(overlap=2, repeat_share=0)
    return Notes(world)


def report(world: World, **asked: Any) -> ComparingReport:
    return world.store.read(lambda db: pair_choices.report(db, world.project, **asked))


def one(found: ComparingReport, person: str | None = None) -> Comparing:
    return found.everybody if person is None else next(one for one in found.people if one.person == person)


SAID = ("much-better", "better", "tie", "worse", "slightly-better", "both-bad", "much-worse", "better", "tie", "better")


@pytest.fixture
def compared(notes: Notes) -> Notes:
    """Ann and bob judge ten pairs each, every other one with responses of different length."""
    add(notes.world, *(between(f"p{n}", *GENERATORS[:2], extra=n % 3) for n in range(10)))
    for overall in SAID:
        notes.compare("ann", overall)
    for overall in ("worse", "worse", "better", "tie"):
        notes.compare("bob", overall)
    return notes


@pytest.mark.parametrize("person", [None, "ann", "bob"])
def test_each_share_is_what_was_said(compared: Notes, person: str | None) -> None:
    found, said = one(report(compared.world), person), compared.of(person)
    assert found.choices == len(said)
    decided = [it for it in said if STRENGTH.get(it["overall"])]
    left = [it for it in decided if STRENGTH[it["overall"]] > 0]
    assert (found.first_position.hits, found.first_position.of) == (len(left), len(decided))
    assert found.first_position.value == len(left) / len(decided) and found.first_position.chance is not None
    unlike = [it for it in decided if len(it["left"]) != len(it["right"])]
    longer = [it for it in unlike if (STRENGTH[it["overall"]] > 0) == (len(it["left"]) > len(it["right"]))]
    assert unlike and (found.longer.hits, found.longer.of) == (len(longer), len(unlike))
    assert found.longer.interval is not None and found.longer.chance is None
    ties = [it for it in said if it["overall"] == "tie"]
    assert (found.ties.hits, found.ties.of) == (len(ties), len(decided) + len(ties))
    assert (found.both_bad.hits, found.both_bad.of) == (sum(it["overall"] == "both-bad" for it in said), len(said))
    assert found.cannot_judge.hits == 0
    assert found.strengths == {name: sum(it["overall"] == name for it in said) for name in STRENGTH}


def test_a_person_has_the_test_behind_the_alarm_and_all_have_none(compared: Notes) -> None:
    found = report(compared.world)
    assert found.everybody.position is None and [it.person for it in found.people] == ["ann", "bob"]
    ann = one(found, "ann").position
    assert ann is not None and (ann.choices, ann.left, ann.alarm) == (7, 5, None)
    assert ann.alarm_at == pytest.approx(20)
    compared.world.set_policy(overlap=2, position_alarm=0.5, repeat_share=0)
    assert (it := one(report(compared.world), "ann").position) is not None and it.alarm_at == 2


def test_somebody_by_name_beside_everybody(compared: Notes) -> None:
    found = report(compared.world, person="ANN")
    assert [it.person for it in found.people] == ["ann"] and found.everybody.choices == 14
    with pytest.raises(BadInput, match="person: cyn has compared nothing"):
        report(compared.world, person="cyn")


def test_a_domain_and_one_that_there_is_not(compared: Notes) -> None:
    add(compared.world, between("law", *GENERATORS[:2], domain="law"))
    while not any("law" in it["left"] for it in compared.said):
        compared.compare("cyn", "better")
    found = report(compared.world, domain="law")
    assert (found.domain, found.everybody.choices) == ("law", 1)
    with pytest.raises(BadInput, match="domain: there is no problem of the domain medicine"):
        report(compared.world, domain="medicine")


def test_as_of_a_sequence_it_says_what_it_said_then(compared: Notes) -> None:
    before = report(compared.world)
    compared.compare("bob", "better")
    assert report(compared.world).everybody.choices == before.everybody.choices + 1
    assert report(compared.world, as_of=before.as_of) == before
    with pytest.raises(BadInput, match="as_of"):
        report(compared.world, as_of=before.as_of + 100_000)


def test_the_first_choice_counts_and_no_correction(notes: Notes) -> None:
    add(notes.world, pair("a"))
    ann = notes.world.expert("ann")
    view, _ = take(ann)
    first = prefer(ann, view.id, "better").label_id
    prefer(ann, view.id, "worse", replaces=first)
    found = report(notes.world)
    assert (found.everybody.choices, found.everybody.first_position.hits) == (1, 1)
    assert {it.first_position.hits for it in found.everybody.criteria} == {1}


def test_criteria_beside_the_overall_choice(notes: Notes) -> None:
    add(notes.world, *(pair(f"p{n}") for n in range(4)))
    against = {"correctness": "worse", "clarity": "worse", "completeness": "better", "safety": "tie",
               "following-instruction": "tie"}  # fmt: skip
    for overall, criteria in (("better", against), ("worse", against), ("tie", against), ("better", "better")):
        notes.compare("ann", overall, criteria)
    found = one(report(notes.world), "ann")
    assert (found.contradictions.hits, found.contradictions.of) == (1, 3), "a tie is against nothing"
    by = {it.criterion: it for it in found.criteria}
    assert set(by) == set(CRITERIA) and {it.choices for it in found.criteria} == {4}
    clarity = by["clarity"]
    assert (clarity.as_overall.hits, clarity.as_overall.of) == (2, 3)
    assert (clarity.first_position.hits, clarity.first_position.of) == (1, 4)
    assert (by["safety"].ties.hits, by["safety"].ties.of, by["safety"].as_overall.of) == (3, 4, 1)


AGAIN = [  # first, then again with the sides swapped: same, same side, tie once
    (("better", "worse"), (1, 0, 0)),
    (("better", "better"), (0, 1, 0)),
    (("much-better", "slightly-worse"), (1, 0, 0)),
    (("worse", "worse"), (0, 1, 0)),
    (("better", "tie"), (0, 0, 1)),
    (("tie", "worse"), (0, 0, 1)),
    (("tie", "tie"), (1, 0, 0)),
    (("both-bad", "better"), (0, 0, 0)),
    (("both-bad", "both-bad"), (1, 0, 0)),
]


@pytest.mark.parametrize(("choices", "counts"), AGAIN)
def test_a_swapped_repeat_against_the_first_time(
    notes: Notes, monkeypatch: pytest.MonkeyPatch, choices: tuple[str, str], counts: tuple[int, int, int]
) -> None:
    monkeypatch.setattr(claim_order, "REPEAT_AFTER", 1)
    notes.world.set_policy(overlap=1, repeat_share=1.0)
    add(notes.world, *(pair(f"p{n}") for n in range(3)))
    first, again = choices
    notes.compare("ann", first)
    while not notes.of("ann", repeats=True):
        notes.compare("ann", again if len(notes.said) > 1 else "cannot-judge")
    (repeat,) = notes.of("ann", repeats=True)
    before = next(it for it in notes.said if (it["left"], it["right"]) == (repeat["right"], repeat["left"]))
    assert (before["overall"], repeat["overall"]) == choices
    mine = one(report(notes.world), "ann")
    assert mine.choices == len(notes.of("ann")), "a repeat is counted as such alone"
    found = mine.consistency
    assert (found.same.hits, found.same_side, found.tie_changed, found.same.of) == (*counts, 1)


PAIRS = 48
"""So many that the sides cannot by chance explain all that was chosen."""


def ranked(world: World, **asked: Any) -> RankingReport:
    return world.store.read(lambda db: ranking.report(db, world.project, **asked))


def test_generators_are_ranked_by_choices_and_by_what_is_settled(notes: Notes) -> None:
    world = notes.world
    pytest.importorskip("statsmodels")
    world.set_policy(overlap=1, repeat_share=0)
    for n in range(PAIRS):
        stronger, weaker = GENERATORS[n % 2], GENERATORS[n % 2 + 1]
        add(world, between(f"p{n}", stronger, weaker))
        view, shown = take(world.expert("ann"))
        winner = weaker if n % 6 < 2 else stronger
        prefer(world.expert("ann"), view.id, "better" if shown.left.startswith(winner) else "worse")
    for by in RankedBy:
        found = ranked(world, by=by)
        assert found.ranking.reason is None, found.ranking.reason
        assert [it.generator for it in found.ranking.generators] == list(GENERATORS)
        assert (found.ranking.comparisons, found.ranking.clusters, found.left_out) == (PAIRS, PAIRS, {})
        assert sum(it.wins for it in found.ranking.generators) == PAIRS
        assert (found.ranking.position is None) is (by is RankedBy.SETTLED)
        assert all(it.interval is not None for it in found.ranking.generators)
    as_of = found.as_of
    assert ranked(world, by=RankedBy.SETTLED, as_of=as_of) == found


def test_a_win_is_the_winners_wherever_it_stood(notes: Notes) -> None:
    world = notes.world
    pytest.importorskip("statsmodels")
    world.set_policy(overlap=1, repeat_share=0)
    add(world, *(between(f"p{n}", *GENERATORS[:2]) for n in range(12)))
    lefts = set()
    for n in range(12):
        view, shown = take(world.expert("ann"))
        lefts.add(shown.left.split()[0])
        winner = GENERATORS[1] if n < 2 else GENERATORS[0]
        overall = "tie" if n == 2 else "better" if shown.left.startswith(winner) else "worse"
        prefer(world.expert("ann"), view.id, overall)
    assert len(lefts) == 2
    first, last = ranked(world, by=RankedBy.SETTLED).ranking.generators
    assert (first.generator, first.wins, first.ties, first.losses) == ("amber", 9, 1, 2)
    assert (last.generator, last.wins, last.ties, last.losses) == ("beryl", 2, 1, 9)


def test_what_tells_nothing_is_left_out_and_counted(notes: Notes) -> None:
    world = notes.world
    world.set_policy(overlap=1, repeat_share=0)
    add(
        world,
        between("same", "amber", "amber", extra=1),
        between("none", "amber", None),
        between("bad", "amber", "beryl"),
    )
    for _ in range(3):
        view, shown = take(world.expert("ann"))
        overall = "both-bad" if "bad" in shown.left else "better"
        prefer(
            world.expert("ann"),
            view.id,
            overall,
            criteria={} if overall == "both-bad" else dict.fromkeys(CRITERIA, "tie"),
        )
    found = ranked(world)
    assert found.left_out == {"both bad": 1, "no generator": 1, "one generator twice": 1}
    assert found.ranking.reason == "no two generators were compared" and not found.ranking.generators
    waiting = between("more", "amber", "coral")
    add(world, waiting)
    assert ranked(world, by=RankedBy.SETTLED).left_out == {**found.left_out, "not settled": 1}


def test_without_statsmodels_there_is_a_sentence(notes: Notes, monkeypatch: pytest.MonkeyPatch) -> None:
    from cotlab.agreement.pairs import ranking as fitted

    monkeypatch.setattr(fitted, "find_spec", lambda name: None)
    world = notes.world
    world.set_policy(overlap=1, repeat_share=0)
    add(world, between("p", "amber", "beryl"))
    notes.compare("ann", "better")
    assert ranked(world).ranking.reason == "it needs statsmodels: install cotlab[ranking]"
