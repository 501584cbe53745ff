"""A process in which a trainer is loaded once, and trains on as many files as it is told of."""

import json
import os
import subprocess
from pathlib import Path
from threading import Timer
from typing import Any

FOUND = "found "
WITHIN = 600.0
"""Seconds that a training may take."""


class Trainer:
    """`script` reads a JSON list of words a line, and answers with a line of FOUND and a JSON object.

    The process is started when it is needed, and again after a training that it did not survive.
    """

    def __init__(self, python: Path, script: Path, folder: Path, **environment: str) -> None:
        self._command = [str(python), str(script)]
        self._errors = folder / "stderr"
        kept = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        self._environment = {**kept, "HF_HOME": str(folder / "cache"), **environment}
        self._process: subprocess.Popen[str] | None = None

    def train(self, *words: object) -> dict[str, Any]:
        process = self._running()
        assert process.stdin is not None and process.stdout is not None
        late = Timer(WITHIN, process.kill)
        late.start()
        try:
            process.stdin.write(json.dumps([*map(str, words)]) + "\n")
            process.stdin.flush()
            for line in process.stdout:
                if line.startswith(FOUND):
                    found: dict[str, Any] = json.loads(line.removeprefix(FOUND))
                    return found
        finally:
            late.cancel()
        raise AssertionError(self._errors.read_text()[-4_000:])

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def _running(self) -> "subprocess.Popen[str]":
        if self._process is None or self._process.poll() is not None:
            self.close()
            with self._errors.open("w") as errors:
                self._process = subprocess.Popen(
                    self._command, env=self._environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                    text=True,
                )  # fmt: skip
        return self._process
