"""The client for programs without an event loop: the same calls, each of which waits for its answer."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from typing import Any, Concatenate, Literal, ParamSpec, Self, TypeVar

from anyio.from_thread import BlockingPortal, start_blocking_portal

from cotlab.client import Client
from cotlab.client.datasets import ExportFiles, ExportStream
from cotlab.client.projects import ArchiveStream
from cotlab.domain.datasets.exports import ExportOrder, Manifest
from cotlab.domain.drafts.requests import DraftStatus
from cotlab.domain.evaluations.evaluations import Evaluation, EvaluationOrder
from cotlab.domain.gold import GoldReport
from cotlab.domain.projects.archives import ArchiveOrder, MovedIn
from cotlab.domain.projects.projects import ImportReport

P = ParamSpec("P")
T = TypeVar("T")
Asynchronous = Callable[Concatenate[Any, P], Coroutine[Any, Any, T]]


def _waiting(call: Asynchronous[P, T]) -> Callable[Concatenate["BlockingClient", P], T]:
    """A call of the client that waits for its answer."""

    @wraps(call)
    def wait(self: "BlockingClient", /, *arguments: P.args, **named: P.kwargs) -> T:
        return self.portal.call(partial(call, self.client, *arguments, **named))

    return wait


class BlockingClient:
    """One server, one token; arguments and errors are those of `Client`. Use it as a context manager.

    Its event loop runs in a thread of its own, so that it works in a notebook too. One thread at a time may call it.
    """

    def __init__(
        self, server: str, token: str | None = None, *, allow_plain_http: bool = False, timeout: float = 10.0
    ) -> None:
        self.client = Client(server, token, allow_plain_http=allow_plain_http, timeout=timeout)
        self._running = start_blocking_portal("asyncio")

    def __enter__(self) -> Self:
        self.portal: BlockingPortal = self._running.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.portal.call(self.client.close)
        finally:
            self._running.__exit__(None, None, None)

    @contextmanager
    def export(self, project_id: str, order: ExportOrder) -> Iterator["BlockingExport"]:
        """Stream an export, going on by itself where the connection breaks.

        Its manifest can be read once the last byte has come.
        """
        with self.portal.wrap_async_context_manager(self.client.export(project_id, order)) as stream:
            yield BlockingExport(self.portal, stream)

    @contextmanager
    def export_files(self, project_id: str, order: ExportOrder) -> Iterator["BlockingFiles"]:
        """Stream all files of an export, one after the other, as of one sequence."""
        with self.portal.wrap_async_context_manager(self.client.export_files(project_id, order)) as files:
            yield BlockingFiles(self.portal, files)

    def import_lines(
        self, project_id: str, lines: Iterable[bytes], format_name: str | None = None, first_line: int = 1,
        on_error: Literal["skip", "stop"] = "skip",
    ) -> ImportReport:  # fmt: skip
        """Send JSON lines as a stream. `first_line` is the number of the first one in its file.

        With `on_error="stop"` nothing that stands after the first broken line is kept.
        """
        send = partial(self.client.import_lines, project_id, _each(lines), format_name, first_line, on_error)
        return self.portal.call(send)

    def import_gold(self, project_id: str, lines: Iterable[bytes], query: dict[str, str] | None = None) -> GoldReport:
        """Send traces with verified labels as JSON lines (format, source, map, first_line)."""
        return self.portal.call(partial(self.client.import_gold, project_id, _each(lines), query))

    def draft_progress(self, project_id: str, request_id: str) -> Iterator[DraftStatus]:
        """How far a request is: now and at each change, the last once it has ended."""
        changes = self.client.draft_progress(project_id, request_id)
        while (status := self.portal.call(_next, changes)) is not None:
            yield status

    @contextmanager
    def project_archive(self, project_id: str, order: ArchiveOrder) -> Iterator["BlockingArchive"]:
        """Stream a project as one archive; see docs/archive.md."""
        with self.portal.wrap_async_context_manager(self.client.project_archive(project_id, order)) as stream:
            yield BlockingArchive(self.portal, stream)

    def take_project_in(self, archive: Iterable[bytes]) -> MovedIn:
        """Send an archive; the project is taken in whole, or not at all."""
        return self.portal.call(partial(self.client.take_project_in, _each(archive)))

    def evaluate(self, project_id: str, lines: Iterable[bytes], order: EvaluationOrder) -> Evaluation:
        """Send predictions as JSON lines; the reply names each broken one."""
        return self.portal.call(partial(self.client.evaluate, project_id, _each(lines), order))

    health = _waiting(Client.health)
    server_info = _waiting(Client.server_info)
    queue = _waiting(Client.queue)
    claim = _waiting(Client.claim)
    assignment = _waiting(Client.assignment)
    step = _waiting(Client.step)
    reveal = _waiting(Client.reveal)
    ask_rationale = _waiting(Client.ask_rationale)
    commit = _waiting(Client.commit)
    prefer = _waiting(Client.prefer)
    my_pair = _waiting(Client.my_pair)
    alternative = _waiting(Client.alternative)
    finish = _waiting(Client.finish)
    end = _waiting(Client.end)
    guideline = _waiting(Client.guideline)
    assignment_guideline = _waiting(Client.assignment_guideline)
    guideline_changes = _waiting(Client.guideline_changes)
    acknowledge = _waiting(Client.acknowledge)
    ask = _waiting(Client.ask)
    ask_about_step = _waiting(Client.ask_about_step)
    my_questions = _waiting(Client.my_questions)
    my_labels = _waiting(Client.my_labels)
    my_cases = _waiting(Client.my_cases)
    my_case = _waiting(Client.my_case)
    my_standings = _waiting(Client.my_standings)

    cases = _waiting(Client.cases)
    claim_case = _waiting(Client.claim_case)
    case = _waiting(Client.case)
    choose = _waiting(Client.choose)
    decide = _waiting(Client.decide)
    pass_on = _waiting(Client.pass_on)
    assign_case = _waiting(Client.assign_case)
    all_cases = _waiting(Client.all_cases)
    case_file = _waiting(Client.case_file)
    case_report = _waiting(Client.case_report)

    projects = _waiting(Client.projects)
    add_project = _waiting(Client.add_project)
    close_project = _waiting(Client.close_project)
    policy = _waiting(Client.policy)
    work_policy = _waiting(Client.work_policy)
    set_policy = _waiting(Client.set_policy)
    members = _waiting(Client.members)
    add_member = _waiting(Client.add_member)
    remove_member = _waiting(Client.remove_member)
    publish_guideline = _waiting(Client.publish_guideline)
    impact = _waiting(Client.impact)
    guidelines = _waiting(Client.guidelines)
    guideline_version = _waiting(Client.guideline_version)
    stale = _waiting(Client.stale)
    questions = _waiting(Client.questions)
    answer_question = _waiting(Client.answer_question)
    queue_depth = _waiting(Client.queue_depth)
    explain_trace = _waiting(Client.explain_trace)
    start_pilot = _waiting(Client.start_pilot)
    pilot_report = _waiting(Client.pilot_report)
    sign_off = _waiting(Client.sign_off)
    open_production = _waiting(Client.open_production)
    hard_cases = _waiting(Client.hard_cases)
    hard_case = _waiting(Client.hard_case)

    alter = _waiting(Client.alter)
    make_pairs = _waiting(Client.make_pairs)
    make_batch = _waiting(Client.make_batch)
    batches = _waiting(Client.batches)
    batch = _waiting(Client.batch)
    withdraw_batch = _waiting(Client.withdraw_batch)

    agreement = _waiting(Client.agreement)
    diagnosis = _waiting(Client.diagnosis)
    agreement_change = _waiting(Client.agreement_change)
    disputed_steps = _waiting(Client.disputed_steps)
    taken_agreement = _waiting(Client.taken_agreement)
    go_on = _waiting(Client.go_on)
    cohorts = _waiting(Client.cohorts)
    set_cohort = _waiting(Client.set_cohort)

    gold = _waiting(Client.gold)
    promote = _waiting(Client.promote)
    correct_gold = _waiting(Client.correct_gold)
    retire_gold = _waiting(Client.retire_gold)
    suggest_gold = _waiting(Client.suggest_gold)
    gold_pool = _waiting(Client.gold_pool)
    set_calibration = _waiting(Client.set_calibration)
    board = _waiting(Client.board)
    standings = _waiting(Client.standings)
    decide_calibration = _waiting(Client.decide_calibration)
    draw_recheck = _waiting(Client.draw_recheck)
    rechecks = _waiting(Client.rechecks)

    accuracy = _waiting(Client.accuracy)
    sessions = _waiting(Client.sessions)
    pace = _waiting(Client.pace)
    group_drift = _waiting(Client.group_drift)
    selection = _waiting(Client.selection)
    alarms = _waiting(Client.alarms)
    comparing = _waiting(Client.comparing)
    ranking = _waiting(Client.ranking)
    draft_quality = _waiting(Client.draft_quality)
    generators = _waiting(Client.generators)
    anchoring = _waiting(Client.anchoring)
    decide_alarm = _waiting(Client.decide_alarm)

    models = _waiting(Client.models)
    start_drafts = _waiting(Client.start_drafts)
    draft_requests = _waiting(Client.draft_requests)
    draft_totals = _waiting(Client.draft_totals)
    drafts = _waiting(Client.drafts)
    draft_status = _waiting(Client.draft_status)
    cancel_drafts = _waiting(Client.cancel_drafts)
    accept_drafts = _waiting(Client.accept_drafts)
    decline_drafts = _waiting(Client.decline_drafts)
    ask_opinions = _waiting(Client.ask_opinions)
    opinions = _waiting(Client.opinions)

    coverage = _waiting(Client.coverage)
    path_matrix = _waiting(Client.path_matrix)
    ask_paths = _waiting(Client.ask_paths)
    writing_tasks = _waiting(Client.writing_tasks)
    withdraw_paths = _waiting(Client.withdraw_paths)
    claim_writing = _waiting(Client.claim_writing)
    writing = _waiting(Client.writing)
    write_path = _waiting(Client.write_path)
    return_path = _waiting(Client.return_path)

    refuted_steps = _waiting(Client.refuted_steps)
    evidence_kinds = _waiting(Client.evidence_kinds)
    evidence_progress = _waiting(Client.evidence_progress)
    evidence_revisions = _waiting(Client.evidence_revisions)

    two_level = _waiting(Client.two_level)
    cell_traces = _waiting(Client.cell_traces)

    evaluations = _waiting(Client.evaluations)
    evaluation = _waiting(Client.evaluation)
    reopening = _waiting(Client.reopening)
    reopen = _waiting(Client.reopen)
    manifest = _waiting(Client.manifest)
    releases = _waiting(Client.releases)
    release = _waiting(Client.release)
    release_diff = _waiting(Client.release_diff)
    lineage = _waiting(Client.lineage)


class BlockingArchive:
    """The bytes of an archive as they come; `size` is how many there will be."""

    def __init__(self, portal: BlockingPortal, stream: ArchiveStream) -> None:
        self._portal, self._stream, self.size = portal, stream, stream.size

    def pieces(self) -> Iterator[bytes]:
        """The bytes as they come, in pieces of any size."""
        return _coming(self._portal, self._stream.bytes())


class BlockingExport:
    """The bytes of an export as they come, then its manifest."""

    def __init__(self, portal: BlockingPortal, stream: ExportStream) -> None:
        self._portal, self._stream = portal, stream

    def pieces(self) -> Iterator[bytes]:
        """The bytes as they come, in pieces of any size."""
        return _coming(self._portal, self._stream.bytes())

    def lines(self) -> Iterator[bytes]:
        """The rows, a line of JSON each, without its end; what comes is never held as a whole."""
        return _coming(self._portal, self._stream.lines())

    def manifest(self) -> Manifest:
        """What is in the file."""
        return self._portal.call(self._stream.manifest)


class BlockingFiles:
    """The files of an export as they come, then their manifest, against which each was held."""

    def __init__(self, portal: BlockingPortal, files: ExportFiles) -> None:
        self._portal, self._files = portal, files

    def pieces(self) -> Iterator[tuple[str, bytes]]:
        """A file's path in the manifest, and the next piece of it; an empty file is one empty piece."""
        return _coming(self._portal, self._files.pieces())

    def manifest(self) -> Manifest:
        """Once all pieces have come."""
        return self._portal.call(self._files.manifest)


def _coming(portal: BlockingPortal, coming: AsyncIterator[T]) -> Iterator[T]:
    while (one := portal.call(anext, coming, None)) is not None:
        yield one


async def _each(lines: Iterable[bytes]) -> AsyncIterator[bytes]:
    for line in lines:
        yield line


async def _next(changes: AsyncIterator[DraftStatus]) -> DraftStatus | None:
    return await anext(changes, None)
