"""Asking the lead about an open trace, or a step of it."""

from cotlab.domain.errors import OutOfOrder
from cotlab.domain.guidelines.questions import QuestionBody
from cotlab.domain.people import Person
from cotlab.domain.work.views import Receipt
from cotlab.services.guidelines.questions import add_question
from cotlab.services.projects.projects import open_project
from cotlab.services.work.labelling import my_work
from cotlab.storage.engine.database import Db


def ask_about_work(db: Db, person: Person, assignment_id: str, body: QuestionBody) -> Receipt:
    """Ask about an open trace of mine, or a step of it that was shown to me."""
    work = my_work(db, person, assignment_id)
    row = work.row
    open_project(db, row["project_id"])
    if body.position is not None and not row["first_position"] <= body.position <= work.visible:
        raise OutOfOrder(f"position: step {body.position} was not shown to you")
    return add_question(db, person, row["project_id"], body, row["guideline_version_id"], work.id, row["item_id"])
