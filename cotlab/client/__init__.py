"""A typed client of the HTTP API, for the terminal UI, the command line and API users."""

from cotlab.client.agreement import AgreementCalls
from cotlab.client.calibration import CalibrationCalls
from cotlab.client.cases import CaseCalls
from cotlab.client.checks import CheckCalls
from cotlab.client.connection import ApiError, ServerGone, checked_server, new_key, problem_of
from cotlab.client.coverage import CoverageCalls
from cotlab.client.credentials import Credentials, load_credentials, save_credentials
from cotlab.client.datasets import DatasetCalls, ExportStream
from cotlab.client.drafts import DraftCalls
from cotlab.client.evaluations import EvaluationCalls
from cotlab.client.gold import GoldCalls
from cotlab.client.guidelines import GuidelineCalls
from cotlab.client.projects import ArchiveStream, ProjectCalls
from cotlab.client.queue import QueueCalls
from cotlab.client.reports import ReportCalls
from cotlab.client.server import ServerCalls
from cotlab.client.traces import ImportCalls
from cotlab.client.work import WorkCalls

__all__ = [
    "ApiError", "ArchiveStream", "Client", "Credentials", "ExportStream", "ServerGone", "checked_server",
    "load_credentials", "new_key", "problem_of", "save_credentials",
]  # fmt: skip


class Client(
    ServerCalls, ProjectCalls, GuidelineCalls, ImportCalls, CheckCalls, CoverageCalls, DraftCalls, AgreementCalls,
    GoldCalls, CalibrationCalls, EvaluationCalls, QueueCalls, WorkCalls, CaseCalls, DatasetCalls, ReportCalls,
):  # fmt: skip
    """One server, one token. Methods raise ApiError where it refuses and ServerGone where it is not there."""
