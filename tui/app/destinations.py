"""Where a journey leads that is another one's: the application opens it by what is handed over here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cotlab.domain.drafts.requests import DraftStatus, ModelEntry
from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.work.views import GuidelineChanges, GuidelineView, QueueEntry
from tui.app.work.open_work import OpenWork


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A guideline version that has to be read first."""

    project_id: str
    changes: GuidelineChanges
    guideline: GuidelineView


@dataclass(frozen=True, slots=True)
class RuleSearch:
    """The rules that can be cited for what is open."""

    work: OpenWork


@dataclass(frozen=True, slots=True)
class CaseInFull:
    """One case, to be read by the lead."""

    entry: QueueEntry
    schema: Schema
    case_id: str


@dataclass(frozen=True, slots=True)
class DraftsWanted:
    """Drafts of a kind to ask for, of the item or problem `of`; `started` gets the request."""

    entry: QueueEntry
    models: Sequence[ModelEntry]
    kind: str
    of: str
    started: Callable[[DraftStatus], None]
