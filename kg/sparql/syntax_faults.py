"""Explains why a text does not parse: the first unexpected token, and what was expected instead.

The engine's parser tries one rule after another, and reports the place where the last of them failed and some of what
it would have accepted there. So a text that the engine has refused is parsed again here, by the grammar.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from kg.errors import QuerySyntaxError
from kg.sparql.grammar import KEYWORDS, WORD_SETS, expected_words, first, first_of_all, rules
from kg.sparql.lexer import Token, TokenKind, syntax_error
from kg.sparql.query_request import refuse_sparql12, refuse_undeclared
from kg.sparql.tokenized_text import TokenizedText

QUERY, UPDATE = "QueryUnit", "UpdateUnit"
"""The start symbols for whole texts."""
MAX_EXPECTED = 8
"""The maximum number of expected symbols that an error names, the nearest first."""
MAX_SHOWN_CHARACTERS = 100
"""The maximum characters of a token that an error shows: a string may be as long as the text."""
_SETS = {word: name for name, words in WORD_SETS.items() for word in words.split()}
_JOINED = {"||", "&&", "!=", "<=", ">=", "^^"}
"""Signs that the lexer reads as two."""
_EMPTY = {"()": "nil", "[]": "anon"}
_END = "the end"


def refuse_faults(tokenized: TokenizedText, start: str = QUERY) -> None:
    """Raise QuerySyntaxError for a text that the engine has refused, if the fault can be located."""
    refuse_undeclared(tokenized)
    try:
        refuse_sparql12(tokenized)
    except QuerySyntaxError:
        return  # sent as SPARQL 1.2, which the grammar does not cover
    if fault := syntax_fault(tokenized, start):
        raise fault


def syntax_fault(tokenized: TokenizedText, start: str = QUERY) -> QuerySyntaxError | None:
    """Return the error for the first fault in a query or update by the grammar, or None if there is none."""
    stack = [_END, start]
    for terminal, token in _terminals(tokenized):
        before = [*stack]
        if not _take(stack, terminal):
            return _fault(tokenized, token, before)
    return None


def _take(stack: list[str], terminal: str) -> bool:
    """Match a terminal against a stack of expected symbols, the next on top. Return False if it cannot follow."""
    while stack:
        symbol = stack.pop()
        if symbol == terminal:
            return True
        if symbol not in rules():
            return False
        alternatives = rules()[symbol].alternatives
        chosen = next((alternative for alternative in alternatives if terminal in first_of_all(alternative)), None)
        if chosen is None:
            if "" not in first(symbol):
                return False
            chosen = ()
        stack.extend(reversed(chosen))
    return False


def _fault(tokenized: TokenizedText, token: Token | None, stack: list[str]) -> QuerySyntaxError:
    words = expected_words(reversed(stack))
    *others, last = words[:MAX_EXPECTED]
    expected = f"{', '.join(others)} or {last}" if others else last
    if token is None:
        return syntax_error(tokenized.text, len(tokenized.text), f"it ends where {expected} was expected")
    shown = token.text if len(token.text) <= MAX_SHOWN_CHARACTERS else f"{token.text[:MAX_SHOWN_CHARACTERS]}…"
    fault = f"{shown} stands where {expected} was expected"
    if token.kind is TokenKind.WORD:
        terminals = first_of_all(tuple(reversed(stack)))
        keywords = [word for word in KEYWORDS if _SETS.get(word, word) in terminals]
        fault += "".join(f" (perhaps {word} is meant)" for word in get_close_matches(token.text.upper(), keywords, 1))
    return syntax_error(tokenized.text, token.start, fault)


def _terminals(tokenized: TokenizedText) -> Iterator[tuple[str, Token | None]]:
    """Yield the grammar's terminals in a text, each with its first token, and finally the end."""
    tokens = iter((*tokenized.tokens, None))
    token = next(tokens)
    while token is not None:
        following = next(tokens)
        pair = f"{token.text}{following.text}" if following else ""
        if following and (pair in _EMPTY or (pair in _JOINED and token.end == following.start)):
            yield _EMPTY.get(pair, pair), token
            token = next(tokens)
        elif token.kind is TokenKind.NUMBER and token.text.endswith("."):
            # The lexer includes the dot after a whole number, but no number ends in a dot (section 19.8).
            yield "integer", token._replace(text=token.text[:-1], end=token.end - 1)
            yield ".", Token(TokenKind.SIGN, ".", token.end - 1, token.end)
            token = following
        else:
            yield _terminal(token), token
            token = following
    yield _END, None


def _terminal(token: Token) -> str:
    match token.kind:
        case TokenKind.SIGN:
            return token.text
        case TokenKind.WORD:
            upper = token.text.upper()
            return "a" if token.text == "a" else _SETS.get(upper, upper)
        case TokenKind.NUMBER:
            return "integer" if token.text.isdecimal() else "decimal"
        case TokenKind.NAME:
            return "prefix" if token.text.endswith(":") and token.text.count(":") == 1 else "name"
        case _:
            return str(token.kind.value)
