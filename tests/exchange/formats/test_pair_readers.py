"""Each reader of pairs: what a good record becomes, and the one sentence that each broken one gets; and round trips."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotlab.domain.datasets.pair_exports import PairShape
from cotlab.domain.traces.pairs import Message, Pair, ResponseKind
from cotlab.exchange.formats import pair_writer
from cotlab.exchange.readers.jsonl import Broken, Good, dump_line, read_traces
from tests.exchange.formats.test_readers import changed
from tests.exchange.pairs import CHAT, PLAIN, pair

USER = {"role": "user", "content": "What is 2 + 3?"}
TEXTS: dict[str, Any] = {"prompt": "What is 2 + 3?\n", "chosen": "5", "rejected": " 6"}
MESSAGES: dict[str, Any] = {
    "prompt": [{"role": "system", "content": "Be brief."}, USER],
    "chosen": [{"role": "assistant", "content": "5"}],
    "rejected": [{"role": "assistant", "content": "6"}],
}
WITHOUT_PROMPT: dict[str, Any] = {
    "chosen": [USER, {"role": "assistant", "content": "5"}],
    "rejected": [USER, {"role": "assistant", "content": "6"}],
    "margin": 1.5,
}
PUBLIC: dict[str, Any] = {
    "id": "p-1",
    "source": "some_set",
    "prompt": "List traits.",
    "input": "A singer",
    "response_a": "Patience.",
    "response_b": True,
    "models": {"a": "model-one", "b": "model-two"},
    "task": "Work",
    "annotators": {"annotator1": "a", "annotator2": "tie", "annotator3": "b"},
}
GOLD: dict[str, Any] = {
    "id": "p-2",
    "source": "other_set",
    "subset": "Natural",
    "prompt": "Say hi.",
    "response_a": "Hi.",
    "response_b": "Hello, world.",
    "gold": "b",
}


def read(record: dict[str, Any], format: str | None = None) -> Pair:
    (line,) = read_traces([dump_line(record)], format)
    assert isinstance(line, Good), line.sentence
    assert line.traces == ()
    (found,) = line.pairs
    return found


def said(found: Pair) -> list[tuple[str, str]]:
    return [(label.source, label.overall) for label in found.labels]


def test_texts_are_kept_exact() -> None:
    found = read(TEXTS)
    assert (found.problem.text, found.messages) == ("What is 2 + 3?\n", ())
    assert [one.text for one in found.responses] == ["5", " 6"]
    assert said(found) == [("TRL preference", "better")]
    assert {one.origin.kind for one in found.responses} == {ResponseKind.UNKNOWN}


def test_messages_are_a_chat() -> None:
    found = read(MESSAGES)
    assert found.messages == tuple(Message(**turn) for turn in MESSAGES["prompt"])
    assert found.problem.text == "[system]\nBe brief.\n\n[user]\nWhat is 2 + 3?"
    assert [one.text for one in found.responses] == ["5", "6"]


def test_messages_without_a_prompt_begin_with_it() -> None:
    found = read(WITHOUT_PROMPT)
    assert found.messages == (Message(**USER),) and found.problem.text == USER["content"]
    assert [one.text for one in found.responses] == ["5", "6"]


def test_public_pairs_keep_what_each_annotator_chose() -> None:
    found = read(PUBLIC)
    assert said(found) == [
        ("some_set annotator1", "better"), ("some_set annotator2", "tie"), ("some_set annotator3", "worse"),
    ]  # fmt: skip
    assert (found.id, found.problem.text, found.problem.tags) == ("p-1", "List traits.\n\nA singer", ("Work",))
    assert [(one.text, one.origin.generator) for one in found.responses] == [
        ("Patience.", "model-one"), ("True", "model-two"),
    ]  # fmt: skip
    assert read(changed(PUBLIC, "prompt", " ")).problem.text == "A singer"


def test_public_pairs_with_gold() -> None:
    found = read(GOLD)
    assert said(found) == [("other_set gold", "worse")]
    assert (found.problem.tags, found.responses[0].origin.generator) == (("Natural",), None)


HALF = "the text holds half of a surrogate pair, which is no character"
LONG = "x" * 1_000_001
BROKEN = [
    (TEXTS, "prompt", ..., "prompt: the field is missing"),
    (TEXTS, "prompt", " \n", "prompt: the text is empty"),
    (TEXTS, "rejected", "", "rejected: the text is empty"),
    (TEXTS, "rejected", "5", "rejected: it is the same text as chosen"),
    (TEXTS, "rejected", None, "rejected: the value should be a valid string"),
    (TEXTS, "chosen", "a\ud83d", f"chosen: {HALF}"),
    (TEXTS, "chosen", "a\0", "chosen: the text holds a NUL character, which no database keeps"),
    (TEXTS, "chosen", LONG, "chosen: the text is longer than 1000000 characters"),
    (MESSAGES, "rejected", "6", "rejected: the value should be a valid array"),
    (MESSAGES, "rejected", [], "rejected: it is empty"),
    (MESSAGES, "rejected", MESSAGES["chosen"], "rejected: it is the same text as chosen"),
    (MESSAGES, "prompt.0.role", "ghost", "prompt.0.role: the value should be 'system', 'user', 'assistant' or 'tool'"),
    (MESSAGES, "chosen.0.content", None, "chosen.0.content: the value should be a valid string"),
    (MESSAGES, "chosen.0.tool_calls", [], "chosen.0.tool_calls: there is no field of this name"),
    (MESSAGES, "chosen.0.role", "user", "chosen: it should be one message of the assistant after the prompt"),
    (MESSAGES, "rejected", [USER, USER], "rejected: it should be one message of the assistant after the prompt"),
    (WITHOUT_PROMPT, "rejected.0.content", "?", "prompt: there is none, and chosen and rejected do not begin with"),
    (WITHOUT_PROMPT, "rejected", WITHOUT_PROMPT["chosen"], "rejected: it is the same text as chosen"),
    (PUBLIC, "response_a", "", "response_a: the text is empty"),
    (PUBLIC, "response_a", 5, "response_a: the value should be a valid string"),
    (PUBLIC, "response_a", "True", "response_b: it is the same text as response_a"),
    (PUBLIC, "annotators.annotator2", "c", "annotators.annotator2: the value should be 'a', 'b' or 'tie'"),
    (GOLD, "prompt", "", "prompt: the text is empty"),
    (GOLD, "gold", 1, "gold: the value should be 'a', 'b' or 'tie'"),
    (GOLD, "id", ..., "id: the field is missing"),
]


@pytest.mark.parametrize(
    ("record", "path", "value", "sentence"), BROKEN, ids=[f"{b[1]}-{i}" for i, b in enumerate(BROKEN)]
)
def test_each_broken_line_gets_one_sentence(record: dict[str, Any], path: str, value: object, sentence: str) -> None:
    line, raw = dump_line(record), json.dumps(changed(record, path, value)).encode()
    good, broken, again = read_traces([line, raw, line])
    assert isinstance(good, Good) and isinstance(again, Good), "the lines around it are read"
    assert isinstance(broken, Broken)
    assert broken.sentence.startswith(f"line 2: {sentence}"), broken.sentence


def test_a_file_holds_one_format() -> None:
    _, broken = read_traces([dump_line(TEXTS), dump_line(GOLD)])
    assert isinstance(broken, Broken)
    assert broken.why == "it is public-pairs, and the file is read as trl-preference; a file holds one format"


characters = st.characters(codec="utf-8", exclude_characters="\0")
texts = st.text(characters, max_size=20).map(lambda text: "x" + text)
turns = st.lists(st.builds(Message, role=st.sampled_from(["user", "assistant"]), content=texts), min_size=1, max_size=3)


@given(texts, texts, texts, st.sampled_from(["first", "second"]), turns, st.sampled_from(["trl-dpo", "trl-reward"]))
def test_what_the_writers_write_is_read_back(
    prompt: str, one: str, two: str, sign: Any, messages: list[Message], format: str
) -> None:
    made = pair("p", sign, 1.0)
    responses = tuple(
        first.model_copy(update={"text": text}) for first, text in zip(made.responses, (one, "y" + two), strict=True)
    )
    problem = made.problem.model_copy(update={"text": prompt})
    for shape in (PLAIN, CHAT, PairShape(margin=True)):
        chat = tuple(messages) if shape.conversational else ()
        written = made.model_copy(update={"responses": responses, "problem": problem, "messages": chat})
        assert written.chosen and written.rejected
        (row,) = pair_writer(format).rows(written, shape)
        found = read(row)
        assert [response.text for response in found.responses] == [written.chosen.text, written.rejected.text]
        assert found.messages == chat
        if not chat:
            assert found.problem.text == prompt.rstrip("\r\n") + "\n"
