"""What is in force in a project: for which tasks there is a guideline, and the criteria of the one for pairs."""

from collections.abc import Awaitable, Callable
from typing import Any

from cotlab.client import Client
from cotlab.domain.guidelines.publishing import GuidelineList, ProjectVersion
from cotlab.domain.guidelines.schema import Criterion
from cotlab.domain.traces.records import TASKS

Patiently = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]


def tasks_of(listed: GuidelineList, project: str) -> tuple[str, ...]:
    """The tasks that a guideline is in force for there, steps first; all where none is."""
    known = {one.task for one in listed.projects if one.project == project}
    return tuple(task for task in TASKS if task in known) or TASKS


async def criteria_of(
    client: Client, patiently: Patiently, listed: GuidelineList, project: str, domain: str = ""
) -> tuple[Criterion, ...]:
    """The criteria of the guideline for pairs in a domain, or of the one for all; of a project without one none."""
    of_domain = {one.domain: (one.guideline, one.version) for one in listed.projects if _for_pairs(one, project)}
    named = of_domain.get(domain) or of_domain.get("") or next(iter(of_domain.values()), None)
    version = next((one.id for one in listed.versions if (one.guideline, one.version) == named), None)
    if version is None:
        return ()
    criteria: tuple[Criterion, ...] = (await patiently(lambda: client.guideline_version(version))).labels.criteria
    return criteria


def _for_pairs(one: ProjectVersion, project: str) -> bool:
    return one.project == project and one.task == "pairs"
