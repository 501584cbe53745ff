"""The base of all domain models."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Frozen, and without room for a field that it does not name."""

    model_config = ConfigDict(frozen=True, extra="forbid")
