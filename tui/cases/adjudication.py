"""Deciding a case: my own label first, then what others said, then the decision."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import Size

from cotlab.domain.actions import Place
from cotlab.domain.guidelines.rules import Rule
from cotlab.domain.text import MAX_TEXT
from cotlab.domain.work.views import GuidelineView
from tui.app.actions import footer_of
from tui.app.screens.editor import GAP, QUESTION, EditorScreen, Subject
from tui.app.screens.feedback import ToldScreen
from tui.app.screens.page import CompareScreen
from tui.app.storage.drafts import Place as DraftPlace
from tui.app.work.labels import LabellingScreen
from tui.app.work.open_work import OpenWork
from tui.cases.case import Case
from tui.cases.evidence import case_lines, differs
from tui.cases.evidence_pages import Evidence
from tui.cases.pass_on import PassOnScreen
from tui.cases.state import Adjudication
from tui.widgets.differences import Pair, compared
from tui.widgets.findings import step_text
from tui.widgets.lines import KeyLine
from tui.widgets.lines import Rule as Line
from tui.widgets.reading import Folded, ProblemHead
from tui.widgets.reason import Reason
from tui.widgets.text import shown

FIRST = "choose as you see it; what others said comes after"
THEN = "your decision: g the rule, or v the guideline does not decide this"
OF_TRACE = "your decision: can the problem be used?"
AGAIN = "your decision as it stands: change it and commit, or esc to leave it"
NOT_YET = "choose and commit first: what others said comes after"
MARK = "∅ guideline gap"
UNCHECKED = "no check has looked at this step"
BEFORE, AFTER, OF_STEP = ("unsure", "take_back"), ("gap", "pass_on"), ("gap",)
"""Actions that the footer offers before my choice alone, after it alone, and of a step alone."""
ROOMY = 30
"""Rows from which earlier steps stay on the screen beside the labels of others."""


class CaseScreen(LabellingScreen):
    """The step as annotators saw it, and below it, after my choice, what they said."""

    PLACE: ClassVar[Place] = "case"
    SENDING = "this is on its way; the rest comes with the answer"
    _shown: tuple[str, bool] | None = None

    @property
    def work(self) -> Case | None:
        work = super().work
        return work if isinstance(work, Case) else None

    def below(self) -> ComposeResult:
        yield Line(id="split")
        yield Evidence()

    def unusual(self) -> str:
        return " · case"

    def in_question(self) -> tuple[str, Content]:
        step = self.work.step if self.work else None
        if step is None:
            return "  ■", self._about_the_trace()
        return f"{step.position:>3}", step_text(step, self.cotlab.raw)

    def _about_the_trace(self) -> Content:
        answer = self.work.view.final_answer if self.work else None
        if answer is None:
            return Content("Can this problem be used? Above are the steps that somebody saw who says that it cannot.")
        asked = "Can this problem be used, and is the final answer right? 1, then . and 1 or 2. The trace ends with:\n"
        return Content(asked) + shown(answer, self.cotlab.raw)

    def show_work(self) -> None:
        super().show_work()
        case = self.work
        if case is not None and self._shown != (case.id, case.deciding):
            self._shown = (case.id, case.deciding)
            self._begin(case)

    def _begin(self, case: Case) -> None:
        """Another case, or what others said of this one."""
        self.leave_text()
        self.fold()
        self.set_class(case.deciding, "deciding")
        self.query_one(Evidence).page = 0
        self.resized(self.size)
        self.refresh_keys()
        said = AGAIN if case.view.decision else OF_TRACE if case.of_trace else THEN
        self.show_kinds(False, said if case.deciding else FIRST)

    def show_choice(self) -> None:
        super().show_choice()
        case = self.work
        if case is not None and case.deciding:
            self.query_one(Reason).field.placeholder = Content("why? all who labelled this read it")
            self.query_one(Evidence).show(lambda width: case_lines(case, width))

    def flags(self, work: OpenWork) -> str:
        return "  ".join(mark for mark in (super().flags(work), MARK if work.choice.gap else "") if mark)

    def resize_reading(self, size: Size) -> None:
        super().resize_reading(size)
        tight = self.work is not None and self.work.deciding and size.height < ROOMY
        self.query_one(Folded).display = not tight
        if tight:
            self.query_one(ProblemHead).limit = 2

    def refresh_keys(self, place: Place | None = None) -> None:
        """What can be done now: before my choice, or after it."""
        case = self.work
        hidden = {*(BEFORE if case and case.deciding else AFTER), *(OF_STEP if case and case.of_trace else ())}
        actions = [action for action in footer_of(place or self.PLACE) if action.name not in hidden]
        self.query_one(KeyLine).show(actions)

    def commit(self) -> None:
        self.journey.state(Adjudication).commit()

    def go_on(self, work: OpenWork, kind_open: bool) -> None:
        """A decision waits for its rule and its reason, which come in any order."""
        if self.work is not None and self.work.deciding:
            self.chosen(". for its kind" if kind_open else "")
        else:
            super().go_on(work, kind_open)

    def deciding(self) -> Case | None:
        """The case, where a decision is to be made; else the status line says why not."""
        case = self.work if self.free() is not None else None
        if case is not None and not case.deciding:
            self.say(NOT_YET)
            return None
        return case

    def action_unsure(self) -> None:
        if self.work is not None and self.work.deciding:
            self.say("a decision is not unsure: o passes the case on where you cannot decide it")
        else:
            super().action_unsure()

    def action_gap(self) -> None:
        case = self.deciding()
        if case is not None and case.of_trace:
            self.say("whether a problem can be used takes no rule")
        elif case is not None:
            self.app.push_screen(GapScreen(case))

    def action_pass_on(self) -> None:
        case = self.work if self.free() is not None else None
        if case is not None:
            place = DraftPlace(assignment_id=case.id, position=case.place().position, what="pass_on")
            cases = self.journey.state(Adjudication)
            self.app.push_screen(PassOnScreen(self.title_text(), place, lambda body: cases.pass_on(body, place)))

    def action_page_on(self) -> None:
        self._turn(1)

    def action_page_back(self) -> None:
        self._turn(-1)

    def _turn(self, by: int) -> None:
        if self.deciding() is not None:
            turned = self.query_one(Evidence).turn(by)
            self.say("" if turned else "all that was said is here" if by > 0 else "this is the first page")

    def action_ask(self) -> None:
        """About the guideline alone: a question about the step would be one more reason for this case."""
        case = self.free()
        if case is not None:
            about = Subject(case.view.project_id, case.view.project, "the guideline")
            self.app.push_screen(EditorScreen(about, (QUESTION,)))

    def action_evidence(self) -> None:
        """What a check found in the step, claim by claim."""
        case = self.deciding()
        step = case.step if case is not None else None
        if case is None:
            return
        if step is None:
            self.say("this is no question of a step; what is known of the answer stands below")
        elif step.evidence is None:
            self.say(UNCHECKED)
        else:
            self.app.push_screen(ToldScreen(step, case.schema))

    def action_take_back(self) -> None:
        self.say(self.journey.state(Adjudication).take_back())

    def action_compare(self) -> None:
        case = self.deciding()
        if case is None:
            return
        view, labels = case.view, case.evidence.labels if case.evidence else ()
        other = next((one for one in labels if differs(one.guideline_version, view.guideline_version)), None)
        if other is None:
            self.say(f"all labels were given under {view.guideline_version}: there is nothing to compare")
        else:
            self.journey.state(Adjudication).fetch_version(other.guideline_version, self._compare)

    def _compare(self, old: GuidelineView) -> None:
        case = self.work
        if case is None or self.app.screen is not self:
            return
        cited = [one.name for label in (case.evidence.labels if case.evidence else ()) for one in label.citations]
        pairs = changed_rules(old.rules, case.guideline.rules, cited)
        if pairs:
            self.app.push_screen(CompareScreen(f"{old.version} and {case.guideline.version}", pairs))
        else:
            self.say(f"no rule differs between {old.version} and {case.guideline.version}")


def changed_rules(old: Sequence[Rule], new: Sequence[Rule], cited: Sequence[str]) -> list[Pair]:
    """The parts of all rules that differ, those that are cited first."""
    before, now = ({rule.id: rule for rule in rules} for rules in (old, new))
    names = [name for name in dict.fromkeys((*cited, *now, *before)) if before.get(name) != now.get(name)]
    return [pair for name in names for pair in compared(before.get(name), now.get(name))]


class GapScreen(EditorScreen):
    """An empty text takes it back."""

    def __init__(self, case: Case) -> None:
        super().__init__(Subject.of(case), (GAP,))
        self._noted = case.choice.gap

    def begun(self) -> str:
        return super().begun() or self._noted

    def deliver(self, text: str) -> str | None:
        if len(text) > MAX_TEXT:
            return "the text is too long"
        self.journey.state(Adjudication).note_gap(text.strip())
        return None

    def sent(self, text: str) -> str:
        if text.strip():
            return "∅ guideline gap: sent with the decision"
        return "the guideline decides it: g cites the rule"
