"""Guideline versions, and questions to the lead."""

from cotlab.client.connection import Connection
from cotlab.domain.guidelines.publishing import GuidelineList, Impact, ImpactBody, PublishBody, Published, StaleCounts
from cotlab.domain.guidelines.questions import AnswerBody, QuestionBody, QuestionView
from cotlab.domain.work.views import (
    AcknowledgeBody,
    GuidelineChanges,
    GuidelineView,
    Receipt,
)


class GuidelineCalls(Connection):
    """Guideline versions, and questions to the lead."""

    async def guideline(self, project_id: str) -> GuidelineView:
        return await self._get(f"/v1/projects/{project_id}/guideline", GuidelineView)

    async def assignment_guideline(self, assignment_id: str) -> GuidelineView:
        """The version that this assignment was claimed under, also when a newer one is in force."""
        return await self._get(f"/v1/assignments/{assignment_id}/guideline", GuidelineView)

    async def guideline_changes(self, project_id: str, version_id: str) -> GuidelineChanges:
        """What changed up to a version, for me, since the one that I acknowledged last."""
        return await self._get(f"/v1/projects/{project_id}/guidelines/{version_id}/changes", GuidelineChanges)

    async def acknowledge(self, project_id: str, version_id: str) -> Receipt:
        """Say that I have read a version; said again it changes nothing."""
        body = AcknowledgeBody(guideline_version_id=version_id)
        return await self._post(f"/v1/projects/{project_id}/acknowledgements", body, Receipt)

    async def ask(self, project_id: str, body: QuestionBody, key: str) -> Receipt:
        """Ask the lead about the guideline."""
        return await self._post(f"/v1/projects/{project_id}/questions", body, Receipt, key)

    async def ask_about_step(self, assignment_id: str, body: QuestionBody, key: str) -> Receipt:
        """Ask the lead about a step of my open trace."""
        return await self._post(f"/v1/assignments/{assignment_id}/questions", body, Receipt, key)

    async def my_questions(self, project_id: str) -> list[QuestionView]:
        """What I asked in a project, the newest first, with the lead's answers."""
        rows = await self._json("GET", f"/v1/projects/{project_id}/my-questions")
        return [QuestionView.model_validate(row) for row in rows]

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
