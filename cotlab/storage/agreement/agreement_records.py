"""Agreement as the server took it, the lead's decisions on it, and how many labels are counted for it."""

from collections.abc import Mapping, Sequence

from cotlab.domain.calibration.qualification import PAIRS
from cotlab.storage.engine.database import Db, Reading, Row

Group = tuple[str, str]
"""A domain, or its pairs as the field `pairs: DOMAIN`, and the id of a guideline version."""
OF_PAIRS = f"substr(t.domain, 1, {len(PAIRS)}) = '{PAIRS}'"
BELOW = f"""SELECT t.id, t.domain FROM agreements_taken t
    WHERE t.project_id = :project AND t.below = 1
        AND NOT EXISTS (SELECT 1 FROM agreements_taken n WHERE n.project_id = t.project_id AND n.domain = t.domain
            AND n.guideline_version_id = t.guideline_version_id AND n.sequence > t.sequence)
        AND NOT EXISTS (SELECT 1 FROM agreement_decisions d WHERE d.project_id = t.project_id
            AND d.domain = t.domain AND d.sequence > t.sequence)
        AND t.guideline_version_id = (SELECT f.guideline_version_id FROM guidelines_in_force f
            WHERE f.project_id = t.project_id AND f.task = CASE WHEN {OF_PAIRS} THEN 'pairs' ELSE 'steps' END
                AND f.domain IN (CASE WHEN {OF_PAIRS} THEN substr(t.domain, {len(PAIRS) + 1}) ELSE t.domain END, '')
            ORDER BY CASE f.domain WHEN '' THEN 1 ELSE 0 END, f.sequence DESC LIMIT 1)
    ORDER BY t.domain"""


def below(db: Reading, project_id: str) -> Sequence[Row]:
    """The newest taking (id, domain) of each domain under its version in force, if below the bar and undecided."""
    return db.rows(BELOW, project=project_id)


def takings(db: Reading, project_id: str) -> Sequence[Row]:
    """Every taking, the newest first."""
    return db.rows(
        """SELECT id, domain, guideline_version_id, labels, below, document, at, sequence FROM agreements_taken
           WHERE project_id = :project ORDER BY sequence DESC""",
        project=project_id,
    )


def decisions(db: Reading, project_id: str) -> Sequence[Row]:
    """Every decision of a lead that a domain goes on, the oldest first."""
    return db.rows(
        """SELECT domain, reason, sequence FROM agreement_decisions
           WHERE project_id = :project ORDER BY sequence""",
        project=project_id,
    )


def last_taken(db: Reading, project_id: str) -> dict[Group, int]:
    """How many labels there were when agreement was taken last."""
    rows = db.rows(
        """SELECT domain, guideline_version_id, max(labels) AS labels FROM agreements_taken
           WHERE project_id = :project GROUP BY domain, guideline_version_id""",
        project=project_id,
    )
    return {(row["domain"], row["guideline_version_id"]): row["labels"] for row in rows}


def add(db: Db, **columns: object) -> None:
    db.add("agreements_taken", **columns)


def add_decision(db: Db, **columns: object) -> None:
    db.add("agreement_decisions", **columns)


def counts(db: Reading, project_id: str) -> dict[Group, int]:
    """How many labels are counted, up to what is drawn."""
    rows = db.rows(
        "SELECT domain, guideline_version_id, labels FROM agreement_counts WHERE project_id = :project",
        project=project_id,
    )
    return {(row["domain"], row["guideline_version_id"]): row["labels"] for row in rows}


def keep_counts(db: Db, project_id: str, counted: Mapping[Group, int]) -> None:
    """Keep the counts that have changed."""
    for (domain, version_id), labels in counted.items():
        db.run(
            """INSERT INTO agreement_counts (project_id, domain, guideline_version_id, labels)
               VALUES (:project, :domain, :version, :labels)
               ON CONFLICT (project_id, domain, guideline_version_id) DO UPDATE SET labels = excluded.labels""",
            project=project_id, domain=domain, version=version_id, labels=labels,
        )  # fmt: skip
