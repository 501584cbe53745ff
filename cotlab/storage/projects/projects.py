"""Projects, their policies, and the guideline versions in force."""

from collections.abc import Sequence
from functools import lru_cache

from cotlab.domain.guidelines.schema import FrontMatter
from cotlab.domain.guidelines.staleness import InForce, Timeline
from cotlab.domain.projects.policy import Policy
from cotlab.domain.text import folded
from cotlab.storage.engine.database import Db, Reading, Row

PROJECT = """SELECT p.id, p.name, e.at AS closed_at, e.reason AS closing_reason
    FROM projects p LEFT JOIN project_ends e ON e.project_id = p.id"""


def add_project(db: Db, project_id: str, name: str, sequence: int) -> None:
    db.add("projects", id=project_id, name=name, name_folded=folded(name), created_at=db.now, sequence=sequence)


def end_project(db: Db, project_id: str, reason: str, sequence: int) -> None:
    db.add("project_ends", project_id=project_id, at=db.now, reason=reason, sequence=sequence)


def project(db: Reading, project_id: str) -> Row | None:
    return db.row(f"{PROJECT} WHERE p.id = :id", id=project_id)


def project_named(db: Reading, name: str) -> Row | None:
    return db.row(f"{PROJECT} WHERE p.name_folded = :name", name=folded(name))


def projects(db: Reading) -> Sequence[Row]:
    return db.rows(f"{PROJECT} ORDER BY p.name_folded")


@lru_cache(maxsize=256)
def parsed_policy(document: str | None) -> Policy:
    """A stored policy; the default one where none is."""
    return Policy() if document is None else Policy.model_validate_json(document)


def policy(db: Reading, project_id: str, as_of: int | None = None) -> Policy:
    """The policy in force, now or as of a sequence of the project's chain."""
    row = db.row(
        """SELECT document FROM policies
           WHERE project_id = :project AND (CAST(:as_of AS INTEGER) IS NULL OR sequence <= :as_of)
           ORDER BY sequence DESC LIMIT 1""",
        project=project_id, as_of=as_of,
    )  # fmt: skip
    return parsed_policy(None if row is None else row["document"])


def policy_set(db: Reading, project_id: str) -> int:
    """The sequence at which the policy in force was set; 0 for none."""
    row = db.row("SELECT max(sequence) AS sequence FROM policies WHERE project_id = :project", project=project_id)
    return int((row and row["sequence"]) or 0)


def add_policy(db: Db, project_id: str, document: Policy, sequence: int) -> None:
    db.add("policies", project_id=project_id, sequence=sequence, at=db.now, document=document.model_dump_json())


@lru_cache(maxsize=256)
def front_matter(head: str) -> FrontMatter:
    """The stored front matter of a version, parsed."""
    return FrontMatter.model_validate_json(head)


VERSION = "SELECT v.id, v.guideline, v.version, v.head, v.quick_reference, v.text FROM guideline_versions v"


def guideline_version(db: Reading, version_id: str) -> Row:
    rows = db.rows(f"{VERSION} WHERE v.id = :id", id=version_id)
    return rows[0]


def guideline_head(db: Reading, version_id: str) -> FrontMatter:
    rows = db.rows("SELECT head FROM guideline_versions WHERE id = :id", id=version_id)
    return front_matter(rows[0]["head"])


def guideline_version_named(db: Reading, guideline: str, version: str) -> Row | None:
    return db.row(
        f"{VERSION} WHERE v.guideline = :guideline AND v.version = :version", guideline=guideline, version=version
    )


def version_names(db: Reading) -> dict[str, str]:
    """Id of a version -> its name, as `step-correctness 1.0`."""
    rows = db.rows("SELECT id, guideline, version FROM guideline_versions")
    return {row["id"]: f"{row['guideline']} {row['version']}" for row in rows}


def add_guideline_version(
    db: Db, version_id: str, head: FrontMatter, quick_reference: str, text: str, sequence: int
) -> None:
    db.add(
        "guideline_versions", id=version_id, guideline=head.guideline, version=head.version, change=head.change.value,
        task=head.task, head=head.model_dump_json(by_alias=True), quick_reference=quick_reference, text=text,
        published_at=db.now, sequence=sequence,
    )  # fmt: skip


def put_in_force(db: Db, project_id: str, task: str, domain: str, version_id: str, sequence: int) -> None:
    """`domain` is empty for all domains."""
    db.add(
        "guidelines_in_force", project_id=project_id, task=task, domain=domain, sequence=sequence,
        guideline_version_id=version_id, at=db.now,
    )  # fmt: skip


def in_force(db: Reading, project_id: str, domain: str = "", task: str = "steps") -> str | None:
    """The id of the version in force for a domain; the narrower row wins, then the newer."""
    row = db.row(
        """SELECT guideline_version_id FROM guidelines_in_force
           WHERE project_id = :project AND task = :task AND domain IN (:domain, '')
           ORDER BY CASE domain WHEN '' THEN 1 ELSE 0 END, sequence DESC LIMIT 1""",
        project=project_id, task=task, domain=domain,
    )  # fmt: skip
    return None if row is None else str(row["guideline_version_id"])


def timeline(db: Reading, project_id: str, as_of: int | None = None, task: str = "steps") -> Timeline:
    """The versions in force in a project, one after the other, up to a sequence of its chain."""
    rows = db.rows(
        """SELECT f.sequence, f.domain, f.guideline_version_id, v.head
           FROM guidelines_in_force f JOIN guideline_versions v ON v.id = f.guideline_version_id
           WHERE f.project_id = :project AND f.task = :task
               AND (CAST(:as_of AS INTEGER) IS NULL OR f.sequence <= :as_of) ORDER BY f.sequence""",
        project=project_id, task=task, as_of=as_of,
    )  # fmt: skip
    return Timeline(
        [
            InForce(row["sequence"], row["domain"], row["guideline_version_id"], front_matter(row["head"]))
            for row in rows
        ]
    )


def newest_in_force(db: Reading, project_id: str) -> str | None:
    """The id of the version that came into force last, for whatever domain."""
    row = db.row(
        """SELECT guideline_version_id FROM guidelines_in_force WHERE project_id = :project
           ORDER BY sequence DESC LIMIT 1""",
        project=project_id,
    )
    return None if row is None else str(row["guideline_version_id"])


def has_guideline(db: Reading, project_id: str) -> bool:
    """Whether any version is in force, for one task and domain or for all."""
    return (
        db.row("SELECT 1 AS one FROM guidelines_in_force WHERE project_id = :project LIMIT 1", project=project_id)
        is not None
    )
