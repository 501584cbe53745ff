"""The receipts that the server gave: what `audit verify --receipts` holds against its chain later."""

from pathlib import Path

from cotlab.domain.model import Model
from tui.app.storage.durable import append_line, make_folder


class KeptReceipt(Model):
    """One line of the file: when it came (microseconds UTC), for what, and the hash of the server's event."""

    at: int
    kind: str
    assignment_id: str
    key: str
    receipt: str


class Receipts:
    """JSON lines, appended and never changed."""

    def __init__(self, folder: Path) -> None:
        self.path = make_folder(folder) / "receipts.jsonl"

    def keep(self, receipt: KeptReceipt) -> None:
        append_line(self.path, receipt.model_dump_json().encode())
