"""Who may do what."""

from enum import StrEnum

from pydantic import Field

from cotlab.domain.model import Model
from cotlab.domain.text import FilledText, Name


class Role(StrEnum):
    """What a person may do: in a project, or (admin alone) on the whole server."""

    ANNOTATOR = "annotator"
    ADJUDICATOR = "adjudicator"
    LEAD = "lead"
    EXPORTER = "exporter"
    ADMIN = "admin"


PROJECT_ROLES = (Role.ANNOTATOR, Role.ADJUDICATOR, Role.LEAD, Role.EXPORTER)
READERS = frozenset({Role.LEAD, Role.EXPORTER, Role.ADMIN})
"""Who can read other people's answers."""
LEADS = frozenset({Role.LEAD, Role.ADMIN})
"""Who runs a project."""
LABELLERS = frozenset({Role.ANNOTATOR, Role.ADJUDICATOR})
"""Who answers without having seen the answers of others."""
SERVER_ITSELF = "server"
"""The actor of what follows by itself from what people did."""


class ActorKind(StrEnum):
    """What stands behind an actor's id."""

    PERSON = "person"
    HOST = "host"
    SOURCE = "source"


class Person(Model):
    """A signed-in person with the roles that count now; `roles` maps a project's id to them."""

    id: str
    name: str
    admin: bool = False
    roles: dict[str, frozenset[Role]] = Field(default_factory=dict)

    def roles_in(self, project_id: str) -> frozenset[Role]:
        own = self.roles.get(project_id, frozenset())
        return own | {Role.ADMIN} if self.admin else own


def mixes(roles: frozenset[Role]) -> bool:
    """Whether somebody with these roles both labels and can read what others labelled."""
    return bool(roles & READERS) and bool(roles & LABELLERS)


class Member(Model):
    """A person's roles in one project, which do not count while they are away (deactivated)."""

    person_id: str
    name: Name
    roles: tuple[Role, ...]
    away: bool = False


class LeavingBody(Model):
    """Deactivate a person, for a reason that stands in the audit trail."""

    person: Name
    reason: FilledText


class Missed(Model):
    """What nobody else in a project does: the fields that only this person may label, the open batches that name only
    them, and whether they alone decide cases.
    """

    project: str
    fields: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()
    cases: bool = False


class Left(Model):
    """What deactivating a person did: assignments given back, by project; tokens ended; and what is missed now."""

    person: str
    given_back: dict[str, int]
    tokens_ended: int
    missed: tuple[Missed, ...]
