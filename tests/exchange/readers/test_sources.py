"""Files of every kind give the same lines, numbered as in the file; what is broken is told and nothing else."""

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pyarrow
import pytest
import zstandard
from pyarrow import parquet

from cotlab.domain.errors import BadInput
from cotlab.exchange.readers.jsonl import Broken, Good, dump_line, read_traces
from cotlab.exchange.readers.mapped_columns import MappedReader, column_map
from cotlab.exchange.readers.sources import open_source
from tests.exchange.formats.test_readers import PROCESSBENCH, PUBLIC

RECORDS = [{**PROCESSBENCH, "id": f"gsm8k-{place}"} for place in range(3)]
LINES = b"".join(map(dump_line, RECORDS))


def source(folder: Path, name: str, content: bytes, **how: Any) -> tuple[str, list[bytes], int]:
    """The kind of a file, its lines, and the bytes that were told of as read."""
    (folder / name).write_bytes(content)
    told = list[int]()
    with (folder / name).open("rb") as stream:
        found = open_source(folder / name, stream, told.append, **how)
        return found.kind, list(found.lines), sum(told)


def as_parquet(records: list[dict[str, Any]]) -> bytes:
    sink = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(records), sink)
    return sink.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.jsonl", LINES, "JSON lines"),
        ("a.json", LINES, "JSON lines"),
        ("a.gz", gzip.compress(LINES), "JSON lines, compressed with gzip"),
        ("a.bin", gzip.compress(LINES[:100]) + gzip.compress(LINES[100:]), "JSON lines, compressed with gzip"),
        ("a.zst", zstandard.compress(LINES[:100]) + zstandard.compress(LINES[100:]),
         "JSON lines, compressed with Zstandard"),
        ("a", as_parquet(RECORDS), "Parquet"),
        ("a.json", json.dumps(RECORDS, indent=2).encode(), "one JSON document"),
        ("a.json", json.dumps({"x": RECORDS[:1], "y": RECORDS[1:]}, indent=1).encode(), "one JSON document"),
        ("a.json.gz", gzip.compress(json.dumps(RECORDS).encode()), "one JSON document, compressed with gzip"),
        ("a.data", b"nope, this\n" + LINES, "JSON lines"),
        ("a.data", b"If x, y, we are done: so\n" + LINES, "JSON lines"),
        ("a.jsonl", b"a,b\n" + LINES, "JSON lines"),
    ],
    ids=range(12),
)  # fmt: skip
def test_the_same_records_come_of_every_kind(tmp_path: Path, name: str, content: bytes, kind: str) -> None:
    found, lines, told = source(tmp_path, name, content)
    assert found == kind and [json.loads(line) for line in lines[-3:]] == RECORDS
    assert told == len(content)


def test_a_single_record_over_many_lines_is_one(tmp_path: Path) -> None:
    kind, lines, _ = source(tmp_path, "a.json", json.dumps(RECORDS[0], indent=2).encode())
    assert (kind, [json.loads(line) for line in lines]) == ("one JSON document", RECORDS[:1])


@pytest.mark.parametrize(
    "record", [{"conversations": [{"role": "user", "content": "1 + 1?"}, {"role": "assistant", "content": "2"}]}]
)
def test_a_record_whose_values_are_all_lists_is_one(tmp_path: Path, record: dict[str, Any]) -> None:
    _, lines, _ = source(tmp_path, "a.json", json.dumps(record, indent=2).encode())
    assert [json.loads(line) for line in lines] == [record]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.data", b"\xef\xbb\xbfquestion,worked out\r\nx,y\r\n", "CSV"),
        ("a", b"question\tworked out\nx\ty\n", "TSV"),
        ("a.gz", gzip.compress(b'"question","worked out"\nx,y\n'), "CSV, compressed with gzip"),
    ],
    ids=range(3),
)
def test_a_table_is_found_by_its_content(tmp_path: Path, name: str, content: bytes, kind: str) -> None:
    found, lines, _ = source(tmp_path, name, content)
    assert (found, json.loads(lines[-1])) == (kind, {"question": "x", "worked out": "y"})


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.gz", gzip.compress(LINES)[:-9], "The file is broken"),
        ("a.gz", b"\x1f\x8bno", "The file is broken"),
        ("a.zst", b"\x28\xb5\x2f\xfdnothing of the kind", "The file is broken"),
        ("a.parquet", b"PAR1 and no more of it", "no Parquet that can be read"),
        ("a.json", b"[1, 2", "no JSON document"),
        ("a.csv", b'a,"b"x\n1,2\n', "line 1: the file is no CSV"),
        ("a.csv", b"a,a\n1,2\n", "same name"),
    ],
    ids=range(7),
)
def test_a_broken_file_is_told_in_one_sentence(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        source(tmp_path, name, content)


def test_a_cut_zstandard_file_is_not_taken_for_a_whole_one(tmp_path: Path) -> None:
    noise = b"".join(dump_line({**PROCESSBENCH, "id": f"x-{place * 7919 % 1009}"}) for place in range(2_000))
    with pytest.raises(BadInput, match="broken"):
        source(tmp_path, "a.zst", zstandard.compress(noise)[:-20])


def test_rejects_are_the_lines_that_were_broken(tmp_path: Path) -> None:
    reject = {"line": 7, "field": "label", "why": "it was 99", "text": dump_line(RECORDS[0]).decode().strip()}
    native = {"line": 7, "problem": {"text": "x"}}
    _, lines, _ = source(tmp_path, "a.jsonl", dump_line(reject) + dump_line(native))
    assert [json.loads(line) for line in lines] == [RECORDS[0], native]


CSV = (
    '\ufeffwhich,question,worked,marks\r\n1,"What,\nis it?","1. add\n2. done","[true, null]"\r\n\r\n'
    '2,short\r\n3,And this?,"[""a"", ""b""]","[0, 1]"\r\n'
)
MAP = "problem=question,steps=worked,labels=marks,id=which"


def mapped(folder: Path, name: str, content: bytes, columns: str = MAP, how: str | None = None) -> list[Any]:
    _, lines, _ = source(folder, name, content)
    return list(read_traces(lines, MappedReader(column_map(columns), "me", how)))


@pytest.mark.parametrize("broken", ['"x" y,1. a', '"x,1. a', 'x,"1. a', 'x,1. a,"'])
def test_a_stray_quote_costs_its_own_row(tmp_path: Path, broken: str) -> None:
    text = f'p,s\nbefore,1. a\n{broken}\nafter,1. a\n"the,\nlast","1. a\n2. b"\n'
    good, bad, after, last = mapped(tmp_path, "a.csv", text.encode(), "problem=p,steps=s")
    assert isinstance(good, Good) and isinstance(bad, Broken)
    assert (bad.line_number, after.line_number, last.line_number) == (3, 4, 7)
    assert "nor a row that fits the header" in bad.why and json.loads(bad.raw) == [broken]
    assert [one.traces[0].problem.text for one in (after, last)] == ["after", "the,\nlast"]


def test_csv_is_read_by_a_map_and_lines_are_those_of_the_file(tmp_path: Path) -> None:
    first, broken, last = mapped(tmp_path, "a.csv", CSV.encode())
    assert isinstance(first, Good) and isinstance(last, Good) and isinstance(broken, Broken)
    assert (first.line_number, broken.line_number, last.line_number) == (4, 6, 8 - 1)
    (trace,) = first.traces
    assert trace.problem.text == "What,\nis it?" and trace.id == "1"
    assert [(s.text, [(one.source, one.value) for one in s.labels]) for s in trace.steps] == [
        ("add", [("me", "true")]), ("done", [])
    ]  # fmt: skip
    assert [[one.value for one in step.labels] for step in last.traces[0].steps] == [["0"], ["1"]]
    assert json.loads(broken.raw) == ["2", "short"]


def test_csv_that_is_not_utf_8_breaks_one_line(tmp_path: Path) -> None:
    content = b"question,worked\ncaf\xe9,a\nq,b\n"
    broken, good = mapped(tmp_path, "a.csv", content, "problem=question,steps=worked")
    assert isinstance(broken, Broken) and isinstance(good, Good)
    assert broken.sentence == "line 2: byte 18 of the line is not UTF-8"


def test_parquet_with_lists_is_read_by_a_map(tmp_path: Path) -> None:
    records = [{"question": "q", "worked": ["a", "b"], "marks": [1, None], "which": 7}]
    (line,) = mapped(tmp_path, "a.parquet", as_parquet(records))
    assert isinstance(line, Good)
    (trace,) = line.traces
    assert trace.id == "7" and [[one.value for one in step.labels] for step in trace.steps] == [["1"], []]


@pytest.mark.parametrize(
    ("record", "says"),
    [
        ({"question": "q"}, "worked: the field is missing"),
        ({"question": "q", "worked": 3}, "worked: it should be a list of texts, or one text"),
        ({"question": "q", "worked": " "}, "worked: it should be a list of texts, or one text"),
        ({"question": "q", "worked": ["a", ""]}, "the text is empty"),
        ({"question": "", "worked": ["a"]}, "the text is empty"),
        ({"question": "q", "worked": ["a"], "marks": [1, 2]}, "marks: it should be a list with a value for each of"),
        ({"question": "q", "worked": ["a"], "hard": "very"}, "difficulty"),
        ({"question": "q", "worked": ["a"], "hard": "1" * 5_000}, "difficulty"),
        ({"question": "q", "worked": "[" * 100_000}, "worked: lists and objects are nested too deep"),
    ],
)
def test_a_row_that_does_not_fit_the_map_names_its_column(record: dict[str, Any], says: str) -> None:
    reader = MappedReader(column_map(f"{MAP},difficulty=hard"), "me")
    (line,) = read_traces([dump_line(record)], reader)
    assert isinstance(line, Broken) and says in line.sentence


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("problem=q", "steps must be named"),
        ("problem=q,steps", "'steps' should be FIELD=COLUMN"),
        ("problem=q,steps=s,answer=a", "'answer=a' should be FIELD=COLUMN"),
        ("problem=q,problem=p,steps=s", "'problem=p' should be"),
    ],
)
def test_a_map_that_is_none_is_refused(text: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        column_map(text)


def test_the_map_takes_every_field_it_names() -> None:
    record = {
        "q": "p", "s": "a. B.", "d": 3, "t": "x", "dom": "law", "lang": "de", "src": "ours", "ref": 4,
        "fin": "4", "o": "human", "g": "me", "st": "forward", "n": "one",
    }  # fmt: skip
    columns = ("problem=q,steps=s,difficulty=d,tags=t,domain=dom,language=lang,source=src,reference_answer=ref,"
               "final_answer=fin,origin=o,generator=g,strategy=st,id=n")  # fmt: skip
    (line,) = read_traces([dump_line(record)], MappedReader(column_map(columns), "", "sentences"))
    assert isinstance(line, Good)
    (trace,) = line.traces
    problem = trace.problem
    assert (problem.difficulty, problem.tags, problem.domain, problem.language) == (3, ("x",), "law", "de")
    assert (problem.source, problem.reference_answer, trace.final_answer, trace.id) == ("ours", "4", "4", "one")
    assert (trace.origin.value, trace.generator, trace.strategy, len(trace.steps)) == ("human", "me", "forward", 2)


def test_plain_text_becomes_native_lines_with_the_numbers_of_the_file(tmp_path: Path) -> None:
    text = b"P\n\n1. a\n2. b\n===\nno solution\n===\nQ\n\nIt is. So.\n"
    kind, lines, _ = source(tmp_path, "a.txt", text)
    first, broken, last = read_traces(lines)
    assert kind == "plain text" and isinstance(first, Good) and isinstance(last, Good) and isinstance(broken, Broken)
    assert (first.line_number, broken.line_number, last.line_number) == (1, 6, 8)
    assert [step.text for step in first.traces[0].steps] == ["a", "b"]
    _, lines, _ = source(tmp_path, "a.md", text, text=True, how="lines")
    (again, *_) = read_traces(lines)
    assert isinstance(again, Good) and [step.text for step in again.traces[0].steps] == ["1. a", "2. b"]


def test_a_public_record_reads_the_same_packed_or_not(tmp_path: Path) -> None:
    plain = list(read_traces([dump_line(PUBLIC)]))
    _, lines, _ = source(tmp_path, "a.parquet", as_parquet([PUBLIC]))
    assert list(read_traces(lines)) == plain


def test_plain_text_that_is_not_utf_8_says_so(tmp_path: Path) -> None:
    text = "Was ist über 2?\n\n1. a\n===\nQ\n\n1. a\n".encode("latin-1")
    _, lines, _ = source(tmp_path, "a.txt", text)
    broken, good = read_traces(lines, "native")
    assert isinstance(broken, Broken) and isinstance(good, Good)
    assert (broken.sentence, good.line_number) == ("line 1: byte 9 of the line is not UTF-8", 5)
