"""Which characters belong to a variable or a name: letters, U+00B7 and all from U+00C0, hyphens, colons, dots."""

from __future__ import annotations

import re

import pytest

from kg.sparql.lexer import TokenKind, tokenize

CHARACTERS = [chr(number) for number in (*range(0x300), 0x2028, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF)]


def is_letter(character: str) -> bool:
    """Return whether a character is read as a letter or a digit."""
    return bool(re.match(r"\w", character)) or character == "\u00b7" or character >= "\u00c0"


def whole(kind: TokenKind, pattern: str) -> set[str]:
    """Return the characters with which a text begins with a token that is all of it."""
    texts = {character: pattern.replace("_", character) for character in CHARACTERS}
    first = {character: next(tokenize(text), None) for character, text in texts.items() if begins(text)}
    return {
        character
        for character, token in first.items()
        if token is not None and (token.kind, token.text) == (kind, texts[character])
    }


def begins(text: str) -> bool:
    """Return whether a text begins with the beginning of a token."""
    return bool(re.match(r"[\w?:\u00b7\u00c0-\U0010ffff]", text))


@pytest.mark.parametrize(
    ("kind", "pattern", "others"),
    [(TokenKind.VARIABLE, "?a_b", ""), (TokenKind.NAME, "a_b:c", "-.:"), (TokenKind.NAME, ":a_b", "-.:")],
)
def test_letters_and_few_signs_continue_a_token(kind: TokenKind, pattern: str, others: str) -> None:
    assert whole(kind, pattern) == {character for character in CHARACTERS if is_letter(character)} | {*others}


def test_no_digit_begins_a_name() -> None:
    first = {character for character in CHARACTERS if character >= "\u00c0" or character == "\u00b7"}
    assert whole(TokenKind.NAME, "_:a") == first | {*"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz:"}
