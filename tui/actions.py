"""Textual bindings, footer and help, all made from the one registry."""

from textual.binding import Binding

from cotlab.domain.actions import Action, Place, actions_of

SHOWN = {"escape": "esc", "pagedown": "page down", "pageup": "page up"}


def bindings_of(place: Place) -> list[Binding]:
    """The key map of a place: each action `name` runs the method `action_name`."""
    return [
        Binding(key, action.name, action.label, show=False, priority=key.startswith("ctrl+") and place == "everywhere")
        for action in actions_of(place)
        for key in keys_of(action)
    ]


def keys_of(action: Action) -> list[str]:
    return [key for key in (action.key, *action.also) if key]


def shown_keys(action: Action) -> str:
    """The keys as a person reads them; the command palette's name where there is none."""
    return ", ".join(SHOWN.get(key, key) for key in keys_of(action)) or "ctrl+p"


def footer_of(*places: Place) -> list[Action]:
    """What the last line of a screen offers, its own actions first."""
    return [action for place in places for action in actions_of(place) if action.footer]
