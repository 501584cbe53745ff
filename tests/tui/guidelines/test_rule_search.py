"""Finding rules while a step is open: in which order, what is read, what is cited."""

from typing import Any

import pytest

from cotlab.domain.answers import Citation
from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.traces.records import ProblemView
from cotlab.domain.work.views import GuidelineView
from tests.tui.conftest import Desktop, running
from tests.tui.fakes.pairs import pair_guideline
from tests.tui.fakes.server import FakeServer, FakeTrace
from tests.tui.labelling.test_step import at_once
from tui.app import connection as line_module
from tui.app.settings import Settings
from tui.guidelines.rule_search import RuleScreen
from tui.guidelines.rulebook import find
from tui.widgets.filter import FilterField
from tui.widgets.rules import prose_lines

SIZES = [(80, 24), (160, 50)]


async def open_rules(ui: Desktop) -> RuleScreen:
    await ui.press("g")
    await ui.until(lambda: ui.shows("RuleScreen"))
    assert isinstance(ui.screen, RuleScreen)
    return ui.screen


FOUND: list[tuple[str | None, str, str, list[str]]] = [
    (None, "mathematics", "", ["quick", "M4", "M1", "M7", "L2", "§ 12"]),
    (None, "law", "", ["quick", "L2", "M1", "M7", "M4", "§ 12"]),
    ("correct", "mathematics", "", ["quick", "M1", "M4", "M7", "L2", "§ 12"]),
    ("wrong-operation", "mathematics", "", ["quick", "M7", "M4", "M1", "L2", "§ 12"]),
    ("wrong-unit", "law", "", ["quick", "M7", "L2", "M1", "M4", "§ 12"]),
    (None, "mathematics", "m", ["M4", "M1", "M7", "L2"]),
    (None, "mathematics", "m7", ["M7"]),
    (None, "mathematics", "M4", ["M4", "M1"]),
    (None, "mathematics", "hour later", ["M4"]),
    (None, "mathematics", "quantity doubt-free", []),
    (None, "mathematics", "sect", ["L2", "§ 12"]),
    (None, "mathematics", "standing", ["stands"]),
]


@pytest.mark.parametrize(("chosen", "domain", "typed", "names"), FOUND)
def test_what_is_found_and_in_which_order(chosen: str | None, domain: str, typed: str, names: list[str]) -> None:
    guideline = GuidelineView.model_validate(FakeServer()._guideline())
    problem = ProblemView.model_validate({
        "text": "P", "domain": domain, "language": "en", "passages": [{"name": "§ 12", "text": "A section of it."}],
    })  # fmt: skip
    found = [
        one.rule.id if one.rule else one.passage.name if one.passage else one.term.names[0] if one.term else "quick"
        for one in find(guideline, problem, chosen, typed)
    ]
    assert found == names


@pytest.mark.parametrize(
    ("typed", "likely", "names"),
    [
        ("", (), ["quick", "P1", "P9", "correctness", "clarity"]),
        ("", ("P9",), ["quick", "clarity", "P9", "P1", "correctness"]),
        ("misleads", ("P9",), ["correctness"]),
        ("p9", ("P1",), ["P9"]),
    ],
)
def test_criteria_are_found_beside_their_rules(typed: str, likely: tuple[str, ...], names: list[str]) -> None:
    guideline = GuidelineView.model_validate(FakeServer()._guideline() | pair_guideline() | {"glossary": []})
    problem = ProblemView.model_validate({"text": "P", "domain": "law", "language": "en", "passages": []})
    found = [
        one.rule.id if one.rule else one.criterion.name if one.criterion else "quick"
        for one in find(guideline, problem, None, typed, likely)
    ]
    assert found == names


def test_a_rule_that_is_named_comes_before_one_that_is_nearer() -> None:
    near = {"title": "Near", "domains": ["law"]}
    rules = [{"id": "M12", **near}, {"id": "M3", **near, "decision": "See M1."}, {"id": "M1", "title": "Far"}]
    guideline = GuidelineView.model_validate(FakeServer()._guideline() | {"rules": rules})
    problem = ProblemView(text="P", domain="law", language="en", passages=())
    found = [one.rule.id if one.rule else "" for one in find(guideline, problem, None, "m1")]
    assert found == ["M1", "M12", "M3"]


@pytest.mark.parametrize("size", SIZES)
async def test_the_quick_reference_comes_first_then_what_is_marked(
    server: FakeServer, settings: Settings, size: tuple[int, int]
) -> None:
    async with running(server, settings, size) as ui:
        await ui.open_first()
        await open_rules(ui)
        text = ui.text()
        assert "▸ Quick reference" in text and "Ask first whether it follows. [see] A[k]" in text
        assert "4 rules · mathematics" in text and "enter cite" in text
        await ui.press("down")
        await ui.pilot.pause()
        for words in ("▸ M4  A quantity used", "incorrect | incomplete", "no definition above, then incorrect.",
                      "in doubt  incomplete.", "example    Step: \"the second train", "✗ incorrect  it starts an hour",
                      "not this   Step: \"the second has", "✓ correct  defined and right"):  # fmt: skip
            assert words in ui.text(), words
        rows = [row for row in ui.text().splitlines() if "example    " in row]
        assert ("not this" in rows[0]) == (size[0] >= 120), "beside each other where there is room"
        await ui.press("up")
        assert "Ask first" in ui.text()
        await ui.press("ctrl+t")
        await ui.until(lambda: "# All of it" in ui.text())
        await ui.press("escape")
        assert ui.shows("RuleScreen")
        await ui.press("escape", "1")
        assert ui.at_step(1) and ui.work.choice.label == "correct"


async def test_the_filter_counts_and_finds_terms(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await open_rules(ui)
        await ui.type("stan")
        assert "1 of 4 rules, 1 term · mathematics" in ui.text() and "▸ M1" in ui.text()
        await ui.press("down")
        await ui.pilot.pause()
        assert "▸ stands, standing" in ui.text() and "what the steps above say" in ui.text()
        await ui.press("enter")
        assert ui.status == "this is not cited: mark a rule or a passage"
        await ui.type("xyz")
        await ui.until(lambda: "No rule, passage or term holds" in ui.text() and "0 of 4 rules" in ui.text())
        await ui.press("enter", "down", "pagedown", "pageup", "up")
        assert ui.status == "this is not cited: mark a rule or a passage"


@pytest.mark.parametrize("size", SIZES)
async def test_rules_and_passages_are_cited_and_taken_off(settings: Settings, size: tuple[int, int]) -> None:
    server = FakeServer([FakeTrace("P", ["One.", "Two."], passages=[{"name": "§ 12 [b]", "text": "On the hour."}])])
    async with running(server, settings, size) as ui:
        await ui.open_first()
        for typed in ("m7", "hour", "12 [b"):
            await open_rules(ui)
            await ui.type(typed)
            await ui.press("enter")
            await ui.until(lambda: ui.at_step(1))
        assert ui.status.startswith("cites § 12 [b]; g finds another") and "cites M7, M4, § 12 [b]" in ui.text()
        await open_rules(ui)
        await ui.type("m7")
        assert "cited  incorrect" in ui.text()
        await ui.press("enter")
        await ui.until(lambda: ui.at_step(1))
        assert ui.status == "M7 is no longer cited" and "cites M4, § 12 [b]" in ui.text()
        await ui.label("1", then=2)
        assert "cites" not in ui.text()
        await ui.press("p")
        await ui.until(lambda: "cites M4, § 12 [b]" in ui.text())
        await ui.press("escape", "u")
        await ui.until(lambda: ui.at_step(1))
        assert "cites M4, § 12 [b]" in ui.text(), "what was cited comes back with the label"
    assert server.assignments["a1"].labels[1][0]["citations"] == [
        {"kind": "rule", "name": "M4", "start": None, "stop": None},
        {"kind": "passage", "name": "§ 12 [b]", "start": None, "stop": None},
    ]


async def test_citing_while_typing_a_reason_keeps_both(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.press("3")
        await ui.type("good")
        assert ui.work.choice.rationale == "good", "g is a letter here"
        await ui.press("escape")
        await open_rules(ui)
        await ui.type("m4")
        await ui.press("enter")
        await ui.until(lambda: ui.at_step(1))
        await ui.press("r")
        await ui.type("!")
        await ui.label(then=2)
    row = server.assignments["a1"].labels[1][0]
    assert row["rationale"] == "good!" and [one["name"] for one in row["citations"]] == ["M4"]


async def test_keys_that_come_together_find_the_same(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        at_once(ui, "gm7\r1\r")
        await ui.until(lambda: ui.at_step(2))
    row = server.assignments["a1"].labels[1][0]
    assert row["label"] == "correct" and [one["name"] for one in row["citations"]] == ["M7"]


async def test_at_the_end_of_a_trace_nothing_is_cited(settings: Settings) -> None:
    async with running(FakeServer([FakeTrace("P", ["One."])]), settings) as ui:
        await ui.open_first()
        await ui.label("1")
        await open_rules(ui)
        await ui.press("down", "enter")
        assert ui.status.startswith("a rule is cited with the label of a step")
        await ui.press("escape")
        assert ui.at_finish()


async def test_a_step_that_is_on_its_way_takes_no_citation(
    server: FakeServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_module, "PAUSES", (60.0,))
    async with running(server, settings) as ui:
        await ui.open_first()
        server.gone = True
        await ui.press("1", "enter")
        await open_rules(ui)
        await ui.press("down", "enter")
        assert ui.status.startswith("what you opened this from is committed")
        assert ui.work.choice.citations == ()
        server.gone = False
        assert ui.app.journey is not None
        ui.app.journey.line.try_now()
        await ui.until(lambda: "all sent" in ui.text() and len(server.assignments["a1"].labels) == 1)
        await ui.press("enter")
        assert ui.status.startswith("what you opened this from is committed")
        assert ui.work.choice.citations == ()


async def test_more_citations_than_a_label_takes(server: FakeServer, settings: Settings) -> None:
    server.rules = [{"id": f"M{at}", "title": "Many"} for at in range(1, 30)]
    async with running(server, settings) as ui:
        await ui.open_first()
        for at in range(1, 21):
            ui.work.choice.cite(Citation(kind="rule", name=f"M{at}"))
        await open_rules(ui)
        await ui.type("m25")
        await ui.press("enter")
        assert ui.status.startswith("20 citations are enough") and len(ui.work.choice.citations) == 20


async def test_a_marked_row_stays_in_sight(server: FakeServer, settings: Settings) -> None:
    server.rules = [{"id": f"M{at}", "title": f"Rule number {at}"} for at in range(1, 60)]
    async with running(server, settings) as ui:
        await ui.open_first()
        await open_rules(ui)
        await ui.hold("down", 59)
        assert "▸ M59" in ui.text()
        await ui.hold("up", 30)
        assert "▸ M29" in ui.text()
        assert ui.screen.query_one(FilterField).has_focus


TEXTS: list[tuple[str, int, list[str]]] = [
    ("One two\nthree.\n\nFour.", 20, ["One two three.", "", "Four."]),
    ("- a bullet that\n  goes on\n- next", 15, ["- a bullet that", "  goes on", "- next"]),
    ("1. first\n2. second", 20, ["1. first", "2. second"]),
    ("| a | b |\n| 1 | 2 |", 20, ["| a | b |", "| 1 | 2 |"]),
    ("then `correct`, as *it stands*", 40, ["then correct, as it stands"]),
    ("2 * 3 * 4 and [b]", 40, ["2 * 3 * 4 and [b]"]),
]


@pytest.mark.parametrize(("text", "width", "lines"), TEXTS)
def test_how_a_text_is_laid_out(text: str, width: int, lines: list[str]) -> None:
    assert [line.plain for line in prose_lines(text, Schema(), False, width)] == lines


def test_names_of_labels_have_their_colour() -> None:
    schema: dict[str, Any] = {"labels": [one for one in FakeServer().labels]}
    (line,) = prose_lines("`wrong-unit` or `M4`", Schema.model_validate(schema), False, 40)
    assert [(line.plain[span.start : span.end], str(span.style)) for span in line.spans] == [
        ("wrong-unit", "bold $error"), ("M4", "bold"),
    ]  # fmt: skip
