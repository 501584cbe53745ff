"""A new guideline version is read before anything is handed out."""

from typing import Any

import pytest

from cotlab.domain.guidelines.differences import Difference, RuleChange, difference
from cotlab.domain.guidelines.rules import Example, Guideline, Rule
from cotlab.domain.guidelines.schema import Change
from cotlab.domain.work.views import GuidelineChanges, GuidelineView
from tests.tui.conftest import Desktop, running
from tests.tui.fakes.pairs import pair_guideline
from tests.tui.fakes.server import LABELS, PROJECT, FakeServer
from tui.app.settings import Settings
from tui.guidelines.changes import introduction, news
from tui.widgets.differences import compared, lines_of

SIZES = [(80, 24), (160, 50)]


def guideline(version: str, rules: tuple[Rule, ...], **changed: Any) -> Guideline:
    head = {
        "guideline": "step-correctness", "version": version, "authors": ["ash"], "schema": {"labels": LABELS},
        "change": "label-changing" if changed.get("affects") else "initial", **changed,
    }  # fmt: skip
    return Guideline.model_validate({
        "head": head, "text": "All.", "quick_reference": f"Quick of {version}.", "rules": rules,
    })  # fmt: skip


def rule(name: str, title: str, decision: str, *examples: Example) -> Rule:
    return Rule(id=name, title=title, decision=decision, examples=examples)


EXAMPLE = Example(kind="example", text='Step: "6."', label="correct", reason="it follows")
OLD = guideline("1.0", (
    rule("M1", "After a wrong step", "If it follows, then `correct`. Else not.", EXAMPLE),
    rule("M4", "Used before it is set up", "If it is not defined, then `incomplete`."),
    rule("M6", "Leaps", "If it leaps, then `incomplete`."),
    rule("M9", "Taken out", "If it is out, then `redundant`."),
))  # fmt: skip
NEW = guideline(
    "1.1",
    (
        rule("M1", "After a wrong step", "If it follows, then `correct`. Else it is not.", EXAMPLE),
        rule("M4", "Used before it is set up", "If it is not defined, then `incorrect`. Look above first."),
        rule("M6", "Leaps", "If it leaps, then `incomplete`.", EXAMPLE),
        rule("M12", "Units dropped", "If a unit is dropped in a line, then `incorrect`."),
    ),
    affects={"rules": ["M4"]}, label_map={"redundant": ["correct", "redundant"]},
    schema={"labels": [label | {"meaning": "now reads so"} if label["name"] == "redundant" else label
                       for label in LABELS if label["name"] != "skipped-step"]},
)  # fmt: skip


def changes(old: Guideline | None, new: Guideline, coming_back: int = 0) -> dict[str, Any]:
    return {
        "guideline": new.head.guideline, "version": new.head.version, "change": new.head.change.value,
        "since": 1_700_000_000_000_000, "by": "Ruth [lead]", "coming_back": coming_back,
        "difference": difference(old, new).model_dump(mode="json"),
    }  # fmt: skip


def shown(guideline: Guideline) -> GuidelineView:
    head = guideline.head
    return GuidelineView(
        id="v1", guideline=head.guideline, version=head.version, schema=head.labels, text=guideline.text,
        quick_reference=guideline.quick_reference, rules=guideline.rules,
    )  # fmt: skip


async def meet(ui: Desktop) -> None:
    await ui.until(lambda: ui.app.journey is not None and ui.app.journey.queue is not None)
    await ui.press("enter")
    await ui.until(lambda: ui.shows("NewGuidelineScreen"))
    await ui.pilot.pause()


ROWS = [
    "~ M4   now decides incorrect (was: incomplete)  Used before it is set up",
    "+ M12  new: Units dropped",
    "− M9   removed: Taken out",
    "~ M1   decision reworded  After a wrong step",
    "~ M6   examples reworded  Leaps",
    "~ label redundant  changed: meaning, becomes correct | redundant",
    "− label skipped-step  removed",
    "~ quick reference  reworded",
]


def test_the_rows_of_a_new_version() -> None:
    view = GuidelineChanges.model_validate(changes(OLD, NEW) | {"guideline_version_id": "v1"})
    assert [row.line.plain for row in news(view, shown(NEW), False)] == ROWS


def test_the_criteria_of_a_first_version_with_their_anchors_and_rules() -> None:
    view = GuidelineView.model_validate(
        {"id": "v1", "text": "# Preference", "glossary": []} | pair_guideline()
    )  # fmt: skip
    new = [RuleChange(rule=rule.id, title=rule.title, kind="new", new=rule) for rule in view.rules]
    told = GuidelineChanges.model_validate(changes(None, OLD) | {"guideline_version_id": "v1"})
    told = told.model_copy(update={"difference": told.difference.model_copy(update={"rules": tuple(new)})})
    rows = introduction(told, view, False)
    assert [row.line.plain for row in rows] == [
        "Quick reference", "1  correctness  which response says less that is false",
        "2  clarity      which response is sooner understood", "P1  A false statement  correctness",
        "P9  At one reading     clarity",
    ]  # fmt: skip
    assert [line.plain for line in rows[1].draw(40)] == [
        "1  correctness", "which response says less that is false", "", "← first · much-better",
        "  The second misleads; the first does", "  not.", "", "= tie", "  Neither says anything false.", "",
        "decided by", "  P1  A false statement",
    ]  # fmt: skip
    again = told.model_copy(update={"difference": Difference(
        old="preference 1.0", new="preference 1.1", change=Change.CLARIFICATION, rules=(), labels=(),
        sections=("criteria",),
    )})  # fmt: skip
    reworded = news(again, view, False)[-1]
    text = "\n".join(line.plain for line in reworded.draw(79))
    assert reworded.line.plain == "~ criteria  reworded" and "The asker cannot make out the first." in text


@pytest.mark.parametrize(
    ("affects", "said"),
    [
        ({"labels": ("incomplete",)}, "labels given incomplete"),
        ({"rules": ("M1", "M4")}, "labels citing M1 or M4"),
        ({"labels": ("incomplete",), "rules": ("M1",), "domains": ("law",), "tags": ("old",)},
         "labels given incomplete or citing M1, in law or tagged old"),
    ],
)  # fmt: skip
def test_what_comes_back_is_said_first(affects: dict[str, Any], said: str) -> None:
    view = GuidelineChanges.model_validate(changes(OLD, NEW) | {"guideline_version_id": "v1", "affects": affects})
    rows = [row.line.plain for row in news(view, shown(NEW), False)]
    assert rows[0] == f"! comes back  {said}" and sorted(rows[1:]) == sorted(ROWS)
    named = affects.get("rules", ())
    assert {row.split()[1] for row in rows[1 : 1 + len(named)]} == set(named)


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("`correct`", "`correct`", "decision reworded"),
        ("`correct`", "`correct` or `redundant`", "now also decides redundant"),
        ("`correct` or `redundant`", "`redundant`", "no longer decides correct"),
        ("`correct` or `redundant`", "`incorrect` or `redundant`", "now decides incorrect (was: correct)"),
    ],
)
def test_how_it_is_said_that_a_rule_decides_otherwise(was: str, now: str, said: str) -> None:
    old, new = (guideline("1.0", (rule("M1", "T", words),)) for words in (was, f"{now} now"))
    view = GuidelineChanges.model_validate(changes(old, new) | {"guideline_version_id": "v1"})
    assert news(view, shown(new), False)[0].line.plain == f"~ M1  {said}  T"


@pytest.mark.parametrize("size", SIZES)
async def test_what_changed_is_read_and_acknowledged(
    server: FakeServer, settings: Settings, size: tuple[int, int]
) -> None:
    server.changes = changes(OLD, NEW, 37)
    async with running(server, settings, size) as ui:
        await meet(ui)
        for words in ("step-correctness 1.0 → 1.1 · label-changing", "by Ruth [lead]", "37 of your labels come back",
                      "8 changes", "▸ ~ M4   now decides incorrect (was: incomplete)", "decides  incorrect",
                      "before   incomplete", "If it is not defined, then incorrect."):  # fmt: skip
            assert words in ui.text(), words
        assert "Look above first" not in ui.text(), "the first sentence alone"
        assert not server.acknowledged and not server.assignments
        await ui.press("j")
        await ui.pilot.pause()
        assert "▸ + M12" in ui.text() and "If a unit is dropped in a line" in ui.text()
        await ui.press("enter")
        await ui.until(lambda: ui.at_step(1))
        await ui.press("1")
        assert ui.work.choice.label == "correct"
    assert server.acknowledged == ["v1"]
    (receipts,) = settings.state.glob("*/receipts.jsonl")
    assert '"kind":"acknowledge"' in receipts.read_text()


@pytest.mark.parametrize("size", SIZES)
async def test_the_first_version_is_an_introduction(
    server: FakeServer, settings: Settings, size: tuple[int, int]
) -> None:
    server.changes = changes(None, OLD)
    async with running(server, settings, size) as ui:
        await meet(ui)
        text = ui.text()
        assert "▸ Quick reference" in text and "Ask first whether it follows." in text and "4 rules" in text
        assert "new:" not in text and "come back" not in text and "w compare" not in text
        await ui.press("j")
        await ui.pilot.pause()
        assert "3  ✗ incorrect" in ui.text() and ". 1  ✗ wrong-operation" in ui.text()
        await ui.press("j")
        await ui.pilot.pause()
        assert "▸ M1  After a wrong step" in ui.text() and "If it follows, then correct." in ui.text()
        await ui.press("w")
        assert "this is the first version" in ui.status
        await ui.press("enter")
        await ui.until(lambda: ui.at_step(1))


async def test_labels_in_another_order_are_no_change(server: FakeServer, settings: Settings) -> None:
    old, new = (guideline("1.0", (rule("M1", "T", words),)) for words in ("`correct` or `redundant`", "`redundant` or "
                                                                          "`correct`"))  # fmt: skip
    server.changes = changes(old, new)
    async with running(server, settings) as ui:
        await meet(ui)
        assert "decides  redundant | correct" in ui.text() and "before " not in ui.text()


async def test_old_and_new_are_compared(server: FakeServer, settings: Settings) -> None:
    server.changes = changes(OLD, NEW)
    for size in SIZES:
        async with running(server, settings, size) as ui:
            await meet(ui)
            assert "none of your labels comes back" in ui.text()
            await ui.press("w")
            await ui.until(lambda: ui.shows("CompareScreen"))
            lines = ui.text().splitlines()
            before = next(line for line in lines if "then `incomplete`." in line)
            assert ("then `incorrect`. Look above first." in before) == (size[0] >= 120)
            assert "then `incorrect`. Look above first." in ui.text()
            await ui.press("escape", *["j"] * 6)
            await ui.press("w")
            assert ui.shows("NewGuidelineScreen") and ui.status == "only rules are compared: mark one"


def test_the_words_that_went_and_came_are_marked() -> None:
    pairs = compared(OLD.rules[0], NEW.rules[0])
    assert [one.plain == other.plain for one, other in pairs] == [True, False, True]
    old, new = pairs[1]
    assert [old.plain[span.start : span.end] for span in old.spans] == []
    assert [(new.plain[span.start : span.end], str(span.style)) for span in new.spans] == [("it is ", "bold underline")]
    old, new = compared(OLD.rules[1], NEW.rules[1])[1]
    assert [old.plain[span.start : span.end] for span in old.spans] == ["`incomplete`."]
    assert [line.plain for line in lines_of(compared(None, OLD.rules[1]), 60)] == [
        "now     M4  Used before it is set up", "", "now     If it is not defined, then `incomplete`.", "",
    ]  # fmt: skip


async def test_asking_the_lead_about_a_new_guideline(server: FakeServer, settings: Settings) -> None:
    server.changes = changes(OLD, NEW)
    async with running(server, settings) as ui:
        await meet(ui)
        await ui.press("n")
        await ui.until(lambda: "ask the lead about step-correctness 1.1" in ui.text())
        await ui.type("half")
        await ui.press("escape", "escape")
        await ui.until(lambda: ui.shows("QueueScreen"))
        await meet(ui)
        await ui.press("n")
        await ui.until(lambda: "half" in ui.text())
        await ui.press("ctrl+s")
        await ui.until(lambda: "the question is sent" in ui.status and ui.shows("NewGuidelineScreen"))
    assert server.asked == [{"text": "half", "position": None, "projects": PROJECT}] and not server.acknowledged


async def test_a_version_that_comes_between_two_traces(server: FakeServer, settings: Settings) -> None:
    server.traces = server.traces[1:] + server.traces[:1]
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.label("1", then=2)
        await ui.label("1")
        server.changes = changes(OLD, NEW)
        await ui.press("1", "enter")
        await ui.until(lambda: ui.shows("NewGuidelineScreen"))
        await ui.press("enter")
        await ui.until(lambda: ui.at_step(1) and "A train leaves" in ui.text())


async def test_an_acknowledgement_that_is_refused_or_gets_no_answer(server: FakeServer, settings: Settings) -> None:
    server.changes = changes(OLD, NEW)
    async with running(server, settings) as ui:
        await meet(ui)
        server.refuse = (404, "not-found", "There is nothing of that name or id.")
        await ui.press("enter")
        await ui.until(lambda: ui.shows("NoticeScreen"))
        server.refuse = None
        await ui.press("enter")
        await meet(ui)
        server.lose_answers = 1
        await ui.press("enter")
        await ui.until(lambda: ui.at_step(1))
    assert set(server.acknowledged) == {"v1"}
