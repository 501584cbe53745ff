"""What rechecks of labels in doubt found so far."""

from textual.content import Content

from cotlab.domain.calibration.qualification import Recheck, task_of_field, things
from tui.app.screens.project_list import ProjectListScreen
from tui.widgets.agreement import unit_of
from tui.widgets.text import counted, one_line
from tui.widgets.times import day

NONE = (
    "No recheck was drawn yet. After an alarm of drift, enter on a person in the list of people and 5 there draw a "
    "sample of what they labelled since, for others to label."
)


class RechecksScreen(ProjectListScreen[Recheck]):
    """Rows above, the newest first; the marked one in words below."""

    PLACE = "rechecks"
    HEADING = "rechecks"
    AGAIN = "; esc, then R asks again"

    async def load(self) -> None:
        found = await self.answer(lambda: self.journey.client.rechecks(self._entry.project_id))
        self.say("")
        wide = max((len(_whom(one)) for one in found), default=0)
        self.list_rows(found, [_row(one, wide) for one in found], f"{len(found)} · newest first")

    def lines(self, row: Recheck | None, width: int) -> list[Content]:
        return Content(NONE if row is None else _words(row)).wrap(width)


def _words(one: Recheck) -> str:
    unit = unit_of(task_of_field(one.domain))
    items, compared = things(one.domain).removesuffix("s"), counted(one.steps_compared, unit)
    share = f" ({100 * one.steps_differing / one.steps_compared:.0f} %)" if one.steps_compared else ""
    return (
        f"Labels of {one_line(one.person, True)} in {one_line(one.domain, True)} are in doubt since "
        f"{day(one.since)}: {counted(one.traces_in_doubt, items)}. {one.traces_drawn} were drawn, and others "
        f"have finished {one.traces_finished}. On {one.steps_differing} of {compared}{share} they gave another label; "
        f"each such {unit} is a case."
    )


def _whom(one: Recheck) -> str:
    return f"{one_line(one.person, True)} in {one_line(one.domain, True)}"


def _row(one: Recheck, width: int) -> Content:
    done = ("✓", "$success") if one.traces_finished == one.traces_drawn else ("▹", "$accent")
    found = f"{one.traces_finished} of {one.traces_drawn} {things(one.domain)} done"
    differing = f"  {one.steps_differing} of {counted(one.steps_compared, unit_of(task_of_field(one.domain)))} differ"
    return Content.assemble(done, f" {_whom(one):<{width}}  {found}", (differing, "dim"))
