"""A writer's way from the queue to a path and back: claimed, sent whole, or given back."""

from dataclasses import dataclass
from functools import partial

from pydantic import ValidationError

from cotlab.client import new_key
from cotlab.domain.coverage.writing import ClaimedWriting, PathBody, ReturnBody, WritingView
from tui.app.notices import break_notice, not_qualified, nothing_to_write
from tui.app.session import State
from tui.app.storage.drafts import Draft, Place
from tui.app.storage.outbox import WRITING_KINDS, Answer, Entry
from tui.writing.path import PATH, Paper

SENT = {"path": "the path is sent", "return": "the path is given back; somebody else gets it"}


@dataclass(frozen=True, slots=True)
class PathToWrite:
    """A path that was handed out to be written."""

    path: Paper


class Writing(State):
    """A path is no open work: it has a screen of its own, and entries of its own."""

    kinds = WRITING_KINDS

    def claim(self, project_id: str) -> None:
        """Go on with the path that I am writing in a project, or get a new one."""
        self._session.run(partial(self._claim, project_id), "claim")

    async def _claim(self, project_id: str) -> None:
        session = self._session
        await session.courier.idle()
        claimed = await session.answer_to(lambda: session.client.claim_writing(project_id))
        if claimed is None:
            return
        if claimed.receipt is not None and claimed.writing is not None:
            session.courier.keep_receipt("claim", claimed.writing.id, new_key(), claimed.receipt)
        if claimed.writing is not None:
            self._take_up(claimed.writing)
        elif claimed.nothing == "new_guideline" and claimed.guideline_version_id is not None:
            await session.meet_guideline(project_id, claimed.guideline_version_id, partial(self._claim, project_id))
        else:
            self._nothing(project_id, claimed)

    def _nothing(self, project_id: str, claimed: ClaimedWriting) -> None:
        app, project = self._session.app, self._session.project(project_id)
        if claimed.nothing == "break" and claimed.until is not None:
            app.show_notice(break_notice(claimed.until, "queue"))
        else:
            app.show_notice(not_qualified(project) if claimed.nothing == "not_qualified" else nothing_to_write(project))

    def _take_up(self, view: WritingView) -> None:
        paper = Paper(view)
        draft = self._session.desk.drafts.find(paper.place)
        if draft is not None:
            paper.resume(draft)
        self._session.work = None
        self._session.app.open(PathToWrite(paper))

    def keep(self, paper: Paper) -> None:
        """What is written so far is on the disk in a moment."""
        self._session.keep_draft(paper.draft())

    def send(self, paper: Paper) -> None:
        """Send a path whole. Raises CannotCommit with what is missing."""
        self._session.put("path", paper.body(), paper.place, paper.view.id, paper.view.project)

    def give_back(self, paper: Paper, reason: str, place: Place) -> str | None:
        """Give a path back; returns what is wrong with the reason, if anything."""
        try:
            body = ReturnBody(reason=reason)
        except ValidationError:
            return "a reason is needed: say in a few words why"
        self._session.put("return", body, place, paper.view.id, paper.view.project)
        return None

    def answered(self, entry: Entry, answer: Answer) -> None:
        """The server has it: no draft of it is needed."""
        self._session.forget_drafts(entry.assignment_id)
        self._session.app.say(SENT[entry.kind])
        self._session.load_queue()

    def turned_down(self, entry: Entry) -> None:
        """What was not taken is a draft again, beside the file in which it was set aside."""
        if entry.kind == "path":
            body = PathBody.model_validate(entry.body)
            place = Place(assignment_id=entry.assignment_id, position=0, what=PATH)
            draft = Draft(place=place, text=body.final_answer, steps=body.steps, at=len(body.steps))
            self._session.keep_draft(draft)
