"""How garbage is collected while a long file is read."""

import gc

import pytest

from cotlab.cli.bulk import ALLOCATIONS, bulk


def test_garbage_is_collected_as_before_once_the_file_is_read() -> None:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    with pytest.raises(ValueError), bulk():
        assert gc.get_threshold()[0] == ALLOCATIONS and gc.get_freeze_count() > frozen
        raise ValueError
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)
