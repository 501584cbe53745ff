"""What events tell of models, requests for drafts, drafts, and what became of these."""

import json
from typing import Any

from cotlab.domain.text import sha256
from cotlab.storage.engine.database import Row


def model(row: Row) -> dict[str, Any]:
    return {
        "model": row["id"], "name": row["name"], "driver": row["driver"], "place": row["place"],
        "options": json.loads(row["options"]), "sha256": json.loads(row["sha256"]),
    }  # fmt: skip


def model_end(row: Row) -> dict[str, Any]:
    return {"model": row["model_id"]}


def request(row: Row) -> dict[str, Any]:
    answers = {"answers": row["answers"]} if row.get("answers") else {}
    return {
        "request": row["id"], "kind": row["kind"], "item": row["item_id"], "problem": row["problem_id"],
        "position": row["position"], "model": row["model_id"], "name": row["model"],
        "sampling": json.loads(row["sampling"]), "seed": row["seed"], "number": row["number"],
        "strategy": row["strategy"], **answers,
    }  # fmt: skip


def draft(row: Row) -> dict[str, Any]:
    return {
        "draft": row["id"], "request": row["request_id"], "ordinal": row["ordinal"], "kind": row["kind"],
        "item": row["item_id"], "problem": row["problem_id"], "position": row["position"],
        "sha256": sha256(row["document"]), "provenance": sha256(row["provenance"]),
    }  # fmt: skip


def end(row: Row) -> dict[str, Any]:
    why = row["sentence"]
    return {"request": row["request_id"], "ending": row["ending"], "sha256": None if why is None else sha256(why)}


def reveal(row: Row) -> dict[str, Any]:
    return {
        "reveal": row["id"], "item": row["item_id"], "position": row["position"], "assignment": row["assignment_id"],
        "drafts": json.loads(row["drafts"]), "how": row["how"],
    }  # fmt: skip


def rationale_request(row: Row) -> dict[str, Any]:
    return {"request": row["request_id"], "answer": row["answer_id"]}


def drop(row: Row) -> dict[str, Any]:
    return {
        "draft": row["draft_id"], "request": row["request_id"], "why": row["why"], "beside": row["beside"],
        "shared": row["shared"],
    }  # fmt: skip


def decision(row: Row) -> dict[str, Any]:
    edited, why = row["edited"], row["reason"]
    return {
        "draft": row["draft_id"], "request": row["request_id"], "decision": row["decision"], "item": row["item_id"],
        "edited": None if edited is None else sha256(edited), "sha256": row["content"],
        "reason": None if why is None else sha256(why),
    }  # fmt: skip
