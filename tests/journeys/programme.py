"""A programme whose experts part over what restates, in one domain, until a rule says so."""

from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from cotlab.client import Client, new_key
from cotlab.domain.answers import FinishBody, LabelBody
from cotlab.domain.people import Role
from cotlab.domain.projects.policy import Policy
from cotlab.domain.projects.projects import MemberBody, NewProject
from cotlab.domain.traces.records import Problem, Step, Trace
from cotlab.domain.work.views import NextStep, StepView
from cotlab.exchange.readers.jsonl import Good
from cotlab.services.guidelines import publishing
from cotlab.services.people import accounts
from cotlab.services.people.setup import initialise, open_database
from cotlab.services.projects import projects
from cotlab.services.traces.trace_import import import_lines
from cotlab.settings import Settings
from cotlab.storage import SERVER, Db
from tests.services.guidelines.guideline_texts import BODY, small

TRACES, STEPS, EVERYDAY = 200, 4, 80
EXPERTS = ("ann", "bob", "cyn")
OPEN_DOMAIN = "everyday"
RULE = """
### M3 What restates

If the step only says again what stands, then `redundant`. In honest doubt: `redundant`.

"""
MENDED = small(
    "1.1", affects={"labels": ["correct", "redundant"], "domains": [OPEN_DOMAIN]}, body=BODY + RULE,
)  # fmt: skip


def trace(number: int) -> Trace:
    """Step 2 restates step 1, step 3 is false in every fifth trace, and all else is plainly right."""
    domain = OPEN_DOMAIN if number < EVERYDAY else "mathematics"
    texts = ["there are three", "so, again, three", "false" if number % 5 == 0 else "hence six", "six it is, then"]
    problem = Problem(text=f"Problem {number}", domain=domain)
    return Trace(id=str(number), problem=problem, steps=tuple(Step(text=text) for text in texts), final_answer="six")


def judged(name: str, number: int, step: StepView, domain: str, rule_known: bool) -> LabelBody:
    """What an expert says of a step: `ann` takes what restates for redundant, `bob` for correct, `cyn` now and then."""
    says = {"position": step.position, "label": "correct"}
    if step.text == "false":
        says |= {"label": "incorrect", "citations": [{"kind": "rule", "name": "M1"}]}
    elif "again" in step.text:
        restates = rule_known or domain != OPEN_DOMAIN or name == "ann" or (name == "cyn" and number % 2 == 0)
        says["label"] = "redundant" if restates else "correct"
    elif step.position == 4 and number % 40 == EXPERTS.index(name):
        says["label"] = "redundant"
    return LabelBody.model_validate(says)


@dataclass(frozen=True)
class Programme:
    """A database with people, 200 traces and the guideline `small 1.0`; `tokens` are by name."""

    folder: Path
    settings: Settings
    tokens: dict[str, str]
    project: str
    public_key: str
    numbers: dict[str, int] = field(default_factory=dict)


def prepare(folder: Path) -> Programme:
    settings = Settings(database=str(folder / "cotlab.db"), signing_key=folder / "signing-key")
    made = initialise(settings, "admin", days=1)
    admin, names = made.admin_id, ("lea", "adj", "exp", *EXPERTS)
    with closing(open_database(settings)) as store:

        def add_people(db: Db) -> dict[str, str]:
            for name in names:
                accounts.add_person(db, admin, name)
            return {name: accounts.issue_token(db, admin, name, "test", 1).token for name in names}

        tokens = store.write(SERVER, add_people)
        project = projects.new_project(store, admin, NewProject(name="pilot", lead="lea")).id

        def furnish(db: Db) -> None:
            for name, role in [("adj", Role.ADJUDICATOR), ("exp", Role.EXPORTER)] + [
                (name, Role.ANNOTATOR) for name in EXPERTS
            ]:
                projects.add_member(db, admin, project, MemberBody(person=name, role=role))
            version = publishing.checked(small("1.0", "initial"), "1.0.md")
            publishing.publish(db, admin, version, [project])
            policy = Policy(overlap=3, second_adjudicator_share=0, break_after_minutes=24 * 60)
            projects.set_policy(db, admin, project, policy)

        store.write([SERVER, project], furnish)
        import_lines(store, admin, project, (Good(number, "native", (trace(number),)) for number in range(TRACES)))
    return Programme(folder, settings, tokens, project, made.public_key)


async def work(programme: Programme, url: str, name: str, rule_known: bool = False) -> int:
    """Label whatever comes until nothing does; returns the number of commits."""
    commits = 0
    async with Client(url, programme.tokens[name]) as client:
        while True:
            claimed = await client.claim(programme.project, new_key())
            if claimed.guideline_version_id is not None:
                await client.acknowledge(programme.project, claimed.guideline_version_id)
                continue
            if claimed.assignment is None:
                assert claimed.nothing == "nothing_open", claimed
                return commits
            assignment = claimed.assignment
            number, next_ = int(assignment.problem.text.removeprefix("Problem ")), assignment.next
            while isinstance(next_, NextStep):
                body = judged(name, number, next_.step, assignment.problem.domain, rule_known)
                mine = next_.step.mine
                body = body.model_copy(update={"rationale": "it is so", "replaces": mine.id if mine else None})
                next_ = (await client.commit(assignment.id, body, new_key())).next
                commits += 1
            asked = getattr(next_, "asks", ())
            await client.finish(assignment.id, FinishBody(complete="yes" if "complete" in asked else None), new_key())
