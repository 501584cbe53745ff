"""What `cotlab export` writes into a folder, that its command makes it again, and what it says of wrong options."""

import json
import shlex
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from cotlab.services.people.setup import open_database
from cotlab.settings import Settings
from tests.cli.conftest import Begun, Command, initialise
from tests.services.datasets.splitting import labelled, told
from tests.support import Clock
from tests.world import World, people_and_project, trace

EXPORT = ("export", "--project", "pilot", "--labels", "settled")
STEPWISE = ("--format", "trl-stepwise", "--mapping", "correctness")
SPLIT = ("--split", "train=0.75,test=0.25")


@pytest.fixture
def pilot(command: Command, begun: Begun) -> Command:
    """The project `pilot` with 24 labelled traces."""
    begun(label_a_pilot)
    return command


def label_a_pilot() -> None:
    initialise()
    with closing(open_database(Settings(database="cotlab.db"))) as store:
        labelled(people_and_project(store, Clock()))


def more_labels() -> None:
    """Another trace comes in and is labelled."""
    with closing(open_database(Settings(database="cotlab.db"))) as store:
        people = {row["name"]: row["id"] for row in store.read(lambda db: db.rows("SELECT id, name FROM actors"))}
        (project,) = store.read(lambda db: db.rows("SELECT id FROM projects"))
        world = World(store, Clock(), host=people["root"], project=project["id"], people=people)
        world.add_traces(trace("another"))
        world.expert("ann").label_all()


def files(folder: str) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in sorted(Path(folder).iterdir())}


def without_time(name: str, content: bytes) -> object:
    if name == "manifest.json":
        return {field: value for field, value in json.loads(content).items() if field != "made_at"}
    return content.partition(b"Made on")[0] if name == "README.md" else content


@pytest.mark.parametrize(
    "more",
    [
        SPLIT,
        (*SPLIT, "--seed", "7", "--by", "domain", "--parquet"),
        (*SPLIT, "--hold-out", "domain=law", "--test-origin", "model", "--paired", "--compress", "gzip"),
        ("--balance", "label=incorrect,incomplete", "--against", "known.jsonl"),
        ("--max-share", "origin=model:0.5", "--against", "known.jsonl"),
        ("--split", f"train={1 / 3},dev={1 / 3},test={1 / 3}", "--max-share", f"origin=model:{5 / 7}"),
        (*SPLIT, "--where", "domain=law", "--where", "tag=language=fr", "--guideline", "1.0", "--max-length", "30"),
    ],
)
def test_the_command_of_the_manifest_makes_the_same_files(pilot: Command, more: tuple[str, ...]) -> None:
    Path("known.jsonl").write_text(json.dumps({"question": told(4)}) + "\n", "utf-8")
    assert pilot(*EXPORT, *STEPWISE, *more, "-o", "first").code == 0
    manifest = json.loads(Path("first/manifest.json").read_text("utf-8"))
    more_labels()
    again = shlex.split(manifest["command"])
    assert again[0] == "cotlab" and pilot(*again[1:]).code == 0
    one, other = files("first"), files("pilot-trl-stepwise")
    assert {name: without_time(name, content) for name, content in one.items()} == {
        name: without_time(name, content) for name, content in other.items()
    }
    assert {"README.md", "manifest.json"} < one.keys() == {*(f["path"] for f in manifest["files"] if f["rows"])} | {
        "README.md", "manifest.json"
    }  # fmt: skip


def test_the_card_has_a_head_that_names_each_split(pilot: Command) -> None:
    said = pilot(*EXPORT, *STEPWISE, *SPLIT, "--paired", "--out", "out")
    assert "  train.jsonl: 18 rows of 18 traces\n" in said.out and "outcome" in said.out
    _, head, body = Path("out/README.md").read_text("utf-8").split("---\n", 2)
    configs = yaml.safe_load(head)["configs"]
    assert configs[0]["config_name"] == "trl-stepwise" and configs[0]["default"] is True
    assert configs[0]["data_files"] == [
        {"split": "train", "path": "train.jsonl"}, {"split": "test", "path": "test.jsonl"}
    ]  # fmt: skip
    for section in ("Annotators and their qualification", "Quality", "Known limits", "Guideline"):
        assert f"## {section}" in body
    assert "step-correctness 1.0: 48 labels" in body and "| all | no unit has two ratings |" in body


def test_one_file_has_its_card_beside_it(pilot: Command) -> None:
    assert pilot(*EXPORT, "--format", "native").code == 0
    assert {one.name for one in Path().glob("pilot-native*")} == {
        "pilot-native.jsonl", "pilot-native.jsonl.manifest.json", "pilot-native.jsonl.card.md"
    }  # fmt: skip
    assert "`datasets.load_dataset` (4.7 or later) on" in Path("pilot-native.jsonl.card.md").read_text("utf-8")
    assert pilot(*EXPORT, *STEPWISE, "--out", "folder/").code == 0
    assert [*files("folder")] == ["README.md", "manifest.json", "train.jsonl"]
    assert "`datasets.load_dataset` on this folder" in Path("folder/README.md").read_text("utf-8")


def test_a_folder_that_is_there_is_replaced_only_if_asked(pilot: Command) -> None:
    assert pilot(*EXPORT, *STEPWISE, *SPLIT, "-o", "out").code == 0
    first = files("out")
    assert "There is a folder out already; --force replaces it." in pilot(*EXPORT, *STEPWISE, *SPLIT, "-o", "out").error
    assert pilot(*EXPORT, *STEPWISE, "-o", "out", "--force").code == 0
    assert [*files("out")] == ["README.md", "manifest.json", "train.jsonl"] and "test.jsonl" in first
    assert [one.name for one in Path().iterdir() if "part" in one.name] == []


@pytest.mark.parametrize("name", ["mine.txt", "manifest.json", "more/train.jsonl"])
def test_force_takes_away_nothing_but_an_export(pilot: Command, name: str) -> None:
    Path("out", name).parent.mkdir(parents=True)
    Path("out", name).write_text("mine", "utf-8")
    said = pilot(*EXPORT, *STEPWISE, *SPLIT, "-o", "out", "--force")
    first = name.partition("/")[0]
    assert said.code == 1 and said.error.strip().endswith(f"what an export wrote, and {first} is no part of one.")
    assert Path("out", name).read_text("utf-8") == "mine" and len([*Path("out").iterdir()]) == 1
    assert pilot(*EXPORT, *STEPWISE, *SPLIT, "-o", "there").code == 0
    Path("there/mine.txt").write_text("mine", "utf-8")
    assert "mine.txt is no part of one" in pilot(*EXPORT, *STEPWISE, *SPLIT, "-o", "there", "--force").error


def test_an_export_into_the_folder_where_one_stands(pilot: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Path("cotlab.db").resolve()
    said = pilot(*EXPORT, *STEPWISE, *SPLIT, "-o", ".", "--force")
    assert said.code == 1 and "There is a folder . already" in said.error and database.exists()
    Path("empty").mkdir()
    monkeypatch.chdir("empty")
    assert pilot(*EXPORT, *STEPWISE, *SPLIT, "-o", ".", "--database", str(database)).code == 0
    assert [*files(".")] == ["README.md", "manifest.json", "test.jsonl", "train.jsonl"]


def test_an_empty_split_is_no_file_and_a_warning(pilot: Command) -> None:
    said = pilot(*EXPORT, *STEPWISE, *SPLIT, "--where", "domain=law", "--hold-out", "domain=law", "-o", "out")
    assert (
        said.code == 0 and "warning: the split train has no row in the format trl-stepwise, and no file" in said.error
    )
    assert [*files("out")] == ["README.md", "held_out.jsonl", "manifest.json"]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--split", "train=0.9,test=0.2"), "the shares of the splits sum to 1.1, and must sum to 1"),
        (("--split", "train"), "split: 'train' is no split with its share, as train=0.9"),
        (("--split", "train=much"), "split: the share in 'train=much' is no number"),
        (("--split", "Train=1"), "name"),
        (("--where", "colour=red"), "where: there is no facet 'colour'; there are domain, tag, source, generator"),
        (("--where", "domain"), "where: 'domain' is no facet with a value, as domain=law"),
        (("--by", "source"), "split: --by and --seed say how rows are split"),
        (("--balance", "incorrect"), "balance: 'incorrect' names no label, as label=incorrect,incomplete"),
        (("--max-share", "origin=model"), "max-share: 'origin=model' has no share, as origin=model:0.5"),
        (("--against", "none.jsonl"), "against: none.jsonl cannot be read: No such file or directory"),
        (("--against", "cotlab.db"), "against: cotlab.db, line 1: "),
        (("--against", "empty.jsonl"), "against: empty.jsonl holds no problem"),
        (("--against", "rows.jsonl"), "against: rows.jsonl, line 1: there is no problem in it"),
        (("--guideline", "9"), "guideline: 9 was never in force in this project; there is step-correctness 1.0"),
        (("--tokenizer", "none.json"), "tokenizer: "),
    ],
)
def test_a_wrong_option_is_one_sentence(pilot: Command, more: tuple[str, ...], says: str) -> None:
    Path("empty.jsonl").touch()
    Path("rows.jsonl").write_text('{"a": 1}\n', "utf-8")
    said = pilot(*EXPORT, *STEPWISE, *more)
    assert said.code != 0 and says in said.error and said.error.count("\n") == 1
    assert not [*Path().glob("pilot-trl-stepwise*")]
