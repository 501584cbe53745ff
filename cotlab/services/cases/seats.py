"""Who may take which case: nobody on their own work, nobody twice, and no more people than are asked."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from cotlab.domain.cases import wanted
from cotlab.domain.errors import Conflict, CotlabError, Refused
from cotlab.domain.people import Person, Role, mixes
from cotlab.domain.projects.case_reasons import CaseReason
from cotlab.services.cases.due_cases import Place, due
from cotlab.storage.cases import cases as stored
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.engine.value_lists import chunks
from cotlab.storage.people import actors
from cotlab.storage.projects import projects

TRIED = 8
"""Cases whose reasons are looked at together until one holds."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a case stands for one person. `row` is of storage.cases.cases.in_reach, `given` who gave an opinion.

    `held` are the leases of others that take a seat, the one that runs out first comes first. `named` are those it was
    handed on to by name who can decide it and are still to say something; where none of them can, others may.
    """

    row: Row
    person_id: str
    given: Collection[str]
    held: Sequence[Row]
    in_hand: bool
    named: Collection[str]
    now: int

    @property
    def decided(self) -> bool:
        return self.row["answer_id"] is not None

    @property
    def mine(self) -> bool:
        """Whether the person has it in their hands, or gave an opinion."""
        return self.in_hand or self.person_id in self.given

    @property
    def for_me(self) -> bool:
        return self.person_id in self.named

    @property
    def why_not(self) -> CotlabError | None:
        """Why the person may not decide it, whether or not there is a free seat."""
        if self.row["touched"]:
            return Refused("You worked on this trace; its cases are decided by others.")
        if self.named and not self.for_me:
            return Refused("This case was handed on to somebody else.")
        if self.row["passed"] and not self.for_me:
            return Refused("You have handed this case on.")
        return None

    @property
    def reasons(self) -> tuple[CaseReason, ...]:
        """Why it is handed out, as of the last look; nothing where it is not."""
        return tuple(CaseReason(one) for one in json.loads(self.row["due"] or "[]"))

    @property
    def free(self) -> int:
        """Seats that nobody has; a lease that ran out has its seat until it is taken over."""
        return wanted(len(self.given), self.row["seats"]) - len(self.held)

    @property
    def dead(self) -> Row | None:
        """The lease that can be taken over."""
        return self.held[0] if self.held and self.held[0]["expires_at"] < self.now else None

    @property
    def open_to_me(self) -> bool:
        """Whether the person could take it now."""
        may = self.row["due"] is not None and not self.decided and not self.mine and self.why_not is None
        return may and (self.free > 0 or self.dead is not None)

    @property
    def place(self) -> Place:
        return self.row["item_id"], self.row["position"]

    @property
    def rank(self) -> tuple[object, ...]:
        """By name first, then with a free seat, then with as many labels as required; the lower comes first.

        Among these the oldest, those of one trace together, by its steps.
        """
        return not self.for_me, self.free <= 0, self.row["early"], self.row["since"], self.place


def standings(db: Reading, person: Person, project_id: str, case_ids: Collection[str]) -> list[Standing]:
    """Those of some cases of a project that are undecided or that the person decided."""
    given, held, in_hand = stored.deciders(db, case_ids), defaultdict[str, list[Row]](list), set()
    for lease in stored.leases(db, project_id):
        if lease["actor_id"] == person.id:
            in_hand.add(lease["case_id"])
        elif lease["actor_id"] not in given.get(lease["case_id"], ()):
            held[lease["case_id"]].append(lease)
    return [
        Standing(
            row, person.id, said := given.get(row["id"], set()), held.get(row["id"], ()), row["id"] in in_hand,
            _named(db, row, said), db.now,
        )
        for row in stored.in_reach(db, project_id, person.id, case_ids)
    ]  # fmt: skip


def _named(db: Reading, case: Row, given: Collection[str]) -> frozenset[str]:
    if case["experts"] is None or case["answer_id"] is not None:
        return frozenset()
    experts = [one for one in json.loads(case["experts"]) if one not in given]
    return frozenset(one for one in experts if can_decide(db, actors.person(db, one), case))


def can_decide(db: Reading, person: Person, case: Row) -> bool:
    """Whether a person adjudicates in the project of a case, and did not work on its trace."""
    return adjudicates(db, person, case["project_id"]) and not stored.worked_on(db, case["item_id"], person.id)


def adjudicates(db: Reading, person: Person, project_id: str) -> bool:
    """Whether a person is handed cases in a project: an adjudicator, and no reader unless the policy allows that."""
    roles = person.roles_in(project_id)
    return Role.ADJUDICATOR in roles and (
        not mixes(roles) or projects.policy(db, project_id).readers_may_label
    )  # fmt: skip


def takeable(db: Reading, project_id: str, found: Sequence[Standing]) -> Iterator[Standing]:
    """Those of `found` that the person can take now, by rank; whether a reason still holds is looked at anew."""
    free = sorted((one for one in found if one.open_to_me), key=lambda one: one.rank)
    for some in chunks(free, TRIED):
        holds = due(db, project_id, {one.row["item_id"] for one in some})
        yield from (one for one in some if one.place in holds)


def refuse(db: Reading, one: Standing) -> None:
    """Raises Refused or Conflict with the reason why the person cannot take a case now."""
    if one.decided:
        raise Conflict("This case is decided.")
    if one.why_not is not None:
        raise one.why_not
    if one.free <= 0 and one.dead is None:
        raise Conflict("Somebody else is deciding this case now.")
    if one.place not in due(db, one.row["project_id"], [one.row["item_id"]]):
        raise Conflict("This case has settled otherwise; its reasons hold no longer.")
