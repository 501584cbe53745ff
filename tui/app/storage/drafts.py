"""Half-written texts, kept on disk while somebody types and given back when the same place is shown again."""

import hashlib
from pathlib import Path

from pydantic import Field, ValidationError

from cotlab.domain.answers import Citation, StepSize
from cotlab.domain.model import Model
from cotlab.domain.traces.pairs import Choice, Flag
from tui.app.storage.durable import make_folder, remove, write_whole


class Place(Model):
    """Where a text is being written: `what` is label, finish, question, rewording, missing, bad_problem or give_up, of
    a pair preference or correction, of a case choice, decision, gap, pass_on or experts, of a path path or
    give_back, and of what models drafted `made of` an id, or wordings.

    A question about a guideline has the project's id in the place of an assignment's.
    """

    assignment_id: str
    position: int
    what: str


class Draft(Model):
    """What was typed and chosen there, not yet committed. A `strategy` that is empty was left open by hand; `gap` is
    what a guideline lacks to decide a case. Of a path `text` is the final answer, and `at` what was under the hand.
    `rationale_draft` is the id of what a model drafted of a reason that `text` was made of.
    """

    place: Place
    text: str = ""
    label: str | None = None
    unsure: bool = False
    citations: tuple[Citation, ...] = ()
    step_size: StepSize = StepSize.FITS
    strategy: str | None = None
    gap: str = ""
    steps: tuple[str, ...] = ()
    at: int = 0
    criteria: dict[str, Choice] = Field(default_factory=dict)
    safety: Flag | None = None
    rationale_draft: str | None = None

    def empty(self) -> bool:
        return self == Draft(place=self.place)


class Drafts:
    """All of them in memory, for the same frame; each in a file of its own, once it is written."""

    def __init__(self, folder: Path) -> None:
        self.folder = make_folder(folder)
        found = (_read(path) for path in self.folder.glob("*.json"))
        self._drafts = {draft.place: draft for draft in found if draft is not None}

    def path(self, place: Place) -> Path:
        name = hashlib.sha256(place.model_dump_json().encode()).hexdigest()[:24]
        return self.folder / f"{name}.json"

    def find(self, place: Place) -> Draft | None:
        return self._drafts.get(place)

    def note(self, draft: Draft) -> None:
        """Remember a draft; an empty one is forgotten. The file follows with `write`."""
        if draft.empty():
            self._drafts.pop(draft.place, None)
        else:
            self._drafts[draft.place] = draft

    def forget(self, assignment_id: str) -> list[Place]:
        """Forget all drafts of an ended assignment; returns whose files `write` removes."""
        places = [place for place in self._drafts if place.assignment_id == assignment_id]
        for place in places:
            del self._drafts[place]
        return places

    def write(self, place: Place) -> None:
        """Make the disk say what memory says of this place."""
        draft = self._drafts.get(place)
        if draft is not None:
            write_whole(self.path(place), draft.model_dump_json(indent=1).encode())
        elif self.path(place).exists():
            remove(self.path(place))


def _read(path: Path) -> Draft | None:
    try:
        return Draft.model_validate_json(path.read_bytes())
    except ValidationError:
        return None
