"""Reading two responses: side by side or one at a time, scrolled together or apart, with what differs marked."""

import random
from collections.abc import Callable

import pytest
from textual.color import Color

from tests.tui.conftest import Desktop, running
from tests.tui.fakes.pairs import BLANC, FakePair, PairServer
from tui.app.settings import Settings
from tui.widgets.differences import LONGEST, differing
from tui.widgets.listing import Pane
from tui.widgets.responses import Responses
from tui.widgets.text import marked

SIZES = [(60, 16), (80, 24), (120, 40), (160, 50)]


def numbered(count: int, word: str) -> str:
    return "\n".join(f"{word}{at} end" for at in range(1, count + 1))


LONG = FakePair(numbered(300, "one"), numbered(200, "two"))


def panes(ui: Desktop) -> tuple[Pane, Pane]:
    return ui.screen.query_one(Responses).sides


def at(ui: Desktop) -> list[int]:
    return [pane.scroll_offset.y for pane in panes(ui)]


def styled(ui: Desktop, style: Callable[[object], bool]) -> set[str]:
    """The words on the screen that are drawn in a style."""
    found = set()
    for strip in ui.screen._compositor.render_strips():
        for segment in strip:
            if segment.style is not None and style(segment.style):
                found.update(segment.text.split())
    return found


@pytest.mark.parametrize("size", SIZES)
async def test_all_that_is_needed_is_there(settings: Settings, size: tuple[int, int]) -> None:
    async with running(PairServer(FakePair(BLANC.left, BLANC.right)), settings, size) as ui:
        await ui.open_pair()
        shown = ui.text()
        for needed in ("Mont Blanc", "left (first)", "4,806", "overall", "correctness", "clarity", "commit", "? help"):
            assert needed in shown, needed
        assert ("8,848" in shown) == (size[0] >= 120)
        assert max(map(len, shown.splitlines())) <= size[0]
        assert panes(ui)[0].size.height >= 3


async def test_below_120_columns_tab_shows_the_other(settings: Settings) -> None:
    async with running(PairServer(LONG), settings, (119, 30)) as ui:
        await ui.open_pair()
        assert "one1 " in ui.text() and "two1 " not in ui.text() and "▸ left" in ui.text()
        await ui.press("j", "j", "tab")
        assert "two3 " in ui.text() and "one3 " not in ui.text() and "▸ right" in ui.text(), "at the same line"
        await ui.press("=", "j", "tab")
        assert "one3 " in ui.text()
        await ui.press("j", "tab")
        assert "two4 " in ui.text() and "two3 " not in ui.text(), "each where it was"


@pytest.mark.parametrize("longer", [0, 1])
async def test_side_by_side_both_scroll_together_as_far_as_they_go(settings: Settings, longer: int) -> None:
    pair = FakePair(LONG.left, LONG.right) if longer == 0 else FakePair(LONG.right, LONG.left)
    async with running(PairServer(pair), settings, (120, 40)) as ui:
        await ui.open_pair()
        await ui.press("j", "j", "pagedown")
        one, other = at(ui)
        assert one == other > 2
        await ui.press(*["pagedown"] * 20)
        ends = [pane.max_scroll_y for pane in panes(ui)]
        assert at(ui) == ends and ends[longer] > ends[1 - longer]
        await ui.press("pageup")
        assert at(ui)[longer] == ends[longer] - panes(ui)[0].size.height + 1 and at(ui)[1 - longer] == ends[1 - longer]


async def test_side_by_side_each_scrolls_by_itself_on_a_key(settings: Settings) -> None:
    async with running(PairServer(LONG), settings, (120, 40)) as ui:
        await ui.open_pair()
        await ui.press("=", "j", "j")
        assert at(ui) == [2, 0] and "scrolled apart" in ui.text()
        await ui.press("tab", "j")
        assert at(ui) == [2, 1]
        await ui.press("=", "j")
        assert at(ui) == [3, 3]


async def test_above_the_top_the_prompt_opens(settings: Settings) -> None:
    pair = FakePair(BLANC.left, BLANC.right, prompt=numbered(60, "ask"))
    async with running(PairServer(pair), settings) as ui:
        await ui.open_pair()
        assert "ask20 " not in ui.text()
        await ui.press("k")
        assert "ask10 " in ui.text() and "4,806" not in ui.text()
        await ui.press(*["pagedown"] * 6)
        assert "ask60 " in ui.text()
        await ui.press("p")
        assert "4,806" in ui.text()


@pytest.mark.parametrize("sizes", [((140, 40), (80, 24)), ((80, 24), (140, 40)), ((80, 24), (60, 16))])
async def test_a_resize_keeps_a_half_made_choice_and_what_is_read(
    settings: Settings, sizes: tuple[tuple[int, int], tuple[int, int]]
) -> None:
    words = " ".join(f"word{number}" for number in range(3000))
    async with running(PairServer(FakePair(words, words + " more")), settings, sizes[0]) as ui:
        await ui.open_pair()
        await ui.press("1", "h", "2", "l", "r")
        await ui.type("half")
        await ui.press("escape", *["pagedown"] * 4)
        await ui.pilot.pause()
        before = _first_word(ui)
        await ui.pilot.resize_terminal(*sizes[1])
        await ui.until(lambda: abs(_first_word(ui) - before) <= 60)
        await ui.press("r")
        await ui.type(" more")
        assert "half more" in ui.text() and "←1" in ui.text() + "←1"
        assert ui.pair.choice.criteria == {"correctness": "slightly-better", "clarity": "slightly-worse"}


def _first_word(ui: Desktop) -> int:
    line = ui.text().splitlines()[panes(ui)[0].region.y]
    return int(line.split()[0].removeprefix("word"))


async def test_too_small_says_so_and_comes_back(settings: Settings) -> None:
    async with running(PairServer(), settings) as ui:
        await ui.open_pair()
        await ui.press("1", "h")
        await ui.pilot.resize_terminal(50, 12)
        await ui.until(lambda: ui.shows("TooSmallScreen"))
        await ui.pilot.resize_terminal(80, 24)
        await ui.until(lambda: ui.at_pair("p1"))
        await ui.press("h")
        assert ui.pair.choice.criteria == {"correctness": "better"}, "what was in hand still is"


async def test_the_next_pair_begins_at_its_top_with_the_left_one(settings: Settings) -> None:
    pair = FakePair(numbered(100, "three"), numbered(100, "four"))
    async with running(PairServer(LONG, pair), settings) as ui:
        await ui.open_pair()
        await ui.press("tab", "pagedown", "pagedown")
        await ui.compare("b", then="p2")
        await ui.until(lambda: "three1 " in ui.text())


async def test_what_differs_is_underlined_on_a_key(settings: Settings) -> None:
    async with running(PairServer(FakePair(BLANC.left, BLANC.right)), settings, (120, 40)) as ui:
        await ui.open_pair()
        assert not styled(ui, lambda style: bool(style.underline))  # type: ignore[attr-defined]
        await ui.press("w")
        await ui.until(lambda: bool(styled(ui, lambda style: bool(style.underline))))  # type: ignore[attr-defined]
        assert styled(ui, lambda style: bool(style.underline)) == {"4,806", "8,848"}  # type: ignore[attr-defined]
        await ui.press("w")
        assert not styled(ui, lambda style: bool(style.underline))  # type: ignore[attr-defined]


async def test_differences_stay_on_for_the_next_pair(settings: Settings) -> None:
    async with running(PairServer(), settings, (120, 40)) as ui:
        await ui.open_pair()
        await ui.press("w")
        await ui.compare("b", then="p2")
        await ui.until(lambda: "about" in styled(ui, lambda style: bool(style.underline)))  # type: ignore[attr-defined]


async def test_texts_too_long_to_compare_say_so(settings: Settings) -> None:
    pair = FakePair("a " * (LONGEST // 4), "b " * (LONGEST // 4 + 2))
    async with running(PairServer(pair), settings) as ui:
        await ui.open_pair()
        await ui.press("w")
        await ui.until(lambda: "too long" in ui.status)


@pytest.mark.parametrize(
    ("one", "other", "left", "right"),
    [
        ("a b c", "a x c", ["b"], ["x"]),
        ("a b c", "a c", ["b"], []),
        ("same words", "same  words", [], []),
        ("one two three four", "one 2 3 four", ["two three"], ["2 3"]),
        ("x = 4.", "x = 5.", ["4"], ["5"]),
        ("one", "other", ["one"], ["other"]),
        ("", "new", [], ["new"]),
    ],
)
def test_words_that_differ(one: str, other: str, left: list[str], right: list[str]) -> None:
    ours, theirs = differing(one, other)
    assert ([one[start:end] for start, end in ours], [other[start:end] for start, end in theirs]) == (left, right)


def test_marks_lie_on_their_words_and_a_formula_is_marked_whole() -> None:
    draw = random.Random(4)
    for _ in range(200):
        text = "".join(draw.choice("ab $x^2$ ") for _ in range(30))
        spans = [tuple(sorted(draw.sample(range(len(text) + 1), 2))) for _ in range(draw.randrange(6))]
        shown = marked(text, spans, raw=True, style="bold")  # type: ignore[arg-type]
        there = {at for start, end in spans for at in range(start, end)}
        bold = {at for span in shown.spans for at in range(span.start, span.end)}
        assert shown.plain == text and bold == there
    formula = marked("so $x^2$ holds", [(5, 6)], style="bold")
    assert [formula.plain[span.start : span.end] for span in formula.spans] == ["x²"]


async def test_mathematics_is_rendered_and_raw_on_a_key(settings: Settings) -> None:
    pair = FakePair(r"So $\frac{1}{2} \le x^2$.", r"So $x \in \{1\}$.", prompt=r"Solve $\sqrt{x} = 1$.")
    async with running(PairServer(pair), settings, (120, 40)) as ui:
        await ui.open_pair()
        assert "x²" in ui.text() and r"\le" not in ui.text() and r"\sqrt" not in ui.text()
        await ui.press("m")
        assert r"\frac{1}{2} \le x^2" in ui.text() and r"\sqrt{x}" in ui.text()
        await ui.press("m")
        assert r"\frac" not in ui.text()


async def test_responses_of_20000_characters_scroll_to_their_ends(settings: Settings) -> None:
    """How fast is measured in benchmarks/terminal.py."""
    one = " ".join(f"w{number}" for number in range(3400))
    pair = FakePair(one[:20_000], one[:19_000] + " other end")
    async with running(PairServer(pair), settings, (120, 40)) as ui:
        await ui.open_pair()
        await ui.press("w", *["pagedown"] * 40)
        await ui.until(lambda: " other" in ui.words() and "w3399" in ui.words())
        assert at(ui)[0] == panes(ui)[0].max_scroll_y
        await ui.press("h")
        assert ui.pair.choice.criteria == {"correctness": "slightly-better"}


async def test_without_colour_everything_is_said_in_words(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(PairServer(), settings, (120, 40)) as ui:
        await ui.open_pair()
        await ui.press("h", "y", "f")
        for word in ("left slightly better", "▸ 1 correctness", "⚠ unsafe: left", "? unsure", "▸ left"):
            assert word in ui.text()
        colours = {
            colour.triplet
            for strip in ui.screen._compositor.render_strips() for segment in strip
            if segment.style is not None and (colour := segment.style.color) is not None and colour.triplet is not None
        }  # fmt: skip
        assert all(Color(*found).hsl.s < 0.01 for found in colours)
