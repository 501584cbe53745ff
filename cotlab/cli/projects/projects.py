"""Projects, policies and members, through a server."""

import click

from cotlab.cli.context import client, project_id, run, server_option, settings
from cotlab.cli.projects.archives import project_export, project_import
from cotlab.cli.sentences import counted
from cotlab.domain.people import PROJECT_ROLES


@click.group("project")
def project_command() -> None:
    """Add, list, close and move projects."""


@project_command.command("add")
@server_option
@click.argument("name")
@click.option("--lead", help="A person who becomes its lead.")
@run
async def project_add(server: str | None, name: str, lead: str | None) -> None:
    """Make the project NAME (an admin does)."""
    from cotlab.domain.projects.projects import NewProject

    async with client(settings(server=server)) as connection:
        project = await connection.add_project(NewProject(name=name, lead=lead))
    click.echo(f"added {project.name}" + (f", led by {lead}" if lead else ""))


@project_command.command("list")
@server_option
@run
async def project_list(server: str | None) -> None:
    """List your projects by name."""
    async with client(settings(server=server)) as connection:
        projects = await connection.projects()
    for project in projects:
        state = "closed" if project.closed else project.guideline or "no guideline in force"
        click.echo(f"{project.name:<28}  {state:<28}  {', '.join(project.roles)}")
    click.echo(f"{counted(len(projects), 'project')}, by name", err=True)


@project_command.command("close")
@server_option
@click.argument("name")
@click.option("--reason", required=True, help="Why; everybody who works in it reads this.")
@run
async def project_close(server: str | None, name: str, reason: str) -> None:
    """Close the project NAME for good; its labels stay and can be exported."""
    from cotlab.domain.projects.projects import ClosingBody

    async with client(settings(server=server)) as connection:
        await connection.close_project(await project_id(connection, name), ClosingBody(reason=reason))
    click.echo(f"closed {name}")


project_command.add_command(project_export)
project_command.add_command(project_import)


@click.group("policy")
def policy_command() -> None:
    """Show and set a project's policy."""


@policy_command.command("show")
@server_option
@click.argument("project")
@run
async def policy_show(server: str | None, project: str) -> None:
    """Print the policy of PROJECT, each value with its meaning; who labels there is shown what concerns their work."""
    from cotlab.cli.projects.policy_values import fields, listed
    from cotlab.client import ApiError
    from cotlab.domain.errors import Refused
    from cotlab.domain.projects.policy import Policy, WorkPolicy

    async with client(settings(server=server)) as connection:
        found, names = await project_id(connection, project), Policy.model_fields.keys()
        try:
            policy = await connection.policy(found)
        except ApiError as error:
            if error.status != Refused.status:
                raise
            mine = await connection.work_policy(found)
            policy, names = Policy.model_validate(mine.model_dump()), WorkPolicy.model_fields.keys()
    for name, value, description in fields(policy):
        if name.partition(".")[0] not in names:
            continue
        shown = listed(value) if isinstance(value, list) else str(value).lower()
        click.echo(f"{name} = {shown}    # {description}")


@policy_command.command("set")
@server_option
@click.argument("project")
@click.argument("values", nargs=-1, required=True, metavar="NAME=VALUE...")
@run
async def policy_set(server: str | None, project: str, values: tuple[str, ...]) -> None:
    """Set values of the policy of PROJECT, as `overlap=3` or `gate.steps=120`; a list is written `a,b`.

    A list of entries is JSON, as `overlaps='[{"domain": "law", "people": 3}]'`, and `overlaps=` takes all out.

    A value that may be none is taken out with `gate=none`; `gate.steps=120` begins with the default gate.
    """
    from cotlab.cli.projects.policy_values import changed

    async with client(settings(server=server)) as connection:
        found = await project_id(connection, project)
        await connection.set_policy(found, changed(await connection.policy(found), values))
    click.echo(f"set {', '.join(values)}")


@click.group("member")
def member_command() -> None:
    """Give and take roles in a project."""


ROLES = click.Choice([role.value for role in PROJECT_ROLES])


@member_command.command("add")
@server_option
@click.argument("project")
@click.argument("person")
@click.argument("role", type=ROLES)
@run
async def member_add(server: str | None, project: str, person: str, role: str) -> None:
    """Give PERSON the ROLE in PROJECT."""
    from cotlab.domain.people import Role
    from cotlab.domain.projects.projects import MemberBody

    async with client(settings(server=server)) as connection:
        body = MemberBody(person=person, role=Role(role))
        await connection.add_member(await project_id(connection, project), body)
    click.echo(f"{person} is {role} of {project}")


@member_command.command("remove")
@server_option
@click.argument("project")
@click.argument("person")
@click.argument("role", type=ROLES)
@run
async def member_remove(server: str | None, project: str, person: str, role: str) -> None:
    """Take the ROLE in PROJECT from PERSON; what they labelled stays."""
    from cotlab.domain.people import Role
    from cotlab.domain.projects.projects import MemberBody

    async with client(settings(server=server)) as connection:
        body = MemberBody(person=person, role=Role(role))
        await connection.remove_member(await project_id(connection, project), body)
    click.echo(f"{person} is no longer {role} of {project}")


@member_command.command("list")
@server_option
@click.argument("project")
@run
async def member_list(server: str | None, project: str) -> None:
    """List the members of PROJECT by name."""
    async with client(settings(server=server)) as connection:
        members = await connection.members(await project_id(connection, project))
    for member in members:
        click.echo(f"{member.name:<24}  {', '.join(member.roles)}" + ("  (deactivated)" if member.away else ""))
    click.echo(f"{counted(len(members), 'member')}, by name", err=True)
