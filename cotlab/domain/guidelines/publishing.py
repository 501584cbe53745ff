"""Publishing a guideline version: what it does to the labels that stand, and what is in force where."""

from typing import Annotated

from pydantic import Field

from cotlab.domain.guidelines.lint import Finding
from cotlab.domain.guidelines.schema import Change
from cotlab.domain.model import Model
from cotlab.domain.text import FilledText, Name


class PublishBody(Model):
    """A guideline file to store, and the projects in which it comes into force."""

    text: FilledText
    file_name: Name = "guideline.md"
    projects: Annotated[tuple[Name, ...], Field(min_length=1)]
    domain: Name | None = None


class ImpactBody(Model):
    """A guideline file, and the projects to look at; none: all of mine in which the guideline is in force."""

    text: FilledText
    file_name: Name = "guideline.md"
    projects: tuple[Name, ...] = ()
    domain: Name | None = None


class StaleCounts(Model):
    """Labels that are to be given anew: how many, and by person, domain and label."""

    labels: int = 0
    people: dict[str, int] = Field(default_factory=dict)
    domains: dict[str, int] = Field(default_factory=dict)
    by_label: dict[str, int] = Field(default_factory=dict)


class Impact(Model):
    """A project before and after a publication. Seconds and hours are None where no step was timed yet.

    `hours` is what giving the labels anew costs that go stale by it; `unfinished` counts traces that are open now and
    will be finished under the version they were claimed under.
    """

    project: str
    in_force: str | None
    now: StaleCounts
    after: StaleCounts
    going_stale: StaleCounts
    unfinished: int
    seconds_a_step: float | None
    hours: float | None


class Published(Model):
    """What came into force where; `stale` is project -> labels that are to be given anew now."""

    guideline_version_id: str
    guideline: str
    version: str
    projects: tuple[str, ...]
    receipt: str
    warnings: tuple[Finding, ...] = ()
    stale: dict[str, int] = Field(default_factory=dict)


class VersionEntry(Model):
    """A version that is stored on the server."""

    id: str
    guideline: str
    version: str
    change: Change
    published_at: int
    by: str


class ProjectVersion(Model):
    """What is in force in one project for a task and a domain (empty: all), and who is behind.

    `newest` is the newest version stored of the same guideline; `not_acknowledged` names annotators, `stale` counts
    labels; both are for the project's lead alone, and empty for others.
    """

    project: str
    task: str
    domain: str
    guideline: str
    version: str
    newest: str
    since: int
    not_acknowledged: tuple[str, ...] = ()
    stale: int = 0


class GuidelineList(Model):
    """The versions stored, and what is in force in my projects."""

    versions: tuple[VersionEntry, ...]
    projects: tuple[ProjectVersion, ...]
