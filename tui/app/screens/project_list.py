"""What lists of one project share that the server is asked for as they open."""

from typing import ClassVar

from cotlab.domain.work.views import QueueEntry
from tui.app.screens.listing import ListingScreen, R
from tui.app.screens.request import RequestScreen
from tui.widgets.text import one_line


class ProjectListScreen(RequestScreen, ListingScreen[R]):
    """Subclasses load their rows; what was refused is asked again before a row opens."""

    HEADING: ClassVar[str]
    ASKING: ClassVar[str] = "asking the server …"

    def __init__(self, entry: QueueEntry) -> None:
        super().__init__()
        self._entry = entry

    def opened(self) -> None:
        self.ask(self.load, self.ASKING)

    async def load(self) -> None:
        """Ask for the rows and list them. Raises ApiError where the server refuses."""
        raise NotImplementedError

    def title_text(self) -> str:
        return f"{self.HEADING} · {one_line(self._entry.project, True)}"

    def action_open(self) -> None:
        if not self.again():
            self.open_row(self.marked)

    def open_row(self, row: R | None) -> None:
        """What enter does on a row, or where there is none."""
