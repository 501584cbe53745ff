"""The page of keys in the docs, made from the registry: `python -m tui.documentation` prints it."""

from cotlab.domain.actions import PLACES, Place, actions_of
from tui.widgets.lines import shown_keys

HEAD = """# Keys

One hand on the keys, and the same letter means the same everywhere. The labels are on the keys that the guideline
gives them, digits as a rule; `.` and a digit choose a kind of the chosen label. This page is made from the registry of
actions; `?` shows the same in the terminal UI.
"""


def keys_table() -> str:
    """The whole page, as Markdown."""
    return "\n".join([HEAD, *(_section(place) for place in PLACES)])


def _section(place: Place) -> str:
    rows = [f"| {_keys(shown_keys(action))} | {action.label} | {action.help} |" for action in actions_of(place)]
    title = PLACES[place][0].upper() + PLACES[place][1:]
    return "\n".join([f"## {title}", "", "| key | action | what it does |", "| --- | --- | --- |", *rows, ""])


def _keys(keys: str) -> str:
    return ", ".join(f"`{key}`" for key in keys.split(", "))


if __name__ == "__main__":
    print(keys_table(), end="")
