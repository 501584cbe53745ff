"""How much of the queue is open, begun and done in a project that I lead, and how far its quotas are filled."""

from textual.content import Content

from cotlab.domain.queue.depth import QueueDepth, QuotaDepth, SliceDepth
from tui.app.screens.project_list import ProjectListScreen
from tui.widgets.text import counted, one_line

NONE = "The queue is empty: nothing was imported yet, or all of them are gold."
COLUMN, WIDEST = 7, 28
Row = SliceDepth | QuotaDepth


class DepthScreen(ProjectListScreen[Row]):
    """A row for each slice, then one for each quota; the marked one in words below."""

    PLACE = "depth"
    HEADING = "load"
    AGAIN = "; esc, then L asks again"

    async def load(self) -> None:
        found = await self.answer(lambda: self.journey.client.queue_depth(self._entry.project_id))
        self.say("the queue still follows what was said or set last" if found.following else "")
        rows: list[Row] = [*found.slices, *found.quotas]
        wide = min(max((len(_name(row)) for row in rows), default=0), WIDEST)
        self.list_rows(rows, [_line(row, wide) for row in rows], _count(found))

    def lines(self, row: Row | None, width: int) -> list[Content]:
        text = NONE if row is None else _of_slice(row) if isinstance(row, SliceDepth) else _of_quota(row)
        return Content(text).wrap(width)


def _count(found: QueueDepth) -> str:
    open_ = {which: [one.open + one.begun for one in found.slices if one.pairs is which] for which in (False, True)}
    counts = [counted(sum(open_[which]), word) for which, word in ((False, "trace"), (True, "pair")) if open_[which]]
    waiting = " and ".join(counts) or "nothing"
    filled = sum(not one.open for one in found.quotas)
    quotas = f" · {filled} of {counted(len(found.quotas), 'quota')} filled" if found.quotas else ""
    return f"{counted(len(found.slices), 'slice')} · {waiting} to hand out{quotas}"


def _name(row: Row) -> str:
    return one_line(row.field if isinstance(row, SliceDepth) else row.slice, True)


def _line(row: Row, wide: int) -> Content:
    name = _name(row)
    cut = name if len(name) <= wide else f"{name[: wide - 1]}…"
    if isinstance(row, QuotaDepth):
        mark = ("✓", "$success") if not row.open else ("▹", "$accent")
        return Content.assemble(mark, f" {cut:<{wide}}  {row.filled:>{COLUMN}} of {row.wanted} settled")
    mark = ("▹", "$accent") if row.open + row.begun else ("✓", "$success")
    rest = f"  {row.begun:>{COLUMN}} begun  {row.leased + row.done:>{COLUMN}} full"
    return Content.assemble(mark, f" {cut:<{wide}}  {row.open:>{COLUMN}} open", (rest, "dim"))


def _of_slice(row: SliceDepth) -> str:
    what, wholly = ("pair", "") if row.pairs else ("trace", ", step by step")
    return (
        f"{_name(row)}: nobody has begun {counted(row.open, what)}; {row.begun} are begun and want more people; "
        f"{row.leased} are in somebody's hands now; of {row.done} all places are taken. "
        f"Of all of them {row.settled} are settled{wholly}."
    )


def _of_quota(row: QuotaDepth) -> str:
    if not row.open:
        return f"The quota of {_name(row)} is filled: {row.filled} of {row.wanted} traces are settled."
    return (
        f"Of {_name(row)} {row.filled} of {counted(row.wanted, 'trace')} are settled and {row.open} are missing; "
        f"{row.waiting} wait in the queue, and come first until the quota is filled."
    )
