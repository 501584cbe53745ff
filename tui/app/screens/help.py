"""Every key that works where help was asked for, then all others; made from the registry."""

from textual.content import Content

from cotlab.domain.actions import PLACES, Place, actions_of
from cotlab.domain.guidelines.schema import Schema
from tui.app.screens.page import ReadingScreen
from tui.widgets.labels import Answer, kinds_of, labels_of
from tui.widgets.lines import shown_keys

KEYS = 18
"""Cells for the keys."""


class HelpScreen(ReadingScreen):
    """The place's own keys first."""

    PLACE = "reading"

    def __init__(self, place: Place, schema: Schema | None = None) -> None:
        super().__init__()
        self._place, self._schema = place, schema

    def title_text(self) -> str:
        return "help"

    def text(self) -> Content:
        own: list[Place] = [self._place, "everywhere"]
        order = [*own, *(place for place in PLACES if place not in own)]
        keys = _criteria_keys if self._place == "pair" else _label_keys
        parts = [keys(self._schema)] if self._schema else []
        return Content("\n\n").join([*parts, *(_section(place) for place in dict.fromkeys(order) if actions_of(place))])


def _label_keys(schema: Schema) -> Content:
    """The labels, and under each its kinds, which are chosen by two keys more."""
    lines = []
    for answer in labels_of(schema):
        lines.append(_chosen_by(answer.key, answer))
        lines += [_chosen_by(f"{answer.key} . {kind.key}", kind) for kind in kinds_of(schema, answer.name)]
    return Content("\n").join([Content.styled("the labels of this guideline", "bold underline"), *lines])


def _criteria_keys(schema: Schema) -> Content:
    """What the digits lead to, and what each asks."""
    lines = [
        Content.assemble((f"  {one.key:<{KEYS}}", "bold"), f"{one.name}   {one.meaning}") for one in schema.criteria
    ]
    return Content("\n").join([Content.styled("the criteria of this guideline", "bold underline"), *lines])


def _chosen_by(keys: str, answer: Answer) -> Content:
    return Content.assemble((f"  {keys:<{KEYS}}", "bold"), answer.said, f"   {answer.meaning}")


def _section(place: Place) -> Content:
    lines = [
        Content.assemble((f"  {shown_keys(action):<{KEYS}}", "bold $accent"), action.help)
        for action in actions_of(place)
    ]
    return Content("\n").join([Content.styled(PLACES[place], "bold underline"), *lines])
