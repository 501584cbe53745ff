"""Cases are opened where something was said since the last look; everywhere, once other rules are in force."""

from collections.abc import Sequence
from functools import partial

from cotlab.domain.projects.case_reasons import CaseReason
from cotlab.domain.projects.policy import fewest_people
from cotlab.services.audit import event_data
from cotlab.services.cases.due_cases import changing, open_due
from cotlab.services.consequences.changes import POLICY, News, drawn_until, everything, news
from cotlab.storage.cases import due_cases as stored
from cotlab.storage.engine.database import Reading, Store
from cotlab.storage.engine.value_lists import chunks
from cotlab.storage.projects import projects

CONSEQUENCE = "cases"
ITEMS_A_WRITE = 50
"""As many as hold up a label that waits for its turn by some milliseconds."""
RULES = frozenset({POLICY, event_data.IN_FORCE.kind})
"""The kinds of events after which a case may be due on any item."""


def open_cases(store: Store, project_id: str) -> None:
    """Open what is due in a project, some items a write. What a crash leaves behind is done by the next call."""
    more = True
    while more and (found := store.read(lambda db: news(db, project_id, CONSEQUENCE))) is not None:
        everywhere = found.events is None or bool(found.kinds(RULES))
        for items in everything(store, project_id) if everywhere else _said(store, found):
            for some in chunks(_changing(store, project_id, items), ITEMS_A_WRITE):
                store.write(project_id, partial(open_due, project_id=project_id, items=some))
        drawn_until(store, project_id, CONSEQUENCE, found.until)
        more = found.more


def _said(store: Store, found: News) -> list[Sequence[str]]:
    return list(chunks(store.read(found.items)))


def _changing(store: Store, project_id: str, items: Sequence[str]) -> list[str]:
    """Those of some items on which something changes, looked for outside the write, which looks at these alone."""

    def read(db: Reading) -> list[str]:
        policy = projects.policy(db, project_id)
        right = CaseReason.RIGHT_ANSWER_BAD_STEP in policy.open_cases_on
        maybe = stored.maybe_due(db, project_id, items, fewest_people(policy), right)
        return changing(db, project_id, {*maybe, *stored.undecided(db, items)})

    return store.read(read)
