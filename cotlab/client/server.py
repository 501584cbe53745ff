"""Who answers."""

from cotlab.client.connection import Connection
from cotlab.domain.work.views import (
    Health,
    ServerInfo,
)


class ServerCalls(Connection):
    """Who answers."""

    async def health(self) -> Health:
        return await self._get("/health", Health)

    async def server_info(self) -> ServerInfo:
        return await self._get("/v1/server", ServerInfo)
