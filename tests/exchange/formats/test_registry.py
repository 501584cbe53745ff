"""No format is forgotten: each module of the folder is registered, and each format is in the docs."""

import importlib
import pkgutil
from pathlib import Path

import pytest

from cotlab.domain.datasets.pair_exports import PairShape
from cotlab.domain.traces.records import Alternative, Passage, Problem, SourceLabel, Step, Trace
from cotlab.exchange import formats
from cotlab.exchange.formats import PAIR_WRITERS, READERS, WRITERS, columns_of
from cotlab.exchange.formats.columns import loader_snippet
from cotlab.exchange.readers.jsonl import Good, read_traces

DOCS = Path(__file__).parents[3] / "docs"
FORMATS = (*READERS, *WRITERS, *PAIR_WRITERS)


def test_every_module_of_a_format_is_registered() -> None:
    found = pkgutil.walk_packages(formats.__path__, f"{formats.__name__}.")
    modules = {module.name for module in found if ".traces." in module.name or ".pairs." in module.name}
    registered = {type(one).__module__ for one in FORMATS}
    assert registered == modules


def test_every_reader_and_writer_of_a_module_is_registered() -> None:
    for module in {type(one).__module__ for one in FORMATS}:
        classes = {
            value
            for name, value in vars(importlib.import_module(module)).items()
            if name.endswith(("Reader", "Writer")) and value.__module__ == module
        }
        assert classes <= {type(one) for one in FORMATS}


@pytest.mark.parametrize(
    ("formats", "heading"), [(READERS, "## Reading"), (WRITERS, "## Writing"), (PAIR_WRITERS, "## Writing pairs")]
)
def test_every_format_is_documented(formats: tuple[object, ...], heading: str) -> None:
    text = (DOCS / "formats.md").read_text(encoding="utf-8")
    section = text.split(f"\n{heading}\n")[1].split("\n## ")[0]
    for one in formats:
        assert f"\n### {one.name}\n" in section  # type: ignore[attr-defined]


def test_names_are_unique() -> None:
    for group in (READERS, WRITERS, PAIR_WRITERS):
        names = [one.name for one in group]
        assert len(names) == len(set(names))


def test_the_examples_of_the_native_format_are_read() -> None:
    blocks = (DOCS / "native-format.md").read_text(encoding="utf-8").split("```json\n")[1:]
    lines = list(read_traces(block.split("\n")[0].encode() for block in blocks))
    assert [type(line) for line in lines] == [Good, Good]


def test_every_field_of_the_native_format_is_documented() -> None:
    text = (DOCS / "native-format.md").read_text(encoding="utf-8")
    for model in (Trace, Problem, Passage, Step, SourceLabel, Alternative):
        for field in model.model_fields:
            assert f"`{field}`" in text or f'"{field}"' in text, f"{model.__name__}.{field}"


def test_the_loader_of_the_docs_is_the_one_that_is_written() -> None:
    text = (DOCS / "formats.md").read_text(encoding="utf-8")
    columns = columns_of("trl-stepwise", PairShape())
    assert columns is not None
    assert loader_snippet("train.jsonl", columns).split('"""\n\n', 1)[1] in text
