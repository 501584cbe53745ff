"""No coefficient is forgotten: each module of the folder is registered, and each coefficient is in the docs."""

import inspect
import pkgutil
import re
from pathlib import Path

import pytest

from cotlab.agreement import coefficients
from cotlab.agreement.coefficients import COEFFICIENTS, NOMINAL, Coefficient, coefficient
from cotlab.domain.errors import BadInput

DOCS = Path(__file__).parents[3] / "docs"


def test_every_module_of_a_coefficient_is_registered() -> None:
    modules = {module.name for module in pkgutil.iter_modules(coefficients.__path__)}
    assert {type(one).__module__.rpartition(".")[2] for one in COEFFICIENTS} == modules


def test_names_are_unique_and_found() -> None:
    names = [one.name for one in COEFFICIENTS]
    assert len(names) == len(set(names))
    assert [coefficient(name) for name in names] == list(COEFFICIENTS)
    assert [one.name for one in NOMINAL] == [name for name in names if name != "alpha-ordinal"]
    with pytest.raises(BadInput, match=r"no coefficient 'kappa'; there are alpha, alpha-ordinal, cohen-kappa"):
        coefficient("kappa")


@pytest.mark.parametrize("one", COEFFICIENTS, ids=lambda one: one.name)
def test_every_coefficient_has_a_formula_a_paper_and_its_place_in_the_docs(one: Coefficient) -> None:
    text = inspect.getdoc(type(one)) or ""
    assert " = " in text.splitlines()[0] and re.search(r"\(\d{4}\)", text)
    page = (DOCS / "agreement.md").read_text("utf-8")
    assert re.search(rf"^\| `{one.name}` \|", page, re.MULTILINE), one.name
