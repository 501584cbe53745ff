"""The command palette: the registry's actions that work on the screen below it."""

from collections.abc import Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from cotlab.domain.actions import Action, actions_of
from tui.app.screens.base import CotlabScreen
from tui.widgets.lines import shown_keys


class Commands(Provider):
    """Found by name or by help text."""

    def _actions(self) -> Iterator[tuple[Action, str]]:
        """Each action with the name to run it by."""
        screen = self.screen
        if isinstance(screen, CotlabScreen) and screen.PLACE != "everywhere":
            for action in actions_of(screen.PLACE):
                yield action, f"screen.{action.name}"
        for action in actions_of("everywhere"):
            if action.name not in ("commands", "back"):
                yield action, f"app.{action.name}"

    async def discover(self) -> Hits:
        for action, command in self._actions():
            yield DiscoveryHit(_name(action), partial(self.app.run_action, command), help=action.help)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for action, command in self._actions():
            score = max(matcher.match(_name(action)), matcher.match(action.help) * 0.9)
            if score > 0:
                yield Hit(score, matcher.highlight(_name(action)), partial(self.app.run_action, command),
                          help=action.help)  # fmt: skip


def _name(action: Action) -> str:
    return f"{action.label} ({shown_keys(action)})" if action.key else action.label
