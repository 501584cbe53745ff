"""What who labels calls: the queue, claims, labels, questions, guidelines to read, and their own past."""

from cotlab.client.connection import Connection
from cotlab.domain.answers import AlternativeBody, EndingBody, FinishBody, LabelBody
from cotlab.domain.calibration.qualification import Standing
from cotlab.domain.cases import DecidedCase, DecidedEntry
from cotlab.domain.guidelines.questions import QuestionBody, QuestionView
from cotlab.domain.shown_drafts import RationaleAsked, RevealedDrafts
from cotlab.domain.traces.pairs import PairView, PreferenceBody
from cotlab.domain.work.views import (
    AcknowledgeBody,
    AssignmentView,
    Claimed,
    Committed,
    GuidelineChanges,
    GuidelineView,
    Health,
    PastLabels,
    Preferred,
    Queue,
    Receipt,
    ServerInfo,
    StepView,
)


class LabellingCalls(Connection):
    """What who labels calls: the queue, claims, labels, questions, guidelines to read, and their own past."""

    async def health(self) -> Health:
        return await self._get("/health", Health)

    async def server_info(self) -> ServerInfo:
        return await self._get("/v1/server", ServerInfo)

    async def queue(self, day_starts_at: int) -> Queue:
        """My projects and my day; `day_starts_at` is when today began here (microseconds UTC)."""
        return await self._get("/v1/queue", Queue, {"day_starts_at": day_starts_at})

    async def claim(self, project_id: str, key: str) -> Claimed:
        return await self._post(f"/v1/projects/{project_id}/claim", None, Claimed, key)

    async def assignment(self, assignment_id: str) -> AssignmentView:
        return await self._get(f"/v1/assignments/{assignment_id}", AssignmentView)

    async def step(self, assignment_id: str, position: int) -> StepView:
        """A step of my open trace that was shown, with my label: where taking back starts."""
        return await self._get(f"/v1/assignments/{assignment_id}/steps/{position}", StepView)

    async def reveal(self, assignment_id: str, position: int) -> RevealedDrafts:
        """What models drafted of a step (of a pair: 1) that I have committed, as far as policy shows it."""
        return await self._post(f"/v1/assignments/{assignment_id}/steps/{position}/draft", None, RevealedDrafts)

    async def ask_rationale(self, assignment_id: str, position: int, anew: bool = False) -> RationaleAsked:
        """Ask for a draft of the reason for my label; asked again it says how far that is.

        Where that failed or was cancelled, `anew` asks for another one.
        """
        path = f"/v1/assignments/{assignment_id}/steps/{position}/rationale"
        return await self._post(f"{path}?anew=true" if anew else path, None, RationaleAsked)

    async def commit(self, assignment_id: str, label: LabelBody, key: str) -> Committed:
        return await self._post(f"/v1/assignments/{assignment_id}/labels", label, Committed, key)

    async def prefer(self, assignment_id: str, body: PreferenceBody, key: str) -> Preferred:
        """All that I say of a pair, which ends the assignment; or its correction, while it is my last one."""
        return await self._post(f"/v1/assignments/{assignment_id}/preference", body, Preferred, key)

    async def my_pair(self, assignment_id: str) -> PairView:
        """The pair that I compared last, with what I said of it: where taking back starts."""
        return await self._get(f"/v1/assignments/{assignment_id}/preference", PairView)

    async def alternative(self, assignment_id: str, body: AlternativeBody, key: str) -> Receipt:
        return await self._post(f"/v1/assignments/{assignment_id}/alternatives", body, Receipt, key)

    async def finish(self, assignment_id: str, body: FinishBody, key: str) -> Receipt:
        return await self._post(f"/v1/assignments/{assignment_id}/finish", body, Receipt, key)

    async def end(self, assignment_id: str, body: EndingBody, key: str) -> Receipt:
        return await self._post(f"/v1/assignments/{assignment_id}/end", body, Receipt, key)

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

    async def my_labels(self, project_id: str, cursor: str | None = None) -> PastLabels:
        query = {} if cursor is None else {"cursor": cursor}
        return await self._get(f"/v1/projects/{project_id}/my-labels", PastLabels, query)

    async def my_cases(self, project_id: str) -> list[DecidedEntry]:
        """Decided cases on steps that I labelled, the newest first."""
        found = await self._json("GET", f"/v1/projects/{project_id}/my-cases")
        return [DecidedEntry.model_validate(one) for one in found]

    async def my_case(self, project_id: str, case_id: str) -> DecidedCase:
        """Read a decision on a step of mine, which is recorded."""
        return await self._post(f"/v1/projects/{project_id}/my-cases/{case_id}", None, DecidedCase)

    async def my_standings(self, project_id: str) -> list[Standing]:
        found = await self._json("GET", f"/v1/projects/{project_id}/my-calibration")
        return [Standing.model_validate(one) for one in found]
