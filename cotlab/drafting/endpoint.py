"""Where an endpoint may be, and the key that it asks for: which is read when it is used, and kept nowhere."""

import ipaddress
import os
from collections.abc import Collection
from pathlib import Path
from urllib.parse import urlsplit

from cotlab.domain.drafts.requests import ModelOptions
from cotlab.domain.errors import BadInput, ModelFailed

LONGEST_KEY = 10_000


def host_of(place: str) -> str:
    """The host of an endpoint's address. Raises BadInput for what is no address of one."""
    try:
        parts = urlsplit(place)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits:
        raise BadInput("place: an endpoint is named as http://127.0.0.1:8000/v1 or https://host/v1")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise BadInput("place: the address holds more than host and path; a key comes by --key-env or --key-file")
    return str(parts.hostname).rstrip(".").lower()


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself, without asking a name server."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_place(place: str, options: ModelOptions, hosts: Collection[str]) -> None:
    """Raise BadInput where texts would go to a host that nobody named, or a key would travel in clear."""
    host = host_of(place)
    if is_loopback(host):
        return
    if host not in {name.rstrip(".").lower() for name in hosts}:
        raise BadInput(f"place: the host {host} is not this machine; COTLAB_MODEL_HOSTS names others that may be asked")
    if urlsplit(place).scheme == "http" and (options.key_env or options.key_file):
        raise BadInput("place: plain http would send the key in clear; use https")


def key_of(options: ModelOptions) -> str | None:
    """The key, from the environment or its file; None where none is named. Raises ModelFailed, never with the key."""
    if options.key_env is not None:
        key, where = os.environ.get(options.key_env), f"The environment has no key in {options.key_env}"
    elif options.key_file is not None:
        key, where = _in_file(Path(options.key_file)), f"There is no key in the file {options.key_file}"
    else:
        return None
    if not key:
        raise ModelFailed(f"{where}.")
    if not key.isascii() or not key.isprintable():
        raise ModelFailed("The key holds characters that no key has.")
    return key


def _in_file(path: Path) -> str | None:
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(LONGEST_KEY).strip()
    except (OSError, ValueError):
        return None
