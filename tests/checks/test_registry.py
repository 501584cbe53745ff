"""No kind is forgotten: each module of the folder is registered, documented, and carries its licence."""

import inspect
import pkgutil
import re
from pathlib import Path

import pytest

import cotlab.checks.kinds
from cotlab.checks.findings import Kind, Licence
from cotlab.checks.kinds import KINDS
from cotlab.domain.checks import BAR

DOCS = Path(__file__).parents[2] / "docs"


def test_every_module_of_the_folder_is_a_registered_kind() -> None:
    modules = {module.name for module in pkgutil.iter_modules(cotlab.checks.kinds.__path__)}
    assert {type(one).__module__.rpartition(".")[2] for one in KINDS} == modules
    assert len({one.name for one in KINDS}) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda one: one.name)
def test_every_kind_is_in_the_docs_with_its_licence(kind: Kind) -> None:
    page = (DOCS / "evidence.md").read_text("utf-8")
    row = re.search(rf"^\| `{kind.name}` \|.*\| (\d+) of (\d+) \|$", page, re.MULTILINE)
    assert row is not None, kind.name
    assert Licence(int(row[1]), int(row[2])) == kind.licence
    assert inspect.getdoc(type(kind))


@pytest.mark.parametrize(
    ("real", "alarms", "refutes"), [(0, 0, False), (1, 1, True), (94, 100, False), (95, 100, True), (19, 20, True)]
)
def test_a_licence_takes_a_measured_precision(real: int, alarms: int, refutes: bool) -> None:
    assert Licence(real, alarms).refutes is refutes
    assert BAR == 0.95
