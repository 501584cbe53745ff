"""What screens share that follow requests for drafts while these are worked on, by server-sent events."""

import asyncio
from functools import partial

from textual.worker import Worker

from cotlab.client import ApiError, ServerGone
from cotlab.domain.drafts.requests import DraftStatus
from cotlab.domain.work.views import QueueEntry
from tui.app.screens.request import RequestScreen

AGAIN = 1.0
"""Seconds before a stream that broke off is asked for anew."""


class ProgressScreen(RequestScreen):
    """Each request has a stream of its own, until it has ended or the screen goes; a server that went is waited for."""

    _entry: QueueEntry
    _following: dict[str, Worker[None]]

    def heard(self, status: DraftStatus) -> None:
        """A request is as far as `status` says."""
        raise NotImplementedError

    def follow(self, request_id: str) -> None:
        """Follow a request, once."""
        if request_id not in self._following:
            group = f"follow-{request_id}"
            following = partial(self._follow, request_id)
            self._following[request_id] = self.run_worker(following, group=group, exclusive=True)

    def leave(self, request_id: str) -> None:
        """Follow a request no longer."""
        worker = self._following.pop(request_id, None)
        if worker is not None:
            worker.cancel()

    async def _follow(self, request_id: str) -> None:
        client, line, project = self.journey.client, self.journey.line, self._entry.project_id
        while True:
            try:
                async for status in client.draft_progress(project, request_id):
                    if line.down:
                        line.works()
                        self.say("")
                    self.heard(status)
                    if status.ended:
                        return
                await asyncio.sleep(AGAIN)
            except ServerGone as gone:
                await line.pause(gone)
            except ApiError:
                return
