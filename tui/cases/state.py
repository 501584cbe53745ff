"""An adjudicator's way from the list of cases through one case to the next."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from cotlab.client import ApiError, new_key
from cotlab.domain.cases import CaseView, ChoiceBody, Chosen, ClaimCaseBody, ClaimedCase, Decided, PassBody
from cotlab.domain.work.views import GuidelineView
from tui.app.notices import break_notice
from tui.app.session import Session, State
from tui.app.storage.drafts import Draft, Place
from tui.app.storage.outbox import Answer, Entry
from tui.app.work.open_work import OpenWork
from tui.cases.case import Case

NOTHING_LEFT = "no case is left for you just now"


@dataclass(frozen=True, slots=True)
class ListOfCases:
    """The cases of a project; `said` stands in the status line."""

    project_id: str
    project: str
    said: str = ""


class Adjudication(State):
    """What is open is a case."""

    work = Case

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._project_id = ""
        self._decided: str | None = None

    @property
    def open(self) -> Case | None:
        """The case that is open."""
        return self._session.work if isinstance(self._session.work, Case) else None

    def show_list(self, project_id: str = "", said: str = "") -> None:
        """The cases of a project, or of the one that was last worked on."""
        if project_id and project_id != self._project_id:
            self._project_id, self._decided = project_id, None
        if self._project_id:
            self._session.app.open(ListOfCases(self._project_id, self._session.project(self._project_id), said))
        else:
            self._session.app.go_to_queue()

    def reload(self, work: OpenWork) -> None:
        self.claim(work.view.project_id)

    def leave(self, work: OpenWork) -> None:
        self.show_list(work.view.project_id)

    def claim(self, project_id: str, case_id: str | None = None, said: str = "") -> None:
        """Take a case, or the next one. `said` stands on the list where there is none."""
        self._session.run(partial(self._claim, project_id, case_id, said), "claim")

    async def _claim(self, project_id: str, case_id: str | None, said: str) -> None:
        session = self._session
        await session.courier.idle()
        key, body = new_key(), ClaimCaseBody(case_id=case_id)
        claimed = await session.answer_to(lambda: session.client.claim_case(project_id, body, key), about="case")
        if claimed is None:
            return
        if claimed.receipt is not None:
            session.courier.keep_receipt("claim", claimed.case.id if claimed.case else "", key, claimed.receipt)
        if claimed.case is not None:
            await self._take_up(claimed.case)
        elif claimed.nothing == "new_guideline" and claimed.guideline_version_id is not None:
            again = partial(self._claim, project_id, case_id, said)
            await session.meet_guideline(project_id, claimed.guideline_version_id, again)
        else:
            self._nothing(project_id, claimed, said)

    def _nothing(self, project_id: str, claimed: ClaimedCase, said: str) -> None:
        self._session.work = None
        if claimed.nothing == "break" and claimed.until is not None:
            self._session.app.show_notice(break_notice(claimed.until, "cases"))
        else:
            self.show_list(project_id, f"{said}{NOTHING_LEFT}")

    async def _take_up(self, view: CaseView) -> None:
        session = self._session
        guideline = await session.guideline_of(view)
        if guideline is not None:
            self._project_id = view.project_id
            session.work, session.times = Case(view, guideline), view.session
            session.show()

    def commit(self) -> None:
        """Send my choice, or my decision. Raises CannotCommit with what is missing."""
        case = self._case()
        if case.deciding:
            self._session.post("decision", case.decision_body())
        else:
            self._session.post("choice", case.choice_body())

    def pass_on(self, body: PassBody, place: Place) -> str | None:
        """Hand the open case on; returns why not, if so."""
        if self.open is None or self.open.id != place.assignment_id:
            return "this case is no longer open; the text is kept as a draft"
        if self.open.sending is not None:
            return "this case is on its way to the server"
        self._session.post("pass", body, place)
        return None

    def turned_down(self, entry: Entry) -> None:
        """What was written to hand a case on is given back, so that another name can be tried."""
        if entry.kind != "pass":
            super().turned_down(entry)
            return
        body = PassBody.model_validate(entry.body)
        place = self._case().place()
        for what, text in (("pass_on", body.reason), ("experts", ", ".join(body.experts))):
            self._session.keep_draft(Draft(place=place.model_copy(update={"what": what}), text=text))

    def note_gap(self, text: str) -> None:
        """Say, or take back, what the guideline lacks to decide the open case."""
        case = self._case()
        case.choice.gap = text
        self._session.keep_draft(case.draft())

    def fetch_version(self, title: str, take: Callable[[GuidelineView], None]) -> None:
        """Hand over the guideline version of a title, so that it can be compared with the case's."""
        self._session.run(partial(self._fetch_version, title, take), "past")

    async def _fetch_version(self, title: str, take: Callable[[GuidelineView], None]) -> None:
        session = self._session
        try:
            versions = (await session.line.patiently(session.client.guidelines)).versions
            found = [one.id for one in versions if title in (f"{one.guideline} {one.version}", one.version)]
            if found:
                take(await session.line.patiently(lambda: session.client.guideline_version(found[0])))
            else:
                session.app.say(f"{title} is not on this server")
        except ApiError as error:
            session.app.say(error.sentence)

    def take_back(self) -> str:
        """Bring back the case that was decided last, to correct the decision; returns what there is to say."""
        case = self._case()
        if case.sending is not None:
            return "this is on its way to the server; it can be corrected once the server has it"
        if case.deciding:
            return "your choice stays: you have seen what others said. The decision can still be another"
        if self._decided is None:
            return "you have decided nothing here yet that could be taken back"
        self.claim(case.view.project_id, self._decided)
        return "asking the server for the case that you decided last"

    def answered(self, entry: Entry, answer: Answer) -> None:
        """What was said of the open case has come to the server."""
        case, session = self._case(), self._session
        if isinstance(answer, Chosen):
            case.chosen(ChoiceBody.model_validate(entry.body), answer)
            session.app.remind(answer.session)
            session.show()
            return
        said = "handed on; "
        if isinstance(answer, Decided):
            self._decided = case.view.case_id
            said = "decided; " if answer.decided else "your decision is kept, and others are asked too; "
        session.forget(case)
        session.app.say(f"{said}the next case is on its way")
        self.claim(case.view.project_id, said=said)

    def _case(self) -> Case:
        case = self.open
        assert case is not None
        return case
