"""What a server does with an archive: takes all of it or nothing, under names of its own, and goes on with the work."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cotlab.domain.datasets.exports import ExportOrder, LabelChoice
from cotlab.domain.errors import AlreadyExists, BadInput, CotlabError
from cotlab.domain.people import LeavingBody, Role
from cotlab.domain.projects.projects import NewProject
from cotlab.exchange.archive import row_line
from cotlab.services.audit import verification
from cotlab.services.datasets.export import prepared
from cotlab.services.guidelines import publishing
from cotlab.services.people import accounts
from cotlab.services.projects import projects
from cotlab.services.work import absence
from cotlab.storage import SERVER, Store
from cotlab.storage.engine.chain import head_message
from cotlab.storage.people import actors
from cotlab.storage.projects import project_archive
from cotlab.storage.projects.archive_tables import TABLES
from tests.services.calibration import piloting
from tests.services.projects import moving
from tests.services.projects.test_moving import findings
from tests.support import SIGNER, Clock
from tests.world import World, guideline_text, trace

CANARIES = ("canary-of-a-lead", "canary-of-a-person")


@pytest.fixture
def lived(world: World) -> World:
    """A trace that ann and bob labelled, one that ann has in hand, a source's labels, a question."""
    moving.known_key(world.store, SIGNER)
    world.add_traces(trace("d", steps=1))
    for name in ("ann", "bob"):
        world.expert(name).label_all(["correct", "incorrect"], rationale="a reason of some length")
    world.expert("ann").take()
    piloting.ask(world, "ann")
    world.catch_up()
    return world


@pytest.fixture
def content(lived: World) -> bytes:
    return moving.out(lived.store, lived.project)


@pytest.fixture
def there(lived: World, make_database: Callable[[], str], clock: Clock) -> Iterator[Store]:
    """Another server."""
    with moving.another(make_database(), clock) as store:
        yield store


def refused(store: Store, content: bytes, error: type[CotlabError] = BadInput) -> str:
    """The sentence about an archive, of which nothing may be left."""
    by, before = moving.host(store), moving.counts(store)
    with pytest.raises(error) as found:
        moving.taken(store, content, by)
    assert moving.counts(store) == before
    sentence = found.value.sentence
    assert "\n" not in sentence and sentence.endswith(".") and len(sentence) < 400
    return sentence


def dataset(store: Store, project_id: str, as_of: int) -> bytes:
    order = ExportOrder(format="native", labels=LabelChoice.EACH, as_of=as_of)
    return b"".join(store.read(lambda db: prepared(db, project_id, order)).chunks(store))


def test_work_goes_on_and_the_past_reads_as_it_did(lived: World, content: bytes, there: Store, clock: Clock) -> None:
    as_of = json.loads(moving.files(content)["manifest.json"])["events"]
    report = moving.taken(there, content)
    assert (report.events, report.guidelines_added, report.sha256) == (as_of, 1, json.loads(
        there.read(lambda db: db.rows("SELECT body FROM events WHERE chain = 'server' ORDER BY sequence"))[-1]["body"]
    )["data"]["sha256"])  # fmt: skip
    assert dataset(there, lived.project, as_of) == dataset(lived.store, lived.project, as_of) != b""
    here = World(there, clock, moving.host(there), lived.project, lived.people)
    here.catch_up()
    held = lived.expert("ann").take()
    assert here.expert("ann").take() == held, "what ann had in hand she has in hand"
    here.expert("ann").commit(held.id, 1)
    here.expert("cyn").label_all()
    assert dataset(there, lived.project, as_of) == dataset(lived.store, lived.project, as_of)
    assert findings(there, moving.ELSEWHERE.public_key) == []
    keys = there.read(lambda db: db.rows("SELECT key_id FROM heads WHERE chain = :p", p=lived.project))
    assert {row["key_id"] for row in keys} == {SIGNER.id, moving.ELSEWHERE.id}


def test_what_went_on_elsewhere_moves_on_with_the_keys_of_both(
    lived: World, content: bytes, there: Store, make_database: Callable[[], str], clock: Clock
) -> None:
    moving.taken(there, content)
    here = World(there, clock, moving.host(there), lived.project, lived.people)
    here.expert("cyn").label_all()
    again = moving.out(there, lived.project)
    keys = [json.loads(line)["public_key"] for line in moving.files(again)["keys.jsonl"].splitlines()]
    assert set(keys) == {SIGNER.public_key, moving.ELSEWHERE.public_key}
    with moving.another(make_database(), clock, 2 * 10**9) as third:
        moving.taken(third, again)
        assert moving.out(third, lived.project) == again and findings(third, moving.ELSEWHERE.public_key) == []


def test_the_key_of_the_other_server_signs_nothing_after_the_move(lived: World, content: bytes, there: Store) -> None:
    moving.taken(there, content)
    project = lived.project

    def forge(db: Any) -> None:
        appended = db.event(project, "policy.set", "somebody", {})
        message = head_message(project, appended.sequence, appended.hash, db.now)
        db.add(
            "heads", chain=project, size=appended.sequence, hash=appended.hash, at=db.now, key_id=SIGNER.id,
            signature=SIGNER.sign(message),
        )  # fmt: skip
        found = verification.verify(db, [moving.ELSEWHERE.public_key], (), ())[project].findings
        assert any(one.kind == "key" and SIGNER.id in one.sentence for one in found)
        raise LookupError

    with pytest.raises(LookupError):
        there.write(project, forge)


def test_a_project_is_taken_in_once(lived: World, content: bytes, there: Store) -> None:
    moving.taken(there, content)
    assert "The project pilot is here already" in refused(there, content, AlreadyExists)
    assert "The project pilot is here already" in refused(lived.store, content, AlreadyExists)


def test_a_name_that_another_project_has_is_refused(content: bytes, there: Store) -> None:
    projects.new_project(there, moving.host(there), NewProject(name="Pilot"))
    assert refused(there, content, AlreadyExists) == "There is another project named pilot here."


def published(store: Store, text: str) -> None:
    by = moving.host(store)
    version = publishing.checked(text, "1.0.md")
    store.write(SERVER, lambda db: publishing.publish(db, by, version, []))


def test_a_guideline_version_is_shared_where_it_is_the_same(lived: World, content: bytes, there: Store) -> None:
    published(there, guideline_text())
    assert moving.taken(there, content).guidelines_added == 0
    assert moving.out(there, lived.project) == content
    assert findings(there, moving.ELSEWHERE.public_key) == []


def test_a_guideline_version_with_another_text_is_refused(content: bytes, there: Store) -> None:
    published(there, guideline_text() + "\nMore.\n")
    assert "step-correctness 1.0 is published here with another text" in refused(there, content, AlreadyExists)


def names(store: Store) -> dict[str, str]:
    return {row["id"]: row["name"] for row in store.read(lambda db: db.rows("SELECT id, name FROM actors"))}


def test_people_keep_their_ids_and_whose_name_is_taken_gets_another(lived: World, content: bytes, there: Store) -> None:
    by = moving.host(there)
    native = there.write(SERVER, lambda db: accounts.add_person(db, by, "ann"))
    report = moving.taken(there, content)
    now = f"ann ({lived.people['ann'][-8:]})"
    assert report.renamed["ann"] == now and report.people_known == 0
    assert names(there)[lived.people["ann"]] == now and names(there)[native] == "ann"
    assert names(there)[lived.people["bob"]] == "bob"
    assert moving.out(there, lived.project) == content, "the archive has the name that it came with"
    assert there.read(lambda db: actors.person(db, lived.people["ann"])).roles == {lived.project: {Role.ANNOTATOR}}
    token = there.write(SERVER, lambda db: accounts.issue_token(db, by, now, "laptop", 1))
    assert token.token, "who came in can be given a token under the new name"


def test_a_role_that_came_with_the_project_itself_has_the_event_of_the_import(
    lived: World, content: bytes, there: Store
) -> None:
    rows = map(json.loads, moving.files(content)["tables/roles.jsonl"].splitlines())
    assert {row["role"] for row in rows if row["sequence"] is None} == {Role.LEAD}
    moving.taken(there, content)
    found = there.read(
        lambda db: db.rows(
            """SELECT e.body FROM roles r JOIN events e ON e.chain = 'server' AND e.sequence = r.sequence
               WHERE r.project_id = :p AND r.role = 'lead'""",
            p=lived.project,
        )
    )
    assert [json.loads(row["body"])["kind"] for row in found] == ["project.imported"]


def test_somebody_who_came_with_another_project_is_the_same(
    lived: World, content: bytes, there: Store, clock: Clock
) -> None:
    other = lived.add_project("other", "lea")
    lived.join("ann", Role.ANNOTATOR, other)
    moving.taken(there, moving.out(lived.store, other))
    report = moving.taken(there, content)
    assert report.people_known == 3 and "ann" not in report.renamed  # lea, ann and who runs the server
    assert moving.out(there, lived.project) == content
    ann = there.read(lambda db: actors.person(db, lived.people["ann"]))
    assert ann.roles == {other: {Role.ANNOTATOR}, lived.project: {Role.ANNOTATOR}}


def test_under_pseudonyms_no_name_leaves(lived: World, there: Store) -> None:
    world = lived
    for name, role in zip(CANARIES, (Role.LEAD, Role.ANNOTATOR), strict=True):
        world.add_person(name)
        world.join(name, role)
    world.expert(CANARIES[1]).label_all()
    named, nameless = (moving.out(world.store, world.project, named) for named in (True, False))
    assert all(name.encode() in named for name in CANARIES)
    assert not any(name.encode() in nameless for name in (*CANARIES, "operator"))
    assert moving.files(named).keys() - moving.files(nameless).keys() == {"names.jsonl"}
    moving.taken(there, nameless)
    assert names(there)[world.people[CANARIES[1]]] == f"person-{world.people[CANARIES[1]][-12:]}"
    assert moving.out(there, world.project, named=False) == nameless


def test_who_came_without_a_name_gets_the_one_that_another_archive_brings(lived: World, there: Store) -> None:
    second = lived.add_project("second", lead="lea")
    for name in ("ann", "bob"):
        lived.join(name, Role.ANNOTATOR, second)
    moving.taken(there, moving.out(lived.store, lived.project, named=False))
    by = moving.host(there)
    native = there.write(SERVER, lambda db: accounts.add_person(db, by, "ann"))
    content = moving.out(lived.store, second)
    report = moving.taken(there, content)
    here, ann = names(there), lived.people["ann"]
    assert here[lived.people["bob"]] == "bob" and here[lived.people["dan"]].startswith("person-")
    assert here[native] == "ann" and here[ann] == report.renamed["ann"] == f"ann ({ann[-8:]})"
    assert moving.out(there, second) == content and findings(there, moving.ELSEWHERE.public_key) == []


def test_who_was_away_is_away(lived: World, there: Store) -> None:
    absence.deactivate(lived.store, lived.host, LeavingBody(person="bob", reason="went elsewhere"))
    content = moving.out(lived.store, lived.project)
    moving.taken(there, content)
    away = there.read(lambda db: actors.members(db, lived.project, also_away=True))
    assert {row["name"] for row in away if row["away"]} == {"bob"}
    assert moving.out(there, lived.project) == content and findings(there, moving.ELSEWHERE.public_key) == []


def test_no_credential_leaves(lived: World, content: bytes) -> None:
    hashes = lived.rows("SELECT id, secret_hash FROM tokens")
    assert hashes and not any(value.encode() in content for row in hashes for value in row.values())


def changed(text: bytes, place: int = 0, /, **fields: Any) -> bytes:
    """Lines of rows, one of them with other values."""
    lines = text.splitlines(keepends=True)
    lines[place] = row_line({**json.loads(lines[place]), **fields})
    return b"".join(lines)


def overruled(text: bytes) -> bytes:
    """The first label `incorrect` is `correct`."""
    values = [json.loads(line)["value"] for line in text.splitlines()]
    return changed(text, values.index("incorrect"), value="correct")


def first_line_gone(text: bytes) -> bytes:
    return text.partition(b"\n")[2]


def signed_otherwise(text: bytes) -> bytes:
    return text[:-3] + (b"0" if text[-3:-2] != b"0" else b"1") + text[-2:]


def gone(_: bytes) -> None:
    return None


Tamper = Callable[[bytes], bytes | None]
NOT_FIT, HISTORY = "a row does not fit the database", "the history in it does not hold: "
OTHER_KEY = row_line({"id": moving.ELSEWHERE.id, "public_key": moving.ELSEWHERE.public_key})
TAMPERED: dict[str, tuple[str, Tamper, str]] = {
    "a label": ("tables/answers.jsonl", overruled, "differs from its event in value"),
    "a rationale": (
        "tables/answers.jsonl", lambda text: changed(text, rationale="x"), "differs from its event in rationale",
    ),
    "a label gone": ("tables/answers.jsonl", first_line_gone, "answers and the table has"),
    "a step": ("tables/steps.jsonl", lambda text: changed(text, text="two"), "are not those that came in"),
    "a policy": (
        "tables/policies.jsonl", lambda text: changed(text, document="{}"), "the policy differs from its event",
    ),
    "a document": ("tables/policies.jsonl", lambda text: changed(text, -1, document="{"), "cannot be read"),
    "a question": (
        "tables/questions.jsonl", lambda text: changed(text, text="another?"), "differs from its event",
    ),
    "a guideline": (
        "tables/guideline_versions.jsonl", lambda text: changed(text, quick_reference="say yes"),
        "is not the one that was published",
    ),
    "a table gone": ("tables/citations.jsonl", gone, "there is no tables/citations.jsonl in it"),
    "all assignments gone": ("tables/assignments.jsonl", lambda _: b"", NOT_FIT),
    "no chain": ("chain.log", gone, "there is no chain.log in it"),
    "no names": ("names.jsonl", gone, "there is no names.jsonl in it"),
    "no project": ("tables/projects.jsonl", lambda _: b"", "does not hold the one project"),
    "a strange file": ("tables/tokens.jsonl", lambda _: b"", "nobody knows what tables/tokens.jsonl is"),
    "a strange column": ("tables/problems.jsonl", lambda text: changed(text, colour="red"), "no column colour"),
    "uneven rows": ("tables/steps.jsonl", lambda text: changed(text, 1, colour="red"), "the same columns"),
    "too few columns": ("tables/exports.jsonl", lambda _: row_line({"id": "x"}), NOT_FIT),
    "a text for a number": ("tables/steps.jsonl", lambda text: changed(text, position="one"), NOT_FIT),
    "a row twice": ("tables/steps.jsonl", lambda text: text.splitlines(keepends=True)[0] + text, NOT_FIT),
    "another's row": (
        "tables/problems.jsonl", lambda text: changed(text, project_id="f" * 32), "holds a row of another project",
    ),
    "all people gone": ("people.jsonl", lambda _: b"", NOT_FIT),
    "a person without an id": ("people.jsonl", lambda text: changed(text, id="../x"), "people.jsonl, line 1: id"),
    "a person gone": ("people.jsonl", first_line_gone, "people.jsonl lacks somebody"),
    "an event": ("chain.log", lambda text: text.replace(b'"overlap":2', b'"overlap":3', 1), f"{HISTORY}Line"),
    "an end cut off": (
        "chain.log", lambda text: b"".join(text.splitlines(keepends=True)[:-2]), f"{HISTORY}The manifest says",
    ),
    "a signature": ("chain.log", signed_otherwise, f"{HISTORY}The signature"),
    "another key": ("keys.jsonl", lambda _: OTHER_KEY, f"{HISTORY}A head of size"),
    "a key of another name": ("keys.jsonl", lambda text: changed(text, id="0" * 16), "otherwise than it is"),
}  # fmt: skip
"""A file, how it is tampered with, and what is said of it."""


def test_an_archive_whose_manifest_was_made_to_fit_is_refused_and_leaves_nothing(
    lived: World, content: bytes, there: Store
) -> None:
    found = moving.files(content)
    for name, (file, change, sentence) in TAMPERED.items():
        said = refused(there, moving.rebuilt(content, {file: change(found.get(file, b""))}))
        assert sentence in said, (name, said)
    assert moving.rebuilt(content, {}) == content
    moving.taken(there, content)


def test_a_newer_schema_and_a_chain_of_the_server_are_refused(lived: World, content: bytes, there: Store) -> None:
    assert "a newer cotlab wrote it (0999_later)" in refused(there, moving.rebuilt(content, {}, migration="0999_later"))
    assert "the history in it does not hold" in refused(there, moving.rebuilt(content, {}, project_id="f" * 32))
    with pytest.raises(ValueError, match="project_id"):
        moving.rebuilt(content, {}, project_id=SERVER)


def test_an_archive_of_an_earlier_schema_lacks_what_came_later(lived: World, content: bytes, there: Store) -> None:
    """The columns that it has are filled, and the tables are empty."""
    later = set(TABLES) - set(project_archive.tables_at("0010_batches"))
    assert {"pairs", "evaluations"} < {table.name for table in later}
    earlier = moving.rebuilt(content, {table.member: None for table in later}, migration="0010_batches")
    moving.taken(there, earlier)
    assert moving.out(there, lived.project) == content
    assert project_archive.tables_at(project_archive.NEWEST) == list(TABLES)


def test_a_row_for_an_item_of_another_project_is_refused(
    lived: World, content: bytes, there: Store, clock: Clock
) -> None:
    """A step refers to a trace, and the trace could be anybody's."""
    by = moving.host(there)
    other = World(there, clock, by)
    other.project = other.add_project("other")
    other.add_traces(trace("theirs"))
    theirs = other.value("SELECT id FROM traces")
    text = moving.files(content)["tables/steps.jsonl"] + row_line({"trace_id": theirs, "position": 9, "text": "x"})
    assert "holds rows that are not of the project" in refused(
        there, moving.rebuilt(content, {"tables/steps.jsonl": text})
    )
