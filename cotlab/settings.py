"""Every setting of the server and of the command line, from the environment (prefix COTLAB_) or a flag."""

from pathlib import Path

import platformdirs
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read once at the start; a flag of the command line wins over the environment."""

    model_config = SettingsConfigDict(env_prefix="COTLAB_", extra="ignore")

    database: str = Field("cotlab.db", description="a file, or postgresql://user@host/name")
    signing_key: Path | None = Field(
        None, description="the key that signs the audit trail; beside the database file if not named"
    )
    host: str = Field("127.0.0.1", description="the address to listen on")
    port: int = Field(8437, ge=0, le=65535, description="the port to listen on; 0 takes a free one")
    write_batch: int = Field(256, ge=1, le=4096, description="how many waiting writes share one commit at most")
    one_core: bool = Field(
        True, description="keep the server to one core where the system can: its threads share one lock anyway"
    )
    checks: bool = Field(True, description="let the server check the sums in steps in the background")
    check_threads: int | None = Field(
        None, ge=1, le=256, description="children that check at once; one in a server, elsewhere as many as cores"
    )
    cluster: str | None = Field(None, description="the Dask scheduler whose workers check, such as tcp://host:8786")
    model_hosts: str = Field(
        "", description="hosts beyond this machine on which models that draft may be asked, with commas between"
    )
    endpoint_calls: int = Field(
        8, ge=1, le=256, description="how many drafts a worker asks for at once of models that an endpoint serves"
    )
    draft_lease: float = Field(
        30.0, gt=0, le=3600, description="seconds that a request for drafts is kept for a worker that is not heard of"
    )
    models: Path = Field(
        Path(platformdirs.user_data_dir("cotlab")) / "models", description="the folder of models that were converted"
    )
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="how much the log says")
    server: str | None = Field(None, description="the server that commands talk to")
    token: str | None = Field(None, repr=False, description="your token; else the credentials file is read")
    credentials: Path = Field(
        Path(platformdirs.user_config_dir("cotlab")) / "credentials.json",
        description="the file that a sign-in writes, readable by its owner alone",
    )
    lint_judgement_examples: int = Field(
        10, ge=0, le=1000, description="how many examples lint wants at a boundary that needs judgement"
    )
    lint_examples: int = Field(3, ge=0, le=1000, description="how many examples lint wants at any other boundary")
    allow_plain_http: bool = Field(False, description="let a token travel without TLS beyond this machine")

    def named_hosts(self) -> tuple[str, ...]:
        """The hosts of `model_hosts`."""
        return tuple(host.strip() for host in self.model_hosts.split(",") if host.strip())

    def key_path(self) -> Path:
        """Where the signing key lies: as named, else beside the database file, else in the user's settings folder."""
        if self.signing_key is not None:
            return self.signing_key
        if "://" in self.database:
            return Path(platformdirs.user_config_dir("cotlab")) / "signing-key"
        return Path(self.database + ".signing-key")
