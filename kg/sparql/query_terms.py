"""Terms written into the text of a query: nothing in them can end the term and go on as a part of the query."""

from __future__ import annotations

import pyoxigraph as ox

from kg.errors import RequestError


def iri_in_query(iri: str) -> str:
    """Return an IRI in SPARQL syntax. Raises RequestError if it is not an absolute IRI."""
    if not is_usable_iri(iri):
        raise RequestError(f"'{iri}' is not an absolute IRI.")
    return f"<{iri}>"


def is_usable_iri(iri: str) -> bool:
    """Tell whether a text is an absolute IRI (RFC 3987), which can be inserted into a query unescaped."""
    # As the engine reads it: any other would be a syntax error of a query that nobody has written.
    try:
        ox.NamedNode(iri)
    except ValueError:  # surrogates among them
        return False
    return True


def literal_in_query(value: str, language: str = "", datatype: str = "") -> str:
    """Return a literal in SPARQL syntax, with escapes."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    if language:
        return f'"{escaped}"@{language}'
    return f'"{escaped}"^^<{datatype}>' if datatype else f'"{escaped}"'
