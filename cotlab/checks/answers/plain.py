"""Words without what does not tell them apart: case, accents written apart, articles, punctuation, blanks."""

import re
import unicodedata

ARTICLES = re.compile(r"\b(?:the|an|a)\s+(?=\w{2})")
NO_WORD = re.compile(r"[^\w\s%$€£¥₹+\-*/^=<>()\[\]{}|.,°']|(?<!\d)[.,]|[.,](?!\d)")


def plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return " ".join(ARTICLES.sub("", NO_WORD.sub(" ", text)).split())
