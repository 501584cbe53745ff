"""Whether there is gold enough: what each person has not seen yet, against the work that waits."""

from collections.abc import Sequence

from cotlab.domain.calibration.qualification import things
from cotlab.domain.gold import GoldPool, PoolShare
from cotlab.domain.people import LABELLERS
from cotlab.services.calibration.qualification import standing
from cotlab.services.projects.projects import known_project
from cotlab.storage.engine.database import Reading
from cotlab.storage.gold import gold_mixing as stored
from cotlab.storage.people import actors
from cotlab.storage.projects import projects


def pools(db: Reading, project_id: str) -> list[GoldPool]:
    """The pool of each field that has gold in production, or work and people that are to be given some."""
    known_project(db, project_id)
    policy = projects.policy(db, project_id)
    traces, places = stored.pools(db, project_id), stored.free_places(db, project_id, policy.overlap)
    if not policy.gold_every or not traces:
        places = {}
    seen = stored.seen(db, project_id)
    return [
        _pool(db, project_id, domain, traces.get(domain, 0), places.get(domain, 0), policy.gold_every, seen)
        for domain in sorted({*traces, *places})
    ]


def _pool(
    db: Reading, project_id: str, domain: str, traces: int, places: int, gold_every: int,
    seen: dict[tuple[str, str], int],
) -> GoldPool:  # fmt: skip
    who = _labellers(db, project_id, domain)
    each = places / len(who) / max(1, gold_every - 1) if who else 0.0
    people = []
    for person_id, name in who.items():
        unseen = traces - seen.get((domain, person_id), 0)
        people.append(PoolShare(person=name, unseen=unseen, short=unseen < each))
    return GoldPool(
        domain=domain, traces=traces, places=places, each=round(each, 1), people=tuple(people),
        warning=_warning(domain, each, people),
    )  # fmt: skip


def _labellers(db: Reading, project_id: str, domain: str) -> dict[str, str]:
    """The ids and names of those who may label a field."""
    rows = {row["id"]: row["name"] for row in actors.members(db, project_id) if row["role"] in LABELLERS}
    return {id_: name for id_, name in rows.items() if standing(db, project_id, id_, domain).may_label}


def _warning(domain: str, each: float, people: Sequence[PoolShare]) -> str | None:
    short = [one for one in people if one.short]
    if not short:
        return None
    least = min(one.unseen for one in short)
    return (
        f"The work that waits in {domain} will bring about {each:.0f} gold {things(domain)} to each person, and "
        f"{len(short)} of {len(people)} have fewer left that they have not seen ({least} at worst): then the "
        f"same {things(domain).removesuffix('s')} comes to them a second time."
    )
