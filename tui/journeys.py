"""The registry of journeys: the one place that knows all of them, and the application that has them."""

from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.people import LABELLERS, LEADS, Role
from cotlab.domain.work.views import QueueEntry
from tui.app.application import Application
from tui.app.destinations import CaseInFull, DraftsWanted, NewVersion, RuleSearch
from tui.app.host import Host
from tui.app.registry import (
    WHO_LEADS,
    Command,
    Entrance,
    Journey,
    of_entry,
    of_labels,
    only,
    opening,
    why_no_labelling,
)
from tui.app.session import Session
from tui.app.work.open_work import OpenWork
from tui.app.work.screen import WorkScreen
from tui.calibration.qualification import StandingScreen
from tui.calibration.state import Calibration
from tui.cases.adjudication import CaseScreen
from tui.cases.case import Case
from tui.cases.case_file import CaseFileScreen
from tui.cases.case_list import CasesScreen
from tui.cases.decisions import enter_my_cases
from tui.cases.pair_adjudication import PairCaseScreen
from tui.cases.state import Adjudication, ListOfCases
from tui.drafts.new_request import Begun, StartDraftsScreen
from tui.drafts.overview import DraftingScreen
from tui.gold.pool import GoldScreen
from tui.guidelines.new_version import NewGuidelineScreen
from tui.guidelines.questions import enter_questions
from tui.guidelines.rule_search import RuleScreen
from tui.labelling.finish import FinishScreen
from tui.labelling.past_labels import PastScreen
from tui.labelling.state import Labelling
from tui.labelling.step import StepScreen
from tui.labelling.trace import Work
from tui.pairs.comparison import PairScreen
from tui.pairs.pair import PairWork
from tui.pairs.state import Comparing
from tui.people.qualifications import BoardScreen
from tui.people.queue_depth import DepthScreen
from tui.quality.agreement import AgreementScreen
from tui.quality.answers import QualityScreen
from tui.quality.refutations import RefutedScreen
from tui.writing.coverage import PathsScreen
from tui.writing.path_screen import WritingScreen
from tui.writing.state import PathToWrite, Writing

DECIDES = only(frozenset({Role.ADJUDICATOR}), "you decide no cases in this project")
READS_DECISIONS = only(LABELLERS, "you do not label in this project: decided cases are for those who do")
CALIBRATES = only(LABELLERS, "you do not label in this project: calibration is for those who do")
READS_AGREEMENT = only(
    frozenset({Role.LEAD}), "agreement is for the lead of a project, and you do not lead this one"
)  # fmt: skip


def _session(host: Host) -> Session:
    assert host.journey is not None
    return host.journey


def _take_back_pair(host: Host) -> None:
    host.say(_session(host).state(Comparing).take_back())


def _list_cases(host: Host, entry: QueueEntry, schema: Schema | None) -> None:
    _session(host).state(Adjudication).show_list(entry.project_id)


def _calibrate(host: Host, entry: QueueEntry, schema: Schema | None) -> None:
    _session(host).state(Calibration).calibrate(entry)


def _write(host: Host, entry: QueueEntry, schema: Schema | None) -> None:
    host.say("asking the server for a path to write")
    _session(host).state(Writing).claim(entry.project_id)


def _case_list(host: Host, to: ListOfCases) -> None:
    host.go(CasesScreen(to.project_id, to.project, to.said))


def _case_in_full(host: Host, to: CaseInFull) -> None:
    host.push_screen(CaseFileScreen(to.entry, to.schema, to.case_id))


def _path(host: Host, to: PathToWrite) -> None:
    host.go(WritingScreen(to.path))


def _new_version(host: Host, to: NewVersion) -> None:
    host.go(NewGuidelineScreen(to.project_id, to.changes, to.guideline))


def _rule_search(host: Host, to: RuleSearch) -> None:
    host.push_screen(RuleScreen(to.work))


def _drafts_wanted(host: Host, to: DraftsWanted) -> None:
    host.push_screen(StartDraftsScreen(to.entry, to.models, Begun(kind=to.kind, of=to.of), to.started))


def _trace_screen(work: OpenWork) -> type[WorkScreen] | None:
    if not isinstance(work, Work):
        return None
    return StepScreen if work.step is not None else FinishScreen


def _pair_screen(work: OpenWork) -> type[WorkScreen] | None:
    return PairScreen if isinstance(work, PairWork) else None


def _case_screen(work: OpenWork) -> type[WorkScreen] | None:
    if not isinstance(work, Case):
        return None
    return CaseScreen if work.pair is None else PairCaseScreen


JOURNEYS = (
    Journey(
        "labelling", state=Labelling, screen_of=_trace_screen,
        entrances=(Entrance("past", LABELLERS, of_labels(PastScreen)),),
    ),
    Journey("pairs", state=Comparing, screen_of=_pair_screen, commands=(Command("take_back", _take_back_pair),)),
    Journey(
        "writing", state=Writing, openings=(opening(PathToWrite, _path),),
        entrances=(
            Entrance("write", LABELLERS, _write, why_no_labelling),
            Entrance("paths", LEADS, of_entry(PathsScreen), WHO_LEADS),
        ),
    ),
    Journey(
        "calibration", state=Calibration,
        entrances=(
            Entrance("calibrate", LABELLERS, _calibrate, why_no_labelling),
            Entrance("my_calibration", LABELLERS, of_labels(StandingScreen), CALIBRATES),
        ),
    ),
    Journey(
        "cases", state=Adjudication, screen_of=_case_screen,
        openings=(opening(ListOfCases, _case_list), opening(CaseInFull, _case_in_full)),
        entrances=(
            Entrance("cases", frozenset({Role.ADJUDICATOR}), _list_cases, DECIDES),
            Entrance("decided", LABELLERS, enter_my_cases, READS_DECISIONS),
        ),
    ),
    Journey(
        "guidelines", openings=(opening(NewVersion, _new_version), opening(RuleSearch, _rule_search)),
        entrances=(Entrance("questions", LABELLERS, enter_questions),),
    ),
    Journey(
        "quality",
        entrances=(
            Entrance("agreement", LEADS, of_entry(AgreementScreen), READS_AGREEMENT),
            Entrance("refuted", LEADS, of_labels(RefutedScreen), WHO_LEADS),
            Entrance("quality", LEADS, of_labels(QualityScreen), WHO_LEADS),
        ),
    ),
    Journey("gold", entrances=(Entrance("gold", LEADS, of_labels(GoldScreen), WHO_LEADS),)),
    Journey(
        "drafts", openings=(opening(DraftsWanted, _drafts_wanted),),
        entrances=(Entrance("drafting", LEADS, of_entry(DraftingScreen), WHO_LEADS),),
    ),
    Journey(
        "people",
        entrances=(
            Entrance("board", LEADS, of_labels(BoardScreen), WHO_LEADS),
            Entrance("depth", LEADS, of_entry(DepthScreen), WHO_LEADS),
        ),
    ),
)  # fmt: skip


class CotlabApp(Application):
    """The application with all journeys."""

    journeys = JOURNEYS
