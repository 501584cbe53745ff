"""Labels go over by a named map of their words, by one source's labels, and never by a guess."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cotlab.domain.datasets.pair_exports import PairShape
from cotlab.domain.errors import BadInput
from cotlab.exchange.converting import Conversion, Told, conversion
from cotlab.exchange.counting_labels import Counting
from cotlab.exchange.readers.jsonl import Broken, dump_line, read_traces
from cotlab.exchange.readers.word_maps import OWN, WORD_MAPS, word_map
from cotlab.services.evaluations.truths import of_file
from tests.exchange.formats.test_readers import MATH_SHEPHERD, NATIVE, PRM800K, PROCESSBENCH, PUBLIC

PAIR = {"id": "p", "source": "s", "prompt": "P", "response_a": "a", "response_b": "b",
        "annotators": {"one": "a", "two": "b"}}  # fmt: skip


def converted(one: Conversion, *records: dict[str, Any]) -> tuple[list[dict[str, Any]], Told, list[Broken]]:
    told, broken = Told(), list[Broken]()
    found = [dict(row) for row, _ in one.rows(read_traces(map(dump_line, records)), told, broken.append)]
    return found, told, broken


def step(value: str, *sources: str) -> dict[str, Any]:
    return {"text": "x", "labels": [{"source": source, "value": value} for source in sources]}


def native(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"problem": {"text": "p"}, "steps": list(steps), **more}


def test_other_words_need_a_map_that_knows_them() -> None:
    rows, told, (broken,) = converted(conversion("trl-stepwise", "correctness"), native(step("neutral", "us")))
    assert rows == [] and told.broken == 1
    assert broken.sentence == "line 1: the map correctness has no value for the label 'neutral'"
    assert json.loads(broken.raw)["steps"][0]["labels"][0]["value"] == "neutral", "it can be mended and fed again"


@pytest.mark.parametrize("claims", [{}, {"canonical_in_file": True}, {"canonical_in_file": False}])
@pytest.mark.parametrize("canonical", [True, False])
def test_a_path_that_an_export_did_not_accept_stays_so_in_the_native_format(
    claims: dict[str, bool], canonical: bool
) -> None:
    ((row,), _, _) = converted(conversion("native"), native(step("correct", "us"), canonical=canonical, **claims))
    assert row["canonical"] is canonical and {**row, **claims} == row
    assert ("canonical_in_file" in row) == ("canonical_in_file" in claims)
    assert converted(conversion("native"), row)[0] == [row]


def test_a_map_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "map.yaml"
    file.write_text("name: ours\nvalues:\n  good: true\n  neutral: false\n")
    rows, _, broken = converted(
        conversion("trl-stepwise", str(file)), native(step("good", "us"), step("neutral", "us"))
    )  # fmt: skip
    assert [row["labels"] for row in rows] == [[True, False]] and not broken


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("values: {a: true}", "name: the field is missing"),
        ("name: x\nvalues: {}", "values"),
        ("name: x\nvalues: {a: 0.5}", "values.a"),
        ("name: x\nvalues: [1]", "values"),
        ("name: [", "map.yaml"),
        ("just text", "map.yaml"),
    ],
)
def test_a_map_that_is_none_is_refused(tmp_path: Path, content: str, says: str) -> None:
    file = tmp_path / "map.yaml"
    file.write_text(content)
    with pytest.raises(BadInput, match=says):
        word_map(str(file))


@pytest.mark.parametrize(
    ("to", "mapping", "says"),
    [
        ("trl-stepwise", None, "mapping: is required for the format trl-stepwise"),
        ("trl-stepwise", "ratings", "the values of ratings do not fit the format trl-stepwise"),
        ("prm800k", "correctness", "the values of correctness do not fit the format prm800k"),
        ("native", "correctness", "has no target value"),
        ("trl-dpo", "correctness", "is a format of pairs"),
        ("trl-stepwise", "nowhere", "there is no map 'nowhere', and no file of that name; the maps are correctness"),
        ("word", None, "no format 'word' here"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_read(to: str, mapping: str | None, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        conversion(to, mapping)


@pytest.mark.parametrize(
    ("record", "mapping", "labels"),
    [
        (PROCESSBENCH, "first-error", [True, False]),
        (PRM800K, "ratings-hold", [True, False]),
        (PRM800K, "ratings-help", [False, False]),
        (MATH_SHEPHERD, "signs", [True, False]),
        (PUBLIC, "public", [True, False]),
    ],
)
def test_each_set_has_a_map(record: dict[str, Any], mapping: str, labels: list[bool]) -> None:
    rows, told, broken = converted(conversion("trl-stepwise", mapping), record)
    assert rows[0]["labels"] == labels and not broken
    assert sum(told.words.values()) == 2 and (told.traces, told.rows) == (1, len(rows))


def test_a_step_that_the_labeller_of_prm800k_wrote_does_not_end_the_path() -> None:
    """As in TRL's own conversion of the set, where it is true, and the steps after it go on; "b" is its own row."""
    steps = [{"completions": [{"text": "a", "rating": 1}], "chosen_completion": 0},
             {"completions": [{"text": "b", "rating": -1}], "human_completion": {"text": "c", "rating": None}},
             {"completions": [{"text": "d", "rating": 0}], "chosen_completion": 0}]  # fmt: skip
    record = {"question": {"problem": "P"}, "label": {"steps": steps}}
    for mapping, labels in (("ratings-help", [True, True, False]), ("ratings-hold", [True, True, True])):
        rows, told, broken = converted(conversion("trl-stepwise", mapping), record)
        assert [row["labels"] for row in rows] == [labels, [True, False]] and not broken
        assert not told.steps_without_a_label


def test_a_map_without_a_value_for_steps_that_the_labeller_of_prm800k_wrote_ends_the_path_there(tmp_path: Path) -> None:
    """Only that source's word is none: of any other source it is a word that the map does not know."""
    steps = [{"completions": [{"text": "a", "rating": 1}], "chosen_completion": 0},
             {"human_completion": {"text": "b", "rating": None}},
             {"completions": [{"text": "c", "rating": -1}], "chosen_completion": 0}]  # fmt: skip
    record = {"question": {"problem": "P"}, "label": {"steps": steps}}
    file = tmp_path / "map.yaml"
    file.write_text('name: ours\nvalues: {"1": true, "-1": false}\n')
    rows, told, broken = converted(conversion("trl-stepwise", str(file)), record)
    assert [row["labels"] for row in rows] == [[True]] and not broken
    assert told.labels_left_out == Counter({"unrated": 1}) and told.steps_without_a_label == 2
    truths, words = of_file([dump_line(record)], word_map(str(file)))
    assert [value for value, _ in truths[0].labels] == ["1"] and words.errors == {"-1"}
    _, _, (line,) = converted(conversion("trl-stepwise", str(file)), native(step("1", "us"), step("human", "us")))
    assert line.why == "the map ours has no value for the label 'human'"


def test_an_alternative_is_a_row_of_its_own_behind_the_steps_before_it() -> None:
    """As in an export, and in TRL's own conversion of PRM800K; one behind an unlabelled step, or without a label, is
    none.
    """
    others = [
        {"position": 1, "steps": [step("incorrect", "us")]},
        {"position": 2, "steps": [step("redundant", "us"), step("incorrect", "us"), step("x"), step("correct", "us")]},
        {"position": 2, "steps": [step("x")]},
        {"position": 4, "steps": [step("correct", "us")]},
    ]
    trace = native(
        step("correct", "us"), step("incorrect", "us"), step("x"), step("correct", "us"), alternatives=others
    )
    rows, told, _ = converted(conversion("trl-stepwise", "correctness"), trace)
    assert [row["labels"] for row in rows] == [[True, False], [False], [True, True, False]]
    assert (told.traces, told.rows, told.steps_without_a_label) == (1, 3, 2) and not told.left_out
    rows, told, _ = converted(conversion("prm800k", "prm800k"), trace)
    ((first, second),) = [[len(one["completions"]) for one in row["label"]["steps"]] for row in rows]
    assert (first, second) == (2, 2)
    bare = native(step("x"), alternatives=others[:1])
    rows, told, _ = converted(conversion("trl-stepwise", "correctness"), bare)
    assert [row["labels"] for row in rows] == [[False]] and told.left_out == Counter({"no_step_has_a_label": 1})
    for to in ("sft", "prmbench", "bigbench-mistake", "processbench"):
        rows, told, _ = converted(conversion(to, "correctness"), trace)
        assert not rows and sum(told.left_out.values()) == 1


def test_maps_are_told_apart_and_those_of_the_guideline_are_its_own() -> None:
    assert len({one.name for one in WORD_MAPS}) == len(WORD_MAPS)
    assert [word_map(name).values for name in ("correctness", "trl-prm800k", "prm800k")] == [
        dict(zip(OWN, values, strict=True))
        for values in ((True, True, False, False), (True, False, False, False), (1, 0, -1, -1))
    ]


def test_where_several_sources_labelled_one_is_named() -> None:
    """Also where each trace has labels of one source alone, and where the second one labelled an alternative."""
    ann, bob = native(step("correct", "ann")), native(step("incorrect", "bob"))
    other = native(step("correct", "ann"), alternatives=[{"position": 1, "steps": [step("correct", "bob")]}])
    for records in ([native(step("correct", "ann", "bob"))], [ann, bob], [other]):
        with pytest.raises(BadInput, match="source: the file has labels of ann and of bob; --source names whose go"):
            converted(conversion("trl-stepwise", "correctness"), *records)
    rows, told, _ = converted(conversion("trl-stepwise", "correctness", "bob"), ann, bob, other)
    assert [row["labels"] for row in rows] == [[False], [True]], "the second one is the alternative"
    assert told.left_out == Counter({"no_step_has_a_label": 2})
    rows, told, _ = converted(conversion("trl-stepwise", "correctness"), ann, native(step("x")), ann)
    assert len(rows) == 2 and told.source == "ann"


def test_a_trace_ends_before_the_first_step_without_a_label() -> None:
    rows, told, _ = converted(
        conversion("trl-stepwise", "correctness"),
        native(step("correct", "us"), step("x"), step("correct", "us")), native(step("x"), step("correct", "us")),
    )  # fmt: skip
    assert [row["completions"] for row in rows] == [["x"]]
    assert told.left_out == Counter({"no_step_has_a_label": 1}) and (told.traces, told.steps) == (2, 5)
    assert told.steps_without_a_label == 2


def marked(value: str, **marks: object) -> dict[str, Any]:
    return {"text": "x", "labels": [{"source": "ann", "value": value, **marks}]}


@pytest.mark.parametrize(
    ("why", "marks", "lets_in"),
    [
        ("stale", {"stale": True}, Counting(stale=True)),
        ("doubted", {"doubted": True}, Counting(doubted=True)),
        ("calibration", {"purpose": "calibration"}, None),
        ("gold", {"purpose": "gold"}, None),
    ],
)
def test_a_label_that_an_export_keeps_back_is_none(
    why: str, marks: dict[str, object], lets_in: Counting | None
) -> None:
    trace = native(marked("correct", purpose="production"), marked("correct", **marks))
    for counting in (Counting(), Counting(stale=True, doubted=True)):
        rows, told, _ = converted(conversion("trl-stepwise", "correctness", None, None, counting), trace)
        kept = lets_in is not None and counting != Counting()
        assert [row["labels"] for row in rows] == [[True] * (1 + kept)]
        assert told.labels_left_out == Counter({} if kept else {why: 1})
        assert told.steps_without_a_label == (not kept)
    if lets_in is not None:
        rows, _, _ = converted(conversion("trl-stepwise", "correctness", None, None, lets_in), trace)
        assert [row["labels"] for row in rows] == [[True, True]]


def test_the_last_word_of_a_source_counts_and_is_not_undone_by_an_earlier_one() -> None:
    def labels(*given: dict[str, object]) -> dict[str, Any]:
        return native({"text": "x", "labels": [{"source": "ann", **one} for one in given]})

    last = labels({"value": "correct"}, {"value": "incorrect"})
    measured = labels({"value": "correct"}, {"value": "incorrect", "purpose": "calibration"})
    stale = labels({"value": "correct"}, {"value": "incorrect", "stale": True})
    rows, told, _ = converted(conversion("trl-stepwise", "correctness"), last, measured, stale)
    assert [row["labels"] for row in rows] == [[False], [True]]
    assert told.left_out == Counter({"no_step_has_a_label": 1})


def test_whose_labels_count_for_nothing_is_no_source() -> None:
    trace = native({"text": "x", "labels": [
        {"source": "ann", "value": "correct"}, {"source": "bob", "value": "incorrect", "purpose": "gold"},
    ]})  # fmt: skip
    rows, _, _ = converted(conversion("trl-stepwise", "correctness"), trace)
    assert [row["labels"] for row in rows] == [[True]]


def test_a_broken_line_goes_to_the_rejects_and_the_rest_goes_on() -> None:
    rows, told, (broken,) = converted(
        conversion("native"), NATIVE, {**NATIVE, "origin": "alien"}, {**NATIVE, "id": "t2"}
    )  # fmt: skip
    assert [row["id"] for row in rows] == ["t1", "t2"] and broken.line_number == 2
    assert (told.lines, told.broken, told.rows) == (3, 1, 2)


def test_accepted_by_what_the_file_says() -> None:
    good = native(step("correct", "us"), final_answer="4", labels=[{"source": "us", "value": "final_correct: true"}])
    bad = native(step("incorrect", "us"), labels=good["labels"])
    rows, told, _ = converted(conversion("sft", "correctness"), good, bad, native(step("correct", "us")))
    assert rows == [{"prompt": "p\n", "completion": "x\n4"}]
    assert told.left_out == Counter({"a_step_is_not_accepted": 1, "answer_not_judged": 1})


def test_a_source_that_corrected_its_word_on_the_answer_does_not_dispute_it() -> None:
    labels = [{"source": "us", "value": f"final_correct: {word}"} for word in ("false", "true")]
    good, bad = (native(step("correct", "us"), labels=given) for given in (labels, labels[::-1]))
    rows, told, _ = converted(conversion("outcome-reward"), good, bad)
    assert [row["label"] for row in rows] == [True, False] and told.left_out == Counter()


SAID = {right: f"final_answer_correct: {str(right).lower()}" for right in (True, False)}


@pytest.mark.parametrize("to", ["sft", "outcome-reward"])
def test_whether_an_answer_is_right_is_the_named_sources_word(to: str) -> None:
    """Another's "right" beats no "wrong", and two that contradict each other decide nothing."""
    disputed = native(
        step("correct", "ann"),
        labels=[{"source": "ann", "value": SAID[False]}, {"source": "model judge", "value": SAID[True]}],
    )  # fmt: skip

    def of(source: str | None) -> tuple[list[object], Counter[str]]:
        mapping = "correctness" if to == "sft" else None
        rows, told, _ = converted(conversion(to, mapping, source), disputed)
        return [row.get("label", True) for row in rows], told.left_out

    assert of("ann") == (([], Counter({"answer_wrong": 1})) if to == "sft" else ([False], Counter()))
    assert of(None) == ([], Counter({"answer_disputed": 1}))
    assert of("cy") == ([], Counter({"no_step_has_a_label" if to == "sft" else "answer_not_judged": 1}))


def test_how_labelling_ended_is_the_named_sources_word() -> None:
    left = native(step("correct", "ann"), labels=[{"source": "bob", "value": "give_up"}])
    for source, reason in (("ann", "solution"), (None, "give_up")):
        ((row,), _, _) = converted(conversion("prm800k", "prm800k", source), left)
        assert row["label"]["finish_reason"] == reason


def test_pairs_go_to_formats_of_pairs() -> None:
    for source, chosen in (("s one", "a"), ("s two", "b")):
        rows, _, _ = converted(conversion("trl-dpo", None, source), PAIR)
        assert [(row["prompt"], row["chosen"]) for row in rows] == [("P\n", chosen)]
    rows, told, _ = converted(conversion("trl-dpo", None, "s tied"), {**PAIR, "annotators": {"tied": "tie"}})
    assert rows == [] and told.left_out == Counter({"tie": 1})
    one, two = ({**PAIR, "annotators": {name: "a"}} for name in ("one", "two"))
    for records in ([PAIR], [one, two]):
        with pytest.raises(BadInput, match="source: the file has labels of s one and of s two; --source names"):
            converted(conversion("trl-dpo"), *records)
    shape = PairShape(margin=True)
    rows, _, _ = converted(conversion("trl-reward", None, "s one", shape), PAIR)
    assert rows[0]["margin"] == 2.0
    rows, told, _ = converted(conversion("native-pairs"), PAIR)
    assert len(rows) == 1 and told.pairs == 1


@pytest.mark.parametrize(
    ("to", "record", "says"),
    [
        ("trl-dpo", NATIVE, "it is a trace, and trl-dpo is a format of pairs"),
        ("native", PAIR, "it is a pair, and native is a format of traces"),
    ],
)
def test_traces_are_no_pairs(to: str, record: dict[str, Any], says: str) -> None:
    _, _, (broken,) = converted(conversion(to), record)
    assert says in broken.sentence


def test_native_keeps_everything() -> None:
    for record in (NATIVE, PRM800K, PUBLIC):
        ((row,), _, _) = converted(conversion("native"), record)
        ((again,), _, _) = converted(conversion("native"), row)
        assert again == row
