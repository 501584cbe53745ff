"""What the server has said of a project's agreement so far, so that going back to a slice asks nothing."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from cotlab.client import ApiError, Client
from cotlab.domain.agreement import AgreementChange, AgreementReport, Diagnosis
from cotlab.domain.guidelines import Schema
from cotlab.domain.publishing import VersionEntry
from tui.agreement import COEFFICIENTS, OWN, SLICES, VERSION

DOMAIN = "domain"
Versions = tuple[str, str]
Patiently = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at: rows by a slice, a coefficient, and whether kinds of labels are held apart."""

    by: str = SLICES[0]
    coefficient: str = COEFFICIENTS[0]
    kinds: bool = False

    @property
    def column(self) -> str:
        """What the diagnosis is by: the slice, where it is a column of the labels."""
        return DOMAIN if self.by in OWN else self.by


@dataclass
class Measured:
    """`bar` is None until the policy is known; `versions` are those that the labels were given under."""

    project_id: str
    bar: float | None = None
    schema: Schema = field(default_factory=Schema)
    versions: tuple[str, ...] = ()
    reports: dict[View, AgreementReport] = field(default_factory=dict)
    diagnoses: dict[str, Diagnosis] = field(default_factory=dict)

    def knows(self, view: View) -> bool:
        return view in self.reports and view.column in self.diagnoses

    async def ask(self, client: Client, patiently: Patiently, view: View) -> AsyncIterator[None]:
        """Ask for what is not known yet, and yield after each part. Raises ApiError where the server refuses."""
        if self.bar is None:
            await self._ask_basics(client, patiently)
        if view not in self.reports:
            await self._ask_report(client, patiently, view)
            yield
        if view.column not in self.diagnoses:
            query = {"by": view.column}
            self.diagnoses[view.column] = await patiently(lambda: client.diagnosis(self.project_id, query))
            yield

    async def _ask_basics(self, client: Client, patiently: Patiently) -> None:
        policy = await patiently(lambda: client.policy(self.project_id))
        try:
            self.schema = (await patiently(lambda: client.guideline(self.project_id))).labels
        except ApiError as error:
            if error.slug != "no-guideline":
                raise
        self.bar = policy.agreement_bar

    async def _ask_report(self, client: Client, patiently: Patiently, view: View) -> None:
        by = view.by if self.versions or view.by == VERSION else f"{view.by},{VERSION}"
        query = {"by": by, "coefficient": view.coefficient, "kinds": str(view.kinds).lower()}
        report = await patiently(lambda: client.agreement(self.project_id, query))
        self.reports[view] = report
        names = [one.slice[VERSION] for one in report.results if tuple(one.slice) == (VERSION,)]
        self.versions = self.versions or tuple(names)

    async def ask_change(
        self, client: Client, patiently: Patiently, view: View, named: str | None
    ) -> tuple[Versions, AgreementChange] | None:
        """From which version to which, and how much it rose; None where there is no version before."""
        guideline = (named or next(iter(self.versions[-1:]), "")).rpartition(" ")[0]
        two = two_versions((await patiently(client.guidelines)).versions, guideline, named)
        if two is None:
            return None
        query = {
            "before": two[0], "after": two[1], "coefficient": view.coefficient, "kinds": str(view.kinds).lower(),
        }  # fmt: skip
        return two, await patiently(lambda: client.agreement_change(self.project_id, query))


def two_versions(versions: tuple[VersionEntry, ...], guideline: str, after: str | None) -> Versions | None:
    """The newest version of a guideline, or `after`, and the one before it; None where there is none before."""
    names = [
        f"{one.guideline} {one.version}"
        for one in sorted(versions, key=lambda one: one.published_at)
        if one.guideline == guideline
    ]
    at = names.index(after) if after in names else len(names) - 1
    return (names[at - 1], names[at]) if at > 0 else None
