"""Tiny models on this disk, made once; they skip where the libraries that run models are not installed."""

import os
import socket
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from cotlab.drafting.local import LIBRARIES, prepare_libraries
from tests.drafting import tiny


@pytest.fixture(scope="session")
def libraries() -> None:
    if any(find_spec(name) is None for name in LIBRARIES):
        assert not os.environ.get("CI"), "the libraries that run models are not installed"
        pytest.skip("the libraries that run models are not installed: make models")
    prepare_libraries()


@pytest.fixture(scope="session")
def tiny_model(libraries: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a random model."""
    return tiny.saved(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def trained_model(libraries: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model that answers by the planted rule."""
    return tiny.saved(tmp_path_factory.mktemp("trained"), tiny.trained())


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every attempt to reach another process or machine fails the test."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a socket was opened")

    for name in ("connect", "connect_ex", "sendto", "bind"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
