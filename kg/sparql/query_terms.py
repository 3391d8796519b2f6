"""Terms written into the text of a query: nothing in them can end the term and go on as a part of the query."""

from __future__ import annotations

from kg.errors import RequestError

FORBIDDEN_IN_IRI = frozenset('<>"{}|\\^`')
"""What SPARQL's IRIREF excludes, beside white space and control characters (SPARQL 1.1 Query, section 19.8)."""


def iri_in_query(iri: str) -> str:
    """Return an IRI in SPARQL syntax. Raises RequestError if it is not an absolute IRI."""
    if not is_usable_iri(iri):
        raise RequestError(f"'{iri}' is not an absolute IRI.")
    return f"<{iri}>"


def is_usable_iri(iri: str) -> bool:
    """Tell whether an IRI can be inserted into a query unescaped."""
    return ":" in iri and not any(character in FORBIDDEN_IN_IRI or character <= " " for character in iri)


def literal_in_query(value: str, language: str = "", datatype: str = "") -> str:
    """Return a literal in SPARQL syntax, with escapes."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    if language:
        return f'"{escaped}"@{language}'
    return f'"{escaped}"^^<{datatype}>' if datatype else f'"{escaped}"'
