"""Reports on people's labels, and alarms about them, for a project's lead."""

from collections.abc import Mapping
from typing import Any

from cotlab.client.connection import Connection
from cotlab.domain.evaluations.anchoring import AnchoringReport
from cotlab.domain.evaluations.draft_quality import DraftQualityReport
from cotlab.domain.reports.generators import GeneratorReport
from cotlab.domain.reports.pairs import ComparingReport, RankingReport
from cotlab.domain.reports.people import (
    AccuracyReport,
    Alarm,
    AlarmDecisionBody,
    GroupDrift,
    PaceReport,
    SessionsReport,
)
from cotlab.domain.reports.selection import SelectionReport
from cotlab.domain.work.views import Receipt

Query = Mapping[str, Any] | None


class ReportCalls(Connection):
    """Reports on people's labels, and alarms about them, for a project's lead."""

    async def accuracy(self, project_id: str, query: Query = None) -> AccuracyReport:
        """How often labels are right (against, by, person)."""
        return await self._measured(f"/v1/projects/{project_id}/reports/accuracy", AccuracyReport, query)

    async def sessions(self, project_id: str, query: Query = None) -> SessionsReport:
        """Sessions, and accuracy on gold by how far into one (person)."""
        return await self._measured(f"/v1/projects/{project_id}/reports/sessions", SessionsReport, query)

    async def pace(self, project_id: str, query: Query = None) -> PaceReport:
        """How long labels take by the words of a step (person)."""
        return await self._measured(f"/v1/projects/{project_id}/reports/pace", PaceReport, query)

    async def group_drift(self, project_id: str, query: Query = None) -> GroupDrift:
        """Accuracy of all people on gold by time (domain, steps, days, first)."""
        return await self._measured(f"/v1/projects/{project_id}/reports/drift", GroupDrift, query)

    async def selection(self, project_id: str) -> SelectionReport:
        """How traces were handed out, and shares of labels that hold for all traces of the queue."""
        return await self._measured(f"/v1/projects/{project_id}/reports/selection", SelectionReport, None)

    async def comparing(self, project_id: str, query: Query = None) -> ComparingReport:
        """How people compare pairs (person, domain, as_of)."""
        return await self._measured(f"/v1/projects/{project_id}/reports/comparing", ComparingReport, query)

    async def ranking(self, project_id: str, query: Query = None) -> RankingReport:
        """Generators ranked by what was chosen (by, domain, as_of)."""
        return await self._measured(f"/v1/projects/{project_id}/reports/ranking", RankingReport, query)

    async def draft_quality(self, project_id: str, query: Query = None) -> DraftQualityReport:
        """How good the opinions of models are (as_of)."""
        return await self._measured(f"/v1/projects/{project_id}/reports/drafts", DraftQualityReport, query)

    async def generators(self, project_id: str, query: Query = None) -> GeneratorReport:
        """What each generator writes beside what people write (as_of)."""
        return await self._measured(f"/v1/projects/{project_id}/reports/generators", GeneratorReport, query)

    async def anchoring(self, project_id: str, query: Query = None) -> AnchoringReport:
        """Whether people take over the drafts that they see (task, as_of)."""
        return await self._measured(f"/v1/projects/{project_id}/reports/anchoring", AnchoringReport, query)

    async def alarms(self, project_id: str, only_open: bool = False) -> list[Alarm]:
        """Alarms of drift, of pace and of position, the newest first."""
        rows = await self._json("GET", f"/v1/projects/{project_id}/reports/alarms?open={str(only_open).lower()}")
        return [Alarm.model_validate(row) for row in rows]

    async def decide_alarm(self, project_id: str, alarm_id: str, body: AlarmDecisionBody) -> Receipt:
        return await self._post(f"/v1/projects/{project_id}/alarms/{alarm_id}/decision", body, Receipt)
