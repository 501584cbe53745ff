"""Work that is no plain production: labels given anew, a pilot, and production that waits for it."""

import pytest

from tests.tui.conftest import running
from tests.tui.fakes.server import FakeServer
from tui.app.settings import Settings

SIZES = [(80, 24), (160, 50)]


async def label_first(server: FakeServer, settings: Settings) -> None:
    """Label two steps; then a new version makes the first one stale."""
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.press("4", "r")
        await ui.type("no reason")
        await ui.label(then=2)
        await ui.label("1", then=3)
    server.purpose, server.asks = "redo", []
    server.assignments["a1"].labels[1][0]["stale"] = True


@pytest.mark.parametrize("size", SIZES)
async def test_a_stale_label_is_given_anew(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    await label_first(server, settings)
    first = server.assignments["a1"].labels[1][0]["id"]
    async with running(server, settings, size) as ui:
        await ui.open_first()
        assert "step-correctness 1.1 · redo" in ui.text()
        assert "before the guideline changed you said  … incomplete   why: no reason" in ui.text()
        assert ui.status == "the guideline has changed: label this step anew"
        assert ui.work.choice.label is None and ui.work.choice.rationale == "", "what was said is no proposal"
        await ui.label("3", *"so", then=3)
        assert "before the guideline changed" not in ui.text()
    rows = server.assignments["a1"].labels[1]
    assert [(row["label"], row["replaces"]) for row in rows] == [("incomplete", None), ("incorrect", first)]


@pytest.mark.parametrize(("purpose", "shown"), [("production", ""), ("redo", " · redo"), ("pilot", " · pilot")])
async def test_the_header_names_what_is_unusual(
    server: FakeServer, settings: Settings, purpose: str, shown: str
) -> None:
    server.purpose = purpose
    async with running(server, settings) as ui:
        await ui.open_first()
        assert ui.text().splitlines()[0].startswith(f"algebra-pilot · step-correctness 1.1{shown}  ")


NOTES: list[tuple[dict[str, object], str | None]] = [
    ({"coming_back": 37}, "· 37 of your labels come back"),
    ({"coming_back": 1}, "· 1 of your labels comes back"),
    ({"production_open": False}, "· the pilot comes first"),
    ({"answered": 1}, "· 1 answer of the lead (n)"),
    ({}, None),
    ({"closed": True, "production_open": False}, None),
]


@pytest.mark.parametrize(("entry", "note"), NOTES)
async def test_the_queue_says_what_else_there_is(
    server: FakeServer, settings: Settings, entry: dict[str, object], note: str | None
) -> None:
    server.entry = entry
    for size in SIZES:
        async with running(server, settings, size) as ui:
            await ui.until(lambda: "algebra-pilot" in ui.text())
            rows = [line.strip() for line in ui.text().splitlines() if line.strip().startswith("·")]
            assert rows == ([note] if note else [])


async def test_production_that_waits_for_the_pilot(server: FakeServer, settings: Settings) -> None:
    server.nothing = "not_open"
    async with running(server, settings) as ui:
        await ui.until(lambda: ui.app.journey is not None and ui.app.journey.queue is not None)
        await ui.press("enter")
        await ui.until(lambda: ui.shows("NoticeScreen"))
        assert "Production waits for the pilot" in ui.text() and "In algebra-pilot a sample is labelled" in ui.words()
        await ui.press("enter")
        await ui.until(lambda: ui.shows("QueueScreen"))
