"""What loading a part of cotlab may load: quick help, a terminal UI that starts fast, a server without a screen."""

import subprocess
import sys
from graphlib import CycleError, TopologicalSorter

import grimp
import pytest

HEAVY = {
    "litestar",
    "numpy",
    "sqlite_utils",
    "psycopg",
    "sympy",
    "pint",
    "torch",
    "transformers",
    "textual",
    "uvicorn",
    "safetensors",
    "tokenizers",
    "accelerate",
    "gguf",
}


@pytest.mark.parametrize(
    ("module", "allowed"),
    [
        ("cotlab.cli", set()),
        ("cotlab.domain.work.views", set()),
        ("cotlab.client", set()),
        ("cotlab.storage", set()),
        ("cotlab.checks.running.runner", set()),
        ("cotlab.exchange.readers.steps", set()),
        ("cotlab.drafting.chat", set()),
        ("cotlab.drafting.local.demo", set()),
        ("cotlab.services.drafts.worker", {"numpy"}),
        ("tui.main", set()),
        ("tui.journeys", {"textual"}),
        ("cotlab.api.app", {"litestar", "numpy"}),
    ],
)
def test_nothing_heavy_is_loaded(module: str, allowed: set[str]) -> None:
    code = f"import sys, {module}; print(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert module.partition(".")[0] in loaded
    assert loaded & HEAVY == allowed


def test_a_server_that_knows_a_model_of_this_machine_loads_none_of_its_libraries() -> None:
    """Not to look at its files, hash them or ask whether texts leave this machine; workers load them."""
    code = """
import sys, tempfile, pathlib
import cotlab.api.app
from cotlab.domain.drafts.requests import NewModel
from cotlab.drafting import driver_named, fingerprint
from cotlab.drafting.driver import Surroundings
place = pathlib.Path(tempfile.mkdtemp())
for name in ("config.json", "tokenizer.json", "model.safetensors"):
    (place / name).write_text("{}")
model = NewModel(name="small", driver="transformers", place=str(place))
assert len(fingerprint(model, Surroundings())) == 3 and not driver_named("transformers").leaves(model)
print(" ".join(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {name.partition(".")[0] for name in done.stdout.split()} & HEAVY == {"litestar", "numpy"}


@pytest.mark.parametrize("package", ["cotlab", "tui"])
def test_no_circle_of_files(package: str) -> None:
    """Imports inside functions and for types alone count."""
    graph = grimp.build_graph(package, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    circle: list[str] = []
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        circle = error.args[1]
    assert not circle, " imports ".join(reversed(circle))
