"""Reading terms from a query's text, and writing them into one so that no term can inject query syntax."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from kg.errors import RequestError
from kg.terms import EngineTerm


def iri_in_query(iri: str) -> str:
    """Return an IRI in SPARQL syntax. Raises RequestError if it is not an absolute IRI."""
    if not is_usable_iri(iri):
        raise RequestError(f"'{iri}' is not an absolute IRI.")
    return f"<{iri}>"


def is_usable_iri(iri: str) -> bool:
    """Return whether a text is an absolute IRI (RFC 3987), which can be inserted into a query unescaped."""
    # Checked by the engine: any other text would cause a syntax error in a query that no client has written.
    try:
        ox.NamedNode(iri)
    except ValueError:  # surrogates among them
        return False
    return True


def read_term(written: str, declarations: str = "", base: str | None = None) -> EngineTerm:
    """Parse a term written in SPARQL. Raises SyntaxError or ValueError if it cannot be parsed."""
    # The engine resolves names and escapes only while it parses; terms in Turtle are the same as in SPARQL.
    quads: Iterable[ox.Quad] = ox.parse(f"{declarations}\n<x:s> <x:p> {written} .", ox.RdfFormat.TURTLE, base_iri=base)
    (quad,) = quads
    return quad.object


def string_value(written: str) -> str:
    """Return the value of a string written in SPARQL."""
    if "\\" not in written:
        quotes = 3 if written[:3] in ('"""', "'''") and len(written) >= 6 else 1  # noqa: PLR2004 - two times three
        return written[quotes:-quotes]
    term = read_term(written)
    return term.value if isinstance(term, ox.Literal) else ""


def literal_in_query(value: str, language: str = "", datatype: str = "") -> str:
    """Return a literal in SPARQL syntax, escaped."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    if language:
        return f'"{escaped}"@{language}'
    return f'"{escaped}"^^<{datatype}>' if datatype else f'"{escaped}"'
