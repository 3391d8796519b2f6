"""SERVICE in a query (SPARQL 1.1 Federated Query): found here, so that whoever may connect does so beforehand.

The engine is never given the word: it would open connections with no way to turn that off. It is given what the other
endpoint has answered, as VALUES, which joins with the rest of the query as the clause would have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.errors import RequestError
from kg.sparql.layout import Layout
from kg.sparql.lexer import Kind, Token, unescaped
from kg.sparql.policy import limited_layout
from kg.sparql.prologue import Prologue, read_prologue

MAX_TABLE_BYTES = 4 * 2**20
"""Bytes of a SERVICE's solutions as they stand in the query, and of a query with all of its."""
_WORD = re.compile("service|\\\\u", re.IGNORECASE)


@dataclass(frozen=True)
class Service:
    """A SERVICE: the endpoint, the query for it, whether a failure counts, and where it stands in the text."""

    endpoint: str
    query: str
    silent: bool
    start: int
    end: int
    unanswered: str
    """What stands for it if it fails and is SILENT: one solution without bindings (section 4), of its variables."""


def find_services(text: str, base: str | None) -> tuple[str, tuple[Service, ...]]:
    """Return a query's text as it is to be read, and each SERVICE of a named endpoint in it that is in no other."""
    if not _WORD.search(text):
        return text, ()
    text = unescaped(text)
    return text, tuple(_services(limited_layout(text), base))


def _services(layout: Layout, base: str | None) -> Iterator[Service]:
    text, read = layout.text, layout.tokens
    prologue, at = read_prologue(text, read, 0, Prologue(base, {}))
    while at < len(read):
        named = at + 1 + (at + 1 < len(read) and read[at + 1].is_word("SILENT"))
        opened = named + 1
        if (
            read[at].is_word("SERVICE")
            and opened < len(read)
            and read[named].kind in (Kind.IRI, Kind.NAME)
            and read[opened].is_sign("{")
        ):
            closed = layout.closing[opened]
            group = text[read[opened].start : read[closed].end]
            query = f"{prologue.text()}SELECT * {group}"
            where = prologue.resolve(text, read[named])
            inner = _without_services(text, read, opened, closed)
            unanswered = f"{{ OPTIONAL {{ {inner} FILTER (false) }} }}"
            yield Service(where, query, named > at + 1, read[at].start, read[closed].end, unanswered)
            at = closed
        at += 1


def _without_services(text: str, read: Sequence[Token], opened: int, closed: int) -> str:
    """Return a group with the same variables in scope that has no SERVICE: the group of each stands for it."""
    parts, start, at = list[str](), read[opened].start, opened
    while at < closed:
        named = at + 1 + read[at + 1].is_word("SILENT")
        if read[at].is_word("SERVICE") and read[named + 1].is_sign("{"):
            kept = f"VALUES {read[named].text} {{ }} " if read[named].kind is Kind.VARIABLE else ""
            parts += [text[start : read[at].start], kept]
            at, start = named, read[named].end
        at += 1
    return "".join([*parts, text[start : read[closed].end]])


def with_tables(text: str, tables: Sequence[tuple[Service, str]]) -> str:
    """Return a text with each SERVICE replaced by what it has brought; RequestError where that is too long."""
    for service, found in sorted(tables, key=lambda each: -each[0].start):
        text = f"{text[: service.start]}{found}{text[service.end :]}"
    if tables and len(text) > MAX_TABLE_BYTES:
        raise RequestError(
            f"The query has more than {MAX_TABLE_BYTES:,} characters with what its SERVICEs have brought."
        )
    return text
