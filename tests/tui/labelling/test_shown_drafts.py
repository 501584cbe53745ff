"""Drafts on the labelling screen: after the commit alone, on a key; wordings are kept, edited, or turned down."""

from typing import Any

import pytest

from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.shown_drafts import ShownAlternative, ShownOpinion, ShownPreference
from tests.tui.app.test_unsent import quick
from tests.tui.conftest import Desktop, running
from tests.tui.fakes.pairs import PairServer
from tests.tui.fakes.server import LABELS, FakeServer
from tui.app.settings import Settings
from tui.labelling import reason_draft
from tui.widgets.drafts import EIGHTHS, bar, panel_lines, panel_of

__all__ = ["quick"]
SCHEMA = Schema.model_validate({"labels": LABELS})
NONE_HERE = "there is no draft of step 1 to see here"


def opinion(name: str = "d1", **shares: float) -> dict[str, Any]:
    given = shares or {"incorrect": 0.61, "correct": 0.3, "redundant": 0.06, "incomplete": 0.03}
    label = max(given, key=given.__getitem__)
    return {"kind": "label_opinion", "id": name, "label": label, "probabilities": given, "by": "log-probabilities"}


def wording(name: str, text: str) -> dict[str, Any]:
    return {"kind": "alternatives", "id": name, "text": text}


WORDINGS = [wording("w1", "Count t from 9:00 on [b]."), wording("w2", "Let t begin when the first train leaves.")]


@pytest.fixture
def server(server: FakeServer) -> FakeServer:
    server.reveal, server.drafts = "on_key", {1: [opinion(), *WORDINGS], 2: [opinion("d2", correct=0.9, incorrect=0.1)]}
    return server


async def first(ui: Desktop) -> None:
    await ui.open_first()
    await ui.label("1", then=2)


@pytest.mark.parametrize(("share", "cells", "drawn"), [
    (0.0, 10, ""), (1.0, 10, "█" * 10), (0.5, 10, "█" * 5), (0.55, 10, "█████▌"), (0.01, 10, "▏"), (7.0, 4, "████"),
])  # fmt: skip
def test_bars_are_as_long_as_shares_are_great(share: float, cells: int, drawn: str) -> None:
    assert bar(share, cells) == drawn and EIGHTHS[-1] == "█"


def test_lines_fit_whatever_there_is() -> None:
    two = [ShownOpinion.model_validate(opinion(name)) for name in ("d1", "d2")]
    panel = panel_of([*two, *(ShownAlternative.model_validate(one) for one in WORDINGS)])
    for width in (40, 75, 110):
        for limit in range(1, 14):
            lines = panel_lines(panel, "step 1  ", SCHEMA, False, width, limit)
            assert len(lines) <= max(2, limit) and all(line.cell_length <= width for line in lines), (width, limit)
            assert "wording 1 of 2" in lines[-1].plain + lines[-2].plain
    whole = [line.plain for line in panel_lines(panel, "step 1  ", SCHEMA, False, 110, 13)]
    assert "model 1, by its probabilities" in whole[0] and "✗ incorrect" in whole[1] and " 0.61 ██" in whole[1]
    assert whole[1].index("0.61") == whole[4].index("0.03") and "model 2" in whole[5]


@pytest.mark.parametrize(("preference", "said"), [
    ("right", "draft  the right one   left 0.30 ███          right 0.70 ███████  "),
    ("none", "draft  no preference   left 0.30 ███"),
])  # fmt: skip
def test_of_a_preference_both_sides_are_told(preference: str, said: str) -> None:
    given = {"kind": "pair_opinion", "id": "o", "preference": preference, "left": 0.3, "right": 0.7, "by": None}
    (line,) = panel_lines(panel_of([ShownPreference.model_validate(given)]), "", SCHEMA, False, 110, 1)
    assert line.plain.startswith(said)


async def test_nothing_is_told_before_the_commit_and_all_of_it_on_the_key(
    server: FakeServer, settings: Settings
) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.press("d")
        assert "once you have committed" in ui.status and not any("draft" in path for _, path, _ in server.requests)
        await ui.label("1", then=2)
        assert "draft" not in ui.text()
        await ui.press("d")
        await ui.until(lambda: "0.61" in ui.text())
        assert (
            "step 1  draft  ✗ incorrect 0.61 ██████" in ui.text() and "wording 1 of 2  Count t from 9:00" in ui.text()
        )
        assert "+ keeps it" in ui.status and "model" not in ui.status
        await ui.press("d")
        assert "0.61" not in ui.text() and "again" in ui.status
        server.drafts[1] = [opinion("d3", correct=0.77, incorrect=0.23), *WORDINGS]
        await ui.press("d")
        await ui.until(lambda: "0.77" in ui.text())
        assert "0.61" not in ui.text() and "model 2" not in ui.text(), "of one model the newest opinion"
        assert len([one for one in server.requests if one[1].endswith("/draft")]) == 2
        await ui.label("1", then=3)
        assert "0.77" not in ui.text() and "0.90" not in ui.text()
        await ui.press("u")
        await ui.until(lambda: ui.at_step(2))
        assert "0.77" not in ui.text(), "of the step before the one that is brought back"


async def test_what_is_always_shown_comes_with_the_commit(server: FakeServer, settings: Settings) -> None:
    server.reveal = "always"
    async with running(server, settings, (120, 40)) as ui:
        await first(ui)
        lines = [line.strip() for line in ui.text().splitlines()]
        assert any(line.startswith("step 1  draft  ✗ incorrect   a model, by its probabilities") for line in lines)
        assert any(line.startswith("✗ incorrect   0.61 ██████████████▋") for line in lines), ui.text()
        await ui.press("u")
        await ui.until(lambda: ui.at_step(1))
        assert "0.61" in ui.text(), "my label may be changed beside it"
        await ui.press("3")
        await ui.type("it is so")
        await ui.press("enter")
        await ui.until(lambda: ui.at_step(2))
        assert "0.61" in ui.text()
        await ui.label("1", then=3)
        assert "0.61" not in ui.text() and "step 2  draft  ✓ correct" in ui.text()


async def test_they_have_their_room_from_the_start(server: FakeServer, settings: Settings) -> None:
    server.reveal = "always"
    async with running(server, settings) as ui:
        await first(ui)
    async with running(server, settings, (120, 40)) as ui:
        await ui.open_first(2)
        await ui.until(lambda: "wording 1 of 2" in ui.text() and "… incomplete  0.03" in ui.text())
        await ui.pilot.resize_terminal(80, 24)
        await ui.until(lambda: "step 1  draft  ✗ incorrect 0.61" in ui.text() and "wording 1 of 2" in ui.text())


@pytest.mark.parametrize("reveal", ["never", "on_key", "always"])
async def test_where_there_is_nothing_the_sentence_is_the_same(
    server: FakeServer, settings: Settings, reveal: str
) -> None:
    server.reveal, server.drafts = reveal, {}
    async with running(server, settings) as ui:
        await first(ui)
        await ui.press("d")
        await ui.until(lambda: ui.status == NONE_HERE)
        await ui.press("+")
        assert "no other wording" in ui.status


async def test_wordings_are_kept_edited_and_turned_down(server: FakeServer, settings: Settings) -> None:
    server.drafts[1] += [wording("w3", "A third one.")]
    async with running(server, settings) as ui:
        await first(ui)
        await ui.press("+")
        assert "no other wording" in ui.status
        await ui.press("d")
        await ui.until(lambda: "wording 1 of 3" in ui.text())
        await ui.press("l", "l", "l")
        assert "A third one." in ui.text() and "no other wording in that direction" in ui.status
        await ui.press("t")
        assert "A third one." not in ui.text() and "wording 2 of 2  Let t begin" in ui.text()
        await ui.press("i")
        await ui.until(lambda: ui.shows("MadeOfScreen"))
        assert "Let t begin when the first train leaves." in ui.text() and "another wording of step 1" in ui.text()
        await ui.type(" Yes.")
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.at_step(2) and len(server.alternatives) == 1)
        await ui.until(lambda: "wording 1 of 1" in ui.text())
        await ui.press("+")
        await ui.until(lambda: len(server.alternatives) == 2)
        await ui.until(lambda: "drafts" in ui.text() or "2 kept" in ui.status or "sent" in ui.status)
        assert "wording" not in ui.text().split("step 1  ")[1].splitlines()[0] and "0.61" in ui.text()
        await ui.press("t")
        assert "no other wording" in ui.status
    async with running(server, settings) as ui:
        await ui.open_first(2)
        await ui.until(lambda: "0.61" in ui.text())
        assert "wording" not in ui.text(), "what was done with each is remembered"
    said = [(one["position"], one["kind"], one["steps"], one["draft"]) for one in server.alternatives]
    assert said == [
        (1, "rewording", ["Let t begin when the first train leaves. Yes."], "w2"),
        (1, "rewording", ["Count t from 9:00 on [b]."], "w1"),
    ]


async def test_half_written_texts_stay_apart(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await first(ui)
        await ui.press("d")
        await ui.until(lambda: "wording 1" in ui.text())
        await ui.press("i")
        await ui.until(lambda: ui.shows("MadeOfScreen"))
        await ui.type(" Half")
        await ui.press("escape", "l", "i")
        await ui.until(lambda: ui.shows("MadeOfScreen") and "Let t begin" in ui.text())
        assert "Half" not in ui.text()
        await ui.press("escape", "h", "i")
        await ui.until(lambda: ui.shows("MadeOfScreen") and "[b]. Half" in ui.text())
        await ui.press("escape")
        await ui.pilot.resize_terminal(60, 16)
        await ui.press("1")
        assert ui.work.choice.label == "correct" and not server.alternatives


async def test_drafts_are_there_at_the_end_of_a_trace_and_while_the_server_is_away(
    server: FakeServer, settings: Settings, quick: None
) -> None:
    server.drafts = {4: [opinion()]}
    async with running(server, settings) as ui:
        await ui.open_first()
        for then in (2, 3, 4, None):
            await ui.label("1", then=then)
        server.gone = True
        await ui.press("d")
        await ui.until(lambda: ui.app.journey is not None and ui.app.journey.line.down)
        await ui.press("1")
        assert ui.work.choice.label == "yes"
        server.gone = False
        assert ui.app.journey is not None
        ui.app.journey.line.try_now()
        await ui.until(lambda: "step 4  draft" in ui.text())


@pytest.mark.parametrize("reveal", ["on_key", "always"])
async def test_what_models_think_of_a_pair_is_told_after_it(settings: Settings, reveal: str) -> None:
    server = PairServer()
    server.reveal = reveal
    server.opinions = [
        {"kind": "pair_opinion", "id": "o1", "preference": "left", "left": 0.7, "right": 0.3, "by": "votes"}
    ]
    async with running(server, settings) as ui:
        await ui.open_pair()
        await ui.press("d")
        assert "once you have committed" in ui.status
        await ui.compare("1", "h", "2", "h", "0", "h", then="p2")
        if reveal == "on_key":
            assert "0.70" not in ui.text()
            await ui.press("d")
        await ui.until(lambda: "0.70" in ui.text())
        assert "the last pair  draft  the left one" in ui.text() and "by its votes" in ui.text()
        await ui.press("d")
        assert "0.70" not in ui.text()
        await ui.press("u")
        await ui.until(lambda: ui.at_pair("p1", correcting=True))
        assert "this pair  draft  the left one" in ui.text()


WAITING = {"state": "waiting"}
REASON = {"kind": "rationale", "id": "r1", "text": "It sets t up."}


@pytest.fixture
def asking(server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> FakeServer:
    monkeypatch.setattr(reason_draft, "AGAIN", 0.02)
    server.rationales = True
    server.reasons = [WAITING, {"state": "drafting"}, {"state": "done", "draft": REASON}]
    return server


async def back_in_the_reason(ui: Desktop) -> None:
    await first(ui)
    await ui.press("u")
    await ui.until(lambda: ui.at_step(1))
    await ui.press("r")


async def test_a_reason_is_drafted_into_the_field_and_marked(asking: FakeServer, settings: Settings) -> None:
    async with running(asking, settings) as ui:
        await ui.open_first()
        await ui.press("1", "r", "ctrl+d")
        await ui.until(lambda: "once its label is committed" in ui.status)
        await ui.press("escape", "enter")
        await ui.until(lambda: ui.at_step(2))
        await ui.press("u")
        await ui.until(lambda: ui.at_step(1))
        await ui.press("r")
        assert "ctrl+d" in ui.status
        await ui.type("Mine.")
        await ui.press("ctrl+d")
        await ui.until(lambda: "It sets t up." in ui.text())
        assert ui.work.choice.rationale == "Mine.\nIt sets t up." and "edit it" in ui.status
        await ui.type(" Yes.")
        await ui.press("enter")
        await ui.until(lambda: ui.at_step(2))
        rows = asking.assignments["a1"].labels[1]
        assert [(row["rationale"], row["rationale_draft"]) for row in rows] == [
            (None, None), ("Mine.\nIt sets t up. Yes.", "r1")
        ]  # fmt: skip
        await ui.press("u")
        await ui.until(lambda: ui.at_step(1))
        await ui.press("f", "enter")
        await ui.until(lambda: ui.at_step(2))
        assert rows[-1]["rationale_draft"] == "r1" and rows[-1]["unsure"], "it stays marked"


async def test_waiting_for_a_reason_can_be_ended(asking: FakeServer, settings: Settings) -> None:
    asking.reasons = [WAITING]
    async with running(asking, settings) as ui:
        await back_in_the_reason(ui)
        await ui.press("ctrl+d")
        await ui.until(lambda: "is being drafted" in ui.status and "esc ends the wait" in ui.status)
        sign = ui.status[0]
        await ui.until(lambda: ui.status[0] != sign)
        await ui.type("Mine.")
        await ui.press("escape")
        assert "no longer waited for" in ui.status
        asking.reasons = [{"state": "done", "draft": REASON}]
        await ui.type(" Still.")
        assert ui.work.choice.rationale == "Mine. Still."
        await ui.press("escape", "1")
        assert ui.screen.focused is None and ui.work.choice.label == "correct"


@pytest.mark.parametrize(("reason", "said"), [
    ({"state": "nothing"}, reason_draft.NOTHING),
    ({"state": "failed", "sentence": "No reason could be drafted."}, "No reason could be drafted."),
])  # fmt: skip
async def test_where_no_reason_comes_it_is_said(
    asking: FakeServer, settings: Settings, reason: dict[str, Any], said: str
) -> None:
    asking.reasons = [reason]
    async with running(asking, settings) as ui:
        await back_in_the_reason(ui)
        await ui.press("ctrl+d")
        await ui.until(lambda: ui.status == said)
        await ui.press("escape", "3", "escape", "r", "ctrl+d")
        await ui.until(lambda: "for the label that is committed, which is correct" in ui.status)


async def test_one_that_failed_is_asked_for_anew_by_the_key_and_by_no_look_at_how_far_it_is(
    asking: FakeServer, settings: Settings
) -> None:
    failed = {"state": "failed", "sentence": "No reason could be drafted."}
    asking.reasons = [WAITING, failed, WAITING, {"state": "drafting"}, {"state": "done", "draft": REASON}]
    async with running(asking, settings) as ui:
        await back_in_the_reason(ui)
        await ui.press("ctrl+d")
        await ui.until(lambda: ui.status == "No reason could be drafted.")
        await ui.press("ctrl+d")
        await ui.until(lambda: "It sets t up." in ui.text())
    assert asking.asked_anew == [True, False, True, False, False]


async def test_policy_without_drafted_reasons_says_the_same_as_the_arm_without(
    server: FakeServer, settings: Settings
) -> None:
    async with running(server, settings) as ui:
        await back_in_the_reason(ui)
        await ui.press("ctrl+d")
        await ui.until(lambda: ui.status == reason_draft.NOTHING)


async def test_the_draft_of_a_reason_is_remembered_over_a_restart(asking: FakeServer, settings: Settings) -> None:
    async with running(asking, settings) as ui:
        await back_in_the_reason(ui)
        await ui.press("ctrl+d")
        await ui.until(lambda: "It sets t up." in ui.text())
        await ui.until(lambda: any((settings.state).rglob("*.json")))
    async with running(asking, settings) as ui:
        await ui.open_first(2)
        await ui.press("u")
        await ui.until(lambda: ui.at_step(1))
        assert ui.work.choice.rationale == "It sets t up."
        await ui.press("enter")
        await ui.until(lambda: ui.at_step(2))
    assert asking.assignments["a1"].labels[1][-1]["rationale_draft"] == "r1"
