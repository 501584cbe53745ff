"""An adjudicator at work, straight through the services."""

from collections.abc import Sequence
from typing import Any

from cotlab.domain.answers import Citation
from cotlab.domain.cases import (
    CaseEntry,
    CaseView,
    ChoiceBody,
    Chosen,
    ClaimCaseBody,
    ClaimedCase,
    Decided,
    DecisionBody,
    PassBody,
)
from cotlab.domain.people import Role
from cotlab.domain.work.views import Receipt
from cotlab.services.cases import adjudication as cases
from cotlab.services.cases import decision, hand_over
from tests.world import Expert, World

RULE = Citation(kind="rule", name="M1")


class Adjudicator(Expert):
    """Beside what an expert does: cases, from the list to the decision."""

    def cases(self, **which: Any) -> tuple[CaseEntry, ...]:
        person = self.world.person(self.name)
        return self.world.store.read(lambda db: cases.listed(db, person, self.world.project, **which)).cases

    def waiting(self) -> int:
        person = self.world.person(self.name)
        return self.world.store.read(lambda db: cases.waiting(db, person, self.world.project))

    def claim_case(self, case_id: str | None = None, acknowledge: bool = True) -> ClaimedCase:
        """Claim; a guideline version that is new is acknowledged on the way, unless told otherwise."""
        body, person = ClaimCaseBody(case_id=case_id), self.world.person(self.name)
        picked = self.world.store.read(lambda db: cases.ahead(db, person, self.world.project))
        claimed = self._run(lambda db, who: cases.claim(db, who, self.world.project, body, picked))
        if acknowledge and claimed.guideline_version_id is not None:
            self.acknowledge(claimed.guideline_version_id)
            return self.claim_case(case_id)
        return claimed

    def take_case(self, case_id: str | None = None) -> CaseView:
        """Claim, and get a case."""
        claimed = self.claim_case(case_id)
        assert claimed.case is not None, claimed
        return claimed.case

    def case(self, assignment_id: str) -> CaseView:
        person = self.world.person(self.name)
        return self.world.store.read(lambda db: cases.view(db, person, assignment_id))

    def choose(self, assignment_id: str, label: str = "correct", **fields: Any) -> Chosen:
        body = ChoiceBody(label=label, **{"rationale": "it seems so", **fields})
        return self._run(lambda db, who: decision.choose(db, who, assignment_id, body))

    def decide(self, assignment_id: str, label: str = "correct", **fields: Any) -> Decided:
        body = DecisionBody(label=label, **{"rationale": "by the rule", "citations": (RULE,), **fields})
        return self._run(lambda db, who: decision.decide(db, who, assignment_id, body))

    def pass_on(self, assignment_id: str, *experts: str, panel: int | None = None) -> Receipt:
        body = PassBody(reason="it is hard", experts=experts, panel=panel)
        return self._run(lambda db, who: hand_over.pass_on(db, who, assignment_id, body))

    def settle(self, label: str = "correct", case_id: str | None = None, **fields: Any) -> CaseView:
        """Take a case, choose a label and decide for it."""
        case = self.take_case(case_id)
        if case.choice is None:
            self.choose(case.id, label)
        self.decide(case.id, label, **fields)
        return case


def adjudicators(world: World, names: Sequence[str]) -> list[Adjudicator]:
    """People who adjudicate and did nothing yet."""
    for name in names:
        if name not in world.people:
            world.add_person(name)
        if Role.ADJUDICATOR not in world.person(name).roles_in(world.project):
            world.join(name, Role.ADJUDICATOR)
    return [Adjudicator(world, name) for name in names]


def case_on(world: World, problem: str, position: int) -> str:
    """The newest case on a step of the only trace of a problem."""
    sql = """SELECT c.id FROM cases c JOIN traces t ON t.id = c.item_id JOIN problems p ON p.id = t.problem_id
        WHERE p.text = :problem AND c.position = :position AND c.project_id = :p ORDER BY c.number DESC"""
    return str(world.rows(sql, problem=f"Problem {problem}", position=position, p=world.project)[0]["id"])
