"""The clients: many keep-alive connections in one process of its own, as lean as they can be (asyncio streams, uvloop).

Reads a `Load` as JSON from standard input and writes a `Measured` to standard output. Each client is one person: claim
a trace, label its steps, finish it, and again.
"""

import asyncio
import itertools
import json
import sys
import time
from dataclasses import asdict, dataclass, field

import uvloop

from benchmarks.server import cpu_seconds


@dataclass(frozen=True, slots=True)
class Load:
    """Who labels where, and for how long: `warm_up` seconds that do not count, then `seconds` that do."""

    host: str
    port: int
    server_pid: int
    project: str
    tokens: list[str]
    warm_up: float
    seconds: float


@dataclass(slots=True)
class Measured:
    """Of the window: the server's CPU seconds, and milliseconds a label. `acknowledged` are all labels of the run."""

    seconds: float = 0.0
    server_cpu: float = 0.0
    latencies: list[float] = field(default_factory=list)
    acknowledged: int = 0


class Person:
    """One connection and one token."""

    def __init__(self, load: Load, token: str, measured: Measured) -> None:
        self._load, self._token, self._measured = load, token, measured
        self._keys = itertools.count(1)

    async def work(self, window: tuple[float, float]) -> None:
        """Label until the window ends."""
        self._reader, self._writer = await asyncio.open_connection(self._load.host, self._load.port)
        while time.perf_counter() < window[1]:
            claimed = (await self._post(f"/v1/projects/{self._load.project}/claim"))["assignment"]
            if claimed is None:
                raise RuntimeError("there are too few traces for this load")
            await self._label(claimed, window)
        self._writer.close()

    async def _label(self, claimed: dict, window: tuple[float, float]) -> None:  # type: ignore[type-arg]
        path, next_ = f"/v1/assignments/{claimed['id']}", claimed["next"]
        while next_["kind"] == "step":
            body = {"position": next_["step"]["position"], "label": "correct", "elapsed_ms": 900}
            start = time.perf_counter()
            if start >= window[1]:
                return
            next_ = (await self._post(f"{path}/labels", body))["next"]
            end = time.perf_counter()
            self._measured.acknowledged += 1
            if window[0] <= start and end <= window[1]:
                self._measured.latencies.append((end - start) * 1000)
        await self._post(f"{path}/finish", {"complete": "yes"})

    async def _post(self, path: str, body: dict | None = None) -> dict:  # type: ignore[type-arg]
        content = b"" if body is None else json.dumps(body).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {self._load.host}\r\nAuthorization: Bearer {self._token}\r\n"
            f"Content-Type: application/json\r\nIdempotency-Key: {next(self._keys)}-{self._token[4:12]}-"
            f"{self._load.project[:8]}\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        self._writer.write(head.encode() + content)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        found = answer.lower().partition(b"content-length: ")[2]
        text = await self._reader.readexactly(int(found[: found.index(b"\r")]))
        if b" 200 " not in answer[:16]:
            raise RuntimeError(f"{path}: {text.decode()}")
        return json.loads(text)  # type: ignore[no-any-return]


async def run(load: Load) -> Measured:
    measured = Measured()
    begin = time.perf_counter() + load.warm_up
    window = (begin, begin + load.seconds)
    people = [Person(load, token, measured) for token in load.tokens]
    async with asyncio.TaskGroup() as group:
        for person in people:
            group.create_task(person.work(window))
        group.create_task(_watch(load, window, measured))
    return measured


async def _watch(load: Load, window: tuple[float, float], measured: Measured) -> None:
    await asyncio.sleep(window[0] - time.perf_counter())
    start, before = time.perf_counter(), cpu_seconds(load.server_pid)
    await asyncio.sleep(window[1] - time.perf_counter())
    measured.seconds = time.perf_counter() - start
    measured.server_cpu = cpu_seconds(load.server_pid) - before


if __name__ == "__main__":
    print(json.dumps(asdict(uvloop.run(run(Load(**json.load(sys.stdin)))))))
