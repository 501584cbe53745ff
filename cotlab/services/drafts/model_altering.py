"""Correct steps that a model is asked to alter in prose: which, and what came of those that it was asked before."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from cotlab.domain.drafts.altering import AlterBody, AlterReport
from cotlab.domain.drafts.requests import DraftBody, DraftEnding
from cotlab.domain.errors import BadInput
from cotlab.drafting.altering import PROSE_BY_NAME, Prose, lot
from cotlab.services.drafts import models, requests
from cotlab.services.drafts.alterable_traces import Parent
from cotlab.services.drafts.altering import TRACES_A_WRITE, TRIES, Tally, parents
from cotlab.services.drafts.duplicates import ALTERED
from cotlab.storage.drafts import draft_decisions
from cotlab.storage.engine.database import Db, Reading, Row, Store
from cotlab.storage.engine.value_lists import chunks

UNDONE = (DraftEnding.FAILED, DraftEnding.CANCELLED)


def ask(store: Store, by: str, project_id: str, body: AlterBody) -> AlterReport:
    """Ask the model of `body` for altered steps, a batch a transaction. Run again, it goes on where it was halted, and
    asks anew in the place of what was dropped, failed or turned down.

    Raises BadInput that names a way which there is not, and NotFound for a model that is not known.
    """
    tally = Tally(_ways(body.how))
    store.read(lambda db: models.named(db, body.model or ""))
    wanted = [
        one for parent in parents(store, project_id, body, tally) for one in _of_parent(store, project_id, parent, body,
                                                                                       tally)
    ]  # fmt: skip
    if not body.dry_run:
        for some in chunks(wanted, TRACES_A_WRITE):
            store.write(project_id, partial(_request, by=by, project_id=project_id, some=some))
    return tally.report(body)


def _ways(names: Sequence[str]) -> tuple[Prose, ...]:
    unknown = next((name for name in names if name not in PROSE_BY_NAME), None)
    if unknown is not None:
        raise BadInput(f"how: no model is asked for {unknown}; there are {', '.join(PROSE_BY_NAME)}")
    return tuple(PROSE_BY_NAME[name] for name in dict.fromkeys(names))


def _request(db: Db, by: str, project_id: str, some: Sequence[DraftBody]) -> None:
    for one in some:
        requests.request(db, by, project_id, one)


def _of_parent(
    store: Store, project_id: str, parent: Parent, body: AlterBody, tally: Tally[Prose]
) -> Iterator[DraftBody]:
    """What is to be asked of a trace, of which what was made and what waits counts."""
    before = store.read(partial(_before, project_id=project_id, item_id=parent.id))
    waiting = [row["strategy"] for row in before if _waits(row)]
    names = {way.name for way in tally.ways}
    tally.there.update(name for name in (*parent.made, *waiting) if name in names)
    dropped = [row for row in before if row["why"] is not None and row["decision"] is None]
    tally.dropped.update((row["strategy"], row["why"]) for row in dropped if row["strategy"] in names)
    tried = {(row["strategy"], row["position"]) for row in before}
    room = min(body.per_trace - len(parent.made) - len(waiting), body.number - tally.number, TRIES - len(dropped))
    for _ in range(room):
        place = next((one for one in tally.in_order(parent, body.seed) if _fits(*one, tried)), None)
        if place is None:
            return
        way, position = place
        tried.add((way.name, position))
        tally.asked[way.name] += 1
        yield DraftBody(
            kind=ALTERED, model=body.model or "", item_id=parent.id, position=position, number=1, strategy=way.name,
            seed=int(lot(body.seed, parent.digest, way.name, str(position))[:7], 16),
        )  # fmt: skip


def _before(db: Reading, project_id: str, item_id: str) -> Sequence[Row]:
    return draft_decisions.altered(db, project_id, ALTERED, item_id)


def _waits(row: Mapping[str, object]) -> bool:
    """Whether an altered step may come of it, or is there and waits for a person."""
    open_ = row["why"] is None and row["decision"] is None
    return open_ and (row["draft_id"] is not None or row["ending"] not in UNDONE)


def _fits(way: Prose, position: int, tried: set[tuple[str, int]]) -> bool:
    return (way.name, position) not in tried and (position > 1 or not way.of_earlier)
