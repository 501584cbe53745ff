"""The key file."""

from pathlib import Path

import pytest

from cotlab.domain.errors import AlreadyExists, BadInput
from cotlab.storage.engine.signing import Signer, create_key, load_signer, rotate, signature_holds


def test_a_key_is_kept_in_a_file_of_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "signing.key"
    made = create_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    loaded = load_signer(path)
    assert (loaded.id, loaded.public_key) == (made.id, made.public_key)
    assert signature_holds(made.public_key, "message", loaded.sign("message"))
    with pytest.raises(AlreadyExists):
        create_key(path)


def test_a_signature_is_of_one_message_and_one_key_to_the_letter() -> None:
    signer, other = Signer(bytes(32)), Signer(bytes(31) + b"1")
    signature = signer.sign("message")
    assert signature_holds(signer.public_key, "message", signature)
    assert not signature_holds(signer.public_key, "messagf", signature)
    assert not signature_holds(other.public_key, "message", signature)
    assert not signature_holds(signer.public_key, "message", signature.upper())
    assert not signature_holds(signer.public_key, "message", "")
    assert not signature_holds("00", "message", signature)


WRONG = [
    (b"cotlab-signing-key " + b"0" * 64 + b"\n", 0o640, "open to others"),
    (b"cotlab-signing-key " + b"0" * 63 + b"\n", 0o600, "no signing key"),
    (b"cotlab-signing-key " + b"A" * 64 + b"\n", 0o600, "no signing key"),
    (b"\xff\xfe", 0o600, "no signing key"),
    (b"", 0o600, "no signing key"),
]


@pytest.mark.parametrize(("content", "mode", "sentence"), WRONG)
def test_a_wrong_file_is_refused(tmp_path: Path, content: bytes, mode: int, sentence: str) -> None:
    path = tmp_path / "signing.key"
    path.write_bytes(content)
    path.chmod(mode)
    with pytest.raises(BadInput, match=sentence):
        load_signer(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        load_signer(tmp_path / "signing.key")


def test_rotation_replaces_the_key_after_it_was_registered(tmp_path: Path) -> None:
    path = tmp_path / "signing.key"
    old = create_key(path)
    in_place = []
    new = rotate(path, lambda signer: in_place.append((signer.id, load_signer(path).id)))
    assert in_place == [(new.id, old.id)]
    assert load_signer(path).id == new.id != old.id
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["signing.key"]


def test_a_rotation_that_was_not_registered_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "signing.key"
    old = create_key(path)

    def fails(signer: Signer) -> None:
        raise OSError

    with pytest.raises(OSError):
        rotate(path, fails)
    assert load_signer(path).id == old.id
    assert [entry.name for entry in tmp_path.iterdir()] == ["signing.key"]
