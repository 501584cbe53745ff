"""What loading a part of cotlab may load: quick help, a terminal UI that starts fast, a server without a screen."""

import subprocess
import sys

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
}


@pytest.mark.parametrize(
    ("module", "allowed"),
    [
        ("cotlab.cli", set()),
        ("cotlab.domain.views", set()),
        ("cotlab.client", set()),
        ("cotlab.storage", set()),
        ("cotlab.evidence.runner", set()),
        ("cotlab.exchange.steps", set()),
        ("cotlab.drafting.chat", set()),
        ("cotlab.services.draft_worker", {"numpy"}),
        ("tui.main", set()),
        ("tui.app", {"textual"}),
        ("cotlab.api.app", {"litestar", "numpy"}),
    ],
)
def test_nothing_heavy_is_loaded(module: str, allowed: set[str]) -> None:
    code = f"import sys, {module}; print(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert module.partition(".")[0] in loaded
    assert loaded & HEAVY == allowed
