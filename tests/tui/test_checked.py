"""What a check found, beside a step that is committed."""

from typing import Any

from tests.tui.conftest import running
from tests.tui.fake_server import FakeServer
from tui.settings import Settings


def evidence(verdict: str, said: str, reason: str, conflicts_with: int | None = None) -> dict[str, Any]:
    claim = {
        "start": 0, "end": 5, "kind": "arithmetic", "verdict": verdict, "said": said, "reason": reason,
        "conflicts_with": conflicts_with,
    }  # fmt: skip
    return {"verdict": verdict, "said": said, "reason": reason, "claims": [claim]}


HOLDS = evidence("verified", "the sums hold", "the sums hold")
WRONG = evidence("refuted", "a sum does not hold", "2 + 2 is 4, not 5")
CONFLICT = evidence("undecided", "nothing is decided", "conflicts with step 1: 3 * x = 10", 0)


async def test_what_was_found_comes_with_the_commit_and_never_says_right(
    server: FakeServer, settings: Settings
) -> None:
    server.evidence = {1: HOLDS, 2: WRONG, 3: CONFLICT}
    async with running(server, settings) as ui:
        await ui.open_first()
        assert "sums" not in ui.text()
        await ui.label("1", then=2)
        line = next(line for line in ui.text().splitlines() if line.startswith("  1  ✓ correct"))
        assert line.rstrip().endswith("⊢ the sums hold") and len(line.rstrip()) <= 80
        assert "a sum does not hold" not in ui.text() and "right" not in line
        await ui.label("1", then=3)
        line = next(line for line in ui.text().splitlines() if line.startswith("  2  ✓ correct"))
        assert line.rstrip().endswith("⊬ a sum does not hold")
        await ui.label("1", then=4)
        assert "conflicts" not in ui.text()
        await ui.press("p")
        await ui.until(lambda: "⊬ a sum does not hold: 2 + 2 is 4, not 5" in ui.text())
        assert "? conflicts with step 1: 3 * x = 10" in ui.text()


async def test_a_trace_that_is_opened_again_shows_it(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.label("1", then=2)
        assert "⊢" not in ui.text()
    server.evidence = {1: HOLDS}
    async with running(server, settings) as ui:
        await ui.open_first(2)
        assert "⊢ the sums hold" in ui.text()
