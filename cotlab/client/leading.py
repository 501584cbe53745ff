"""What who leads a project calls: members, policy, the queue, guideline versions, questions, pilots."""

from cotlab.client.connection import Connection
from cotlab.domain.calibration.pilots import HardCase, OpenBody, Opened, Pilot, PilotBody, PilotReport, SignOffBody
from cotlab.domain.guidelines.publishing import GuidelineList, Impact, ImpactBody, PublishBody, Published, StaleCounts
from cotlab.domain.guidelines.questions import AnswerBody, QuestionView
from cotlab.domain.people import Member
from cotlab.domain.projects.policy import Policy, WorkPolicy
from cotlab.domain.projects.projects import ClosingBody, MemberBody, NewProject, Project
from cotlab.domain.queue.depth import Explanation, QueueDepth
from cotlab.domain.work.views import GuidelineView, Receipt


class LeadingCalls(Connection):
    """What who leads a project calls: members, policy, guideline versions, questions, pilots."""

    async def projects(self) -> list[Project]:
        return [Project.model_validate(row) for row in await self._json("GET", "/v1/projects")]

    async def add_project(self, body: NewProject) -> Project:
        return await self._post("/v1/projects", body, Project)

    async def close_project(self, project_id: str, body: ClosingBody) -> Receipt:
        return await self._post(f"/v1/projects/{project_id}/close", body, Receipt)

    async def policy(self, project_id: str) -> Policy:
        return await self._get(f"/v1/projects/{project_id}/policy", Policy)

    async def work_policy(self, project_id: str) -> WorkPolicy:
        """What of it who labels may know."""
        return await self._get(f"/v1/projects/{project_id}/policy/work", WorkPolicy)

    async def set_policy(self, project_id: str, policy: Policy) -> Receipt:
        return await self._send("PUT", f"/v1/projects/{project_id}/policy", policy, Receipt)

    async def members(self, project_id: str) -> list[Member]:
        return [Member.model_validate(row) for row in await self._json("GET", f"/v1/projects/{project_id}/members")]

    async def add_member(self, project_id: str, body: MemberBody) -> Receipt:
        return await self._post(f"/v1/projects/{project_id}/members", body, Receipt)

    async def remove_member(self, project_id: str, body: MemberBody) -> Receipt:
        return await self._post(f"/v1/projects/{project_id}/members/remove", body, Receipt)

    async def publish_guideline(self, body: PublishBody) -> Published:
        return await self._post("/v1/guidelines", body, Published)

    async def impact(self, body: ImpactBody) -> list[Impact]:
        """What publishing would do in each project; nothing is changed."""
        return [Impact.model_validate(row) for row in await self._json("POST", "/v1/guidelines/impact", body)]

    async def guidelines(self) -> GuidelineList:
        """The versions stored, and what is in force in my projects."""
        return await self._get("/v1/guidelines", GuidelineList)

    async def guideline_version(self, version_id: str) -> GuidelineView:
        return await self._get(f"/v1/guidelines/{version_id}", GuidelineView)

    async def stale(self, project_id: str) -> StaleCounts:
        """The labels of a project that are to be given anew and are not yet."""
        return await self._get(f"/v1/projects/{project_id}/stale", StaleCounts)

    async def questions(self, project_id: str, only_open: bool = False) -> list[QuestionView]:
        """What everybody asked in a project that I lead, the newest first."""
        rows = await self._json("GET", f"/v1/projects/{project_id}/questions?open={str(only_open).lower()}")
        return [QuestionView.model_validate(row) for row in rows]

    async def answer_question(self, project_id: str, question_id: str, body: AnswerBody) -> Receipt:
        return await self._post(f"/v1/projects/{project_id}/questions/{question_id}/answer", body, Receipt)

    async def queue_depth(self, project_id: str) -> QueueDepth:
        """How much of the queue is open, begun and done, and how far quotas are filled."""
        return await self._measured(f"/v1/projects/{project_id}/queue", QueueDepth)

    async def explain_trace(self, project_id: str, trace_id: str) -> Explanation:
        """Where a trace stands in the queue, and why it is or is not handed out."""
        return await self._get(f"/v1/projects/{project_id}/queue/{trace_id}", Explanation)

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
