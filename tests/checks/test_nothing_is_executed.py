"""Text from data is never executed: no module of the package calls what would, and hostile text leaves no trace."""

import ast
from pathlib import Path

import pytest

import cotlab.checks
from cotlab.checks.running.checking import check
from cotlab.domain.checks import StepToCheck

MODULES = sorted(Path(cotlab.checks.__path__[0]).rglob("*.py"))
FORBIDDEN = {"eval", "exec", "compile", "sympify", "S", "parse_expr", "parse_latex", "lambdify", "__import__",
             "import_module", "literal_eval", "parse_expression", "parse_units", "nsimplify", "simplify"}  # fmt: skip
"""simplify and nsimplify take text too."""
READS_TEXT = {"Symbol", "symbols", "Integer", "Rational", "Float", "Function"}
"""Constructors of sympy that read text where they are given it: Symbol alone may be, with the name of a letter."""


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_no_module_names_what_executes_text(module: Path) -> None:
    tree = ast.parse(module.read_text("utf-8"))
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    named |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) if not _is_re(node)}
    named |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert named & FORBIDDEN == set()


def _is_re(node: ast.Attribute) -> bool:
    """Whether this is `re.compile`."""
    return isinstance(node.value, ast.Name) and node.value.id == "re"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_constructors_get_numbers_and_no_text(module: Path) -> None:
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if (
            not isinstance(node, ast.Call)
            or not isinstance(node.func, ast.Attribute)
            or node.func.attr not in READS_TEXT
        ):
            continue
        if isinstance(node.func.value, ast.Name) and node.func.value.id == "sympy" and node.func.attr != "Symbol":
            assert all(not isinstance(one, ast.Constant) or not isinstance(one.value, str) for one in node.args)


def test_a_step_that_is_a_program_leaves_no_trace(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    for text in (
        f"__import__('os').system('touch {mark}') = 0",
        f"open('{mark}', 'w').write('x') = 1",
        f"exec(\"open('{mark}', 'w')\") = 1",
        f"x.__class__.__mro__[1].__subclasses__() = open('{mark}','w')",
        f"\\frac{{d}}{{dx}} __import__('pathlib').Path('{mark}').touch() = 1",
    ):
        assert check(StepToCheck(step=text)).verdict == "undecided"
    assert not mark.exists()
