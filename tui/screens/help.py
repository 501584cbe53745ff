"""Every key that works where help was asked for, then all others; made from the registry."""

from textual.content import Content

from cotlab.domain.actions import PLACES, Place, actions_of
from cotlab.domain.guidelines import LabelDefinition
from tui.actions import shown_keys
from tui.screens.reading import ReadingScreen
from tui.widgets.labels import badge

KEYS = 18
"""Cells for the keys."""


class HelpScreen(ReadingScreen):
    """The place's own keys first."""

    PLACE = "reading"

    def __init__(self, place: Place, labels: tuple[LabelDefinition, ...] = ()) -> None:
        super().__init__()
        self._place, self._labels = place, labels

    def title_text(self) -> str:
        return "help"

    def text(self) -> Content:
        own: list[Place] = [self._place, "everywhere"]
        order = [*own, *(place for place in PLACES if place not in own)]
        parts = [self._label_keys()] if self._labels else []
        return Content("\n\n").join([*parts, *(_section(place) for place in dict.fromkeys(order) if actions_of(place))])

    def _label_keys(self) -> Content:
        lines = [
            Content.assemble((f"  {label.key:<{KEYS}}", "bold"), badge(label.name, self._labels), f"   {label.meaning}")
            for label in self._labels
        ]
        return Content("\n").join([Content.styled("the labels of this guideline", "bold underline"), *lines])


def _section(place: Place) -> Content:
    lines = [
        Content.assemble((f"  {shown_keys(action):<{KEYS}}", "bold $accent"), action.help)
        for action in actions_of(place)
    ]
    return Content("\n").join([Content.styled(PLACES[place], "bold underline"), *lines])
