"""Work on traces, pairs and paths: claims, labels, endings, and my own past."""

from cotlab.client.connection import Connection
from cotlab.domain.answers import AlternativeBody, EndingBody, FinishBody, LabelBody
from cotlab.domain.coverage.writing import (
    ClaimedWriting,
    PathBody,
    ReturnBody,
    WritingView,
)
from cotlab.domain.shown_drafts import RationaleAsked, RevealedDrafts
from cotlab.domain.traces.pairs import PairView, PreferenceBody
from cotlab.domain.work.views import (
    AssignmentView,
    Claimed,
    Committed,
    PastLabels,
    Preferred,
    Queue,
    Receipt,
    StepView,
)


class WorkCalls(Connection):
    """Work on traces, pairs and paths: claims, labels, endings, and my own past."""

    async def claim_writing(self, project_id: str) -> ClaimedWriting:
        """The path that I am writing, else a new one."""
        return await self._post(f"/v1/projects/{project_id}/writing/claim", None, ClaimedWriting)

    async def writing(self, assignment_id: str) -> WritingView:
        return await self._get(f"/v1/assignments/{assignment_id}/writing", WritingView)

    async def write_path(self, assignment_id: str, body: PathBody, key: str) -> Receipt:
        """Send a path whole; sent again under its key it is taken once."""
        return await self._post(f"/v1/assignments/{assignment_id}/path", body, Receipt, key)

    async def return_path(self, assignment_id: str, body: ReturnBody, key: str) -> Receipt:
        return await self._post(f"/v1/assignments/{assignment_id}/return", body, Receipt, key)

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

    async def my_labels(self, project_id: str, cursor: str | None = None) -> PastLabels:
        query = {} if cursor is None else {"cursor": cursor}
        return await self._get(f"/v1/projects/{project_id}/my-labels", PastLabels, query)
