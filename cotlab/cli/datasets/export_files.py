"""The files of an export: half written beside their names until all is there."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from pydantic import ValidationError

from cotlab.domain.datasets.exports import ExportOrder, Manifest
from cotlab.domain.errors import AlreadyExists
from cotlab.exchange.card import card
from cotlab.exchange.formats import exported_columns
from cotlab.exchange.formats.columns import loader_snippet

CARD, MANIFEST = "README.md", "manifest.json"
PART = ".cotlab-part"


class Writing:
    """One file with what belongs beside it, or a folder. Nothing is there before `publish`, and nothing of no rows.

    Raises AlreadyExists where the name is taken, unless it is to be replaced; of a folder only what an export wrote is.
    """

    def __init__(self, out: Path, order: ExportOrder, *, folder: bool = False, force: bool = False) -> None:
        self.out, self._order, self._folder = out, order, folder
        self._whole = out.resolve()
        self._half = self._whole.parent / f".{self._whole.name}{PART}"
        self._files: dict[str, BinaryIO] = {}
        self._replaced: tuple[str, ...] = ()
        if out.is_dir() and folder:
            # inside, because a folder may be a file system of its own
            self._half = self._whole / PART
            self._replaced = tuple(sorted(one.name for one in out.iterdir() if one.name != PART))
            _refuse_to_lose(out, self._replaced, force)
        elif out.exists() and (not force or out.is_dir() != folder):
            what = "folder" if out.is_dir() else "file"
            raise AlreadyExists(f"There is a {what} {out} already" + ("; --force replaces it." if not force else "."))

    @property
    def manifest(self) -> Path:
        return self.out / MANIFEST if self._folder else self.out.with_name(self.out.name + ".manifest.json")

    def __enter__(self) -> "Writing":
        self._clear()
        if self._folder:
            self._half.mkdir(mode=0o700)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:  # fmt: skip
        for file in self._files.values():
            file.close()
        self._clear()

    def _clear(self) -> None:
        """Take away what is half written, with those of its files that stand in the folder without their manifest."""
        if self._half.is_dir():
            stray = _written(self._half) - _written(self._whole)
            for one in self._whole.iterdir() if self._half.parent == self._whole else ():
                if one.name in stray:
                    one.unlink()
            shutil.rmtree(self._half)
        else:
            self._half.unlink(missing_ok=True)

    def write(self, path: str, piece: bytes) -> None:
        """Add to the file of that path in the manifest; readable by its owner alone."""
        file = self._files.get(path)
        if file is None:
            name = self._half / (path or _only_name(self._order.packing)) if self._folder else self._half
            file = os.fdopen(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
            self._files[path] = file
        file.write(piece)

    def publish(self, manifest: Manifest) -> None:
        """Give all that was written its name, with the manifest, the card and, where types can be said, a loader.

        No trainer loads an empty file, so that one without rows is never published, and replaces nothing.
        """
        for file in self._files.values():
            file.close()
        if manifest.rows == 0:
            return
        if self._folder:
            self._publish_folder(manifest)
        else:
            self._publish_file(manifest)

    def _publish_folder(self, manifest: Manifest) -> None:
        named = manifest
        if not manifest.files[0].path:
            only = manifest.files[0].model_copy(update={"path": _only_name(manifest.packing)})
            named = manifest.model_copy(update={"files": (only,)})
        for file in named.files:
            if not file.rows:
                (self._half / file.path).unlink(missing_ok=True)
        (self._half / MANIFEST).write_text(_json(manifest), encoding="utf-8")
        (self._half / CARD).write_text(card(named, manifest.shape or self._order.shape), encoding="utf-8")
        if self._half.parent != self._whole:
            self._half.replace(self._whole)
            return
        new = sorted({one.name for one in self._half.iterdir()} - {MANIFEST})
        for name in new:
            (self._half / name).replace(self._whole / name)
        for name in {*self._replaced} - {*new, MANIFEST}:
            (self._whole / name).unlink(missing_ok=True)
        # the last, so that until then the old one and that of the half name all that is here
        (self._half / MANIFEST).replace(self._whole / MANIFEST)

    def _publish_file(self, manifest: Manifest) -> None:
        self._half.replace(self._whole)
        self.manifest.write_text(_json(manifest), encoding="utf-8")
        self._beside("card.md").write_text(card(manifest, manifest.shape or self._order.shape), encoding="utf-8")
        columns = exported_columns(manifest.format, manifest.shape or self._order.shape)
        if columns is not None:
            self._beside("load.py").write_text(loader_snippet(self.out.name, columns), encoding="utf-8")

    def _beside(self, end: str) -> Path:
        return self.out.with_name(f"{self.out.name}.{end}")


def _only_name(packing: str) -> str:
    return f"train.{packing}"


def _refuse_to_lose(folder: Path, names: Sequence[str], force: bool) -> None:
    """Raises AlreadyExists where a folder holds anything, or with `force` anything but an export."""
    if names and not force:
        raise AlreadyExists(f"There is a folder {folder} already; --force replaces it.")
    written = _written(folder) | _written(folder / PART)
    others = [name for name in names if name not in written]
    if others:
        replaced = "--force replaces what an export wrote"
        raise AlreadyExists(f"There is a folder {folder} already; {replaced}, and {others[0]} is no part of one.")


def _written(folder: Path) -> set[str]:
    """The names of what an export wrote into a folder, by its manifest."""
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValidationError):
        return set()
    return {MANIFEST, CARD, *(file.path or _only_name(manifest.packing) for file in manifest.files)}


def _json(manifest: Manifest) -> str:
    return manifest.model_dump_json(indent=2) + "\n"
