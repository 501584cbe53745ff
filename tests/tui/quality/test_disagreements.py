"""From the steps behind a number to their case and on, and what the server measured by itself."""

import asyncio
from typing import Any

import httpx
import pytest

from cotlab.domain.cases import PeerLabel
from tests.tui.conftest import Desktop, running
from tests.tui.fakes.lead import CASE, dump, lead, steps, taken
from tests.tui.fakes.server import FakeServer, Refusal
from tests.tui.quality.test_agreement import HERE, SIZES, open_agreement
from tui.app.settings import Settings
from tui.quality.disagreements import filter_words
from tui.widgets.listing import Rows


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({}, "all that differ"),
        ({"labels": "correct,redundant"}, "correct | redundant"),
        ({"labels": "redundant", "where": ["domain=law", "pair=ann ~ bob"]}, "redundant · domain law, pair ann ~ bob"),
        ({"rule": "none", "version": "g 1.0"}, "no rule cited · g 1.0"),
        ({"rule": "M2", "where": ["tag=a=b"], "kinds": "true"}, "tag a=b · rule M2"),
    ],
)
def test_what_the_list_is_filtered_by(query: dict[str, Any], words: str) -> None:
    assert filter_words(query) == words


async def open_steps(ui: Desktop) -> None:
    await open_agreement(ui)
    await ui.press("enter")
    await ui.until(lambda: ui.shows("DisputedScreen") and " of " in ui.text())


@pytest.mark.parametrize("size", SIZES)
async def test_who_said_what_on_a_step(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    async with running(lead(server), settings, size) as ui:
        await open_steps(ui)
        assert "3 of 3 steps · all that differ · by trace and step" in ui.text()
        for words in ("Problem 0 [b]", "2 So, again, 0.", "○ redundant", "“it stands in line 1”", "M2", "bob ✓ correct",
                      "no rule"):  # fmt: skip
            assert words in ui.words() or size[1] < 20, words
        assert "case open (enter)" in ui.text() and "no case" in ui.text()
        await ui.press("j")
        await ui.until(lambda: "Problem 1 [b]" in ui.text())
        await ui.press("enter")
        assert ui.status == "there is no case on this step"
        await ui.press("escape")
        await ui.until(lambda: ui.shows("AgreementScreen"))


async def test_a_page_comes_after_the_other(server: FakeServer, settings: Settings) -> None:
    lead(server).replies["GET", f"{HERE}/agreement/steps"] = steps(120)
    async with running(server, settings) as ui:
        await open_steps(ui)
        assert "50 of 120" in ui.text()
        await ui.hold("j", 46)
        await ui.until(lambda: "100 of 120" in ui.text())
        assert ui.screen.query_one(Rows).marked == 46
        await ui.hold("down", 53)
        await ui.until(lambda: "120 of 120" in ui.text())
        await ui.press("down")
        assert "Problem 100 [b]" in ui.text()
        await ui.hold("j", 40)
        assert ui.screen.query_one(Rows).marked == 119
    offsets = [query["offset"] for path, query, _ in server.heard if path == f"{HERE}/agreement/steps"]
    assert offsets == [["0"], ["50"], ["100"]]


async def test_moving_on_does_not_ask_for_the_same_page_again(
    server: FakeServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead(server).replies["GET", f"{HERE}/agreement/steps"] = steps(120)
    at_once = server._over_httpx

    async def slowly(request: httpx.Request) -> httpx.Response:
        answer = at_once(request)
        if request.url.params.get("offset", "0") != "0":
            await asyncio.sleep(0.5)
        return answer

    monkeypatch.setattr(server, "transport", lambda: httpx.MockTransport(slowly))
    async with running(server, settings) as ui:
        await open_steps(ui)
        await ui.hold("j", 44)
        await ui.press(*["j"] * 5)
        await ui.until(lambda: "100 of 120" in ui.text())
    offsets = [query["offset"] for path, query, _ in server.heard if path == f"{HERE}/agreement/steps"]
    assert offsets == [["0"], ["50"]]


async def test_no_step_is_behind_it(server: FakeServer, settings: Settings) -> None:
    lead(server).replies["GET", f"{HERE}/agreement/steps"] = steps(0)
    async with running(server, settings) as ui:
        await open_steps(ui)
        assert "There is no such step." in ui.text()
        await ui.press("enter", "j")
        assert ui.status == "there is no step here"


@pytest.mark.parametrize("size", SIZES)
async def test_a_case_in_full(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    async with running(lead(server), settings, size) as ui:
        await open_steps(ui)
        await ui.press("enter")
        await ui.until(lambda: ui.shows("CaseFileScreen") and "people disagree" in ui.words())
        assert "case · algebra-pilot · open" in ui.text()
        said = ui.words()
        for _ in range(12):
            await ui.press("space")
            await ui.pilot.pause()
            said += " " + ui.words()
        for words in (
            "people disagree; somebody asked the lead · mathematics", "case 2 on this step · 3 decide", "Problem 0 [b]",
            "So, again, 0.", "ann ○ redundant ? unsure “it stands in line 1” M2", "bob ✓ correct ↺ stale no rule",
            "asked bob What of restating?", "chosen before they saw the labels adj ✓ correct",
            "decided adj ○ redundant ≠ dissent “Line 1 says it.”", "no rule decides: What only restates?",
            "decided before eva ✗ incorrect ↺ stale “As it was.”", "passed on This is for whoever teaches it.",
        ):  # fmt: skip
            assert words in said or size[1] < 20, words
        assert "This is for whoever teaches it." in ui.text()
        await ui.press("escape")
        await ui.until(lambda: ui.shows("DisputedScreen"))


async def test_a_case_on_a_pair_in_full(server: FakeServer, settings: Settings) -> None:
    said = PeerLabel(name="ann", label="better", rationale="the other is false", unsure=False,
                     guideline_version="preference 1.0")  # fmt: skip
    case = CASE.model_copy(update={
        "number": 1, "step": None, "position": 1, "labels": (said,),
        "responses": ("It is $x^2$ high.", "Nobody knows."),
    })  # fmt: skip
    lead(server).replies["GET", f"{HERE}/cases/c1"] = dump(case)
    async with running(server, settings, (100, 50)) as ui:
        await open_steps(ui)
        await ui.press("enter")
        await ui.until(lambda: ui.shows("CaseFileScreen") and "people disagree" in ui.words())
        for words in (
            "first case on this pair", "first response It is x² high.", "second response Nobody knows.",
            "ann ← first · better “the other is false”",
        ):  # fmt: skip
            assert words in ui.words(), ui.text()


async def test_handing_a_case_on(server: FakeServer, settings: Settings) -> None:
    refused = Refusal(422, "bad-input", "experts: nobody named eva decides cases here.")
    lead(server).replies["POST", f"{HERE}/cases/c1/pass"] = refused
    async with running(server, settings) as ui:
        await open_steps(ui)
        await ui.press("enter")
        await ui.until(lambda: "people disagree" in ui.words())
        await ui.press("o")
        await ui.until(lambda: ui.shows("PassOnScreen"))
        await ui.type("eva")
        await ui.press("tab")
        await ui.type("she wrote M2")
        await ui.press("ctrl+s")
        await ui.until(lambda: "experts: nobody named eva decides cases here" in ui.status)
        assert ui.shows("CaseFileScreen")
        server.replies["POST", f"{HERE}/cases/c1/pass"] = {"receipt": "0" * 64}
        server.replies["GET", f"{HERE}/cases/c1"] = dump(CASE.model_copy(update={"passed_on": ("she wrote M2",)}))
        await ui.press("o")
        await ui.until(lambda: ui.shows("PassOnScreen") and "she wrote M2" in ui.text())
        await ui.type("eva")
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.status == "the case is handed on")
        await ui.press("o")
        await ui.until(lambda: ui.shows("PassOnScreen"))
        assert "she wrote M2" not in ui.text(), "what was sent is no draft any more"
    bodies = [body for path, _, body in server.heard if path == f"{HERE}/cases/c1/pass"]
    assert bodies == [{"reason": "she wrote M2", "experts": ["eva"], "panel": None}] * 2


async def test_a_case_that_cannot_be_read(server: FakeServer, settings: Settings) -> None:
    missing = Refusal(404, "not-found", "There is nothing of that name or id.")
    lead(server).replies["GET", f"{HERE}/cases/c1"] = missing
    async with running(server, settings) as ui:
        await open_steps(ui)
        await ui.press("enter")
        await ui.until(lambda: ui.status == "There is nothing of that name or id")
        await ui.press("o")
        assert ui.shows("CaseFileScreen")
        await ui.press("escape")
        await ui.until(lambda: ui.shows("DisputedScreen"))


async def open_taken(ui: Desktop) -> None:
    await open_agreement(ui)
    await ui.press("t")
    await ui.until(lambda: ui.shows("TakenScreen") and ui.status == "")


@pytest.mark.parametrize("size", SIZES)
async def test_what_the_server_took(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    async with running(lead(server), settings, size) as ui:
        await open_taken(ui)
        assert "2 · newest first · 1 below the bar" in ui.text()
        assert "■ paused   mathematics  alpha 0.48" in ui.text() and "law" in ui.text()
        assert "correct | redundant    41 of 63 splits" in ui.text(), "with where the disagreement sits"
        await ui.press("j")
        await ui.until(lambda: "not below the bar" in ui.text())
        await ui.press("r")
        assert ui.status == "only a domain below the bar needs a decision"
        await ui.press("k", "enter")
        await ui.until(lambda: ui.shows("DisputedScreen"))
    assert server.heard[-1][1]["where"] == ["domain=mathematics"]
    assert server.heard[-1][1]["version"] == ["step-correctness 1.1"]


async def test_a_domain_below_the_bar_goes_on(server: FakeServer, settings: Settings) -> None:
    lead(server).replies["POST", f"{HERE}/agreement/go-on"] = {"receipt": "0" * 64}
    async with running(server, settings) as ui:
        await open_taken(ui)
        await ui.press("r", "ctrl+s")
        assert ui.shows("SayingWhyScreen") and ui.status == "say in a few words why"
        assert "ctrl+s send" in ui.text(), "the footer tells how it is sent"
        await ui.type("a small ")
        await ui.press("escape")
        assert ui.shows("TakenScreen") and "a small" not in ui.text()
        await ui.press("j", "k", "r")
        await ui.until(lambda: "a small" in ui.text())
        await ui.type("part")
        decided = taken("mathematics", True, decision="a small part")
        server.replies["GET", f"{HERE}/agreement/taken"] = [dump(decided)]
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.status == "mathematics goes on")
        assert "✓ goes on" in ui.text() and "lead  a small part" in ui.text()
        await ui.press("r")
        assert ui.status == "this is decided already"
    assert [body for path, _, body in server.heard if path == f"{HERE}/agreement/go-on"] == [
        {"domain": "mathematics", "reason": "a small part"}
    ]  # fmt: skip


async def test_nothing_is_taken_yet(server: FakeServer, settings: Settings) -> None:
    lead(server).replies["GET", f"{HERE}/agreement/taken"] = []
    async with running(server, settings) as ui:
        await open_taken(ui)
        assert "The server has not measured agreement by itself yet" in ui.words()
        await ui.press("enter")
        assert ui.status == "there is nothing here yet"
        await ui.press("r", "j", "space", "escape")
        await ui.until(lambda: ui.shows("AgreementScreen"))


async def test_no_colour_alone(server: FakeServer, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(lead(server), settings) as ui:
        await open_agreement(ui)
        assert "▸" in ui.text() and "below" in ui.text() and "✓ correct" in ui.text()
        await ui.press("#")
        await ui.until(lambda: "[██ 600]" in ui.text())
        strips = ui.app.screen._compositor.render_strips()
        colours = {
            colour
            for strip in strips
            for segment in strip.apply_filter(ui.app._filters[-1], ui.app.screen.background_colors[0])
            if segment.style
            for colour in (segment.style.color, segment.style.bgcolor)
            if colour
        }
        assert colours and all(colour.is_default for colour in colours)
