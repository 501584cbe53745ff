"""What each kind asks, and how it reads answers."""

import pytest

from cotlab.domain.drafts.requests import ASKED_KINDS, AskedKind
from cotlab.domain.errors import BadInput, ModelFailed
from cotlab.domain.provenance import Sampling
from cotlab.domain.text import MAX_TEXT
from cotlab.drafting.driver import never
from cotlab.drafting.kinds import KINDS, Work, alternatives, kind_named, path, rationale
from cotlab.drafting.kinds.kind import Drafted, plain
from cotlab.drafting.kinds.lines import steps_of, whole_lines
from tests.services.drafts.drafted import Scripted

WORK = Work("What is 2 + 3?", ("2 is given", "3 is given"), 3, seed=4, sampling=Sampling())


def test_kinds_are_known_by_their_names() -> None:
    assert [kind.name for kind in KINDS] == [
        "alternatives", "path", "altered_step", "label_opinion", "pair_opinion", "rationale",
    ]  # fmt: skip
    assert all(kind_named(kind.name) is kind for kind in KINDS)
    with pytest.raises(BadInput, match="there is no poem; there are alternatives, path, altered_step, label_opinion"):
        kind_named("poem")


def test_leads_are_told_of_each_kind_what_it_takes() -> None:
    there = [
        AskedKind(name=kind.name, target=kind.target, strategies=kind.strategies, enters_pool=kind.enters_pool)
        for kind in KINDS
        if not kind.asked_by_labellers
    ]
    assert sorted(there, key=lambda kind: kind.name) == sorted(ASKED_KINDS, key=lambda kind: kind.name)


def test_an_alternative_is_asked_for_with_the_accepted_steps_and_no_others() -> None:
    system, user = alternatives.prompt(WORK, 1).messages
    assert system.role == "system"
    assert user.content == (
        "Problem:\nWhat is 2 + 3?\n\nSteps so far:\nStep 1: 2 is given\nStep 2: 3 is given\n\nWrite step 3."
    )
    seeds = {alternatives.prompt(WORK, ordinal).seed for ordinal in range(1, 1001)}
    assert len(seeds) == 1000 and alternatives.prompt(WORK, 1) == alternatives.prompt(WORK, 1)


@pytest.mark.parametrize(
    ("line", "step"),
    [
        ("Step 3: 2 + 3 = 5", "2 + 3 = 5"),
        ("**Step 3:** 2 + 3 = 5", "2 + 3 = 5"),
        ("step 12. so", "so"),
        ("3. 2 + 3 = 5", "2 + 3 = 5"),
        ("3) so", "so"),
        ("- so", "so"),
        ("3.5 + 1 = 4.5", "3.5 + 1 = 4.5"),
        ("-3 is less", "-3 is less"),
        ("3 apples are left", "3 apples are left"),
        ("Steps matter", "Steps matter"),
        ("*x* is 3", "*x* is 3"),
        ("### Step 1: add", "add"),
        ("**Step 1: add them**", "add them"),
        ("## Add 2 and 3", "Add 2 and 3"),
        ("- 5 + 3 = -2", "- 5 + 3 = -2"),
        ("- x = 3", "- x = 3"),
        (r"- \frac{1}{2} is less", r"- \frac{1}{2} is less"),
        ("- sin x is less", "- sin x is less"),
        ("• 5 + 3 = 8", "5 + 3 = 8"),
        ("Sure! 2 + 3 = 5", "2 + 3 = 5"),
        ("Here's the next step: 2 + 3 = 5", "2 + 3 = 5"),
        ("Here 2 + 3 = 5", "Here 2 + 3 = 5"),
        ("We add them:", "We add them:"),
        ("Here is **step 3**: 2 + 3 = 5", "2 + 3 = 5"),
        ("**Here is the next step of the solution:** 2 + 3 = 5", "2 + 3 = 5"),
        ("Here are 3 apples: each costs 2", "Here are 3 apples: each costs 2"),
        ("Here is what we know: x is 3", "Here is what we know: x is 3"),
        ("Here are 3 steps: each is 20 cm high", "Here are 3 steps: each is 20 cm high"),
    ],
)
def test_what_counts_a_step_is_no_part_of_it(line: str, step: str) -> None:
    assert steps_of(f"\n  {line}  \n\n") == [step]


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Sure! Here is the next step:\n2 + 3 = 5", ["2 + 3 = 5"]),
        ("Certainly!\n\n**Solution:**\n2 + 3 = 5\nso it is 5", ["2 + 3 = 5", "so it is 5"]),
        ("Sure! Here is the solution:\n\n**Solution:**\n2 + 3 = 5", ["2 + 3 = 5"]),
        ("Here is the solution:\nWe solve for x:\n3x = 12", ["We solve for x:", "3x = 12"]),
        ("Sure!\nWe are given:\nWe solve for x:\n3x = 12", ["We solve for x:", "3x = 12"]),
        ("We are given:\n3x = 12", ["3x = 12"]),
        ("Here are 3 apples: each costs 2.\nthey cost 6", ["Here are 3 apples: each costs 2.", "they cost 6"]),
        ("Step 1: we add:\n2 + 3 = 5", ["we add:", "2 + 3 = 5"]),
        ("```latex\n2 + 3 = 5\n```", ["2 + 3 = 5"]),
        ("| boxes | eggs |\n|:---|---:|\n| 2 | 3 |\n---", ["| boxes | eggs |", "| 2 | 3 |"]),
        ("### Step 1\n2 + 3 = 5\n**Step 2:**\nit is 5", ["2 + 3 = 5", "it is 5"]),
        ("so\n\\[\n2 + 3\n= 5\n\\]\nit is 5", ["so", "\\[ 2 + 3 = 5 \\]", "it is 5"]),
        ("1. so we add:\n\\[ 2 + 3 = 5 \\]\nit is 5", ["so we add: \\[ 2 + 3 = 5 \\]", "it is 5"]),
        ("so\n$$\n2 + 3 = 5\n$$\nit is 5", ["so", "$$ 2 + 3 = 5 $$", "it is 5"]),
        (
            "\\begin{align}\n2 \\\\[2pt]\n+ 3\n\\end{align}\nit is 5",
            ["\\begin{align} 2 \\\\[2pt] + 3 \\end{align}", "it is 5"],
        ),
        ("\\[ 2 + 3 = 5\nit is 5", ["\\[ 2 + 3 = 5", "it is 5"]),
        ("- We add\n- 5 + 3 = -2", ["We add", "- 5 + 3 = -2"]),
        ("Sure!", []),
        ("Here is the next step:", []),
    ],
)
def test_what_a_chat_model_puts_around_steps_is_none(text: str, steps: list[str]) -> None:
    assert steps_of(text) == steps


BLANK = {"\n": [], ":\n": [":"] * 99_999, " \n": [], "$$\n": ["$$ $$"] * 33_333, "\\[\n": ["\\["] * 66_666}


@pytest.mark.parametrize("piece", BLANK)
def test_the_longest_answer_is_read_whatever_it_repeats(piece: str) -> None:
    """A pattern that begins anew in each blank line would take minutes, through which the worker holds no lease."""
    text = piece * (MAX_TEXT // len(piece))
    assert (steps_of(text), whole_lines(text)) == (BLANK[piece], text if piece in (":\n", "$$\n") else "")


def test_an_answer_with_a_wide_gap_is_read_as_any_other() -> None:
    """So would one that looks for the end of the line at each sign of the gap."""
    gap = " " * (MAX_TEXT - 20)
    assert path.read(WORK, 1, f"two\nAnswer: **5{gap}m **")["final_answer"] == f"5{gap}m"


def test_of_an_answer_with_several_steps_the_first_is_the_next() -> None:
    assert alternatives.read(1, "\nStep 3: add them\nStep 4: it is 5") == {"text": "add them"}
    with pytest.raises(ModelFailed, match="Draft 2 is empty"):
        alternatives.read(2, " \n ")


def test_paths_take_each_strategy_in_turn_or_the_one_asked_for() -> None:
    assert [path.strategy_of(WORK, ordinal) for ordinal in range(1, 7)] == [*path.STRATEGIES, "forward"]
    one = Work(WORK.problem, (), None, 1, Sampling(), "backward")
    assert [path.strategy_of(one, ordinal) for ordinal in (1, 2)] == ["backward"] * 2
    system, user = path.prompt(one, 1).messages
    assert path.STRATEGIES["backward"] in system.content and user.content == "Problem:\nWhat is 2 + 3?"


@pytest.mark.parametrize(
    ("text", "steps", "answer"),
    [
        ("1. two\n2. three\nAnswer: 5", ["two", "three"], "5"),
        ("two\n**Final answer: 5 apples**", ["two"], "5 apples"),
        ("two\nthree", ["two", "three"], None),
        ("```\ntwo\nAnswer: 5\n```", ["two"], "5"),
        ("Here are 3 apples: each costs 2.\nAnswer: 6", ["Here are 3 apples: each costs 2."], "6"),
        ("Here is a solution:\n### Step 1: two\n---\n### Answer: 5\n---", ["two"], "5"),
        ("two\nThe answer is known", ["two", "The answer is known"], None),
    ],
)
def test_a_path_is_a_step_a_line_and_its_answer(text: str, steps: list[str], answer: str | None) -> None:
    assert path.read(WORK, 1, text) == {"steps": steps, "final_answer": answer, "strategy": "forward"}


@pytest.mark.parametrize("text", ["", "Answer: 5", "\n".join(["x"] * 201)])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ModelFailed, match="Draft 7 has"):
        path.read(WORK, 7, text)


def drafted(kind: str, text: str, reason: str) -> Drafted:
    (found,) = kind_named(kind).draft(Scripted(lambda _: text, reason), WORK, [1], never)
    return found


CUT_OFF = [
    ("alternatives", "Then the tra", "length", "Then the tra", True),
    ("alternatives", "Then they add.\nThen the tra", "length", "Then they add.", False),
    ("alternatives", "Then they add.\n", "content_filter", "Then they add.", False),
    ("alternatives", "\n\nThen the tra", "content_filter", "Then the tra", True),
    ("alternatives", "Then they add.", "stop", "Then they add.", False),
    ("altered_step", "Then the tra", "length", "Then the tra", True),
    ("alternatives", "Here is the next step:\nThen the tra", "length", "Then the tra", True),
    ("alternatives", "\\[\nx = 1\n+ 2", "length", "\\[", True),
    ("alternatives", "\\[\nx = 1\n\\]\n+ 2", "length", "\\[ x = 1 \\]", False),
    ("altered_step", "Then they add.\nThen", "length", "Then they add.", False),
    ("rationale", 'It adds 2.5 "first." Then the 3.', "length", 'It adds 2.5 "first."', False),
    ("rationale", "It adds.", "stop", "It adds.", False),
]


@pytest.mark.parametrize(("kind", "text", "reason", "stands", "cut_off"), CUT_OFF)
def test_of_an_answer_that_was_cut_off_what_is_whole_stands(
    kind: str, text: str, reason: str, stands: str, cut_off: bool
) -> None:
    found = drafted(kind, text, reason)
    assert (found.document["text"], found.cut_off, found.provenance.finish_reason) == (stands, cut_off, reason)


@pytest.mark.parametrize(
    ("reason", "cut_off"),
    [
        ("stop", False), ("eos", False), ("eos_token", False), ("end_turn", False), ("stop_sequence", False),
        ("STOP", False), ("COMPLETE", False), ("unsaid", False), ("length", True), ("max_tokens", True),
        ("model_length", True), ("content_filter", True), ("refusal", True), ("abort", True), ("error", True),
        ("tool_calls", True), ("", True),
    ],
)  # fmt: skip
def test_an_answer_is_whole_where_the_model_came_to_its_end(reason: str, cut_off: bool) -> None:
    """As servers name it: OpenAI, vLLM and llama.cpp, TGI, Anthropic, Gemini, Cohere, Mistral."""
    assert drafted("alternatives", "Then they add.", reason).cut_off is cut_off


def test_of_a_path_that_was_cut_off_nothing_is_whole() -> None:
    assert drafted("path", "2 and 3\nAnswer: 5", "length").cut_off
    assert not drafted("path", "2 and 3\nAnswer: 5", "stop").cut_off


def test_a_reason_ends_with_a_sentence_or_is_none() -> None:
    assert rationale.read(1, "It is so. " + "x" * 2_000) == {"text": "It is so."}
    assert rationale.read(1, "x" * 1_999 + ". So.") == {"text": "x" * 1_999 + "."}
    assert rationale.read(1, "x" * 2_000) == {"text": "x" * 2_000}
    with pytest.raises(ModelFailed, match="Draft 4 has no sentence of at most 2,000 characters"):
        rationale.read(4, "x" * 2_001)
    with pytest.raises(ModelFailed, match="Draft 1 was cut off before its first sentence ended"):
        drafted("rationale", "It adds the", "length")


def test_control_characters_are_refused() -> None:
    assert plain("a\tb\r\nc", 1) == "a\tb\r\nc"
    for sign in "\x00\x1b\x7f\x9b":
        with pytest.raises(ModelFailed, match="Draft 3 holds control characters"):
            plain(f"a{sign}b", 3)


def test_so_is_what_is_longer_than_a_text_may_be() -> None:
    assert len(plain("x" * 200_000, 1)) == 200_000
    with pytest.raises(ModelFailed, match=r"Draft 3 is longer than 200,000 characters\."):
        plain("x" * 200_001, 3)
