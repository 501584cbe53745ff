"""The report on generators: what is counted of whom, and which differences it tells of."""

import random
from collections.abc import Sequence
from typing import Any

import pytest

from cotlab.domain.checks import Verdict
from cotlab.domain.errors import BadInput
from cotlab.domain.reports.generators import DraftsMade, GeneratedTraces, GeneratorReport
from cotlab.domain.traces.records import Alternative, DerivedFrom, Origin, Problem, Step, Trace
from cotlab.domain.work.views import NextStep
from cotlab.services.reports import generators
from tests.services.checks.test_shown_evidence import WRONG, find
from tests.services.drafts import drafted
from tests.services.drafts.test_accepting import accept, alternatives, decline, paths
from tests.world import World

WORDS = [f"{a}{b}" for a in "abcdefghij" for b in ("lo", "mi", "ru", "tes")]


def path(problem: str, texts: Sequence[str], generator: str | None = None, **more: object) -> Trace:
    origin = Origin.HUMAN if generator is None else Origin.MODEL
    return Trace.model_validate({
        "problem": Problem(text=problem), "steps": tuple(Step(text=text) for text in texts), "origin": origin,
        "generator": generator, **more,
    })  # fmt: skip


def report(world: World, as_of: int | None = None) -> GeneratorReport:
    return world.store.read(lambda db: generators.report(db, world.project, as_of))


def of(world: World, generator: str | None, as_of: int | None = None) -> GeneratedTraces:
    found = report(world, as_of).generators
    return next(one for one in found if one.generator == generator and (generator or one.origin == "human"))


def values(one: GeneratedTraces) -> dict[str, Any]:
    return {name: (measure.value, measure.of) for name, measure in one.measures.items()}


def test_what_is_counted_of_each(world: World) -> None:
    world.set_policy(overlap=1)
    world.add_traces(
        path("p", ["we add two", "so five"], strategy="forward chaining"), path("q", ["we add more so five"]),
        path("p", ["We ADD two", "hence it is", "so five"], "m", strategy="backward chaining"),
        path("p", ["an unknown hand"], "m", origin=Origin.UNKNOWN),
        path("p", ["we add two", "altered"], "m", origin=Origin.SEMI_SYNTHETIC,
             derived_from=DerivedFrom(trace="0" * 64, position=2, way="sign 1.0")),
        path("q", ["with another"], "m", alternatives=(
            Alternative(position=1, steps=(Step(text="worded"),), origin=Origin.MODEL, generator="m"),)),
    )  # fmt: skip
    people, m = of(world, None), of(world, "m")
    assert (people.traces, people.problems, people.alternatives, people.altered) == (2, 2, 0, 0)
    assert values(people)["steps"] == (1.5, 2) and values(people)["words"] == (pytest.approx(10 / 3), 3)
    assert values(people)["new_words"] == (pytest.approx(2 / 10), 10)
    assert "varied" not in values(people) and values(people)["strategy: forward chaining"] == (1.0, 1)
    assert (m.origin, m.traces, m.problems, m.alternatives, m.altered) == ("model", 2, 2, 1, 1)
    assert values(m)["steps"] == (2.0, 2) and m.strategies == {"backward chaining": 1}
    assert values(m)["new_words"] == (pytest.approx(6 / 10), 10)
    assert values(m)["strategy: forward chaining"] == (0.0, 1) and m.labels == {} and m.differences == ()
    assert [(one.generator, one.origin) for one in report(world).generators][:1] == [(None, "human")]
    assert ("m", "unknown") in [(one.generator, one.origin) for one in report(world).generators]


def test_labels_errors_and_verdicts_are_those_of_the_sequence_that_is_read(world: World) -> None:
    world.set_policy(overlap=1)
    for _ in range(3):
        world.expert("ann").label_all()
    world.add_traces(path("p", ["one", "two", "three"], "m"), path("q", ["first", "second"]))
    before = int(world.value("SELECT max(sequence) AS n FROM events WHERE chain = :c", c=world.project))
    for _ in range(2):
        taken = world.expert("bob").take()
        assert isinstance(taken.next, NextStep)
        of_model = taken.next.step.text == "one"
        for position, label in enumerate(["correct", "incorrect", "incorrect"] if of_model else ["correct"] * 2, 1):
            world.expert("bob").commit(taken.id, position, label)
        world.expert("bob").finish(taken.id)
    find(world, {2: WRONG}, problem="p")
    m, people = of(world, "m"), of(world, None)
    assert m.labels == {"correct": 1, "incorrect": 2} and people.labels == {"correct": 2}
    found = values(m)
    assert (found["errors"], found["with_error"], found["first_error"]) == ((2.0, 1), (1.0, 1), (2.0, 1))
    assert found["label: incorrect"] == (pytest.approx(2 / 3), 3) and found["label: correct"][1] == 3
    assert values(people)["errors"] == (0.0, 1) and "first_error" not in values(people)
    assert values(people)["label: incorrect"] == (0.0, 2)
    checked = [one.measures.get("refuted") for one in (m, people)]
    assert [one.value for one in checked if one is not None] == [1.0] and WRONG.verdict is Verdict.REFUTED
    labelled = int(world.value("SELECT max(sequence) AS n FROM events WHERE chain = :c", c=world.project))
    world.set_policy(overlap=2)
    assert of(world, "m").labels == {} and of(world, "m", labelled).labels == m.labels
    earlier = of(world, "m", before)
    assert earlier.labels == {} and "errors" not in values(earlier) and earlier.traces == 1
    with pytest.raises(BadInput, match="not there yet"):
        report(world, 10**6)


def written(random_: random.Random, steps: int, words: list[str], length: int = 8) -> list[str]:
    return [" ".join(random_.choices(words, k=length)) for _ in range(steps)]


def test_a_difference_is_told_where_there_is_one_and_not_where_there_is_none(world: World) -> None:
    random_ = random.Random(1)
    for number in range(30):
        steps, known = random_.randint(3, 5), [*WORDS, f"own{chr(97 + number % 26)}{number // 26 * 'x'}"]
        world.add_traces(
            path(f"p{number}", written(random_, steps, known)),
            path(f"p{number}", written(random_, random_.randint(3, 5), known), "alike"),
            path(f"p{number}", written(random_, steps + random_.randint(1, 3), [*known, *"qxz"]), "longer"),
        )
    found = report(world)
    assert [one.generator for one in found.generators if one.origin == "model"] == ["alike", "longer"]
    alike, longer = of(world, "alike"), of(world, "longer")
    assert alike.differences == ()
    told = {one.measure: one for one in longer.differences}
    assert {"steps", "new_words"} <= told.keys() and "words" not in told
    assert told["steps"].by.value == pytest.approx(2.0, abs=0.4) and told["steps"].by.interval is not None
    said = told["steps"].sentence
    assert said.startswith("longer has more steps a trace: 6.") and "of people in the 30 problems of both (+" in said
    assert "longer has a larger share of words people use in no other problem: " in told["new_words"].sentence
    assert found.compared >= 8 and set(longer.measures) <= set(found.titles)


def test_differences_are_of_the_problems_of_both_where_there_are_enough(world: World) -> None:
    """Where people were given the short problems alone, longer paths of others tell nothing of the generator."""
    random_ = random.Random(2)
    for number in range(24):
        short, steps = number < 12, random_.randint(2, 4) + 4 * (number >= 12)
        for generator in (None, "m") if short else ("m",):
            world.add_traces(path(f"p{number}", written(random_, steps + random_.choice([0, 0, 1]), WORDS), generator))
    m = of(world, "m")
    assert m.measures["steps"].value > of(world, None).measures["steps"].value + 1.5  # type: ignore[operator]
    assert "steps" not in {one.measure for one in m.differences}
    for number in range(12):
        world.add_traces(path(f"q{number}", written(random_, 9 + number % 2, WORDS), "elsewhere"))
    (told,) = [one for one in of(world, "elsewhere").differences if one.measure == "steps"]
    assert told.common is None and "of people (+" in told.sentence


def test_drafts_are_counted_by_what_became_of_them(world: World) -> None:
    drafted.add_model(world)
    request = alternatives(world, "a way", "A way", "another", "a third", "a fourth")
    at = int(world.value("SELECT max(sequence) AS n FROM events WHERE chain = :c", c=world.project))
    accept(world, request, 1)
    accept(world, request, 3, edited={3: {"steps": ["edited"]}})
    decline(world, request, 4)
    paths(world, "1 2 3 4\nAnswer: 5", "4, 3, 2, 1\nAnswer: 5", name="b")
    drafts = of(world, "small").drafts
    assert drafts == DraftsMade(made=7, accepted=2, edited=1, declined=1, dropped={"same_text": 1, "same_numbers": 1})
    assert drafts.duplicates == pytest.approx(2 / 7) and of(world, "small").alternatives == 2
    assert of(world, "small", at).drafts == DraftsMade(made=5, dropped={"same_text": 1})


def test_without_people_nothing_is_compared(world: World) -> None:
    for number in range(12):
        world.add_traces(path(f"p{number}", ["a", "b"][: 1 + number % 2], "m"))
    found = report(world)
    assert found.compared == 0 and found.generators[0].traces == 0
    assert "new_words" not in of(world, "m").measures and of(world, "m").measures["steps"].interval is not None
