"""Chats as a model was trained to read them."""

from collections.abc import Sequence
from typing import Any

from cotlab.domain.errors import ModelFailed
from cotlab.domain.provenance import Message

PLAIN = (
    "{{ bos_token or '' }}{% for message in messages %}"
    "{{ message['role'] | capitalize }}:\n{{ message['content'] }}\n\n{% endfor %}{{ 'Assistant:\n' }}"
)
"""For a model without a template of its own; its provenance has the SHA-256 of this text."""


def template_of(tokenizer: Any) -> str:
    return PLAIN if tokenizer.chat_template is None else str(tokenizer.get_chat_template())


def tokens_of(tokenizer: Any, messages: Sequence[Message]) -> list[int]:
    """A chat up to where the model's answer begins.

    A system message always stands first, since templates put one of their own where there is none. A template that
    knows no system messages gets it at the head of the first message. Raises ModelFailed where it takes neither.
    """
    from jinja2.exceptions import TemplateError

    chat = [{"role": one.role, "content": neutral(tokenizer, one.content)} for one in messages]
    if chat[0]["role"] != "system":
        chat.insert(0, {"role": "system", "content": ""})
    try:
        try:
            text = _rendered(tokenizer, chat)
        except TemplateError:
            text = _rendered(tokenizer, _without_system(chat))
    except (TemplateError, TypeError, ValueError) as error:
        raise ModelFailed(f"The model's chat template cannot be used ({type(error).__name__}).") from error
    return encoded(tokenizer, text)


def encoded(tokenizer: Any, text: str) -> list[int]:
    return list(tokenizer(text, add_special_tokens=False)["input_ids"])


def neutral(tokenizer: Any, text: str) -> str:
    """A text in which the model's own marks, such as the end of a message, are marks no more."""
    added = (str(token.content) for token in tokenizer.added_tokens_decoder.values() if token.special)
    for mark in sorted({*tokenizer.all_special_tokens, *added}, key=len, reverse=True):
        if len(mark) > 1:
            text = text.replace(mark, f"{mark[0]} {mark[1:]}")
    return text


def _rendered(tokenizer: Any, chat: list[dict[str, str]]) -> str:
    template = template_of(tokenizer)
    made = tokenizer.apply_chat_template(
        chat, chat_template=template, tokenize=False, add_generation_prompt=True, enable_thinking=False
    )
    return str(made)


def _without_system(chat: list[dict[str, str]]) -> list[dict[str, str]]:
    system, first, *rest = chat
    return [{"role": first["role"], "content": f"{system['content']}\n\n{first['content']}".strip()}, *rest]
