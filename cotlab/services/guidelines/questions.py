"""Questions to the lead, from the people who label, and the lead's answers."""

from typing import Any

from cotlab.domain.errors import BadInput, NoGuideline, NotFound
from cotlab.domain.guidelines.questions import AnswerBody, QuestionBody, QuestionView
from cotlab.domain.people import Person
from cotlab.domain.work.views import Receipt
from cotlab.services.audit import event_data
from cotlab.services.guidelines.versions import parsed
from cotlab.services.projects.projects import known_project, open_project
from cotlab.storage.engine.database import Db, Reading, Row
from cotlab.storage.guidelines import guidelines
from cotlab.storage.guidelines import questions as stored
from cotlab.storage.projects import projects


def ask(db: Db, person: Person, project_id: str, body: QuestionBody) -> Receipt:
    """Ask about the guideline. Raises NoGuideline where none is in force."""
    open_project(db, project_id)
    if body.position is not None:
        raise BadInput("position: a question about a step is asked on its assignment")
    return add_question(db, person, project_id, body, _version(db, project_id, None), None, None)


def add_question(
    db: Db, person: Person, project_id: str, body: QuestionBody, version_id: str, assignment_id: str | None,
    item_id: str | None,
) -> Receipt:  # fmt: skip
    """Keep a question of a person, with what it is about."""
    columns: dict[str, Any] = {
        "id": db.new_id(), "project_id": project_id, "actor_id": person.id, "guideline_version_id": version_id,
        "assignment_id": assignment_id, "item_id": item_id, "position": body.position, "text": body.text,
    }  # fmt: skip
    appended = event_data.tell(db, event_data.QUESTION, columns)
    stored.add(db, **columns, at=db.now, sequence=appended.sequence)
    return Receipt(receipt=appended.hash)


def _version(db: Reading, project_id: str, item_id: str | None) -> str:
    """The id of the version in force for an item, or for the project as a whole."""
    if item_id is not None:
        found = guidelines.version_for_item(db, item_id)
    else:
        found = projects.in_force(db, project_id) or projects.newest_in_force(db, project_id)
    if found is None:
        raise NoGuideline()
    return found


def answer(db: Db, by: str, project_id: str, question_id: str, body: AnswerBody) -> Receipt:
    """Answer a question; answered again, the later answer counts. Raises NotFound, BadInput for a rule that is none."""
    open_project(db, project_id)
    question = stored.question(db, project_id, question_id)
    if question is None:
        raise NotFound("There is no such question in this project.")
    if body.rule is not None:
        guideline = parsed(db, _version(db, project_id, question["item_id"]))
        if guideline.rule(body.rule) is None:
            raise BadInput(f"rule: {guideline.head.title}, which is in force, has no rule {body.rule}")
    columns: dict[str, Any] = {
        "id": db.new_id(), "project_id": project_id, "question_id": question_id, "actor_id": by,
        "resolution": body.resolution.value, "rule": body.rule, "text": body.text, "to_all": int(body.to_all),
    }  # fmt: skip
    appended = event_data.tell(db, event_data.ANSWER, columns)
    stored.add_answer(db, **columns, at=db.now, sequence=appended.sequence)
    return Receipt(receipt=appended.hash)


def mine(db: Reading, person: Person, project_id: str) -> list[QuestionView]:
    """What I asked in a project, and the questions of others whose answer was sent to all, the newest first."""
    known_project(db, project_id)
    return [_to_asker(row, person.id) for row in stored.for_person(db, project_id, person.id)]


def _to_asker(row: Row, person_id: str) -> QuestionView:
    """A question as a labeller sees it: their own with its step, another's without."""
    hidden: dict[str, Any] = {"person": "", "item_id": None}
    if row["actor_id"] != person_id:
        hidden |= {"mine": False, "position": None, "step": None}
    return view(row).model_copy(update=hidden)


def asked(db: Reading, project_id: str, only_open: bool = False) -> list[QuestionView]:
    """What everybody asked in a project, the newest first, for its lead."""
    known_project(db, project_id)
    rows = stored.in_project(db, project_id)
    return [view(row) for row in rows if not (only_open and row["resolution"] is not None)]


def answered_count(db: Reading, person_id: str, project_id: str) -> int:
    """How many questions have an answer that a person may read: their own, and those sent to all."""
    return stored.answered_count(db, person_id, project_id)


def view(row: Row) -> QuestionView:
    """A question as the lead sees it."""
    said = None
    if row["resolution"] is not None:
        said = AnswerBody(
            resolution=row["resolution"], rule=row["rule"], text=row["answer"], to_all=bool(row["to_all"])
        )
    return QuestionView(
        id=row["id"], person=row["person"], text=row["text"], asked_at=row["at"],
        guideline_version=f"{row['guideline']} {row['version']}", domain=row["domain"] or "",
        item_id=row["item_id"], position=row["position"], step=row["step"], answer=said,
        answered_at=row["answered_at"],
    )  # fmt: skip
