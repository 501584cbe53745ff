"""JSON lines: what is refused before any format looks at a line, and how a file's format is found."""

import io
import json
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotlab.domain.errors import BadInput
from cotlab.domain.traces.records import Trace
from cotlab.exchange.formats import READERS
from cotlab.exchange.readers import jsonl
from cotlab.exchange.readers.jsonl import Broken, Good, byte_lines, dump_line, read_traces
from cotlab.exchange.readers.records import Record
from tests.exchange.formats.test_readers import MATH_SHEPHERD, NATIVE, PRM800K, PROCESSBENCH, PUBLIC

GOOD = dump_line(NATIVE)
FORMATS = "native, processbench, prm800k, trl-stepwise, openrlhf, math-shepherd"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b'{"id": "\xff"}', "byte 9 of the line is not UTF-8"),
        (b"\xed\xa0\x80", "byte 1 of the line is not UTF-8"),
        (b'{"id": "a', "it is not JSON: Unterminated string starting at at character 8"),
        (b'{"id": "a\x00"}', "it is not JSON: Invalid control character at at character 10"),
        (b"[1, 2]", "it is not a JSON object"),
        (b'"x"', "it is not a JSON object"),
        (b'{"id": "a", "id": "b"}', "the field id stands in one object twice"),
        (b'{"x": {"a": 1, "a": 1}}', "the field a stands in one object twice"),
        (b'{"x": NaN}', "NaN is no number in JSON"),
        (b'{"x": -Infinity}', "-Infinity is no number in JSON"),
        (b'{"x": 1e999}', "the number 1e999 is too large"),
        (b'{"x": ' + b"1" * 5_000 + b"}", "a number has too many digits"),
        (b'{"x": ' + b"[" * 100_000, "lists and objects are nested too deep"),
        (b'{"x": ' + b"[" * 500 + b"]" * 500 + GOOD.strip()[1:].join([b",", b""]), "are nested too deep"),
        (b'{"x": ["\\u0000"]}', "x.0: the text holds a NUL character, which no database keeps"),
        (b'{"x": {"y": "\\ud800"}}', "x.y: the text holds half of a surrogate pair, which is no character"),
        (b'{"x": {"\\uDC00": 1}}', "x: the text holds half of a surrogate pair, which is no character"),
        (b"{} {}", "it is not JSON: Extra data at character 4"),
    ],
)
def test_a_line_is_refused(line: bytes, sentence: str) -> None:
    first, broken, last = read_traces([GOOD, line, GOOD])
    assert isinstance(first, Good) and isinstance(last, Good)
    assert isinstance(broken, Broken) and broken.raw == line
    assert broken.sentence.startswith("line 2: ") and sentence in broken.sentence


def test_whole_pairs_of_surrogates_are_a_character() -> None:
    (line,) = read_traces([GOOD.replace(b"So 4.", b"\\ud83d\\ude00 \\\\u0000")])
    assert isinstance(line, Good) and line.traces[0].steps[1].text == "\U0001f600 \\u0000"


def test_blank_lines_line_ends_and_a_byte_order_mark() -> None:
    data = b"\xef\xbb\xbf" + GOOD.rstrip() + b"\r\n\n  \r\n" + GOOD.rstrip()
    assert [line.line_number for line in read_traces(byte_lines(io.BytesIO(data)))] == [1, 4]


def test_a_byte_order_mark_elsewhere_is_refused() -> None:
    assert [type(line) for line in read_traces([GOOD, b"\xef\xbb\xbf" + GOOD])] == [Good, Broken]


@pytest.mark.parametrize("record", [NATIVE, PROCESSBENCH, PRM800K, MATH_SHEPHERD, PUBLIC])
def test_the_first_good_line_decides_the_format(record: dict[str, object]) -> None:
    lines = list(read_traces([b"{", dump_line(record), dump_line(record)]))
    assert [type(line) for line in lines] == [Broken, Good, Good]


def test_an_unknown_record_is_answered_with_the_formats() -> None:
    with pytest.raises(BadInput, match=f"line 1: this is none of the formats that are read: {FORMATS}"):
        list(read_traces([b'{"prompt": "x", "chosen": "y"}']))


def test_a_record_before_the_first_that_is_recognised_is_broken() -> None:
    first, second, third = read_traces([b'{"steps": []}', b"{", GOOD])
    assert isinstance(first, Broken) and first.sentence.startswith("line 1: this is none of the formats")
    assert isinstance(second, Broken) and isinstance(third, Good)


class Odd:
    """A reader that does not foresee what is wrong with a record."""

    name = "odd"

    def __init__(self, error: Exception) -> None:
        self.error = error

    def recognises(self, record: Record) -> bool:
        return True

    def traces(self, record: Record) -> list[Trace]:
        raise self.error


@pytest.mark.parametrize(("error", "why"), [(ValueError("x"), "cannot be read: x"), (RecursionError(), "too deep")])
def test_whatever_a_reader_raises_breaks_its_line_alone(error: Exception, why: str) -> None:
    found = list(read_traces([GOOD, GOOD], Odd(error)))
    assert [one.line_number for one in found if isinstance(one, Broken) and why in one.why] == [1, 2]


def test_a_format_is_looked_for_within_a_bound() -> None:
    strange = [b"{}"] * (jsonl.LOOKED_AT - 1)
    assert isinstance(list(read_traces([b"nope", *strange, GOOD]))[-1], Good)
    with pytest.raises(BadInput, match="line 2: this is none of the formats"):
        list(read_traces([b"nope", b"{}", *strange, GOOD]))


def test_a_record_of_another_format_is_broken_whether_the_format_was_named_or_not() -> None:
    for format in (None, "native"):
        _, broken, last = read_traces([GOOD, dump_line(PROCESSBENCH), GOOD], format)
        assert isinstance(last, Good) and isinstance(broken, Broken)
        assert broken.sentence == (
            "line 2: it is processbench, and the file is read as native; a file holds one format"
        )


def test_a_named_format_makes_other_lines_broken() -> None:
    lines = list(read_traces([dump_line(PROCESSBENCH), GOOD], format="native"))
    assert [type(line) for line in lines] == [Broken, Good]


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(BadInput, match=f"no format 'csv' here; the formats are {FORMATS}"):
        list(read_traces([GOOD], format="csv"))


def test_a_file_without_a_line_is_refused() -> None:
    with pytest.raises(BadInput, match="no record"):
        list(read_traces([b"\n", b"  "]))


def test_a_long_line_is_cut_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "LONGEST_LINE", len(GOOD) - 1)
    longer = GOOD.rstrip() + b" "
    file = io.BytesIO(GOOD + longer + b"\n" + longer * 3 + b"\r\n" + GOOD)
    lines = list(read_traces(byte_lines(file)))
    assert [type(line) for line in lines] == [Good, Broken, Broken, Good]
    assert [line.line_number for line in lines] == [1, 2, 3, 4]
    assert all("longer than" in line.why for line in lines if isinstance(line, Broken))


def test_memory_does_not_grow_with_the_file() -> None:
    def peak(number: int) -> int:
        lines: Iterator[bytes] = (GOOD for _ in range(number))
        tracemalloc.start()
        assert sum(isinstance(line, Good) for line in read_traces(lines)) == number
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(10)
    assert peak(3_000) < 2 * peak(30) + 100_000


@given(st.binary(max_size=60))
def test_any_bytes_are_good_or_broken(raw: bytes) -> None:
    lines = list(read_traces([GOOD, raw, GOOD]))
    assert isinstance(lines[-1], Good) and len(lines) in (2, 3)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner)))
def test_any_value_in_any_field_is_good_or_broken(value: object) -> None:
    for record in (NATIVE, PROCESSBENCH, PRM800K, MATH_SHEPHERD, PUBLIC):
        lines = [dump_line(record), *(json.dumps({**record, field: value}).encode() for field in record)]
        name = next(one.name for one in READERS if one.recognises(record))
        assert len(list(read_traces(lines, format=name))) == len(lines)
