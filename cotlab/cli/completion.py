"""Shell completion."""

import click


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion_command(shell: str) -> None:
    """Print the completion script for SHELL, as for: eval "$(cotlab completion bash)"."""
    from click.shell_completion import get_completion_class

    from cotlab.cli import cli

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(cli, {}, "cotlab", "_COTLAB_COMPLETE").source())
