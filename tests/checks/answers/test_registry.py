"""No kind is forgotten: each module of the folder is registered and documented."""

import inspect
import pkgutil
import re
from pathlib import Path

import cotlab.checks.answers.kinds
from cotlab.checks.answers.kinds import KINDS

DOCS = Path(__file__).parents[3] / "docs"


def test_every_module_of_the_folder_is_a_registered_kind() -> None:
    modules = {module.name for module in pkgutil.iter_modules(cotlab.checks.answers.kinds.__path__)}
    assert {type(one).__module__.rpartition(".")[2] for one in KINDS} == modules
    assert len({one.name for one in KINDS}) == len(KINDS)


def test_every_kind_is_in_the_docs() -> None:
    page = (DOCS / "evidence.md").read_text("utf-8")
    _, _, part = page.partition("## Final answers")
    named = re.findall(r"^\| `([a-z-]+)` \|", part.partition("\n## ")[0], re.MULTILINE)
    assert named == [one.name for one in KINDS]
    assert all(inspect.getdoc(type(one)) for one in KINDS)
