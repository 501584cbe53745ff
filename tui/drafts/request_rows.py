"""Requests for drafts as a lead reads them, and what came of them."""

from collections.abc import Iterator, Mapping, Sequence

from textual.content import Content

from cotlab.domain.drafts.opinions import OpinionKind
from cotlab.domain.drafts.requests import Draft, DraftEdit, DraftState, DraftStatus
from tui.widgets.drafts import bar
from tui.widgets.text import counted, hanging, one_line, shown
from tui.widgets.times import date

PROGRESS = 10
"""Cells of the bar of a request."""
SHORT = 8
"""Digits of an id in a list."""
ANSWER = "Answer:"
"""What a line of a path begins with that is its final answer."""
STATES: dict[DraftState, tuple[str, str]] = {
    DraftState.WAITING: ("·", "dim"), DraftState.DRAFTING: ("◐", "$accent"), DraftState.DONE: ("✓", "$success"),
    DraftState.FAILED: ("✗", "$error"), DraftState.CANCELLED: ("■", "dim"),
}  # fmt: skip


def place_of(job: DraftStatus, digits: int | None = None) -> str:
    """`trace ecf68721, step 3`, with so many digits of the id."""
    what = "problem" if job.item_id is None else "pair" if job.kind == OpinionKind.PAIR else "trace"
    step = "" if job.position is None else f", step {job.position}"
    return f"{what} {(job.item_id or job.problem_id or '')[:digits]}{step}"


def job_row(job: DraftStatus) -> Content:
    sign, style = STATES[job.state]
    done = f"{bar(job.made / job.wanted if job.wanted else 1.0, PROGRESS):<{PROGRESS}}"
    became = "".join(f"  {number:,} {what}" for what, number in _became(job).items() if number)
    return Content.assemble(
        (f"{sign} {job.state.value:<9}  ", style), (done, "$accent"), f" {job.made:>3} of {job.wanted:<3}  ",
        (job.kind, "bold"), (became, "$accent"), (f"  by {one_line(job.model, True)}", "dim"),
        f"  {place_of(job, SHORT)}",
    )  # fmt: skip


def _became(job: DraftStatus) -> dict[str, int]:
    return {
        "to decide": job.open if job.enters else 0, "accepted": job.accepted, "turned down": job.declined,
        "dropped": sum(job.dropped.values()),
    }  # fmt: skip


def job_lines(job: DraftStatus, width: int) -> list[Content]:
    """Who asked for what and when, how it ended, and what became of the drafts."""
    how = f", {job.strategy}" if job.strategy else ""
    texts = [
        f"{counted(job.wanted, 'draft')} of the kind {job.kind}{how}, by {one_line(job.model, True)}: {place_of(job)}",
        f"asked for by {one_line(job.requested_by, True)} on {date(job.requested_at)}; seed {job.seed}, temperature "
        f"{job.sampling.temperature:g}",
    ]
    if job.ended_at is not None:
        texts.append(
            f"{job.state.value} on {date(job.ended_at)}{f': {one_line(job.sentence, True)}' if job.sentence else ''}"
        )
    texts += [f"{number:,} dropped: {why.replace('_', ' ')}" for why, number in job.dropped.items()]
    texts.append(", ".join(f"{number:,} {what}" for what, number in _became(job).items() if number))
    texts.append(f"its id is {job.id}")
    return [line for text in texts if text for line in Content(text).wrap(width)]


def became(draft: Draft) -> tuple[str, str]:
    """What became of a draft, and its colour."""
    if draft.decision is not None:
        edited = ", edited" if draft.decision.edited is not None else ""
        return (f"{draft.decision.decision.value}{edited}", "$success" if draft.decision.item_id else "dim")
    return ("dropped", "dim") if draft.dropped is not None else ("open", "$accent")


def said_in(draft: Draft) -> DraftEdit | None:
    """The texts of a draft as they would enter the pool; None where it has none."""
    document = draft.document
    steps: Sequence[str] = document.get("steps") or ([document["text"]] if "text" in document else [])
    return DraftEdit(steps=tuple(steps), final_answer=document.get("final_answer")) if steps else None


def draft_row(draft: Draft) -> Content:
    what, style = became(draft)
    said = said_in(draft)
    if said is None:
        where = "" if draft.position is None else f"step {draft.position}  "
        return Content.assemble(f"{draft.ordinal:>3}  ", (where, "dim"), opinion_words(draft.document))
    text = one_line(" / ".join(said.steps), True)
    return Content.assemble(f"{draft.ordinal:>3}  ", (f"{what:<16}", style), text)


def opinion_words(document: Mapping[str, object]) -> str:
    """An opinion's document in words."""
    given = document.get("probabilities") or {side: document[side] for side in ("first", "second") if side in document}
    shares = given.items() if isinstance(given, Mapping) else ()
    return ", ".join(f"{name} {share:.2f}" for name, share in sorted(shares, key=lambda one: -one[1]))


def draft_lines(draft: Draft, width: int) -> list[Content]:
    """The text in full, what became of it, and where it came from."""
    said, lines = said_in(draft), list[Content]()
    for number, step in enumerate(said.steps if said else (), 1):
        mark = f"{number:>3}  " if said and len(said.steps) > 1 else "     "
        lines += hanging(Content.styled(mark, "bold"), shown(step, True), width)
    if said is not None and said.final_answer:
        lines += hanging(Content.styled("  =  ", "bold"), shown(said.final_answer, True), width)
    if said is None:
        lines += Content(opinion_words(draft.document)).wrap(width)
    lines += [Content(), *(line for text in _of(draft) for line in Content.styled(text, "dim").wrap(width))]
    return lines


def _of(draft: Draft) -> Iterator[str]:
    if draft.document.get("strategy") or draft.document.get("way"):
        yield f"strategy: {draft.document.get('strategy') or draft.document.get('way')}"
    if draft.dropped is not None:
        beside = f", beside {draft.dropped.beside}" if draft.dropped.beside else ""
        yield f"dropped: {draft.dropped.why.value.replace('_', ' ')}{beside}"
    if draft.decision is not None:
        why = f": {one_line(draft.decision.reason, True)}" if draft.decision.reason else ""
        item = f", as trace {draft.decision.item_id}" if draft.decision.item_id else ""
        yield f"{became(draft)[0]} by {one_line(draft.decision.decided_by, True)}{item}{why}"
    made = draft.provenance
    parts = (
        made.model and f"model {one_line(made.model, True)}", made.revision and f"revision {made.revision}",
        made.seed is not None and f"seed {made.seed}", made.tokens is not None and f"{made.tokens:,} tokens",
        made.finish_reason and f"ended by {made.finish_reason}",
    )  # fmt: skip
    yield ", ".join(part for part in parts if part)


def written(edit: DraftEdit) -> str:
    """A draft as text to edit: an empty line parts two steps; of a path the answer comes last."""
    answer = [f"{ANSWER} {edit.final_answer}"] if edit.final_answer is not None else []
    return "\n\n".join([*edit.steps, *answer])


def read(steps: Sequence[str], path: bool) -> DraftEdit:
    """What was written, read back. Raises ValidationError where nothing was."""
    answer = None
    if path and steps and steps[-1].startswith(ANSWER):
        *steps, last = steps
        answer = last.removeprefix(ANSWER).strip() or None
    return DraftEdit(steps=tuple(steps), final_answer=answer)
