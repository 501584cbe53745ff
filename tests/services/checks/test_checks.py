"""Verdicts in a project: what is missing is checked, once, whatever comes in between."""

import json
import threading
import time
from concurrent.futures import Future
from contextlib import ExitStack, closing
from typing import Any

import pytest

from cotlab.checks.running import chunks
from cotlab.checks.running.chunks import Checked, Stopping, check_chunk
from cotlab.domain.checks import StepToCheck, StepVerdict, Verdict
from cotlab.domain.errors import ProjectClosed
from cotlab.domain.projects.gates import Checks, Setting
from cotlab.domain.projects.projects import ClosingBody
from cotlab.domain.traces.records import Alternative, Problem, Step
from cotlab.services.checks import coordinator
from cotlab.services.checks import verdicts as checking
from cotlab.services.checks.coordinator import Looks, check_project
from cotlab.services.checks.executors import LocalCrew
from cotlab.services.checks.verdicts import AnswerCheck, Chunk, Wanted
from cotlab.services.projects import projects
from tests.world import World, trace

DEFAULT = Wanted(Setting.DEFAULT)
SUMS = ["1 + 1 = 2", "2 + 2 = 5", "So it is."]


class Here:
    """A crew that checks at once, and notes what it was given; it fails as often as it is told to."""

    def __init__(self, fails: int = 0, lost: int = 0) -> None:
        self.at_once, self.fails, self.lost = 2, fails, lost
        self.chunks: list[Chunk] = []

    def check(self, chunk: Chunk, asked: Wanted, stopping: Stopping) -> "Future[list[Checked]]":
        self.chunks.append(chunk)
        future: Future[list[Checked]] = Future()
        if self.fails:
            self.fails -= 1
            future.set_exception(RuntimeError("a worker died"))
            return future
        judge = None if asked.answers is None else asked.answers.judge
        found = check_chunk(chunk.stretches, chunk.answers, asked.setting, stopping, judge)
        future.set_result(found[self.lost :])
        self.lost = 0
        return future

    def close(self) -> None:
        pass


def judge(asked: StepToCheck, setting: Setting) -> StepVerdict:
    verdict = Verdict.VERIFIED if asked.previous == (asked.step,) else Verdict.REFUTED
    return StepVerdict(verdict=verdict, reason="by its letters")


def check(world: World, crew: Any = None, asked: Wanted = DEFAULT) -> int:
    return check_project(world.store, crew or Here(), world.project, asked, threading.Event())


def kept(world: World, checker: str = "1.1 default") -> dict[tuple[str, int], str]:
    rows = world.rows(
        """SELECT s.text, v.position, v.verdict FROM verdicts v LEFT JOIN steps s
           ON s.trace_id = v.item_id AND s.position = v.position WHERE v.checker = :c""",
        c=checker,
    )
    return {(row["text"], row["position"]): row["verdict"] for row in rows}


@pytest.fixture
def sums(world: World) -> World:
    world.add_traces(trace("sums", texts=SUMS))
    return world


def test_each_step_gets_one_verdict_and_a_second_pass_writes_nothing(sums: World) -> None:
    assert check(sums) == 12
    found = kept(sums)
    assert len(found) == 12
    assert [found[text, number] for number, text in enumerate(SUMS, 1)] == ["verified", "refuted", "undecided"]
    events = sums.kinds()
    assert events.count("evidence.added") == 1
    crew = Here()
    assert check(sums, crew) == 0
    assert (crew.chunks, sums.kinds()) == ([], events)


def test_a_verdict_is_kept_with_its_claims(sums: World) -> None:
    check(sums)
    document = json.loads(sums.value("SELECT document FROM verdicts WHERE verdict = 'refuted'"))
    (claim,) = document["claims"]
    assert (claim["start"], claim["end"], claim["kind"], claim["verdict"]) == (0, 9, "arithmetic", "refuted")
    assert document["reason"] == claim["reason"] == "2 + 2 is 4, not 5"


def test_chunks_are_bounded_and_a_long_trace_goes_on_with_what_stood_before(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "AT_ONCE", 2)
    world.add_traces(trace("long", texts=["3x + 6 = 15", "We go on.", "We go on.", "So 3x = 10."]))
    crew = Here()
    assert check(world, crew, Wanted(Setting.ALL_KINDS)) == 13
    assert all(sum(len(one.texts) for one in chunk.stretches) <= 2 for chunk in crew.chunks)
    assert kept(world, "1.1 all-kinds")["So 3x = 10.", 4] == "refuted"


def test_what_a_chunk_lost_is_found_missing_again(sums: World) -> None:
    assert check(sums, Here(lost=5)) == 12
    assert len(kept(sums)) == 12


def test_a_chunk_that_failed_costs_itself_alone(sums: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "AT_ONCE", 3)
    crew = Here(fails=2)
    assert check(sums, crew) == 12
    assert len(crew.chunks) == 4 + 2


def test_where_all_fails_it_is_said_and_not_tried_for_ever(sums: World) -> None:
    with pytest.raises(RuntimeError, match="a worker died"):
        check(sums, Here(fails=1000))


def test_a_second_write_of_the_same_chunk_is_harmless(sums: World) -> None:
    found = check_chunk(
        [one for chunk in checking.missing(sums.store, sums.project, DEFAULT) for one in chunk.stretches]
    )
    assert sums.write(lambda db: checking.keep(db, sums.project, DEFAULT, found[:4])) == 4
    assert sums.write(lambda db: checking.keep(db, sums.project, DEFAULT, found)) == 8
    assert sums.write(lambda db: checking.keep(db, sums.project, DEFAULT, found)) == 0
    assert (len(kept(sums)), sums.kinds().count("evidence.added")) == (12, 2)


def test_another_version_and_another_setting_check_anew_beside_the_old(
    sums: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(sums)
    assert check(sums, asked=Wanted(Setting.ALL_KINDS)) == 12
    monkeypatch.setattr(checking, "VERSION", "1.2")
    assert check(sums) == 12
    assert sums.value("SELECT count(*) FROM verdicts") == 36


def test_an_alternative_is_checked_after_the_steps_above_it(world: World) -> None:
    above = Alternative(position=2, steps=(Step(text="So 3x = 10."), Step(text="6 + 9 = 15")))
    first = Alternative(position=1, steps=(Step(text="Then 3x = 10."),))
    world.add_traces(trace("parent", texts=["3x + 6 = 15", "We go on."], alternatives=(above, first)))
    check(world, asked=Wanted(Setting.ALL_KINDS))
    found = kept(world, "1.1 all-kinds")
    assert found["So 3x = 10.", 2] == "refuted"
    assert found["6 + 9 = 15", 3] == "verified"
    assert found["Then 3x = 10.", 1] != "refuted"


def test_final_answers_are_checked_where_there_is_a_reference_and_a_judge(world: World) -> None:
    problem = Problem(text="What is 2 + 3?", domain="mathematics", reference_answer="5")
    world.add_traces(trace("r", problem=problem, final_answer="5"), trace("w", problem=problem, final_answer="6"))
    asked = Wanted(Setting.DEFAULT, AnswerCheck("answers 1.0", judge))
    assert check(world, asked=asked) == 15 + 2
    rows = world.rows("SELECT position, verdict FROM verdicts WHERE checker = 'answers 1.0' ORDER BY verdict")
    assert [(row["position"], row["verdict"]) for row in rows] == [(0, "refuted"), (0, "verified")]
    assert check(world, asked=asked) == 0


def test_a_stop_ends_within_a_step_and_a_later_start_goes_on(sums: World) -> None:
    stopping = threading.Event()
    crew = LocalCrew()
    told: list[int] = []

    def stop(new: int) -> None:
        told.append(new)
        stopping.set()

    sums.add_traces(*(trace(f"t{number}") for number in range(200)))
    try:
        first = check_project(sums.store, crew, sums.project, DEFAULT, stopping, stop)
        assert 0 < first < 612
        assert sum(told) == first == len(sums.rows("SELECT 1 AS one FROM verdicts"))
        assert check(sums, crew) == 612 - first
    finally:
        crew.close()


def test_a_closed_project_is_left_as_it_is(sums: World) -> None:
    body = ClosingBody(reason="done")
    sums.write(lambda db: projects.close_project(db, sums.host, sums.project, body))
    with pytest.raises(ProjectClosed):
        check(sums)
    assert kept(sums) == {}


def test_a_look_follows_policy_and_comes_back_only_for_news(sums: World) -> None:
    crew = Here()
    looks = Looks(sums.store, crew, threading.Event())
    sums.set_policy(checks=Checks.OFF)
    assert looks.look(lambda: True) and crew.chunks == []
    sums.set_policy(checks=Checks.DEFAULT)
    assert looks.look(lambda: False) and crew.chunks == []
    assert looks.look(lambda: True) and looks.look(lambda: True)
    assert (len(crew.chunks), len(kept(sums))) == (1, 12)
    sums.add_traces(trace("later"))
    assert looks.look(lambda: True) and len(kept(sums)) == 15
    sums.set_policy(checks=Checks.ALL_KINDS)
    assert looks.look(lambda: True) and len(kept(sums, "1.1 all-kinds")) == 15


def test_a_look_without_news_reads_the_heads_alone(sums: World, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = Looks(sums.store, Here(), threading.Event())
    assert looks.look(lambda: True) and looks.look(lambda: True)
    with monkeypatch.context() as watched:
        watched.setattr(
            "cotlab.storage.checks.checks.traces", lambda *_: pytest.fail("traces are counted without news")
        )
        assert looks.look(lambda: True)
    sums.add_traces(trace("later"))
    assert looks.look(lambda: True) and len(kept(sums)) == 15


def test_a_look_that_fails_says_so_and_the_next_one_does_the_work(sums: World) -> None:
    crew = Here(fails=1)
    looks = Looks(sums.store, crew, threading.Event())
    assert not looks.look(lambda: True)
    assert looks.look(lambda: True) and len(kept(sums)) == 12


def test_one_of_several_is_in_charge_until_it_lets_go(sums: World) -> None:
    with ExitStack() as opened:
        one, two, other = (
            opened.enter_context(closing(sums.store.charge(name))) for name in ("checks", "checks", "another")
        )
        assert (one.held(), two.held(), one.held(), two.held(), other.held()) == (True, False, True, False, True)
        for _ in range(20):
            one.close()
            assert (two.held(), one.held()) == (True, False)
            one, two = two, one


def test_watching_checks_what_comes_in_until_it_is_stopped(sums: World) -> None:
    stopping = threading.Event()
    thread = threading.Thread(target=coordinator.watch, args=(sums.store, Here(), stopping, 0.01))
    thread.start()
    ends = time.monotonic() + 60
    while len(kept(sums)) < 12 and time.monotonic() < ends:
        time.sleep(0.02)
    stopping.set()
    thread.join(60)
    assert not thread.is_alive() and len(kept(sums)) == 12
    assert chunks.VERSION == "1.1"


def test_the_native_export_carries_the_verdicts_in_force_as_of_its_sequence(sums: World) -> None:
    for _ in range(4):
        sums.expert("ann").label_all()
    sums.set_policy(overlap=1)

    def exported(as_of: int | None = None) -> dict[str, list[tuple[int, str, str]]]:
        rows = map(json.loads, sums.export(as_of=as_of)[0].splitlines())
        return {
            row["problem"]["text"]: [(one["position"], one["checker"], one["verdict"]) for one in row["evidence"]]
            for row in rows
        }

    before = sums.value("SELECT max(sequence) AS n FROM events WHERE chain = :c", c=sums.project)
    check(sums)
    by_default = sums.value("SELECT max(sequence) AS n FROM events WHERE chain = :c", c=sums.project)
    check(sums, asked=Wanted(Setting.ALL_KINDS))
    verdicts = list(enumerate(("verified", "refuted", "undecided"), 1))
    of_default = [(n, "1.1 default", verdict) for n, verdict in verdicts]
    of_all_kinds = [(n, "1.1 all-kinds", verdict) for n, verdict in verdicts]
    assert exported(before) == {f"Problem {name}": [] for name in ("a", "b", "c", "sums")}
    assert exported(by_default)["Problem sums"] == of_default
    assert exported()["Problem sums"] == of_default, "as cases, labels and reports read them"
    (line,) = (line for line in sums.export()[0].splitlines() if b'"Problem sums"' in line)
    assert json.loads(line)["evidence"][1]["claims"][0]["reason"] == "2 + 2 is 4, not 5"
    sums.set_policy(overlap=1, checks=Checks.ALL_KINDS)
    assert exported()["Problem sums"] == of_all_kinds
    assert exported(by_default)["Problem sums"] == of_default
    sums.set_policy(overlap=1, checks=Checks.OFF)
    assert exported()["Problem sums"] == of_all_kinds, "what was found last"


def test_the_native_export_has_an_older_verdict_until_the_check_in_force_has_one(sums: World) -> None:
    for _ in range(4):
        sums.expert("ann").label_all()
    sums.set_policy(overlap=1)
    check(sums)
    sums.set_policy(overlap=1, checks=Checks.ALL_KINDS)
    (line,) = (line for line in sums.export()[0].splitlines() if b'"Problem sums"' in line)
    assert {one["checker"] for one in json.loads(line)["evidence"]} == {"1.1 default"}
