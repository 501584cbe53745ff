"""Who is behind a token."""

from cotlab.domain.people import Role
from cotlab.services.people.access import authenticate
from tests.world import World


def test_a_token_brings_its_person_with_every_role(world: World) -> None:
    world.join("ann", Role.ADJUDICATOR)
    other = world.add_project("other")
    world.join("ann", Role.EXPORTER, other)
    ann = world.store.read(lambda db: authenticate(db, world.tokens["ann"]))
    assert ann.id == world.people["ann"] and ann.name == "ann" and not ann.admin
    assert ann.roles == {
        world.project: frozenset({Role.ANNOTATOR, Role.ADJUDICATOR}), other: frozenset({Role.EXPORTER}),
    }  # fmt: skip
