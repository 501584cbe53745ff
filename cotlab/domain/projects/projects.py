"""Projects, their members, and what goes in."""

from cotlab.domain.model import Model
from cotlab.domain.people import Role
from cotlab.domain.text import FilledText, Name


class NewProject(Model):
    name: Name
    lead: Name | None = None
    """The name of a person who becomes its lead."""


class Project(Model):
    id: str
    name: str
    closed: bool
    guideline: str | None
    """Name and version in force, or None."""
    roles: tuple[Role, ...]


class ClosingBody(Model):
    reason: FilledText


class MemberBody(Model):
    person: Name
    role: Role


MOST_BROKEN = 2_000
"""Broken lines that a report names; the rest is counted."""


class BrokenLine(Model):
    """A line that was not imported, and why."""

    line: int
    field: str
    why: str


class ImportReport(Model):
    """What an import did: counts of traces, pairs, problems and steps that are new, and what was left out.

    `broken` are the first MOST_BROKEN of the `broken_lines`. Of the `labels` that came in, `labels_on_known` stand on
    traces and pairs that were there already.
    """

    format: str
    lines: int
    traces: int
    pairs: int = 0
    problems: int
    steps: int
    labels: int
    labels_on_known: int = 0
    duplicates: int
    broken: tuple[BrokenLine, ...]
    broken_lines: int

    def plus(self, other: "ImportReport") -> "ImportReport":
        """The report over both parts of one file."""
        sums = {
            name: getattr(self, name) + getattr(other, name)
            for name, field in type(self).model_fields.items()
            if field.annotation is int
        }
        return self.model_copy(
            update={
                **sums,
                "format": self.format or other.format,
                "broken": (self.broken + other.broken)[:MOST_BROKEN],
            }
        )
