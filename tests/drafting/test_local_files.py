"""A model's files: found, hashed and measured without a library, except for what weights hold."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cotlab.domain.errors import BadInput
from cotlab.drafting.local.files import INDEX, find, hashes, together

REVISION = "0123456789abcdef0123456789abcdef01234567"


def folder(path: Path, *names: str) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    for name in names or ("config.json", "tokenizer.json", "model.safetensors"):
        (path / name).write_text(name)
    return path


def index(path: Path, *names: object) -> None:
    (path / INDEX).write_text(json.dumps({"weight_map": {f"w{place}": name for place, name in enumerate(names)}}))


def test_a_folder_has_weights_a_tokenizer_and_what_lies_beside(tmp_path: Path) -> None:
    place = folder(tmp_path, "config.json", "tokenizer.json", "merges.txt", "model.safetensors", "README.md", "x.bin")
    found = find(str(place))
    assert [path.name for path in found.weights] == ["model.safetensors"] and found.gguf is None
    assert [path.name for path in found.tokenizer] == ["tokenizer.json", "merges.txt"] and found.revision is None
    sha256 = hashes(found)
    assert {*sha256} == {"config.json", "tokenizer.json", "merges.txt", "model.safetensors"}
    assert sha256["merges.txt"] == hashlib.sha256(b"merges.txt").hexdigest()


def test_shards_are_those_of_the_index_and_share_a_hash(tmp_path: Path) -> None:
    place = folder(tmp_path, "config.json", "tokenizer.json", "b.safetensors", "a.safetensors", "c.safetensors")
    index(place, "b.safetensors", "a.safetensors", "b.safetensors")
    found = find(str(place))
    assert [path.name for path in found.weights] == ["a.safetensors", "b.safetensors"]
    listed = "".join(
        f"{hashlib.sha256(f'{one}.safetensors'.encode()).hexdigest()}  {one}.safetensors\n" for one in "ab"
    )
    assert together(found.weights, hashes(found)) == hashlib.sha256(listed.encode()).hexdigest()


def test_an_entry_of_the_cache_is_named_by_its_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = folder(tmp_path / "blobs")
    snapshot = tmp_path / "hub" / "models--Owner--Name-1.5" / "snapshots" / REVISION
    snapshot.parent.mkdir(parents=True)
    snapshot.symlink_to(real)
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    assert find(f"Owner/Name-1.5@{REVISION}").revision == REVISION == find(str(snapshot)).revision
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("HF_HOME", "/nowhere")
    assert find(f"Owner/Name-1.5@{REVISION}").folder == snapshot
    for wrong, why in (
        ("main", "a commit of 40 hexadecimal digits"),
        (REVISION[:12], "a commit of 40 hexadecimal digits"),
        (REVISION.upper(), "a commit of 40 hexadecimal digits"),
        (REVISION[::-1], "no such entry in the cache"),
    ):
        with pytest.raises(BadInput, match=why):
            find(f"Owner/Name-1.5@{wrong}")


def no_weights(path: Path) -> None:
    folder(path, "config.json", "tokenizer.json")


def pickled(path: Path) -> None:
    folder(path, "config.json", "tokenizer.json", "pytorch_model.bin")


def adapter(path: Path) -> None:
    folder(path, "config.json", "tokenizer.json", "adapter_config.json", "model.safetensors")


def outside(path: Path) -> None:
    no_weights(path)
    folder(path.parent / "other", "model.safetensors")
    index(path, "../other/model.safetensors")


def pickled_shard(path: Path) -> None:
    folder(path, "config.json", "tokenizer.json", "a.bin")
    index(path, "a.bin")


def lacking(path: Path) -> None:
    no_weights(path)
    index(path, "a.safetensors")


def empty_index(path: Path) -> None:
    no_weights(path)
    index(path)


def broken_index(path: Path) -> None:
    no_weights(path)
    (path / INDEX).write_text("[" * 100_000)


def other_weights(path: Path) -> None:
    folder(path, "config.json", "tokenizer.json", "model.safetensors", "other.safetensors")
    (path / "config.json").write_text(json.dumps({"transformers_weights": "other.safetensors"}))


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda path: None, "there is no such folder or GGUF file here"),
        (no_weights, "the folder has no weights"),
        (pickled, "the weights are pickled, which can run code"),
        (pickled_shard, "names what is no safetensors file of the folder"),
        (outside, "names what is no safetensors file of the folder"),
        (lacking, "the folder lacks a.safetensors"),
        (empty_index, "names no weights"),
        (broken_index, "cannot be read"),
        (other_weights, r"config.json names weights of its own \(transformers_weights\)"),
        (adapter, "an adapter without its model"),
        (lambda path: folder(path, "config.json", "x.gguf"), "has no tokenizer|name the file itself"),
        (lambda path: folder(path, "model.safetensors", "tokenizer.json"), "has no config.json"),
        (lambda path: folder(path, "model.safetensors", "config.json"), "has no tokenizer"),
    ],
)
def test_what_is_no_model_is_one_sentence(tmp_path: Path, make: Callable[[Path], object], why: str) -> None:
    make(tmp_path / "model")
    with pytest.raises(BadInput, match=why) as refused:
        find(str(tmp_path / "model"))
    assert str(tmp_path) not in refused.value.sentence and refused.value.sentence.count("\n") == 0


@pytest.mark.parametrize("content", [b"", b"GGU", b"GGML\x03\x00\x00\x00", b"\x80\x02}q"])
def test_what_is_no_gguf_file_is_said_without_a_library(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "small.gguf"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"place: small.gguf is no GGUF file"):
        find(str(path))
    path.write_bytes(b"GGUF\x03")
    assert find(str(path)).gguf == "small.gguf"


@pytest.mark.parametrize("place", ["models/small", "small", "owner/name", "./x.gguf", ".."])
def test_a_place_is_whole(place: str) -> None:
    with pytest.raises(BadInput, match="by its whole path, or an entry of the cache"):
        find(place)
