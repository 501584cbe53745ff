"""A whole project checked on its host."""

import threading
from contextlib import closing

import click

from cotlab.cli.context import opened
from cotlab.cli.progress import counted
from cotlab.domain.checks import Verdict
from cotlab.domain.errors import BadInput
from cotlab.domain.projects.gates import Setting
from cotlab.domain.projects.policy import Policy
from cotlab.exchange.readers.jsonl import dump_line
from cotlab.services.checks.coordinator import check_project
from cotlab.services.checks.executors import crew
from cotlab.services.checks.verdicts import ANSWERS, Wanted, wanted
from cotlab.services.projects.projects import project_id_named, show_policy
from cotlab.settings import Settings
from cotlab.storage.checks import checks


def check_project_named(found: Settings, name: str, as_json: bool, all_kinds: bool) -> None:
    """Check all that is missing, and say how the project stands. Raises BadInput where the policy checks nothing."""
    with opened(found) as store, closing(crew(found.cluster, found.check_threads)) as hands:
        project_id = store.read(lambda db: project_id_named(db, name))
        asked = _asked(store.read(lambda db: show_policy(db, project_id)), all_kinds)
        before = store.read(lambda db: checks.progress(db, project_id, asked.checker))
        stopping = threading.Event()
        total = before.pop("steps")
        with counted(name, total, sum(before.values())) as advance:
            try:
                new = check_project(store, hands, project_id, asked, stopping, advance)
            except BaseException:
                stopping.set()  # what is under way ends within the limit of a step
                raise
        after = store.read(lambda db: checks.progress(db, project_id, asked.checker))
    said = {"project": name, "checker": asked.checker, "new": new, **{str(one): 0 for one in Verdict}, **after}
    if as_json:
        click.echo(dump_line(said).decode(), nl=False)
        return
    verdicts = ", ".join(f"{said[one]:,} {one}" for one in Verdict)
    click.echo(f"{name}, checks {asked.checker}: {said['steps']:,} steps: {verdicts}; {new:,} of them new")


def _asked(policy: Policy, all_kinds: bool) -> Wanted:
    asked = wanted(policy)
    if asked is None:
        raise BadInput("checks: they are off in the policy of this project")
    return Wanted(Setting.ALL_KINDS, ANSWERS) if all_kinds else asked
