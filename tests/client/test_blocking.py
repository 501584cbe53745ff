"""The client that waits has every call of the one that does not, with the same parameters."""

import inspect

import pytest

from cotlab.client import Client
from cotlab.client.blocking import BlockingClient

CALLS = [name for name, _ in inspect.getmembers(Client, inspect.isfunction) if not name.startswith("_")]
ITS_OWN = {"close"}
"""What leaving the `with` block does."""


@pytest.mark.parametrize("name", [name for name in CALLS if name not in ITS_OWN])
def test_every_call_has_its_twin(name: str) -> None:
    twin, call = getattr(BlockingClient, name), getattr(Client, name)
    assert list(inspect.signature(twin).parameters) == list(inspect.signature(call).parameters)
    assert twin.__doc__ == call.__doc__
    assert not inspect.iscoroutinefunction(twin)
