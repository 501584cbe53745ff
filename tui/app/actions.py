"""Textual bindings, footer and help, all made from the one registry."""

from textual.binding import Binding

from cotlab.domain.actions import Action, Place, actions_of
from tui.widgets.lines import keys_of

TYPING: tuple[Place, ...] = ("text", "editor", "pass_on", "rule", "sign_in", "writing", "start_drafts")


def bindings_of(place: Place) -> list[Binding]:
    """The key map of a place: each action `name` runs the method `action_name`."""
    return [
        Binding(key, action.name, action.label, show=False, priority=key.startswith("ctrl+") and place == "everywhere")
        for action in actions_of(place)
        for key in keys_of(action)
    ]


def names_of(place: Place) -> dict[str, str]:
    """Key, or the character that it writes -> the name of the action that it runs at a place or everywhere."""
    actions = (*actions_of("everywhere"), *actions_of(place))
    return {key: action.name for action in actions for key in keys_of(action)}


def footer_of(place: Place) -> list[Action]:
    """What the last line of a screen offers: its own actions, then help; or the way back where letters are typed."""
    last = "back" if place in TYPING else "help"
    own = [action for action in actions_of(place) if action.footer] if place != "everywhere" else []
    return own + [action for action in actions_of("everywhere") if action.name == last]
