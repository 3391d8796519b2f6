"""Digests of passages that only a holder of the whole text can verify: keyed by the text, and by offsets."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from functools import lru_cache
from unicodedata import normalize

from kg.mapping.passages.text_spans import TextSpan

KEY_PURPOSE = b"communique passage digests 1\n"
"""Separates the key from the published digest of the text's file, from which it must not be derivable."""


@lru_cache(maxsize=8)
def passage_key(text: str) -> bytes:
    """Return the key of a text's passages, the same for all canonically equivalent forms and both line ends."""
    return hashlib.sha256(KEY_PURPOSE + normalize("NFC", text).replace("\r\n", "\n").encode()).digest()


def passage_digest(text: str, span: TextSpan) -> str:
    """Return the digest of a passage: HMAC-SHA-256 of its offsets and its characters as UTF-8, in hexadecimal."""
    return _keyed(passage_key(text), span, span.of(text))


def is_digest_of(digest: str, span: TextSpan, words: str, text: str) -> bool:
    """Return whether a stamped passage has these words; the plain SHA-256 of documents before version 0.2 also counts.

    The words may be at other offsets in a text of another form: the offsets are the stamp's.
    """
    key = passage_key(text)
    return any(digest in (_keyed(key, span, form), hashlib.sha256(form.encode()).hexdigest()) for form in _forms(words))


def _keyed(key: bytes, span: TextSpan, words: str) -> str:
    # The offsets are included so that digests do not reveal which passages have the same words.
    return hmac.new(key, f"{span}\n{words}".encode(), hashlib.sha256).hexdigest()


def _forms(text: str) -> Iterator[str]:
    """Yield a text's canonically equivalent forms (UAX 15), each with its own and with Unix line ends."""
    for form in (text, normalize("NFC", text), normalize("NFD", text)):
        yield form
        yield form.replace("\r\n", "\n")
