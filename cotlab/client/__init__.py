"""A typed client of the HTTP API, for the terminal UI, the command line and API users."""

from cotlab.client.agreement import AgreementCalls
from cotlab.client.altering import AlteringCalls
from cotlab.client.archives import ArchiveCalls, ArchiveStream
from cotlab.client.batches import BatchCalls
from cotlab.client.calibration import CalibrationCalls
from cotlab.client.cases import CaseCalls
from cotlab.client.connection import ApiError, ServerGone, checked_server, new_key, problem_of
from cotlab.client.coverage import CoverageCalls
from cotlab.client.credentials import Credentials, load_credentials, save_credentials
from cotlab.client.drafting import DraftingCalls
from cotlab.client.evaluations import EvaluationCalls
from cotlab.client.evidence import EvidenceCalls
from cotlab.client.exchange import ExchangeCalls, ExportStream
from cotlab.client.labelling import LabellingCalls
from cotlab.client.leading import LeadingCalls
from cotlab.client.pairs import PairCalls
from cotlab.client.quality import QualityCalls
from cotlab.client.releases import ReleaseCalls
from cotlab.client.reports import ReportCalls

__all__ = [
    "ApiError", "ArchiveStream", "Client", "Credentials", "ExportStream", "ServerGone", "checked_server",
    "load_credentials", "new_key", "problem_of", "save_credentials",
]  # fmt: skip


class Client(
    LabellingCalls, CaseCalls, LeadingCalls, BatchCalls, AgreementCalls, CalibrationCalls, ReportCalls, CoverageCalls,
    EvidenceCalls, QualityCalls, ExchangeCalls, PairCalls, EvaluationCalls,
    ArchiveCalls, ReleaseCalls, DraftingCalls, AlteringCalls,
):  # fmt: skip
    """One server, one token. Methods raise ApiError where it refuses and ServerGone where it is not there."""
