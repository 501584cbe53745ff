"""`cotlab agreement`: what it prints for people and machines, and what it says of a file that does not fit."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cotlab.cli.agreement.text import diagnosis_lines
from cotlab.domain.agreement.coefficients import AgreementReport, Diagnosis, GapCount
from tests.cli.conftest import Command

ROOT = Path(__file__).parents[3]
CSV = """unit,annotator,label,trace,domain
s1,ann,correct,t1,physics
s1,bob,correct,t1,physics
s2,ann,redundant,t1,physics
s2,bob,correct,t1,physics
s3,ann,incorrect,t2,law
s3,bob,incorrect,t2,law
s4,ann,correct,t2,law
s4,bob,correct,t2,law
"""
FEW = "2 clusters; an interval takes 10"


def write(text: str | bytes, name: str = "ratings.csv") -> str:
    Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return name


def lines(text: str) -> str:
    """The CSV as JSON lines."""
    head, *rows = (row.split(",") for row in text.splitlines())
    return "".join(json.dumps(dict(zip(head, row, strict=True))) + "\n" for row in rows)


def results(command: Command, *arguments: str) -> AgreementReport:
    said = command("agreement", *arguments, "--json")
    assert (said.code, said.error) == (0, "")
    return AgreementReport.model_validate_json(said.out)


def test_the_table_for_people(command: Command) -> None:
    said = command("agreement", write(CSV), "--cluster", "trace", "--coefficient", "alpha", "--coefficient", "percent",
                   "--by", "domain", "--table")  # fmt: skip
    assert (said.code, said.error) == (0, "")
    assert (
        said.out
        == f"""\
ratings.csv: 8 ratings of 4 units by 2 people
intervals: 1,000 resamples of 2 by trace, seed 1

slice           coefficient  value  95 % interval                     units  people  clusters  note
all             alpha        0.588  {FEW}      4       2         2
all             percent      0.750  {FEW}      4       2         2
domain law      alpha        1.000  1 cluster; an interval takes 10       2       2         1
domain law      percent      1.000  1 cluster; an interval takes 10       2       2         1
domain physics  alpha        0.000  1 cluster; an interval takes 10       2       2         1
domain physics  percent      0.500  1 cluster; an interval takes 10       2       2         1

all, coincidences, for alpha, percent
           correct  incorrect  redundant
correct          4          0          1
incorrect        0          2          0
redundant        1          0          0

domain law, coincidences, for alpha, percent
           correct  incorrect  redundant
correct          2          0          0
incorrect        0          2          0
redundant        0          0          0

domain physics, coincidences, for alpha, percent
           correct  incorrect  redundant
correct          2          0          1
incorrect        0          0          0
redundant        1          0          0
"""
    )


def test_json_has_what_the_table_shows(command: Command) -> None:
    file = write(CSV)
    report = results(command, file, "--by", "domain,pair")
    shown = command("agreement", file, "--by", "domain,pair").out.splitlines()[3:]
    assert len(shown) - 1 == len(report.results) == 4 * 5
    for line, result in zip(shown[1:], report.results, strict=True):
        assert result.coefficient in line and (result.reason or f"{result.value:.3f}") in line
    assert (report.units, report.people, report.labels) == (4, ("ann", "bob"), ("correct", "incorrect", "redundant"))
    assert (report.resampled, report.clusters, report.replicates, report.seed) == ("unit", 4, 1_000, 1)
    kappa = next(one for one in report.results if one.coefficient == "cohen-kappa")
    assert kappa.tables[0].title == "ann ~ bob"
    assert kappa.tables[0].counts == ((2, 0, 0), (0, 1, 0), (1, 0, 0))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (lines(CSV), "ratings.jsonl"),
        (lines(CSV), "ratings.csv"),
        ("\n\n" + lines(CSV).replace("\n", "\r\n\r\n"), "ratings"),
        (CSV.replace(",", ";"), "ratings.csv"),
        (CSV.replace(",", "\t"), "ratings.txt"),
        ("\ufeff" + CSV.replace("\n", "\r\n"), "ratings.csv"),
        ("\n" + CSV.replace("\n", "\n\n"), "ratings.csv"),
        (CSV.replace(",ann,", ' , "ann" , ').replace(' "ann" ', '"ann"'), "ratings.csv"),
        (CSV.splitlines()[0] + "\n" + "\n".join(reversed(CSV.splitlines()[1:])), "ratings.csv"),
    ],
)
def test_the_same_table_in_other_writing(command: Command, text: str, name: str) -> None:
    expected = results(command, write(CSV), "--by", "domain,annotator", "--cluster", "trace")
    assert results(command, write(text, name), "--by", "domain,annotator", "--cluster", "trace") == expected


def test_values_that_are_no_texts(command: Command) -> None:
    rows = [(1, "ann", True, ["x", "y"]), (1, "bob", True, ["x", "y"]), (2, "ann", 2.0, []), (2, "bob", 2, None)]
    text = "".join(
        json.dumps(dict(zip(("unit", "annotator", "label", "tag"), row, strict=True))) + "\n" for row in rows
    )
    report = results(command, write(text), "--by", "tag", "--coefficient", "percent")
    assert report.labels == ("2", "true")
    assert [(one.slice, one.units) for one in report.results] == [
        ({}, 2), ({"tag": "(none)"}, 1), ({"tag": "x"}, 1), ({"tag": "y"}, 1),
    ]  # fmt: skip


def test_one_label_against_the_rest(command: Command) -> None:
    file = write(CSV)
    one = results(command, file, "--label", "redundant", "--coefficient", "alpha").results
    by = results(command, file, "--by", "label", "--coefficient", "alpha").results
    assert [(result.label, result.slice) for result in by] == [
        (None, {}), ("correct", {"label": "correct"}), ("incorrect", {"label": "incorrect"}),
        ("redundant", {"label": "redundant"}),
    ]  # fmt: skip
    assert [(result.value, result.label) for result in one] == [(by[3].value, "redundant")]
    assert one[0].tables[0].labels == ("redundant", "not redundant")
    assert one[0].tables[0].counts == ((0, 1), (1, 6))
    assert "label redundant  alpha" in command("agreement", file, "--label", "redundant").out


def test_crossed_slices(command: Command) -> None:
    report = results(command, write(CSV), "--by", "domain+label", "--coefficient", "percent")
    assert [one.slice for one in report.results][1:3] == [
        {"domain": "law", "label": "correct"}, {"domain": "law", "label": "incorrect"},
    ]  # fmt: skip


def test_labels_on_a_scale(command: Command) -> None:
    file = write(CSV)
    order = "incorrect,redundant,correct"
    report = results(command, file, "--level", "ordinal", "--order", order)
    assert report.labels == tuple(order.split(","))
    assert [one.coefficient for one in report.results] == [
        "alpha", "alpha-ordinal", "cohen-kappa", "fleiss-kappa", "ac1", "percent",
    ]  # fmt: skip
    swapped = results(command, file, "--level", "ordinal", "--order", "redundant,incorrect,correct")
    assert report.results[0].value == swapped.results[0].value
    assert report.results[1].value != swapped.results[1].value
    assert len(results(command, file, "--order", order + ",incomplete").labels) == 4


def test_a_cluster_column_is_found_by_its_name(command: Command) -> None:
    report = results(command, write(CSV.replace("trace", "cluster")), "--coefficient", "alpha")
    assert (report.resampled, report.clusters) == ("cluster", 2)


def test_replicates_and_the_seed_change_the_interval_alone(command: Command) -> None:
    rows = "".join(f"u{n},{who},{'ab'[(n * k) % 7 > 2]}\n" for n in range(40) for who, k in (("ann", 1), ("bob", 3)))
    file = write("unit,annotator,label\n" + rows)
    first, again, other, none = (
        results(command, file, "--coefficient", "alpha", *flags).results[0]
        for flags in (["--seed", "5"], ["--seed", "5"], ["--seed", "6"], ["--replicates", "0"])
    )
    assert first == again and first.interval is not None
    assert first.value == other.value == none.value and first.interval != other.interval
    assert (none.interval, none.interval_reason) == (None, "nothing was resampled")


HEAD = "unit,annotator,label\n"
TWO = "u,ann,a\nu,bob,a\n"
BAD = [
    ("no file", None, [], "bad.csv: No such file or directory"),
    ("nothing", "", [], "bad.csv: there is nothing in it."),
    ("no rows", HEAD, [], "bad.csv: there are no rows."),
    ("no column", "unit,rater,label\nu,ann,a\n", [],
     "bad.csv line 1, column annotator: there is no such column; the file has unit, rater, label."),
    ("no slice", HEAD + TWO, ["--by", "domain"],
     "bad.csv line 1, column domain: there is no such column; the file has unit, annotator, label."),
    ("no cluster", HEAD + TWO, ["--cluster", "trace"],
     "bad.csv line 1, column trace: there is no such column; the file has unit, annotator, label."),
    ("column twice", "unit,annotator,label,label\n", [],
     "bad.csv line 1, column label: the header has this name twice."),
    ("empty label", HEAD + "u,ann,a\nu,bob, \n", [], "bad.csv line 3, column label: the value is empty."),
    ("empty unit", HEAD + ",ann,a\n", [], "bad.csv line 2, column unit: the value is empty."),
    ("empty cluster", "unit,annotator,label,cluster\nu,ann,a,\n", [],
     "bad.csv line 2, column cluster: the value is empty."),
    ("twice", HEAD + TWO + "\nu,ann,b\n", [],
     "bad.csv line 5, column annotator: ann has rated u already, on line 2."),
    ("two clusters", "unit,annotator,label,cluster\nu,ann,a,t1\nu,bob,a,t2\n", [],
     "bad.csv line 3, column cluster: u is in another cluster on line 2."),
    ("one person", HEAD + "u,ann,a\nv,ann,b\n", [],
     "bad.csv, column annotator: all rows are by ann, and agreement takes two people."),
    ("short row", HEAD + "u,ann\n", [], "bad.csv line 2: 2 values where the header has 3 columns."),
    ("not UTF-8", HEAD.encode() + b"u,ann,\xe9\n", [], "bad.csv line 2: byte 7 of the line is not UTF-8."),
    ("UTF-16", (HEAD + TWO).encode("utf-16"), [], "bad.csv line 1: byte 1 of the line is not UTF-8."),
    ("open quote", HEAD + 'u,ann,a\nu,bob,"a\n', [], "bad.csv line 3: it is not CSV: unexpected end of data."),
    ("line of a row", HEAD + 'u,ann,"a\nb"\nu,bob,\n', [], "bad.csv line 4, column label: the value is empty."),
    ("not in order", HEAD + "u,ann,b\n" + "u,bob,a\n", ["--order", "b,c"],
     "bad.csv line 3, column label: a is not in --order."),
    ("no order", HEAD + TWO, ["--level", "ordinal"],
     "An ordinal level takes --order: all labels, from one end of the scale to the other."),
    ("no order either", HEAD + TWO, ["--coefficient", "alpha-ordinal"],
     "An ordinal level takes --order: all labels, from one end of the scale to the other."),
    ("order twice", HEAD + TWO, ["--order", "a,a"], "--order a,a: a name is empty or stands there twice."),
    ("half a crossing", HEAD + TWO, ["--by", "label+"], "--by label+: a name is empty or stands there twice."),
    ("no such label", HEAD + TWO, ["--label", "b"], "--label b: bad.csv has the labels a."),
    ("no JSON", '{"unit": 1}\n', ["--format", "csv"],
     'bad.csv line 1, column unit: there is no such column; the file has {"unit": 1}.'),
    ("CSV as JSON", HEAD, ["--format", "jsonl"],
     "bad.csv line 1: it is not JSON: Expecting value at character 1."),
    ("JSON without a column", '{"unit": 1, "label": "a"}\n', [],
     "bad.csv line 1, column annotator: there is no such column; the line has unit, label."),
    ("JSON without a value", '{"unit": 1, "annotator": "ann", "label": null}\n', [],
     "bad.csv line 1, column label: the value is empty."),
    ("JSON with an object", '{"unit": 1, "annotator": "ann", "label": {"a": 1}}\n', [],
     "bad.csv line 1, column label: the value should be a text or a number."),
    ("JSON without the slice", '{"unit": 1, "annotator": "ann", "label": 1}\n', ["--by", "domain"],
     "bad.csv, column domain: no line has such a column."),
    ("broken JSON", '{"unit": 1, "annotator": "ann", "label": 1}\n{"unit"\n', [],
     "bad.csv line 2: it is not JSON: Expecting ':' delimiter at character 8."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "flags", "sentence"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
@pytest.mark.parametrize("json_flag", [[], ["--json"]])
def test_what_does_not_fit_is_one_sentence(
    command: Command, text: str | bytes | None, flags: list[str], sentence: str, json_flag: list[str]
) -> None:
    if text is not None:
        write(text, "bad.csv")
    said = command("agreement", "bad.csv", *flags, *json_flag)
    assert (said.code, said.out, said.error) == (1, "", f"Error: {sentence}\n")


def test_a_column_that_is_not_asked_for_may_hold_anything(command: Command) -> None:
    text = lines(HEAD + TWO).replace("}", ', "x": {"y": [1]}}', 1)
    assert results(command, write(text)).ratings == 2


def test_the_sessions_of_the_docs_run(tmp_path: Path) -> None:
    """The shell blocks of docs/agreement.md, one after the other, with the output that is shown there."""
    text = (ROOT / "docs" / "agreement.md").read_text("utf-8")
    blocks = re.findall(r"^```(sh session|text output)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert [kind for kind, _ in blocks].count("sh session") > 1
    (tmp_path / "cotlab").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cotlab "$@"\n')
    (tmp_path / "cotlab").chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    said = ""
    for kind, block in blocks:
        if kind == "text output":
            assert said == block
            continue
        done = subprocess.run(["bash", "-ec", block], cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        said = done.stdout


def test_a_diagnosis_names_what_no_rule_decides() -> None:
    gap = GapCount(labels=("correct", "redundant"), domain="law", cases=3, texts=("a restated\nfact?", "a check?"))
    *_, line = diagnosis_lines(Diagnosis(value=0.5, gaps=(gap,)))
    assert line == "no rule decides: correct | redundant, law (3): a restated fact?; a check?"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Name a FILE, or a project with --project."),
        (["ratings.csv", "--project", "p"], "Name a FILE, or a project with --project."),
        (["ratings.csv", "--diagnose"], "--diagnose says nothing together with FILE."),
        (["ratings.csv", "--kinds"], "--kinds says nothing together with FILE."),
        (["ratings.csv", "--version", "a@1"], "--version says nothing together with FILE."),
        (["--project", "p", "--cluster", "trace"], "--cluster says nothing together with --project."),
        (["--project", "p", "--level", "nominal"], "--level says nothing together with --project."),
        (["--project", "p", "--before", "a@1"], "--before takes --version, and neither --by nor --diagnose"),
        (["--project", "p", "--before", "a@1", "--version", "a@2", "--by", "domain"], "--before takes --version, and"),
    ],
)
def test_an_option_that_would_be_passed_over_is_refused(command: Command, arguments: list[str], sentence: str) -> None:
    write(CSV)
    said = command("agreement", *arguments)
    assert said.code == 1 and said.error.startswith(f"Error: {sentence}"), said.error


PAIRS = "".join(
    json.dumps({"id": name, "source": "set", "prompt": "p", "response_a": a, "response_b": b, "task": "t",
                "annotators": {"r1": one, "r2": other}}) + "\n"
    for name, a, b, one, other in (
        ("1", "x", "y", "a", "a"), ("2", "y", "x", "b", "b"), ("3", "x", "z", "a", "tie"), ("4", "q", "z", "b", "a"),
    )
)  # fmt: skip


def test_a_file_of_pairs_is_a_table_of_the_choices_in_it(command: Command) -> None:
    found = results(command, write(PAIRS, "pairs.jsonl"), "--coefficient", "percent", "--by", "tag")
    assert (found.ratings, found.units, found.people, found.clusters) == (8, 4, ("set r1", "set r2"), 3)
    assert (found.labels, found.resampled) == (("first", "second", "tie"), "pair")
    assert [one.value for one in found.results] == [0.5, 0.5]
    ordinal = results(command, write(PAIRS, "pairs.jsonl"), "--coefficient", "alpha-ordinal")
    assert ordinal.labels[0] == "much-better" and ordinal.results[0].value is not None
    bad = {"problem": {"text": "p"}, "responses": [{"text": "a"}, {"text": "b"}],
           "labels": [{"source": one, "overall": "both-bad"} for one in ("x", "y")]}  # fmt: skip
    tie = {**bad, "labels": [{"source": one, "overall": "tie"} for one in ("x", "y")]}
    native = write("\n".join(map(json.dumps, (bad, tie))), "native.jsonl")
    assert results(command, native, "--coefficient", "percent").labels == ("both-bad", "tie")
    assert results(command, native, "--coefficient", "percent", "--level", "ordinal").ratings == 2
    for arguments, why in (
        (("--by", "shape"), "column shape: pairs have no such column"), (("--cluster", "id"), "resample pairs"),
    ):  # fmt: skip
        said = command("agreement", "pairs.jsonl", *arguments)
        assert said.code == 1 and why in said.error
    broken = PAIRS + json.dumps({"id": "5", "source": "s", "prompt": "p", "response_a": "x", "response_b": "x"})
    said = command("agreement", write(broken, "broken.jsonl"))
    assert said.code == 1 and "broken.jsonl line 5, response_b: it is the same text as response_a." in said.error
    without = json.dumps({"id": "5", "source": "s", "prompt": "p", "response_a": "x", "response_b": "y"})
    said = command("agreement", write(without, "without.jsonl"))
    assert said.code == 1 and "no choice came with these pairs" in said.error
