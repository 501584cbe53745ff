"""What a check found, as the one who labels sees it: after the commit alone, and never as "right"."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from cotlab.domain.checks import Claim, ShownEvidence, StepVerdict, Verdict, shown
from cotlab.domain.work.views import StepView
from tests.tui.conftest import Desktop, running
from tests.tui.fakes.server import FakeServer, FakeTrace
from tui.app.settings import Settings
from tui.labelling.feedback import NOTHING_YET, OFF, UNCHECKED, UNSENT
from tui.widgets.findings import finding, finding_line, finding_lines
from tui.widgets.reading import Folded
from tui.widgets.text import marked, on_one_line
from tui.widgets.text import shown as as_shown

SIZES = [(80, 24), (160, 50)]
STEPS = [
    "She packs 7 * 6 = 48 jars, and then some more of them.",
    r"So $\frac{1}{2} = 0.5$ of them are left, which is 24.",
    "So 3x = 10.",
    "Therefore the argument is valid.",
    "The end.",
]


def claim(start: int, end: int, verdict: Verdict, reason: str, **fields: object) -> Claim:
    given = {"kind": "arithmetic", "normalised": ""} | fields
    return Claim.model_validate(given | {"start": start, "end": end, "verdict": verdict, "reason": reason})


REFUTED = claim(10, 20, Verdict.REFUTED, "7 * 6 is 42, not 48")
HOLDS = claim(3, 22, Verdict.VERIFIED, "the sums hold")
CONFLICT = claim(
    3, 10, Verdict.UNDECIDED, "conflicts with step 1: 3 * x = 10 contradicts it", kind="implication", conflicts_with=0
)
HELD = claim(3, 10, Verdict.UNDECIDED, "3 is not 10; a value is tried out", kind="identity")


def found(verdict: Verdict, *claims: Claim, reason: str = "") -> ShownEvidence:
    why = reason or next((one.reason for one in claims if one.verdict is verdict), "nothing")
    return shown(StepVerdict(verdict=verdict, claims=claims, reason=why).model_dump_json())


EVIDENCE = {
    1: found(Verdict.REFUTED, REFUTED),
    2: found(Verdict.VERIFIED, HOLDS),
    3: found(Verdict.UNDECIDED, CONFLICT),
    4: found(Verdict.UNDECIDED, reason="there is no claim that can be computed"),
}
LINES: list[tuple[ShownEvidence | None, str | None, str]] = [
    (EVIDENCE[1], "⊬ a sum does not hold: 7 * 6 is 42, not 48", "bold $error"),
    (EVIDENCE[2], "⊢ the sums hold", "$success"),
    (EVIDENCE[3], "≠ conflicts with step 1: 3 * x = 10 contradicts it", "bold $warning"),
    (EVIDENCE[4], None, ""),
    (None, None, ""),
    (found(Verdict.UNDECIDED, HELD), "· nothing is decided: 3 is not 10; a value is tried out", "dim"),
    (found(Verdict.UNDECIDED, HELD, CONFLICT), "≠ conflicts with step 1: 3 * x = 10 contradicts it", "bold $warning"),
    (found(Verdict.REFUTED, CONFLICT, REFUTED), "⊬ a sum does not hold: 7 * 6 is 42, not 48", "bold $error"),
]


@pytest.mark.parametrize(("evidence", "said", "style"), LINES)
def test_the_line(evidence: ShownEvidence | None, said: str | None, style: str) -> None:
    line, short = finding_line(evidence), finding(evidence)
    assert (line.plain if line else None) == said
    assert (short.plain if short else None) == (said.partition(":")[0] if said else None)
    assert line is None or str(line.spans[0].style) == style


def test_all_claims_with_sign_kind_and_reason() -> None:
    evidence = found(Verdict.REFUTED, REFUTED, HOLDS, CONFLICT)
    step = StepView(position=2, text=STEPS[0], evidence=evidence)
    lines = [line.plain.rstrip() for line in finding_lines(step, False, 70)]
    assert lines == [
        "⊬ arithmetic   7 * 6 = 48", "               a sum does not hold: 7 * 6 is 42, not 48",
        "⊢ arithmetic    packs 7 * 6 = 48 j", "               the sums hold",
        "≠ implication   packs", "               conflicts with step 1: 3 * x = 10 contradicts it",
    ]  # fmt: skip


def underlined(content: Content) -> list[str]:
    return [content.plain[span.start : span.end] for span in content.spans if "underline" in str(span.style)]


MARKED = [
    ("a 1+1=3 b", [(2, 7)], False, ["1+1=3"]),
    (r"so $\frac{1}{2} = 0.5$ ok", [(4, 20)], False, ["1/2 = 0.5"]),
    (r"so $\frac{1}{2} = 0.5$ ok", [(4, 21)], True, [r"\frac{1}{2} = 0.5"]),
    (r"2 + $x$ = 3, so $y$", [(0, 11)], False, ["2 + ", "x", " = 3"]),
    ("a\x07b 1=1", [(4, 7)], False, ["1=1"]),
    ("none", [], False, []),
    ("beyond", [(3, 90)], False, ["ond"]),
    ("empty", [(2, 2)], False, []),
]


@pytest.mark.parametrize(("text", "spans", "raw", "expected"), MARKED)
def test_claims_are_underlined(text: str, spans: list[tuple[int, int]], raw: bool, expected: list[str]) -> None:
    content = marked(text, spans, raw)
    assert underlined(content) == expected
    assert content.plain == as_shown(text, raw).plain


def test_a_span_stays_underlined_on_one_line() -> None:
    line = on_one_line(marked("so\n 7 * 6  =\n48 ok", [(4, 15)]), 80)
    assert line.plain == "so 7 * 6 = 48 ok" and "".join(underlined(line)).replace(" ", "") == "7*6=48"
    assert len(on_one_line(marked("a " * 5000, []), 80).plain) <= 82


PLACES = st.integers(0, 45)


@given(st.text("ab1 $\\{}^_=+\n\x07", max_size=40), st.lists(st.tuples(PLACES, PLACES)), st.booleans())
def test_underlining_changes_no_letter(text: str, spans: list[tuple[int, int]], raw: bool) -> None:
    assert marked(text, [(min(span), max(span)) for span in spans], raw).plain == as_shown(text, raw).plain


@pytest.fixture
def server() -> FakeServer:
    server = FakeServer([FakeTrace("P", STEPS)])
    server.evidence = dict(EVIDENCE)
    return server


def row_of(ui: Desktop, words: str) -> int:
    return next(at for at, line in enumerate(ui.text().splitlines()) if words in line)


@pytest.mark.parametrize("size", SIZES)
async def test_after_the_commit_and_not_before(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    async with running(server, settings, size) as ui:
        await ui.open_first()
        assert "sum" not in ui.text() and "7 * 6 = 48" in ui.text()
        await ui.press("e")
        assert ui.status == NOTHING_YET
        await ui.press("4")
        assert "does not hold" not in ui.text(), "chosen is not committed"
        await ui.label("1", then=2)
        lines = ui.text().splitlines()
        at = row_of(ui, "a sum does not hold")
        assert lines[at].startswith("     ⊬ a sum does not hold: 7 * 6 is 42, not 48  (e)")
        assert lines[at - 1].startswith("  1  ✓ correct")
        await ui.label("1", then=3)
        assert "     ⊢ the sums hold  (e)" in ui.text() and "= right" not in ui.text()
        lines = ui.text().splitlines()
        at = row_of(ui, "the sums hold")
        assert lines[at - 1].startswith("  2  ✓ correct") and lines[at - 2].endswith("  ⊬ a sum does not hold")
        await ui.label("1", then=4)
        assert "     ≠ conflicts with step 1: 3 * x = 10 contradicts it" in ui.text()
        await ui.label("1", then=5)
        assert "nothing is decided" not in ui.text() and "no claim" not in ui.text()
        await ui.press("e")
        assert ui.status == "step 4: there is no claim that can be computed"


async def test_all_of_it_on_a_key(server: FakeServer, settings: Settings) -> None:
    server.evidence[2] = found(
        Verdict.VERIFIED, HOLDS, claim(40, 51, Verdict.VERIFIED, "the sums hold", kind="percent")
    )
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.label("1", then=2)
        await ui.label("1", then=3)
        await ui.press("e")
        await ui.until(lambda: ui.shows("ToldScreen"))
        assert "what the check found in step 2" in ui.text() and "you said  ✓ correct" in ui.text()
        assert "⊢ arithmetic" in ui.text() and "⊢ percent" in ui.text() and "1/2 = 0.5" in ui.text()
        assert "Sums that hold do not make a step right." in ui.words()
        await ui.press("escape")
        await ui.until(lambda: ui.at_step(3))
        await ui.press("1")
        assert ui.work.choice.label == "correct", "the label keys work again"


async def test_a_label_taken_back_shows_it_as_before(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.label("1", then=2)
        await ui.press("u")
        await ui.until(lambda: ui.at_step(1))
        assert "⊬ a sum does not hold: 7 * 6 is 42, not 48" in ui.text()
        await ui.press("e")
        await ui.until(lambda: ui.shows("ToldScreen") and "in step 1" in ui.text())
        await ui.press("escape", "escape")
        await ui.until(lambda: ui.at_step(2))
        assert "     ⊬ a sum does not hold" in ui.text()


async def test_a_trace_opened_again_shows_it_again(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.label("1", then=2)
        await ui.label("1", then=3)
    async with running(server, settings) as ui:
        await ui.open_first(3)
        assert "⊢ the sums hold" in ui.text() and "⊬ a sum does not hold" in ui.text()
        await ui.press("p")
        await ui.until(lambda: "⊬ a sum does not hold: 7 * 6 is 42, not 48" in ui.text())


async def test_what_comes_later_moves_nothing(server: FakeServer, settings: Settings) -> None:
    server.evidence.clear()
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.label("1", then=2)
        below = row_of(ui, "1/2 = 0.5")
        await ui.press("e")
        await ui.until(lambda: ui.status == UNCHECKED.format(1))
        server.evidence = dict(EVIDENCE)
        await ui.press("e")
        await ui.until(lambda: ui.shows("ToldScreen") and "7 * 6 is 42" in ui.text())
        await ui.press("escape", "1", "m", "m")
        await ui.until(lambda: ui.at_step(2))
        assert row_of(ui, "1/2 = 0.5") == below, "the step stays where it was"


async def test_the_policy_keeps_it_back(server: FakeServer, settings: Settings) -> None:
    server.evidence_shown = False
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.label("1", then=2)
        asked = len(server.requests)
        await ui.press("e")
        assert ui.status == OFF and "does not hold" not in ui.text()
        assert len(server.requests) == asked


async def test_an_unsent_label_shows_nothing(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.label("1", then=2)
        server.gone = True
        await ui.press("1", "enter")
        await ui.until(lambda: "unsent" in ui.numbers)
        assert ui.at_step(2) and "the sums hold" not in ui.text()
        server.gone = False
    async with running(server, settings) as ui:
        await ui.open_first(3)
        assert "the sums hold" in ui.text()


async def test_nothing_of_an_unsent_first_label(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings) as ui:
        server.evidence.pop(1)
        await ui.open_first()
        await ui.label("1", then=2)
        server.gone = True
        await ui.press("1", "enter")
        await ui.until(lambda: "unsent" in ui.numbers)
        await ui.press("e")
        assert ui.status == UNSENT


async def test_where_there_is_no_room(server: FakeServer, settings: Settings) -> None:
    async with running(server, settings, (60, 16)) as ui:
        await ui.open_first()
        await ui.label("1", then=2)
        assert ui.screen.query_one(Folded).limit == 0
        assert ui.status == "⊬ a sum does not hold: 7 * 6 is 42, not 48  (e)"


async def test_beside_feedback_in_calibration(server: FakeServer, settings: Settings) -> None:
    server.purpose = "calibration"
    server.feedback = {1: ("incorrect", "It is 42.")}
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.label("1", then=2)
        assert "≠ wrong, verified: ✗ incorrect" in ui.text() and "\n     ⊬ a sum does not hold: 7" in ui.text()
        await ui.press("e")
        await ui.until(lambda: ui.shows("ToldScreen"))
        assert "It is 42." in ui.text() and "⊬ arithmetic" in ui.text() and "feedback on step 1" in ui.text()


async def test_no_colour_alone(server: FakeServer, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(server, settings) as ui:
        await ui.open_first()
        await ui.label("1", then=2)
        await ui.press("e")
        await ui.until(lambda: ui.shows("ToldScreen"))
        assert "⊬ arithmetic" in ui.text() and "a sum does not hold" in ui.text()
        strips = ui.app.screen._compositor.render_strips()
        drawn = [
            segment
            for strip in strips
            for segment in strip.apply_filter(ui.app._filters[-1], ui.app.screen.background_colors[0])
            if segment.style
        ]
        assert all(one.style.color is None or one.style.color.is_default for one in drawn if one.style)
        assert "7 * 6 = 48" in {one.text for one in drawn if one.style and one.style.underline}
