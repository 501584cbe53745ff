"""An endpoint on this machine that speaks as OpenAI's chat completions do, and can misbehave."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cotlab.domain.drafts.requests import ModelOptions, NewModel


@dataclass
class Stub:
    """What it answers to whom. `fault` is one of those in `Handler`; without one it behaves."""

    texts: tuple[str, ...] = ("so it is",)
    fault: str | None = None
    pause: float = 0.0
    top: dict[str, float] = field(default_factory=lambda: {"A": -0.5, " A": -2.0, "B": -1.5})
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    sent: int = 0
    """Words of answers that went out, in all."""
    broken_off: threading.Event = field(default_factory=threading.Event)
    place: str = ""
    named: str = "stub-1"
    system: str = "fp"
    reason: str | None = "stop"

    def model(self, **options: Any) -> NewModel:
        return NewModel(name="stub", driver="openai", place=self.place, options=ModelOptions(**options))


@contextmanager
def serving(stub: Stub) -> Iterator[Stub]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            stub.asked.append(body)
            stub.keys.append(self.headers.get("Authorization"))
            try:
                self.answer(body)
            except OSError:
                stub.broken_off.set()

        def answer(self, body: dict[str, Any]) -> None:
            match stub.fault:
                case "logprobs refused" if body.get("logprobs"):
                    return self.whole(400, b'{"error": "unknown field"}')
                case "500":
                    return self.whole(500, b"{}")
                case "too long":
                    said = {"error": {"message": "This model's maximum context length is 2048 tokens."}}
                    return self.whole(400, json.dumps(said).encode())
                case "too long for llama.cpp":
                    why = "request (5000 tokens) exceeds the available context size (2048 tokens)"
                    said = {"error": {"message": why, "type": "exceed_context_size_error"}}
                    return self.whole(400, json.dumps(said).encode())
                case "refused":
                    return self.whole(401, b'{"error": "no"}')
                case "moved":
                    return self.whole(307, b"", Location="http://example.invalid/v1/chat/completions")
                case "html":
                    return self.whole(200, b"<html>hello</html>")
                case "not an object":
                    return self.whole(200, b"data: 7\n\n", "text/event-stream")
                case "no text":
                    line = b'data: {"choices": [{"delta": {"content": 7}}]}\n\n'
                    return self.whole(200, line, "text/event-stream")
                case "surrogate":
                    line = b'data: {"choices": [{"delta": {"content": "\\ud800"}}]}\n\n'
                    return self.whole(200, line, "text/event-stream")
                case "silent":
                    time.sleep(stub.pause)
                    return self.whole(200, b"")
            if body.get("stream"):
                self.stream(body)
            else:
                self.judge()

        def judge(self) -> None:
            first = {"token": "A", "logprob": -0.5}
            first["top_logprobs"] = [{"token": token, "logprob": one} for token, one in stub.top.items()]
            choice: dict[str, Any] = {"message": {"content": "A"}, "finish_reason": "length"}
            if stub.fault != "no logprobs":
                choice["logprobs"] = {"content": [first]}
            said = {
                "model": stub.named,
                "system_fingerprint": stub.system,
                "choices": [choice],
                "usage": {"completion_tokens": 1},
            }
            self.whole(200, json.dumps(said).encode())

        def stream(self, body: dict[str, Any]) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            text = stub.texts[body["seed"] % len(stub.texts)]
            words = [word if number == 0 else f" {word}" for number, word in enumerate(text.split(" "))]
            for number, word in enumerate(words):
                self.chunk(
                    {"model": stub.named, "system_fingerprint": stub.system, "choices": [{"delta": {"content": word}}]}
                )
                stub.sent += 1
                if stub.fault == "cut" and number == 1:
                    self.close_connection = True
                    return
                time.sleep(stub.pause)
            self.chunk({"choices": [{"delta": {}, "finish_reason": stub.reason}]})
            self.chunk({"choices": [], "usage": {"completion_tokens": len(words), "prompt_tokens": 9}})
            self.wfile.write(b"data: [DONE]\n\n")

        def chunk(self, data: dict[str, Any]) -> None:
            self.wfile.write(b"data: " + json.dumps(data).encode() + b"\n\n")
            self.wfile.flush()

        def whole(self, status: int, body: bytes, kind: str = "application/json", **headers: str) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        stub.place = f"http://127.0.0.1:{server.server_port}/v1"
        try:
            yield stub
        finally:
            server.shutdown()
            thread.join()
