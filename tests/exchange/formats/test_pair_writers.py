"""Golden bytes of each writer of pairs, and what each promises about its rows."""

from collections import Counter
from pathlib import Path

import pytest

from cotlab.domain.datasets.pair_exports import PairShape, margin_of, why_left_out
from cotlab.domain.errors import BadInput
from cotlab.domain.traces.pairs import LabelledPair
from cotlab.exchange.formats import PAIR_WRITERS, PairWriter, pair_writer
from cotlab.exchange.formats.columns import loader_snippet
from cotlab.exchange.readers.jsonl import dump_line
from tests.exchange.pairs import (
    AGAINST,
    BOTH_BAD,
    CANNOT,
    CHAT,
    DECIDED_ALONE,
    FIRST,
    PAIRS,
    PASSAGE,
    PLAIN,
    SECOND,
    TALK,
    TIE,
    UNSETTLED,
)

GOLDEN = Path(__file__).parents[1] / "golden"
SHAPES = {"plain": PairShape(margin=True, ties=True), "chat": PairShape(conversational=True, margin=True, ties=True)}
TRAINERS = [one for one in PAIR_WRITERS if one.name.startswith("trl-")]
each = pytest.mark.parametrize("one", TRAINERS, ids=lambda one: one.name)


def rows(name: str, shape: PairShape, *pairs: LabelledPair) -> list[dict[str, object]]:
    return [row for one in pairs for row in pair_writer(name).rows(one, shape)]


@each
@pytest.mark.parametrize("shape", SHAPES)
def test_bytes_are_the_golden_ones(one: PairWriter, shape: str) -> None:
    written = b"".join(map(dump_line, rows(one.name, SHAPES[shape], *PAIRS)))
    assert written == (GOLDEN / f"{one.name}-{shape}.jsonl").read_bytes()


@each
@pytest.mark.parametrize("shape", [PLAIN, CHAT, *SHAPES.values()])
def test_rows_have_the_columns_that_are_said(one: PairWriter, shape: PairShape) -> None:
    assert {tuple(row) for row in rows(one.name, shape, *PAIRS)} == {tuple(one.columns(shape) or ())}


@pytest.mark.parametrize("name", ["trl-dpo", "trl-reward"])
def test_a_tie_is_never_a_row_of_two_and_is_counted(name: str) -> None:
    left = [one for one in PAIRS if not rows(name, PairShape(ties=True), one)]
    counted = Counter(map(why_left_out, left))
    assert counted == {"tie": 1, "both-bad": 1, "cannot-judge": 1, "disagreement": 1}


def test_the_chosen_one_is_the_better_one() -> None:
    chosen = [row["chosen"] for row in rows("trl-dpo", PLAIN, FIRST, SECOND)]
    assert chosen == ["a first", "b second"]
    labels = [(row["completion"], row["label"]) for row in rows("trl-kto", PLAIN, SECOND)]
    assert labels == [("b second", True), ("b first", False)]


def test_kto_has_ties_only_where_asked() -> None:
    undecided = (TIE, BOTH_BAD, CANNOT, UNSETTLED)
    assert rows("trl-kto", PLAIN, *undecided) == []
    asked = rows("trl-kto", PairShape(ties=True), *undecided)
    assert [(row["completion"], row["label"]) for row in asked] == [
        ("c first", True), ("c second", True), ("d first", False), ("d second", False),
    ]  # fmt: skip


def test_margins_are_those_of_the_chosen_response_and_never_negative() -> None:
    assert [margin_of(one) for one in (FIRST, SECOND, AGAINST, DECIDED_ALONE, TIE)] == [2.5, 1.0, 0.0, None, None]
    assert all(type(row["margin"]) is float for row in rows("trl-reward", SHAPES["plain"], *PAIRS))


def test_margins_are_in_every_row_or_in_none() -> None:
    assert "margin" not in rows("trl-reward", PLAIN, FIRST)[0]
    with pytest.raises(BadInput, match="Pair h has no margin"):
        rows("trl-reward", PairShape(margin=True), DECIDED_ALONE)


@each
def test_two_equal_responses_are_refused(one: PairWriter) -> None:
    same = FIRST.model_copy(update={"responses": (FIRST.first, FIRST.second.model_copy(update={"text": "a first"}))})
    with pytest.raises(BadInput, match="Pair a: the chosen and the rejected response are the same text"):
        list(one.rows(same, PLAIN))


def test_a_plain_prompt_ends_with_one_line_feed() -> None:
    prompts = [row["prompt"] for row in rows("trl-dpo", PLAIN, FIRST, PASSAGE)]
    assert prompts == ["Which a?\n", "Prüfe § 1.\r\n\n\n§ 1:\nEs gilt.\nNichts.\n"]


def test_a_chat_keeps_its_turns_and_gets_passages_below_the_last() -> None:
    (row,) = rows("trl-dpo", CHAT, TALK)
    prompt = row["prompt"]
    assert isinstance(prompt, list) and [turn["role"] for turn in prompt] == ["system", "user", "assistant", "user"]
    assert row["chosen"] == [{"role": "assistant", "content": "j second"}]
    with_passage = TALK.model_copy(update={"problem": PASSAGE.problem})
    (row,) = rows("trl-dpo", CHAT, with_passage)
    assert row["prompt"][-1]["content"] == "2 + 2?\n\n§ 1:\nEs gilt.\nNichts."  # type: ignore[index]


def test_an_unknown_format_is_answered_with_the_known_ones() -> None:
    with pytest.raises(BadInput, match=r"no format 'csv' here; the formats are .*trl-dpo, trl-reward, trl-kto"):
        pair_writer("csv")


@each
@pytest.mark.parametrize("shape", [PLAIN, CHAT])
def test_the_loader_is_python_that_names_the_file_and_the_types(one: PairWriter, shape: PairShape) -> None:
    snippet = loader_snippet("it's.jsonl", one.columns(shape) or {})
    compile(snippet, "loader", "exec")
    assert '"it\'s.jsonl"' in snippet and '"prompt": ' in snippet
