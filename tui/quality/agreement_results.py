"""What the server has said of a project's agreement so far, so that going back to a slice asks nothing."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from cotlab.client import ApiError, Client
from cotlab.domain.agreement.coefficients import AgreementChange, AgreementReport, Diagnosis
from cotlab.domain.guidelines.publishing import GuidelineList, VersionEntry
from cotlab.domain.guidelines.schema import Criterion, Schema
from cotlab.domain.traces.pairs import OVERALL
from cotlab.domain.traces.records import TASKS
from tui.app.guidelines_in_force import Patiently, criteria_of, tasks_of
from tui.widgets.agreement import COEFFICIENTS, ON_SCALE, OWN, SLICES, VERSION, slices_of
from tui.widgets.labels import schema_of

DOMAIN = "domain"
STEPS, PAIRS = TASKS
Versions = tuple[str, str]


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at: rows by a slice, a coefficient, and whether kinds of labels are held apart.

    Of pairs `question` is the overall choice, or a criterion.
    """

    by: str = SLICES[0]
    coefficient: str = COEFFICIENTS[0]
    kinds: bool = False
    task: str = STEPS
    question: str = OVERALL

    @property
    def column(self) -> str:
        """What the diagnosis is by: the slice, where it is a column of the labels."""
        return DOMAIN if self.by in OWN else self.by

    @property
    def asked(self) -> dict[str, str]:
        """Of what it is asked, as the routes take it."""
        return {"task": PAIRS, "question": self.question} if self.task == PAIRS else {}

    @property
    def diagnosed(self) -> "View":
        """The view that has the same diagnosis."""
        return View(self.column, task=self.task, question=self.question)

    @property
    def on_scale(self) -> bool:
        return self.coefficient == ON_SCALE

    @property
    def apart(self) -> bool:
        """Whether two kinds of one label are two labels: where they are asked for, and on the scale."""
        return self.kinds or self.on_scale


def start_of(task: str) -> View:
    """What a task is looked at by first."""
    return View(by=slices_of(task, COEFFICIENTS[0])[0], task=task)


@dataclass
class AgreementResults:
    """`bar` is None until the policy is known; `versions` are, by task, those that the labels were given under.

    `tasks` are those that a guideline is in force for, and `criteria` those of the one for pairs.
    """

    project_id: str
    project: str
    bar: float | None = None
    tasks: tuple[str, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    of_steps: Schema = field(default_factory=Schema)
    versions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    reports: dict[View, AgreementReport] = field(default_factory=dict)
    diagnoses: dict[View, Diagnosis] = field(default_factory=dict)

    def schema(self, view: View) -> Schema:
        """The labels of what is looked at."""
        return schema_of(view.task, self.of_steps)

    def knows(self, view: View) -> bool:
        return view in self.reports and view.diagnosed in self.diagnoses

    async def ask_basics(self, client: Client, patiently: Patiently) -> None:
        """Ask what the project has, where that is not known yet. Raises ApiError where the server refuses."""
        if self.bar is not None:
            return
        policy = await patiently(lambda: client.policy(self.project_id))
        listed: GuidelineList = await patiently(client.guidelines)
        self.tasks = tasks_of(listed, self.project)
        if PAIRS in self.tasks:
            self.criteria = await criteria_of(client, patiently, listed, self.project)
        try:
            self.of_steps = (await patiently(lambda: client.guideline(self.project_id))).labels
        except ApiError as error:
            if error.slug != "no-guideline":
                raise
        self.bar = policy.agreement_bar

    async def ask(self, client: Client, patiently: Patiently, view: View) -> AsyncIterator[None]:
        """Ask for what is not known yet, and yield after each part. Raises ApiError where the server refuses."""
        if view not in self.reports:
            await self._ask_report(client, patiently, view)
            yield
        if view.diagnosed not in self.diagnoses:
            query = {"by": view.column, **view.asked}
            self.diagnoses[view.diagnosed] = await patiently(lambda: client.diagnosis(self.project_id, query))
            yield

    async def _ask_report(self, client: Client, patiently: Patiently, view: View) -> None:
        known = self.versions.get(view.task)
        by = view.by if known or view.by == VERSION else f"{view.by},{VERSION}"
        query = {"by": by, "coefficient": view.coefficient, "kinds": str(view.kinds).lower(), **view.asked}
        report = await patiently(lambda: client.agreement(self.project_id, query))
        self.reports[view] = report
        names = [one.slice[VERSION] for one in report.results if tuple(one.slice) == (VERSION,)]
        self.versions[view.task] = known or tuple(names)

    async def ask_change(
        self, client: Client, patiently: Patiently, view: View, named: str | None
    ) -> tuple[Versions, AgreementChange] | None:
        """From which version to which, and how much it rose; None where there is no version before."""
        guideline = (named or next(iter(self.versions.get(view.task, ())[-1:]), "")).rpartition(" ")[0]
        two = two_versions((await patiently(client.guidelines)).versions, guideline, named)
        if two is None:
            return None
        query = {
            "before": two[0], "after": two[1], "coefficient": view.coefficient, "kinds": str(view.kinds).lower(),
            **view.asked,
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
