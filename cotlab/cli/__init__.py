"""The command line. Each command's module is loaded when it is called, so that help is quick."""

import gc
import importlib
import sys
from collections.abc import Sequence
from typing import Any

import click

from cotlab import __version__

COMMANDS = {
    "init": ("host", "Make a database, its signing key and the first admin."),
    "serve": ("host", "Serve the database over HTTP."),
    "migrate": ("host", "Bring a database to this version's schema, after a backup."),
    "backup": ("host", "Write a copy of the database, also while it is written to."),
    "restore": ("host", "Put a verified backup in the place of the database."),
    "user": ("people", "Add and list people, let them go, and bring them back."),
    "token": ("people", "Issue, revoke and list tokens."),
    "project": ("projects.projects", "Add, list, close and move projects."),
    "policy": ("projects.projects", "Show and set a project's policy."),
    "member": ("projects.projects", "Give and take roles in a project."),
    "guideline": ("guidelines.guidelines", "Check, publish and pilot guideline versions, and see what they change."),
    "import": ("traces.trace_import", "Import reasoning traces from a file."),
    "alter": ("drafts.alter", "Make erroneous steps of correct ones, for people to label."),
    "pairs": ("coverage.pairs", "Make preference pairs of the traces of a problem."),
    "export": ("datasets.export", "Export a dataset with its manifest."),
    "release": ("datasets.releases", "List and show releases of exports, and tell two of them apart."),
    "lineage": ("datasets.releases", "Print the history of an exported row, a trace, a pair or a step."),
    "convert": ("datasets.convert", "Write the traces or pairs of a file in another format."),
    "formats": ("datasets.formats", "See the formats, and the maps of label words."),
    "check": ("checks.check", "Check what is computed in the steps of a file or a project."),
    "worker": ("worker", "Check steps as they come in, and have models draft what was asked for."),
    "model": ("drafts.models", "Make models known that draft, list, check and remove them."),
    "draft": ("drafts.drafts", "Have a model draft steps and paths, and see how far it is."),
    "evidence": ("checks.evidence", "See what checks found, how often they were right, and what showing it changed."),
    "quality": ("reports.quality", "See how good a dataset is: answers and steps judged apart."),
    "agreement": ("agreement.agreement", "Say how far people agree, over any table of labels."),
    "gold": ("gold", "Keep traces with verified labels, which people are measured against."),
    "calibration": ("calibration.calibration", "See who is qualified and why, draw calibration sets, and decide."),
    "cohort": ("projects.cohorts", "Put people in cohorts, and list them."),
    "recheck": ("calibration.rechecks", "Have others label what is in doubt."),
    "evaluate": ("evaluations.evaluate", "Hold a model's judgement of steps against settled labels."),
    "evaluations": ("evaluations.evaluate", "List evaluations of models, and show one."),
    "reopen": ("evaluations.evaluate", "Have a slice in which a model or people do badly labelled anew."),
    "report": ("reports.reports", "See how good labels are, how people work, and alarms about them."),
    "coverage": (
        "coverage.coverage",
        "See which kinds of problems and paths are there, and have people write what is missing.",
    ),
    "batch": ("queue.batches", "Give traces to people by name, and see how far they are."),
    "case": ("cases", "See what adjudicators decide, and hand cases on."),
    "queue": ("queue.queue", "See how much of the queue is open, and why a trace is handed out or not."),
    "audit": ("audit", "Verify and write out the audit trail."),
    "demo": ("demo", "Try everything with the example data in a fresh folder."),
    "completion": ("completion", "Print the shell completion script."),
}


class LazyGroup(click.Group):
    """A group that knows its commands' names and one-line helps, and imports a command when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"cotlab.cli.{COMMANDS[cmd_name][0]}")
        gc.freeze()  # what is loaded by now stays, so that no collection walks it again
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        from click.shell_completion import CompletionItem

        return [CompletionItem(name, help=text) for name, (_, text) in COMMANDS.items() if name.startswith(incomplete)]


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="cotlab %(version)s")
def cli() -> None:
    """Label the steps of reasoning traces with experts, and export datasets that train.

    Commands that talk to a server take --server or COTLAB_SERVER, and COTLAB_TOKEN or the file that
    `cotlab-tui login` writes. Commands on this host take --database or COTLAB_DATABASE.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """The entry point: every error that a user can meet is one sentence and a non-zero exit."""
    try:
        code = cli.main(arguments, prog_name="cotlab", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("stopped", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        click.echo("stopped", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(141)
    except Exception as error:
        from cotlab.cli.sentences import sentence

        said = sentence(error)
        if said is None:
            raise
        click.echo(f"Error: {said}", err=True)
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)
