"""Traces and pairs in."""

from collections.abc import AsyncIterator
from typing import Literal

from cotlab.client.connection import NDJSON, Connection
from cotlab.domain.projects.projects import ImportReport


class ImportCalls(Connection):
    """Traces and pairs in."""

    async def import_lines(
        self, project_id: str, lines: AsyncIterator[bytes], format_name: str | None = None, first_line: int = 1,
        on_error: Literal["skip", "stop"] = "skip",
    ) -> ImportReport:  # fmt: skip
        """Send JSON lines as a stream. `first_line` is the number of the first one in its file.

        With `on_error="stop"` nothing that stands after the first broken line is kept.
        """
        query = {"first_line": str(first_line), "on_error": on_error}
        query |= {"format": format_name} if format_name else {}
        response = await self._request(
            "POST",
            f"/v1/projects/{project_id}/import",
            params=query,
            content=lines,
            headers={"Content-Type": NDJSON},
            timeout=None,
        )
        return ImportReport.model_validate_json(response.content)
