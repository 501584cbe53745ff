"""Drafts on their lead's screens: what models are worth, reports, requests as they go on, what becomes of drafts."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from cotlab.domain.agreement.coefficients import Estimate, Interval
from cotlab.domain.agreement.rates import Rate
from cotlab.domain.drafts.opinions import OpinionKind, OpinionProgress
from cotlab.domain.drafts.requests import (
    Draft,
    DraftDecision,
    DraftDrop,
    DraftEdit,
    DraftReport,
    DraftState,
    DraftStatus,
    DraftTotals,
    DropReason,
    ModelEntry,
)
from cotlab.domain.evaluations.anchoring import AnchoringArm, AnchoringReport, Arm, ArmsCompared, DraftWas, Measure
from cotlab.domain.evaluations.draft_quality import DraftQualityReport, Missing, QualityVerdict, SourceQuality
from cotlab.domain.provenance import Provenance, Sampling
from cotlab.domain.reports.generators import DraftsMade, GeneratedTraces, GeneratorDifference, GeneratorReport
from tests.tui.app.test_unsent import quick
from tests.tui.conftest import Desktop, running
from tests.tui.fakes.lead import AT, dump
from tests.tui.fakes.server import PROJECT, FakeServer, Refusal
from tui.app.settings import Settings
from tui.drafts import overview, progress
from tui.drafts.new_request import FIELDS, body_of, known
from tui.drafts.overview import DraftingScreen
from tui.drafts.reports import missing_words, quality_words
from tui.drafts.request import DraftRequestScreen
from tui.drafts.request_rows import read, written

__all__ = ["quick"]
HERE = f"projects/{PROJECT}"
SIZES = [(60, 16), (80, 24), (120, 40)]


def job(name: str, state: str = "done", made: int = 3, **fields: Any) -> DraftStatus:
    given = {
        "id": name, "kind": "alternatives", "model": "small", "state": state, "made": made, "wanted": 4,
        "item_id": "i" * 32, "problem_id": "q1", "position": 2, "seed": 1, "sampling": Sampling(), "strategy": None,
        "requested_by": "lea", "requested_at": AT, "ended_at": None if state in ("waiting", "drafting") else AT,
    }  # fmt: skip
    return DraftStatus.model_validate(given | fields)


def draft(number: int, text: str, **fields: Any) -> Draft:
    given = {
        "id": f"d{number}", "ordinal": number, "kind": "alternatives", "item_id": "i1", "problem_id": "q1",
        "position": 2, "document": {"text": text}, "made_at": AT,
        "provenance": Provenance(driver="openai", model="m [b]", seed=7, tokens=12, finish_reason="stop"),
    }  # fmt: skip
    return Draft.model_validate(given | fields)


def estimate(value: float, low: float, high: float) -> Estimate:
    return Estimate(value=value, interval=Interval(low=low, high=high))


RATE = Rate(value=0.2, interval=Interval(low=0.1, high=0.3), hits=2, of=10, traces=5)
QUALITY = DraftQualityReport(as_of=9, replicates=1000, seed=1, sources=(
    SourceQuality(source="small", kind=OpinionKind.LABEL, opinions=300, held=200, mass=0.31, missing=Missing(),
                  verdict=QualityVerdict.NO_BETTER),
    SourceQuality(source="gone", kind=OpinionKind.PAIR, opinions=9, held=2, by_votes=9,
                  verdict=QualityVerdict.TOO_LITTLE, missing=Missing(problems=18, pairs=1)),
))  # fmt: skip
PROGRESS = OpinionProgress(kind=OpinionKind.LABEL, model="small", done=5, waiting=24, failed=0, opinions=19)
ANCHORING = AnchoringReport(
    as_of=9, task="steps", labels=120, problems=40, people=3, decided=0, known=30, left_out={"of a redo": 4},
    arms=tuple(
        AnchoringArm(arm=Arm.SEEN, draft=draft, labels=90, earlier=0, changed=RATE, towards=RATE, away=RATE,
                     seconds=12.0, seconds_after=3.5)
        for draft in (DraftWas.ANY, DraftWas.WRONG)
    ),
    compared=tuple(
        ArmsCompared(measure=Measure.MOVED, draft=draft, with_drafts=estimate(0.12, 0.08, 0.17),
                     blind=estimate(0.01, 0.0, 0.02), labels=90, blind_labels=30,
                     difference=estimate(0.11, 0.04, 0.19))
        for draft in (DraftWas.ANY, DraftWas.WRONG)
    ),
    sentence="People who see a draft move towards it.",
)  # fmt: skip
GENERATORS = GeneratorReport(as_of=9, compared=8, titles={}, generators=(
    GeneratedTraces(generator=None, origin="human", traces=12, problems=6),
    GeneratedTraces(generator="small", origin="model", traces=8, problems=6,
                    drafts=DraftsMade(made=9, accepted=8, edited=1),
                    differences=(GeneratorDifference(measure="steps", by=estimate(2.0, 1.0, 3.0),
                                                     sentence="Its paths have more steps."),)),
))  # fmt: skip
DRAFTS = (
    draft(1, "Count t from 9:00 on [b]."), draft(2, "Said so before.", dropped=DraftDrop(why=DropReason.SAME_TEXT)),
    draft(3, "Let t begin when the first one leaves."),
    draft(4, "Old.", decision=DraftDecision(decision="declined", reason="clumsy", decided_by="lea", decided_at=AT)),
)  # fmt: skip


@pytest.fixture
def server(server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> FakeServer:
    """The same server to somebody who leads its project: jobs j3 (under way), j2, j1."""
    monkeypatch.setattr(progress, "AGAIN", 0.1)
    server.entry = {"roles": ["lead"]}
    jobs = [job("j3", "drafting", 1), job("j2"), job("j1", "failed", 0, sentence="The endpoint is down.")]
    anchoring = {
        "steps": ANCHORING,
        "pairs": ANCHORING.model_copy(update={"task": "pairs", "sentence": "Nothing yet."}),
    }
    models = [ModelEntry(name="small", driver="openai"), ModelEntry(name="off", driver="none")]
    server.replies |= {
        ("GET", f"{HERE}/models"): [dump(one) for one in models],
        ("GET", f"{HERE}/drafting"): requests(jobs),
        ("GET", f"{HERE}/drafting/totals"): [dump(one) for one in TOTALS],
        ("GET", f"{HERE}/opinions"): [dump(PROGRESS)],
        ("GET", f"{HERE}/reports/drafts"): dump(QUALITY), ("GET", f"{HERE}/reports/generators"): dump(GENERATORS),
        ("GET", f"{HERE}/reports/anchoring"): lambda query: dump(anchoring[query["task"][0]]),
    }  # fmt: skip
    stream(server, jobs[0])
    show(server, jobs[1], *DRAFTS)
    return server


TOTALS = (
    DraftTotals(model="small", kind="alternatives", requests={DraftState.DRAFTING: 1, DraftState.DONE: 2}, made=1_204),
)


def requests(jobs: Sequence[DraftStatus], page: int = 500) -> Callable[[Any], Any]:
    """What the server says of requests: the newest first, a page at a time, or those that have not ended."""

    def said(query: Any) -> Any:
        if query.get("open") == ["true"]:
            return [dump(one) for one in jobs if not one.ended]
        names = [one.id for one in jobs]
        start = names.index(query["before"][0]) + 1 if "before" in query else 0
        return [dump(one) for one in jobs[start : start + page]]

    return said


def stream(server: FakeServer, *statuses: DraftStatus) -> None:
    """What the stream of a request says from now on; a list of several it says one a stream."""
    said = list(statuses)

    def event(_: object) -> str:
        one = said.pop(0) if len(said) > 1 else said[0]
        return f": still there\n\nevent: progress\ndata: {one.model_dump_json()}\n\n"

    server.replies["GET", f"{HERE}/drafting/{statuses[0].id}/events"] = event


def show(server: FakeServer, status: DraftStatus, *drafts: Draft) -> None:
    server.replies["GET", f"{HERE}/drafting/{status.id}"] = dump(DraftReport(request=status, drafts=drafts))


def sent(server: FakeServer, path: str) -> list[Any]:
    return [body for where, _, body in server.heard if where == f"{HERE}/{path}"]


async def open_drafting(ui: Desktop, *keys: str) -> DraftingScreen:
    await ui.until(lambda: "algebra-pilot" in ui.text())
    await ui.press("d")
    await ui.until(lambda: ui.shows("DraftingScreen") and ui.status == "")
    for key in keys:
        await ui.press(key)
        await ui.until(lambda: ui.status == "")
    assert isinstance(ui.screen, DraftingScreen)
    return ui.screen


async def open_request(ui: Desktop) -> DraftRequestScreen:
    await open_drafting(ui, "tab", "tab", "j")
    await ui.press("enter")
    await ui.until(lambda: ui.shows("DraftRequestScreen") and ui.status == "")
    assert isinstance(ui.screen, DraftRequestScreen)
    return ui.screen


def test_what_a_verdict_rests_on_is_said_in_words() -> None:
    no_better, too_little = (" ".join(quality_words(one)) for one in QUALITY.sources)
    assert "Opinions by its probabilities, on 300 steps; 200 can be held" in no_better
    assert "it mostly does not answer what it is asked" in no_better and "votes" not in no_better
    assert "18 problems, 1 pair more with a label are needed" in too_little and "by its votes" in too_little
    assert (
        missing_words(Missing(errors=1, others=2)) == "1 error, 2 steps without an error more with a label are needed"
    )


@pytest.mark.parametrize("edit", [
    DraftEdit(steps=("One.",), final_answer=None), DraftEdit(steps=("One\nline.", "Two."), final_answer="42"),
])  # fmt: skip
def test_a_path_is_read_back_as_it_was_written(edit: DraftEdit) -> None:
    parts = [part for part in written(edit).split("\n\n") if part]
    assert read(parts, True) == edit


@pytest.mark.parametrize("size", SIZES)
async def test_sources_and_reports_speak_in_sentences(
    server: FakeServer, settings: Settings, size: tuple[int, int]
) -> None:
    async with running(server, settings, size) as ui:
        await open_drafting(ui)
        assert "[sources]" in ui.text() and "✗ steps: no better than chance" in ui.text()
        assert "Opinions of traces: 5 done, 24 to come." in ui.words() or size[1] < 20
        await ui.press("j", "j")
        assert "removed" in ui.text() and "too little data" in ui.text() and "The server has it no more." in ui.words()
        await ui.press("tab")
        await ui.until(lambda: "4 reports" in ui.text())
        assert "small: no better than chance (steps)" in ui.words()
        for words in ("move towards it.", "Nothing yet.", "Its paths have more steps."):
            await ui.press("j")
            assert words in ui.words() or size[1] < 20, words
        if size[1] > 30:
            await ui.press("k", "k")
            moved = "0.12 [0.08, 0.17] with drafts, 0.01 [0.00, 0.02] without; difference 0.11 [0.04, 0.19]"
            assert f"moved: {moved}" in ui.words() and f"moved, draft wrong: {moved}" in ui.words()
            assert "seen, draft wrong: 90 labels, changed 0.20 [0.10, 0.30]" in ui.words()
            assert "seconds: 12.0 to the commit, 3.5 from the reveal to the last answer" in ui.words()
            assert "left out: 4 of a redo" in ui.words() and "towards the draft 0.20 [0.10, 0.30]" in ui.words()


async def test_requests_move_as_the_server_tells_and_are_cancelled_on_a_key(
    server: FakeServer, settings: Settings
) -> None:
    stopped = job("j3", "cancelled", 2, sentence="no longer wanted")

    def cancel(_: object) -> Any:
        stream(server, stopped)
        return dump(stopped)

    server.replies["POST", f"{HERE}/drafting/j3/cancel"] = cancel
    async with running(server, settings) as ui:
        screen = await open_drafting(ui, "tab", "tab")
        assert "3 requests, those not ended first · 1 not ended" in ui.text() and "◐ drafting" in ui.text()
        await ui.until(lambda: "  1 of 4" in ui.text())
        stream(server, job("j3", "drafting", 2))
        await ui.until(lambda: "█████        2 of 4" in ui.text())
        await ui.press("j", "j", "x")
        assert "has ended already: failed" in ui.status and "The endpoint is down." in ui.words()
        await ui.press("k", "k", "x")
        await ui.until(lambda: screen.jobs[0].state is DraftState.CANCELLED and "cancelled" in ui.status)
        assert sent(server, "drafting/j3/cancel") == [{"reason": "no longer wanted"}] and "0 not ended" in ui.text()
        await ui.until(lambda: not screen._following)


async def test_all_requests_can_be_read_and_what_has_not_ended_comes_first(
    server: FakeServer, settings: Settings
) -> None:
    """The newest page holds none that a worker has, since those are the oldest."""
    jobs = [job(f"n{number}") for number in range(4)] + [job("o1", "drafting", 1), job("o2", "waiting", 0)]
    server.replies["GET", f"{HERE}/drafting"] = requests(jobs, 2)
    for one in jobs[4:]:
        stream(server, one)
    async with running(server, settings) as ui:
        screen = await open_drafting(ui)
        assert "Drafted so far: alternatives 1,204." in ui.words()
        await ui.press("tab", "tab")
        assert [one.id for one in screen.jobs] == ["o1", "o2", "n0", "n1"] and "◐ drafting" in ui.text()
        await ui.until(lambda: set(screen._following) == {"o1", "o2"})
        await ui.press("j", "j", "j")
        await ui.until(lambda: [one.id for one in screen.jobs] == ["o1", "o2", "n0", "n1", "n2", "n3"])
        await ui.press("j", "j")
        await ui.until(lambda: len(screen._past) == 6 and ui.status == "")
        await ui.press("j")
        await ui.until(lambda: screen._all_here and ui.status == "")
        assert len(screen.jobs) == 6, "none stands there twice"
        assert "6 requests, those not ended first · 2 not ended" in ui.text()


async def test_what_waits_is_listed_also_where_it_is_not_among_the_open_ones(
    server: FakeServer, settings: Settings
) -> None:
    """One that is listed and is not among the open ones, as where these are more than come at once."""
    waits = job("j1", "waiting", 0)
    server.replies["GET", f"{HERE}/drafting"] = lambda query: (
        [] if "open" in query or "before" in query else [dump(waits)]
    )
    stream(server, waits)
    async with running(server, settings) as ui:
        screen = await open_drafting(ui, "tab", "tab")
        await ui.press("j")
        await ui.until(lambda: screen._all_here and ui.status == "")
        assert screen.jobs == [waits] and "· waiting" in ui.text()


async def test_one_of_an_older_page_that_has_ended_stays_there_as_ended(
    server: FakeServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview, "MOST_FOLLOWED", 0)
    jobs = [*(job(f"n{number}") for number in range(3)), job("o1", "waiting", 0), job("o2", "waiting", 0)]
    server.replies["GET", f"{HERE}/drafting"] = requests(jobs, 2)
    async with running(server, settings) as ui:
        screen = await open_drafting(ui, "tab", "tab", "j", "j", "j")
        await ui.until(lambda: len(screen._past) == 4 and ui.status == "")
        jobs[3] = job("o1")
        server.replies["GET", f"{HERE}/drafting/o1/status"] = dump(jobs[3])
        screen._list_again()
        await ui.until(lambda: [one.id for one in screen.jobs if not one.ended] == ["o2"] and not screen.asking)
        assert [one.id for one in screen.jobs] == ["o2", "n0", "n1", "n2", "o1"]


async def test_one_asked_for_here_that_ends_at_once_stays_listed(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        screen = await open_drafting(ui, "tab", "tab")
        made = job("j4", "waiting", 0)
        stream(server, made)
        screen._started(made)
        screen.heard(job("j4"))
        screen._list_again()
        looks = screen._looks
        await ui.until(lambda: screen._looks > looks and not screen.asking)
        assert [one.id for one in screen.jobs] == ["j3", "j4", "j2", "j1"]


async def test_a_server_that_goes_is_waited_for(server: FakeServer, settings: Settings, quick: None) -> None:
    async with running(server, settings) as ui:
        await open_drafting(ui, "tab", "tab")
        server.gone = True
        await ui.until(lambda: ui.app.journey is not None and ui.app.journey.line.down)
        await ui.press("j")
        assert "▸ ✓ done" in ui.text(), "the keys work meanwhile"
        stream(server, job("j3", "done", 4))
        server.gone = False
        assert ui.app.journey is not None
        ui.app.journey.line.try_now()
        await ui.until(lambda: "4 of 4" in ui.text() and ui.status == "" and "connection" not in ui.text())
        assert "▸ ✓ done       ███████▌" in ui.text(), "the mark stays on its request"


async def test_more_is_asked_for_and_what_is_refused_stays_to_be_mended(server: FakeServer, settings: Settings) -> None:
    refusal = Refusal(403, "refused", "By the policy (drafts) nobody may ask for drafts of steps.")
    server.replies["POST", f"{HERE}/drafting"] = refusal
    async with running(server, settings) as ui:
        screen = await open_drafting(ui)
        await ui.press("a")
        await ui.until(lambda: ui.shows("StartDraftsScreen"))
        await ui.press("ctrl+s")
        assert "of: the id of a trace belongs here" in ui.status
        await ui.press("ctrl+t")
        assert "forward, backward, estimate-then-check" in ui.text() and "the id of a problem" in ui.text()
        await ui.press("tab", "ctrl+t", "down")
        await ui.type("q1")
        await ui.press("enter", "enter", "ctrl+u", "7", "tab", "ctrl+t")
        await ui.press("ctrl+s")
        await ui.until(lambda: "nobody may ask" in ui.status)
        assert ui.shows("StartDraftsScreen")
        made = job("j4", "waiting", 0, kind="path", wanted=7)
        stream(server, made)
        server.replies["POST", f"{HERE}/drafting"] = dump(made)
        await ui.press("shift+tab", "ctrl+s")
        await ui.until(lambda: ui.screen is screen and "asked for 7 drafts" in ui.status)
        assert "▸ · waiting" in ui.text() and "path" in ui.text()
    wanted = {"kind": "path", "model": "small", "problem_id": "q1", "number": 7, "strategy": "forward"}
    bodies = [body for body in sent(server, "drafting") if body is not None]
    assert [{name: body[name] for name in wanted} for body in bodies] == [wanted, wanted]


@pytest.mark.parametrize(("field", "value", "said"), [
    ("kind", "poem", "there is no poem"), ("of", "", "the id of a trace belongs here"),
    ("position", "two", "a number belongs here"), ("number", "0", "number:"), ("model", "", "model:"),
])  # fmt: skip
def test_fields_that_cannot_be_are_named(field: str, value: str, said: str) -> None:
    good = dict(zip(FIELDS, ("alternatives", "small", "i1", "2", "3", ""), strict=True))
    kind = known("alternatives")
    assert not isinstance(body_of(good, kind), str)
    found = body_of(good | {field: value}, None if field == "kind" else kind)
    assert isinstance(found, str) and said in found


def decided(**fields: Any) -> dict[str, Any]:
    return {"request_id": "j2", "receipt": "r", **fields}


@pytest.mark.parametrize("size", SIZES[1:])
async def test_drafts_are_accepted_edited_first_or_turned_down(
    server: FakeServer, settings: Settings, size: tuple[int, int]
) -> None:
    accept = ("POST", f"{HERE}/drafting/j2/accept")
    server.replies |= {
        accept: decided(items={"1": "t1"}),
        ("POST", f"{HERE}/drafting/j2/decline"): decided(declined=[3]),
    }
    async with running(server, settings, size) as ui:
        await open_request(ui)
        assert "1  open" in ui.text() and "2  dropped" in ui.text() and "4  declined" in ui.text()
        assert "model m [b], seed 7, 12 tokens, ended by stop" in ui.words()
        await ui.press("+")
        await ui.until(lambda: ui.status == "draft 1 is in the pool, as trace t1")
        await ui.press("+")
        assert "was dropped (same text)" in ui.status
        await ui.press("i")
        await ui.until(lambda: ui.shows("EditDraftScreen"))
        await ui.type(" Anew.")
        server.replies[accept] = Refusal(409, "conflict", "Draft 2 says what i9 says, which is there.")
        await ui.press("ctrl+s")
        await ui.until(lambda: "says what i9 says" in ui.status)
        await ui.press("k", "i")
        await ui.until(lambda: ui.shows("EditDraftScreen"))
        assert "Said so before. Anew." in ui.text(), "it is kept until the server has it"
        server.replies[accept] = decided(dropped={"2": {"why": "same_text", "beside": "i9"}})
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.status == "draft 2 is dropped: same text as i9")
        await ui.press("t")
        await ui.until(lambda: ui.status == "draft 3 is turned down")
        await ui.press("t")
        assert "draft 4 was declined already" in ui.status and "clumsy" in ui.words()
        await ui.press(".")
        assert "strategies are of paths alone" in ui.status
    bodies = sent(server, "drafting/j2/accept")
    edit = {"steps": ["Said so before. Anew."], "final_answer": None}
    assert [(body["drafts"], body["edited"]) for body in bodies] == [([1], {}), ([2], {"2": edit}), ([2], {"2": edit})]
    (body,) = sent(server, "drafting/j2/decline")
    assert body["drafts"] == [3] and body["reason"]


async def test_paths_are_accepted_as_of_a_strategy_of_the_guideline(server: FakeServer, settings: Settings) -> None:
    status = job("j2", kind="path", item_id=None, position=None)
    document = {"steps": ["One.", "Two."], "final_answer": None, "strategy": "forward"}
    show(server, status, draft(1, "", kind="path", document=document))
    server.replies["POST", f"{HERE}/drafting/j2/accept"] = decided(items={"1": "t1"})
    async with running(server, settings) as ui:
        await open_request(ui)
        assert "its own strategy" in ui.text() and "2  Two." in ui.text() and "strategy: forward" in ui.text()
        await ui.press(".")
        await ui.until(lambda: "as of forward chaining strategy" in ui.status)
        await ui.press("i")
        await ui.until(lambda: ui.shows("EditDraftScreen"))
        await ui.press("ctrl+end", "enter", "enter")
        await ui.type("Answer: 42")
        await ui.press("ctrl+s")
        await ui.until(lambda: "in the pool" in ui.status)
    (body,) = sent(server, "drafting/j2/accept")
    assert body["strategy"] == "forward chaining"
    assert body["edited"] == {"1": {"steps": ["One.", "Two."], "final_answer": "42"}}


async def test_opinions_are_read_and_not_accepted(server: FakeServer, settings: Settings) -> None:
    status = job("j2", kind="label_opinion", position=None)
    document = {"probabilities": {"correct": 0.2, "incorrect": 0.8}, "by": "votes", "asked": 4}
    show(server, status, draft(1, "", kind="label_opinion", document=document))
    async with running(server, settings) as ui:
        await open_request(ui)
        assert "1  step 2  incorrect 0.80, correct 0.20" in ui.text()
        await ui.press("+")
        assert "are no traces" in ui.status


async def test_drafts_appear_as_they_are_made(server: FakeServer, settings: Settings) -> None:
    going = job("j2", "drafting", 1)
    show(server, going, DRAFTS[0])
    stream(server, going)
    async with running(server, settings) as ui:
        await open_request(ui)
        assert "1 of 4 drafts" in ui.text() and "Let t begin" not in ui.text()
        now = job("j2", "done", 2)
        show(server, now, DRAFTS[0], DRAFTS[2])
        stream(server, now)
        await ui.until(lambda: "Let t begin" in ui.text() and "done · 2 of 4" in ui.text())


async def test_they_are_for_leads_alone(server: FakeServer, settings: Settings) -> None:
    server.entry = {"roles": ["annotator"]}
    async with running(server, settings) as ui:
        await ui.until(lambda: "algebra-pilot" in ui.text())
        await ui.press("d")
        assert "for the lead" in ui.status and ui.shows("QueueScreen")
