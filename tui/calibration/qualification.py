"""My calibration in one project: where I stand in each domain, why, and how my labels met gold."""

from textual.content import Content

from cotlab.domain.calibration.qualification import Standing
from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.work.views import QueueEntry
from tui.app.screens.project_list import ProjectListScreen
from tui.widgets.qualification import STATE, STATES, may_calibrate, newest, standing_lines, value_of
from tui.widgets.text import one_line

NONE = "This project has no problems yet, and so no domains to calibrate in."


class StandingScreen(ProjectListScreen[Standing]):
    """Domains above, the marked one in full below."""

    PLACE = "standing"
    HEADING = "my calibration"
    AGAIN = "; esc, then M asks again"

    def __init__(self, entry: QueueEntry, schema: Schema) -> None:
        super().__init__(entry)
        self._schema = schema

    async def load(self) -> None:
        found = await self.answer(lambda: self.journey.client.my_standings(self._entry.project_id))
        self.say("")
        wide = max((len(one_line(one.domain, True)) for one in found), default=0)
        self.list_rows(found, [_row(one, wide) for one in found], f"{len(found)} · by domain")

    def lines(self, row: Standing | None, width: int) -> list[Content]:
        return Content(NONE).wrap(width) if row is None else standing_lines(row, self._schema, width)

    def action_calibrate(self) -> None:
        if any(map(may_calibrate, self.rows)):
            self.say("asking the server for a trace")
            self.journey.claim(self._entry.project_id)
        else:
            self.say("there is nothing for you to calibrate here")


def _row(one: Standing, width: int) -> Content:
    said, style = STATES[one.state]
    judged, (value, ends) = newest(one), value_of(one)
    name = judged.result.agreement.coefficient if judged is not None and judged.result is not None else ""
    found = f"{name} {value}" if value else ""
    return Content.assemble(
        f"{one_line(one.domain, True):<{width}}  ", (f"{said:<{STATE}}", style), f"  {found}", (f"  {ends}", "dim")
    )
