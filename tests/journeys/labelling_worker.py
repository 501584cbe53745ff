"""One person in a process of their own, who labels through the services until nothing is handed to them.

    python -m tests.journeys.labelling_worker DATABASE PROJECT_ID PERSON_ID

Says that it is ready and waits for a line on standard input, so that all begin at once; then says how many traces
were finished.
"""

import sys

from cotlab.domain.answers import FinishBody, LabelBody
from cotlab.domain.errors import Unavailable
from cotlab.domain.people import Person
from cotlab.domain.work.views import FinishDue, NextStep
from cotlab.services.queue.candidates import Candidates
from cotlab.services.work import endings, labelling
from cotlab.storage import Db, Store, open_store
from cotlab.storage.people import actors
from tests.support import SIGNER

TRIES = 5
"""How often somebody asks again to whom nothing was handed: what was picked ahead of a claim may be gone."""


def finish_one(store: Store, person: Person, project_id: str, candidates: Candidates) -> bool:
    """Claim a trace of one step, label it and finish it. Returns whether there was one."""
    ahead = store.read(lambda db: candidates.ahead(db, person, project_id))
    claimed = store.write(project_id, lambda db: labelling.claim(db, person, project_id, ahead))
    if claimed.assignment is None:
        assert claimed.nothing == "nothing_open", claimed
        return False
    assignment, next_ = claimed.assignment, claimed.assignment.next
    assert isinstance(next_, NextStep), next_
    position = next_.step.position

    def label(db: Db) -> None:
        committed = labelling.commit(db, person, assignment.id, LabelBody(position=position, label="correct"))
        assert isinstance(committed.next, FinishDue), committed.next
        endings.finish(db, person, assignment.id, FinishBody(complete="yes"))

    store.write(project_id, label)
    return True


def main(database: str, project_id: str, person_id: str) -> int:
    store, candidates = open_store(database, signer=SIGNER), Candidates()
    person = store.read(lambda db: actors.person(db, person_id))
    print("ready", flush=True)
    sys.stdin.readline()
    finished, left = 0, TRIES
    while left:
        try:
            found = finish_one(store, person, project_id, candidates)
        except Unavailable:  # another process had the database for long; the trace in hand is resumed
            continue
        finished, left = finished + found, TRIES if found else left - 1
    store.close()
    return finished


if __name__ == "__main__":
    print(main(*sys.argv[1:]))
