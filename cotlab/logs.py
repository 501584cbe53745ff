"""The log: one JSON object a line on standard error, in which no token ever stands."""

import logging
import re
import sys
from typing import Any

import structlog

TOKEN = re.compile(r"cot_[0-9a-f]{8}_[A-Za-z0-9_-]{20,}|Bearer\s+\S+")
HIDDEN = "[token]"


def without_tokens(_: Any, __: str, event: Any) -> Any:
    """Replace whatever looks like a token, at any depth."""
    return _hidden(event)


def _hidden(value: Any) -> Any:
    match value:
        case str():
            return TOKEN.sub(HIDDEN, value)
        case dict():
            return {key: HIDDEN if key == "token" else _hidden(item) for key, item in value.items()}
        case list() | tuple():
            return [_hidden(item) for item in value]
    return value


def set_up_logs(level: str) -> None:
    """Send structlog and the standard library's log to standard error as JSON lines."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        without_tokens,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                without_tokens,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("httpx", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
