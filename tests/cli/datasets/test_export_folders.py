"""A folder that stands is replaced from inside it, and whenever that breaks off, `--force` takes it for an export."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cotlab.cli.datasets.export_files import CARD, MANIFEST, Writing
from cotlab.domain.datasets.exports import ExportOrder, LabelChoice, Manifest
from cotlab.domain.datasets.manifests import ExportedFile

ORDER = ExportOrder(format="trl-stepwise", labels=LabelChoice.SETTLED, mapping="correctness")
OLD, NEW = ("train.jsonl", "test.jsonl"), ("held_out.jsonl", "train.jsonl")


def manifest(*paths: str) -> Manifest:
    files = tuple(
        ExportedFile(path=path, format=ORDER.format, rows=1, steps=1, traces=1, bytes=4, sha256="0") for path in paths
    )
    return Manifest(
        format=ORDER.format, cotlab_version="0", project="pilot", project_id="p", labels=ORDER.labels,
        mapping=ORDER.mapping, mapping_values={}, guidelines={}, rows=len(paths), steps=1, traces_read=1, traces_kept=1,
        traces_dropped={}, steps_dropped={}, label_distribution={}, value_distribution={}, settled_by={},
        longest_row_characters=1, as_of=1, audit_head="0", made_at=0, sha256="0", bytes=4, files=files,
    )  # fmt: skip


def opened(folder: Path) -> Writing:
    return Writing(folder, ORDER, folder=True, force=True).__enter__()


def publish(writing: Writing, content: bytes, *paths: str) -> None:
    for path in paths:
        writing.write(path, content)
    writing.publish(manifest(*paths))


def write(folder: Path, content: bytes, *paths: str) -> None:
    with Writing(folder, ORDER, folder=True, force=True) as writing:
        publish(writing, content, *paths)


def contents(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.iterdir() if one.name not in (CARD, MANIFEST)}


def stopping(move: Callable[..., Path | None], left: list[int]) -> Callable[..., Path | None]:
    """The same so many times, and then an error."""

    def moved(*parts: Any, **options: Any) -> Path | None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError("no further")
        return move(*parts, **options)

    return moved


def test_nothing_is_written_beside_a_folder_that_stands(tmp_path: Path) -> None:
    """It may be the root of another file system, to which no file can be moved."""
    folder = tmp_path / "out"
    folder.mkdir()
    for content, paths in ((b"old\n", OLD), (b"new\n", NEW)):
        with opened(folder) as writing:
            writing.write(paths[0], content)
            assert [*tmp_path.iterdir()] == [folder]
        assert [*folder.iterdir()] == [] or contents(folder) == dict.fromkeys(OLD, b"old\n")
        write(folder, content, *paths)
    assert contents(folder) == dict.fromkeys(NEW, b"new\n")
    assert Manifest.model_validate_json((folder / MANIFEST).read_bytes()) == manifest(*NEW)


@pytest.mark.parametrize("stands", [(), OLD])
@pytest.mark.parametrize("killed", [False, True])
def test_a_replacement_that_breaks_off_is_replaced_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed: bool, stands: tuple[str, ...]
) -> None:
    """Before each step that moves a file or takes one away; where it was cleared up after that, and where not."""
    for place in range(len({*OLD, *NEW} if stands else NEW) + 2):
        folder = tmp_path / f"out-{place}"
        folder.mkdir()
        if stands:
            write(folder, b"old\n", *stands)
        writing, left = opened(folder), [place]
        with monkeypatch.context() as patch, pytest.raises(OSError, match="no further"):
            for name in ("replace", "unlink"):
                patch.setattr(Path, name, stopping(getattr(Path, name), left))
            publish(writing, b"new\n", *NEW)
        if not killed:
            writing.__exit__(None, None, None)
            assert contents(folder).keys() <= {*stands}
        write(folder, b"last\n", "dev.jsonl")
        assert contents(folder) == {"dev.jsonl": b"last\n"}
