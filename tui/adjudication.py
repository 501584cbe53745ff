"""An adjudicator's way from the list of cases through one case to the next."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from cotlab.client import ApiError, new_key
from cotlab.domain.cases import CaseView, ChoiceBody, Chosen, ClaimCaseBody, ClaimedCase, Decided, PassBody
from cotlab.domain.work.views import GuidelineView
from tui.case import Case
from tui.drafts import Draft, Place
from tui.notices import break_notice
from tui.outbox import Answer, Entry

if TYPE_CHECKING:
    from tui.journey import Journey

NOTHING_LEFT = "no case is left for you just now"


class Adjudication:
    """Screens call it; it asks through the journey, and tells the app what to show."""

    def __init__(self, journey: "Journey") -> None:
        self._journey = journey
        self._project_id = ""
        self._decided: str | None = None

    @property
    def open(self) -> Case | None:
        """The case that is open."""
        return self._journey.work if isinstance(self._journey.work, Case) else None

    def show_list(self, project_id: str = "", said: str = "") -> None:
        """The cases of a project, or of the one that was last worked on."""
        if project_id and project_id != self._project_id:
            self._project_id, self._decided = project_id, None
        if self._project_id:
            self._journey.app.show_cases(self._project_id, said)
        else:
            self._journey.app.go_to_queue()

    def claim(self, project_id: str, case_id: str | None = None, said: str = "") -> None:
        """Take a case, or the next one. `said` stands on the list where there is none."""
        self._journey.run(partial(self._claim, project_id, case_id, said), "claim")

    async def _claim(self, project_id: str, case_id: str | None, said: str) -> None:
        journey = self._journey
        await journey.courier.idle()
        key, body = new_key(), ClaimCaseBody(case_id=case_id)
        claimed = await journey.answer_to(lambda: journey.client.claim_case(project_id, body, key), about="case")
        if claimed is None:
            return
        if claimed.receipt is not None:
            journey.courier.keep_receipt("claim", claimed.case.id if claimed.case else "", key, claimed.receipt)
        if claimed.case is not None:
            await self._take_up(claimed.case)
        elif claimed.nothing == "new_guideline" and claimed.guideline_version_id is not None:
            again = partial(self._claim, project_id, case_id, said)
            await journey.meet_guideline(project_id, claimed.guideline_version_id, again)
        else:
            self._nothing(project_id, claimed, said)

    def _nothing(self, project_id: str, claimed: ClaimedCase, said: str) -> None:
        self._journey.work = None
        if claimed.nothing == "break" and claimed.until is not None:
            self._journey.app.show_notice(break_notice(claimed.until, "cases"))
        else:
            self.show_list(project_id, f"{said}{NOTHING_LEFT}")

    async def _take_up(self, view: CaseView) -> None:
        journey = self._journey
        guideline = await journey.guideline_of(view)
        if guideline is not None:
            self._project_id = view.project_id
            journey.work, journey.session = Case(view, guideline), view.session
            journey.show()

    def commit(self) -> None:
        """Send my choice, or my decision. Raises CannotCommit with what is missing."""
        case = self._case()
        if case.deciding:
            self._journey.post("decision", case.decision_body())
        else:
            self._journey.post("choice", case.choice_body())

    def pass_on(self, body: PassBody, place: Place) -> str | None:
        """Hand the open case on; returns why not, if so."""
        if self.open is None or self.open.id != place.assignment_id:
            return "this case is no longer open; the text is kept as a draft"
        if self.open.sending is not None:
            return "this case is on its way to the server"
        self._journey.post("pass", body, place)
        return None

    def not_passed_on(self, body: PassBody) -> None:
        """Give back what was written, so that another name can be tried."""
        place = self._case().place()
        for what, text in (("pass_on", body.reason), ("experts", ", ".join(body.experts))):
            self._journey.keep_draft(Draft(place=place.model_copy(update={"what": what}), text=text))

    def note_gap(self, text: str) -> None:
        """Say, or take back, what the guideline lacks to decide the open case."""
        case = self._case()
        case.choice.gap = text
        self._journey.keep_draft(case.draft())

    def fetch_version(self, title: str, take: Callable[[GuidelineView], None]) -> None:
        """Hand over the guideline version of a title, so that it can be compared with the case's."""
        self._journey.run(partial(self._fetch_version, title, take), "past")

    async def _fetch_version(self, title: str, take: Callable[[GuidelineView], None]) -> None:
        journey = self._journey
        try:
            versions = (await journey.line.patiently(journey.client.guidelines)).versions
            found = [one.id for one in versions if title in (f"{one.guideline} {one.version}", one.version)]
            if found:
                take(await journey.line.patiently(lambda: journey.client.guideline_version(found[0])))
            else:
                journey.app.say(f"{title} is not on this server")
        except ApiError as error:
            journey.app.say(error.sentence)

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
        case, journey = self._case(), self._journey
        if isinstance(answer, Chosen):
            case.chosen(ChoiceBody.model_validate(entry.body), answer)
            journey.app.remind(answer.session)
            journey.show()
            return
        said = "handed on; "
        if isinstance(answer, Decided):
            self._decided = case.view.case_id
            said = "decided; " if answer.decided else "your decision is kept, and others are asked too; "
        journey.forget(case)
        journey.app.say(f"{said}the next case is on its way")
        self.claim(case.view.project_id, said=said)

    def _case(self) -> Case:
        case = self.open
        assert case is not None
        return case
