"""The docs of the keys are what the registry says."""

from pathlib import Path

from cotlab.domain.actions import ACTIONS
from tui.documentation import keys_table

PAGE = Path(__file__).parents[3] / "docs" / "keys.md"


def test_the_page_of_keys_is_up_to_date() -> None:
    assert PAGE.read_text() == keys_table(), "run: python -m tui.documentation > docs/keys.md"


def test_every_action_is_in_the_docs() -> None:
    table = keys_table()
    assert all(f"| {action.label} | {action.help} |" in table for action in ACTIONS)
