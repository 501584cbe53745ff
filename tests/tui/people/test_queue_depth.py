"""A lead's look at the queue: slices and quotas, from the first screen and from the people."""

import pytest

from cotlab.domain.queue.depth import QueueDepth, QuotaDepth, SliceDepth
from tests.tui.conftest import Desktop, running
from tests.tui.fakes.calibration import HERE, lead
from tests.tui.fakes.lead import dump
from tests.tui.fakes.server import FakeServer, Refusal
from tui.app.settings import Settings

SIZES = [(60, 16), (80, 24), (160, 50)]
DEPTH = QueueDepth(
    slices=(
        SliceDepth(field="law", open=0, begun=0, leased=2, done=10, settled=9),
        SliceDepth(field="mathematics + language=fr [b]", open=1200, begun=31, leased=4, done=70, settled=60),
    ),
    quotas=(
        QuotaDepth(slice="domain law, difficulty 4", wanted=20, filled=9, open=11, waiting=3),
        QuotaDepth(slice="tag hard", wanted=5, filled=6, open=0, waiting=0),
    ),
)


def served(server: FakeServer, depth: QueueDepth = DEPTH) -> FakeServer:
    lead(server).replies["GET", f"{HERE}/queue"] = dump(depth)
    return server


async def open_depth(ui: Desktop, until: str) -> None:
    await ui.until(lambda: "algebra-pilot" in ui.text())
    await ui.press("L")
    await ui.until(lambda: ui.shows("DepthScreen") and until in ui.text())


@pytest.mark.parametrize("size", SIZES)
async def test_slices_and_quotas(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    async with running(served(server), settings, size) as ui:
        await open_depth(ui, "2 slices · 1231 traces to hand out · 1 of 2 quotas filled")
        assert "✓ law" in ui.text() and "▹ mathematics + language=fr […" in ui.text()
        assert "of 10 all places are taken" in ui.words()
        await ui.press("j", "j")
        await ui.until(lambda: "9 of 20 traces are settled and 11 are missing; 3 wait in the queue" in ui.words())
        await ui.press("j")
        await ui.until(lambda: "The quota of tag hard is filled: 6 of 5" in ui.words())
        await ui.press("escape")
        await ui.until(lambda: ui.shows("QueueScreen"))


async def test_from_the_people(server: FakeServer, settings: Settings) -> None:
    async with running(served(server), settings) as ui:
        await ui.until(lambda: "algebra-pilot" in ui.text())
        await ui.press("B")
        await ui.until(lambda: ui.shows("BoardScreen"))
        await ui.press("L")
        await ui.until(lambda: ui.shows("DepthScreen") and "2 slices" in ui.text())
        await ui.press("escape")
        await ui.until(lambda: ui.shows("BoardScreen"))


async def test_an_empty_queue_and_one_that_follows_still(server: FakeServer, settings: Settings) -> None:
    empty = QueueDepth(slices=(), quotas=(), following=True)
    async with running(served(server, empty), settings) as ui:
        await open_depth(ui, "The queue is empty")
        assert ui.status == "the queue still follows what was said or set last"


async def test_a_refusal_says_how_to_ask_again(server: FakeServer, settings: Settings) -> None:
    served(server).replies["GET", f"{HERE}/queue"] = Refusal(403, "forbidden", "You may not.")
    async with running(server, settings) as ui:
        await open_depth(ui, "load")
        await ui.until(lambda: "esc, then L asks again" in ui.status)


async def test_who_does_not_lead_is_told_so(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.until(lambda: "algebra-pilot" in ui.text())
        await ui.press("L")
        assert "you do not lead this one" in ui.status


async def test_pairs_are_counted_apart(server: FakeServer, settings: Settings) -> None:
    pairs = SliceDepth(field="pairs: law", pairs=True, open=3, begun=1, leased=0, done=2, settled=2)
    async with running(served(server, QueueDepth(slices=(*DEPTH.slices, pairs), quotas=())), settings) as ui:
        await open_depth(ui, "3 slices · 1231 traces and 4 pairs to hand out")
        await ui.press("j", "j")
        await ui.until(lambda: "nobody has begun 3 pairs" in ui.words())
        assert "2 are settled." in ui.words()
    async with running(served(server, QueueDepth(slices=(pairs,), quotas=())), settings) as ui:
        await open_depth(ui, "1 slice · 4 pairs to hand out")
