"""An endpoint that answers after so long, and serves so many at once: `python -m benchmarks.endpoint MS AT_ONCE`.

It says its port, and ends with its standard input. The same seed gets the same answer.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


def serve(seconds: float, at_once: int) -> None:
    places = threading.BoundedSemaphore(at_once)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with places:
                time.sleep(seconds)
            text = f"So it is {asked['seed']}."
            said = (
                {"choices": [{"delta": {"content": text}, "finish_reason": "stop"}]},
                {"choices": [], "usage": {"completion_tokens": 5, "prompt_tokens": 100}},
            )
            body = "".join(f"data: {json.dumps(one)}\n\n" for one in said) + "data: [DONE]\n\n"
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(server.server_port, flush=True)
        sys.stdin.read()


@contextmanager
def serving(seconds: float, at_once: int) -> Iterator[str]:
    """The address of such an endpoint, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.endpoint", str(1_000 * seconds), str(at_once)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
        finally:
            process.stdin.close()


if __name__ == "__main__":
    serve(float(sys.argv[1]) / 1_000, int(sys.argv[2]))
