"""SERVICE in a query (SPARQL 1.1 Federated Query), extracted so that a process that may connect queries it first.

The engine never gets the keyword: it would open connections, and has no option to turn that off. The clause is
replaced by the other endpoint's answer as VALUES, which joins with the rest of the query as the clause would.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.errors import RequestError
from kg.sparql.lexer import TokenKind, unescaped
from kg.sparql.policy import limited_text
from kg.sparql.prologue import Prologue, read_prologue
from kg.sparql.token_edits import Edits
from kg.sparql.tokenized_text import TokenizedText

MAX_TABLE_BYTES = 4 * 2**20
"""The maximum bytes of a SERVICE's solutions in a query, of a query with all of them, and of all queries sent."""
# Escapes of code points may spell the letters of a keyword (SPARQL 1.1 Query, section 19.2).
_WORD = re.compile("service|\\\\u", re.IGNORECASE)


@dataclass(frozen=True)
class Service:
    """A SERVICE: the endpoint, the query to send, whether it is SILENT, and its place in the text."""

    endpoint: str
    query: str
    silent: bool
    start: int
    end: int
    unanswered: str
    """Its replacement if it is SILENT and fails: one solution with all its variables unbound (section 4)."""


def may_have_services(text: str) -> bool:
    """Return whether a text might have a SERVICE, without tokenising it."""
    return _WORD.search(text) is not None


def find_services(text: str, base: str | None) -> tuple[str, tuple[Service, ...]]:
    """Return a query's text with escapes replaced, and each outermost SERVICE in it with a named endpoint."""
    text = unescaped(text)
    services = tuple(_services(limited_text(text), base))
    # Each query repeats the prologue: many short ones after a long prologue would multiply it.
    if sum(len(service.query) for service in services) > MAX_TABLE_BYTES:
        raise RequestError(
            f"The query's SERVICEs have more than {MAX_TABLE_BYTES:,} characters, each with its prologue."
        )
    return text, services


def _services(tokenized: TokenizedText, base: str | None) -> Iterator[Service]:
    text, tokens = tokenized.text, tokenized.tokens
    prologue, at = read_prologue(text, tokens, 0, Prologue(base, {}))
    while at < len(tokens):
        named = at + 1 + (at + 1 < len(tokens) and tokens[at + 1].is_word("SILENT"))
        opened = named + 1
        if (
            tokens[at].is_word("SERVICE")
            and opened < len(tokens)
            and tokens[named].kind in (TokenKind.IRI, TokenKind.NAME)
            and tokens[opened].is_sign("{")
        ):
            closed = tokenized.closing[opened]
            group = text[tokens[opened].start : tokens[closed].end]
            query = f"{prologue.text()}SELECT * {group}"
            where = prologue.resolve(text, tokens[named])
            inner = _without_services(tokenized, opened)
            unanswered = f"{{ OPTIONAL {{ {inner} FILTER (false) }} }}"
            yield Service(where, query, named > at + 1, tokens[at].start, tokens[closed].end, unanswered)
            # A nested SERVICE is part of the group that is sent, and evaluated by that endpoint.
            at = closed
        at += 1


def _without_services(tokenized: TokenizedText, opened: int) -> str:
    """Return a group with each SERVICE replaced by the group inside it, so that the same variables are in scope."""
    edits, tokens = Edits(tokenized), tokenized.tokens
    for at in range(opened, edits.closing[opened]):
        named = at + 1 + tokens[at + 1].is_word("SILENT")
        if tokens[at].is_word("SERVICE") and tokens[named + 1].is_sign("{"):
            is_variable = tokens[named].kind is TokenKind.VARIABLE
            edits.replace((at, named + 1), f"VALUES {tokens[named].text} {{ }} " if is_variable else "")
    return edits.changed_group(opened)


def with_tables(text: str, tables: Sequence[tuple[Service, str]]) -> str:
    """Return a text with each SERVICE replaced by its answer. Raises RequestError if that is too long."""
    # From last to first, so that the positions of the others stay valid.
    for service, table in sorted(tables, key=lambda pair: -pair[0].start):
        text = f"{text[: service.start]}{table}{text[service.end :]}"
    if tables and len(text) > MAX_TABLE_BYTES:
        raise RequestError(f"The query has more than {MAX_TABLE_BYTES:,} characters with the answers of its SERVICEs.")
    return text
