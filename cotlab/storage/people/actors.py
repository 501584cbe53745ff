"""Actors, their tokens and their roles."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from cotlab.domain.people import ActorKind, Person, Role
from cotlab.domain.text import folded
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.people.deactivations import AWAY, STANDS


@dataclass(frozen=True, slots=True)
class StoredToken:
    person: Person
    secret_hash: str
    expires_at: int
    revoked: bool


def add_actor(db: Db, actor_id: str, kind: ActorKind, name: str, sequence: int) -> None:
    db.add(
        "actors", id=actor_id, kind=kind.value, name=name, name_folded=folded(name),
        created_at=db.now, sequence=sequence,
    )  # fmt: skip


def actor_named(db: Reading, kind: ActorKind, name: str) -> Row | None:
    return db.row(
        "SELECT id, name FROM actors WHERE kind = :kind AND name_folded = :name", kind=kind.value, name=folded(name)
    )


def token(db: Reading, token_id: str) -> StoredToken | None:
    """A token with its person, as `person`."""
    rows = db.rows(
        f"""SELECT t.actor_id, t.secret_hash, t.expires_at, e.at AS ended_at, a.name, r.project_id, r.role
            FROM tokens t JOIN actors a ON a.id = t.actor_id LEFT JOIN token_ends e ON e.token_id = t.id
                LEFT JOIN roles r ON r.actor_id = t.actor_id AND {STANDS}
            WHERE t.id = :id""",
        id=token_id,
    )
    if not rows:
        return None
    row = rows[0]
    return StoredToken(
        _person(row["actor_id"], rows), row["secret_hash"], row["expires_at"], row["ended_at"] is not None
    )


def tokens(db: Reading) -> Sequence[Row]:
    """Every token with its person's name and how it ended; never its secret."""
    return db.rows(
        """SELECT t.id, t.name, a.name AS person, t.created_at, t.expires_at, e.at AS revoked_at
           FROM tokens t JOIN actors a ON a.id = t.actor_id LEFT JOIN token_ends e ON e.token_id = t.id
           ORDER BY t.created_at, t.id"""
    )


def add_token(
    db: Db, token_id: str, actor_id: str, name: str, secret_hash: str, expires_at: int, sequence: int
) -> None:
    db.add(
        "tokens", id=token_id, actor_id=actor_id, name=name, secret_hash=secret_hash,
        created_at=db.now, expires_at=expires_at, sequence=sequence,
    )  # fmt: skip


def end_token(db: Db, token_id: str, sequence: int) -> None:
    db.add("token_ends", token_id=token_id, at=db.now, sequence=sequence)


def person(db: Reading, actor_id: str) -> Person:
    """A person with the roles that count now: none while they are deactivated."""
    rows = db.rows(
        f"""SELECT a.name, r.project_id, r.role
           FROM actors a LEFT JOIN roles r ON r.actor_id = a.id
                AND {STANDS}
           WHERE a.id = :id""",
        id=actor_id,
    )
    return _person(actor_id, rows)


def _person(actor_id: str, rows: Sequence[Row]) -> Person:
    roles: dict[str, set[Role]] = defaultdict(set)
    admin = False
    for row in rows:
        if row["role"] is None:
            continue
        if row["project_id"] is None:
            admin = admin or row["role"] == Role.ADMIN
        else:
            roles[row["project_id"]].add(Role(row["role"]))
    return Person(
        id=actor_id, name=rows[0]["name"], admin=admin, roles={key: frozenset(value) for key, value in roles.items()}
    )


def add_role(db: Db, role_id: str, project_id: str | None, actor_id: str, role: Role, sequence: int) -> None:
    db.add("roles", id=role_id, project_id=project_id, actor_id=actor_id, role=role.value, at=db.now, sequence=sequence)


def role_row(db: Reading, project_id: str, actor_id: str, role: Role) -> Row | None:
    return db.row(
        """SELECT r.id FROM roles r WHERE r.actor_id = :actor AND r.project_id = :project AND r.role = :role
           AND NOT EXISTS (SELECT 1 FROM role_ends e WHERE e.role_id = r.id)""",
        actor=actor_id, project=project_id, role=role.value,
    )  # fmt: skip


def has_read(db: Reading, actor_id: str, project_id: str) -> bool:
    """Whether somebody has, or once had, a role that reads the answers of others in a project."""
    row = db.row(
        """SELECT 1 AS one FROM roles WHERE actor_id = :actor AND (project_id = :project OR project_id IS NULL)
           AND role IN ('lead', 'exporter', 'admin') LIMIT 1""",
        actor=actor_id, project=project_id,
    )  # fmt: skip
    return row is not None


def end_role(db: Db, role_id: str, sequence: int) -> None:
    db.add("role_ends", role_id=role_id, at=db.now, sequence=sequence)


def members(db: Reading, project_id: str, also_away: bool = False) -> Sequence[Row]:
    """Whose roles count in a project, one row a role: id, name, role, and `away`, 1 where the person is deactivated;
    such are left out, unless they are asked for.
    """
    which = "" if also_away else f"AND NOT {AWAY.format('r.actor_id')}"
    return db.rows(
        f"""SELECT a.id, a.name, r.role, CASE WHEN {AWAY.format("r.actor_id")} THEN 1 ELSE 0 END AS away
            FROM roles r JOIN actors a ON a.id = r.actor_id
            WHERE r.project_id = :project AND NOT EXISTS (SELECT 1 FROM role_ends e WHERE e.role_id = r.id) {which}
            ORDER BY a.name_folded, r.role""",
        project=project_id,
    )


def names(db: Reading) -> dict[str, str]:
    """Actor's id -> name."""
    return {row["id"]: row["name"] for row in db.rows("SELECT id, name FROM actors")}


def people(db: Reading) -> Sequence[Row]:
    """Every person by name, whether they are an admin, and whether they are deactivated (1 or 0)."""
    return db.rows(
        f"""SELECT a.id, a.name, CASE WHEN EXISTS (
                SELECT 1 FROM roles r WHERE r.actor_id = a.id AND r.project_id IS NULL
                  AND NOT EXISTS (SELECT 1 FROM role_ends e WHERE e.role_id = r.id)) THEN 1 ELSE 0 END AS admin,
                CASE WHEN {AWAY.format("a.id")} THEN 1 ELSE 0 END AS away
            FROM actors a WHERE a.kind = 'person' ORDER BY a.name_folded"""
    )
