"""A check that never ends where the step says so; in a module of its own, so that a child can import it."""

from cotlab.checks.running.checking import check
from cotlab.domain.checks import StepToCheck, StepVerdict
from cotlab.domain.projects.gates import Setting


def hang(asked: StepToCheck, setting: Setting) -> StepVerdict:
    while asked.step == "hang":
        pass
    return check(asked, setting)
