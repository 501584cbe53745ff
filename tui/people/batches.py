"""Batches in a project that I lead: what was given to whom by name, until when, and how far they are."""

from collections.abc import Iterator

from textual.content import Content

from cotlab.domain.queue.batches import Batch, PersonalShare
from tui.app.screens.project_list import ProjectListScreen
from tui.widgets.text import one_line
from tui.widgets.times import day

NONE = "No batch was made yet. `cotlab batch make` gives traces to people by name, until a date."


class BatchesScreen(ProjectListScreen[Batch]):
    """Rows above, open ones first, by their dates; the marked one with its people below."""

    PLACE = "batches"
    HEADING = "batches"
    AGAIN = "; esc, then b asks again"

    async def load(self) -> None:
        found = await self.answer(lambda: self.journey.client.batches(self._entry.project_id))
        self.say("")
        late = sum(one.late for one in found)
        count = f"{len(found)} · open first, by date" + (f" · {late} late" if late else "")
        self.list_rows(found, [_row(one) for one in found], count)

    def lines(self, row: Batch | None, width: int) -> list[Content]:
        if row is None:
            return Content(NONE).wrap(width)
        return [line for text in _words(row) for line in Content(text).wrap(width)]


def _words(one: Batch) -> Iterator[str]:
    made = f"{one.what}, given by {one_line(one.made_by, True)} on {day(one.made_at)}"
    yield f"{made}, due {day(one.due)}: {one.done} done, {one.in_hand} in hand, {one.waiting} waiting."
    if one.given_back:
        back = f"{one.given_back:,} of them went back to everybody"
        yield f"{back}: nobody of the batch could take them any more." if one.ended_at is None else f"{back}."
    if one.note is not None:
        yield one_line(one.note)
    yield from (_share(share) for share in one.shares)
    if one.ended_at is not None:
        yield f"Withdrawn on {day(one.ended_at)}: {one_line(one.reason or '')}"
    else:
        yield f"Its id is {one.id}; `cotlab batch withdraw` ends it."


def _share(one: PersonalShare) -> str:
    away = " (deactivated)" if one.away else ""
    return f"{one_line(one.person, True)}{away}: {one.done} done, {one.in_hand} in hand, {one.waiting} waiting"


def _row(one: Batch) -> Content:
    sign, word = _state(one)
    people = ", ".join(one_line(share.person, True) for share in one.shares)
    progress = f"{one.done} of {one.what}"
    return Content.assemble(sign, f" due {day(one.due)}  {word:<9}  {progress}  {people}")


def _state(one: Batch) -> tuple[tuple[str, str], str]:
    if one.ended_at is not None:
        return ("·", "dim"), "withdrawn"
    if one.late:
        return ("!", "$warning"), "late"
    return (("✓", "$success"), "done") if not one.waiting + one.in_hand else (("▹", "$accent"), "open")
