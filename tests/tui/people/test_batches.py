"""A lead's batches: whose they are, how far, and what is late."""

import pytest

from cotlab.domain.queue.batches import Batch, PersonalShare
from tests.tui.conftest import running
from tests.tui.fakes.calibration import HERE, lead
from tests.tui.fakes.lead import dump
from tests.tui.fakes.server import FakeServer
from tests.tui.people.test_qualifications import SIZES, open_board
from tui.app.settings import Settings

LATE = Batch(
    id="b1", made_at=1_700_000_000_000_000, made_by="lea", due=1_700_600_000_000_000, note="appeals [1]", traces=40,
    done=12, in_hand=1, waiting=25, given_back=2, late=True,
    shares=(
        PersonalShare(person="ann", done=12, in_hand=1, waiting=25),
        PersonalShare(person="bob", done=0, in_hand=0, waiting=0, away=True),
    ),
)  # fmt: skip
ENDED = LATE.model_copy(update={"id": "b2", "late": False, "ended_at": 1_700_500_000_000_000, "reason": "not wanted"})
DONE = LATE.model_copy(update={"id": "b3", "late": False, "in_hand": 0, "waiting": 0, "given_back": 0, "note": None})


@pytest.mark.parametrize("size", SIZES)
async def test_batches_with_their_people(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    lead(server).replies["GET", f"{HERE}/batches"] = [dump(one) for one in (LATE, DONE, ENDED)]
    async with running(server, settings, size) as ui:
        await open_board(ui)
        await ui.press("b")
        await ui.until(lambda: "late       12 of 40 traces  ann, bob" in ui.text())
        assert "3 · open first, by date · 1 late" in ui.text()
        words = ui.words()
        assert "40 traces, given by lea on 14 Nov 2023, due 21 Nov 2023: 12 done, 1 in hand, 25 waiting." in words
        assert "2 of them went back to everybody" in words and "appeals [1]" in words
        assert "bob (deactivated): 0 done, 0 in hand, 0 waiting" in words
        await ui.press("j", "j")
        await ui.until(lambda: "Withdrawn on 20 Nov 2023: not wanted" in ui.words())
        await ui.press("escape")
        await ui.until(lambda: ui.shows("BoardScreen"))


async def test_no_batch_yet(server: FakeServer, settings: Settings) -> None:
    lead(server).replies["GET", f"{HERE}/batches"] = []
    async with running(server, settings) as ui:
        await open_board(ui)
        await ui.press("b")
        await ui.until(lambda: "No batch was made yet" in ui.text())


async def test_the_queue_says_until_when(server: FakeServer, settings: Settings) -> None:
    server.entry = {"due": LATE.due}
    async with running(server, settings) as ui:
        await ui.until(lambda: "traces were given to you by name, due 21 Nov 2023" in ui.text())
