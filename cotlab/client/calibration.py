"""Calibration, pilots, alarms and rechecks."""

from cotlab.client.connection import Connection
from cotlab.domain.calibration.pilots import HardCase, OpenBody, Opened, Pilot, PilotBody, PilotReport, SignOffBody
from cotlab.domain.calibration.qualification import (
    Board,
    CalibrationDecisionBody,
    CalibrationSet,
    CalibrationSetBody,
    Recheck,
    RecheckBody,
    Standing,
)
from cotlab.domain.reports.people import (
    Alarm,
    AlarmDecisionBody,
)
from cotlab.domain.work.views import (
    Receipt,
)


class CalibrationCalls(Connection):
    """Calibration, pilots, alarms and rechecks."""

    async def set_calibration(self, project_id: str, body: CalibrationSetBody) -> CalibrationSet:
        return await self._post(f"/v1/projects/{project_id}/calibration/sets", body, CalibrationSet)

    async def board(self, project_id: str) -> Board:
        """People by domains, and the gates of teams."""
        return await self._get(f"/v1/projects/{project_id}/calibration", Board)

    async def standings(self, project_id: str, person_id: str) -> list[Standing]:
        """Where one person stands in each domain, and why."""
        found = await self._json("GET", f"/v1/projects/{project_id}/calibration/{person_id}")
        return [Standing.model_validate(one) for one in found]

    async def decide_calibration(self, project_id: str, body: CalibrationDecisionBody) -> Receipt:
        return await self._post(f"/v1/projects/{project_id}/calibration/decisions", body, Receipt)

    async def draw_recheck(self, project_id: str, body: RecheckBody) -> Recheck:
        return await self._post(f"/v1/projects/{project_id}/rechecks", body, Recheck)

    async def rechecks(self, project_id: str) -> list[Recheck]:
        found = await self._json("GET", f"/v1/projects/{project_id}/rechecks")
        return [Recheck.model_validate(one) for one in found]

    async def my_standings(self, project_id: str) -> list[Standing]:
        found = await self._json("GET", f"/v1/projects/{project_id}/my-calibration")
        return [Standing.model_validate(one) for one in found]

    async def start_pilot(self, project_id: str, body: PilotBody) -> Pilot:
        """Draw a sample that several people label before production opens."""
        return await self._post(f"/v1/projects/{project_id}/pilots", body, Pilot)

    async def pilot_report(self, project_id: str) -> PilotReport:
        """How the newest pilot stands."""
        return await self._measured(f"/v1/projects/{project_id}/pilots/report", PilotReport)

    async def sign_off(self, project_id: str, body: SignOffBody) -> Receipt:
        """Sign a schema, as an expert whom the pilot names."""
        return await self._post(f"/v1/projects/{project_id}/sign-offs", body, Receipt)

    async def open_production(self, project_id: str, body: OpenBody) -> Opened:
        return await self._post(f"/v1/projects/{project_id}/open", body, Opened)

    async def hard_cases(self, project_id: str, most: int = 50) -> list[HardCase]:
        """The steps nearest a boundary between labels, the nearest first."""
        response = await self._request("GET", f"/v1/projects/{project_id}/hard-cases?most={most}", timeout=None)
        return [HardCase.model_validate(row) for row in response.json()]

    async def hard_case(self, project_id: str, case_id: str) -> HardCase:
        return await self._get(f"/v1/projects/{project_id}/hard-cases/{case_id}", HardCase)

    async def alarms(self, project_id: str, only_open: bool = False) -> list[Alarm]:
        """Alarms of drift, of pace and of position, the newest first."""
        rows = await self._json("GET", f"/v1/projects/{project_id}/reports/alarms?open={str(only_open).lower()}")
        return [Alarm.model_validate(row) for row in rows]

    async def decide_alarm(self, project_id: str, alarm_id: str, body: AlarmDecisionBody) -> Receipt:
        return await self._post(f"/v1/projects/{project_id}/alarms/{alarm_id}/decision", body, Receipt)
