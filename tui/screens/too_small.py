"""Shown while the terminal is too small to work in; everything waits below it."""

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from tui.screens.base import CotlabScreen

WIDTH, HEIGHT = 60, 16


class TooSmallScreen(CotlabScreen):
    """Goes by itself once there is room."""

    def compose(self) -> ComposeResult:
        yield Static(Content(f"This terminal is too small.\nIt needs {WIDTH} x {HEIGHT}.\nNothing is lost."))

    def go_back(self) -> None:
        """There is nowhere to go but to make the terminal larger."""
