"""RDF terms of query results for pages, their SPARQL spelling, and the URLs they link to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from kg.namespaces import ONTOLOGY, SCHEME, SHAPES
from kg.sparql.query_terms import is_usable_iri, literal_in_query
from server.descriptions.addresses import thing_address
from server.search import tsv_cells as cells
from server.site import site

# Other IRIs, such as `javascript:`, stay text.
LINKABLE_SCHEMES = ("http", "https")
# Characters that a fragment has unescaped (RFC 3986, section 3.5).
FRAGMENT_SAFE_CHARACTERS = "/:@!$&'()*+,;=~-._"


@dataclass(frozen=True)
class PageTerm:
    """One term of a row; `kind` is uri, literal or bnode, as in SPARQL 1.1 JSON results."""

    value: str
    kind: str = "uri"
    language: str = ""
    datatype: str = ""

    def __str__(self) -> str:
        return self.value

    # Templates test whether a variable is bound: an empty literal is a value too.
    def __bool__(self) -> bool:
        return True

    @property
    def is_iri(self) -> bool:
        """Return whether the term is an IRI."""
        return self.kind == "uri"

    @property
    def sparql(self) -> str:
        """Return the term in SPARQL syntax; a blank node, which a query cannot name, as an unused IRI."""
        if self.kind == "literal":
            return literal_in_query(self.value, self.language, self.datatype)
        return f"<{self.value}>" if self.kind == "uri" else "<urn:none>"


Row = dict[str, PageTerm]
"""A solution of a SELECT query: the bound variables."""


def term_from_json(term: dict[str, Any]) -> PageTerm:
    """Return a term from SPARQL 1.1 JSON results."""
    return PageTerm(term["value"], term["type"], term.get("xml:lang", ""), term.get("datatype", ""))


def term_from_cell(cell: str) -> PageTerm:
    """Return the term in a TSV cell of the index."""
    if cells.is_iri(cell):
        return PageTerm(cells.iri(cell))
    return PageTerm(cells.text(cell), "literal", *cells.language_and_datatype(cell))


def page_address(iri: str) -> str | None:
    """Return the URL of a page about an IRI: on this site, on the web, or None if there is none."""
    if iri.startswith(site().base):
        return thing_address(iri)
    for start, path in ((ONTOLOGY, "/ontology"), (SCHEME, "/schemes"), (SHAPES, "/shapes")):
        if iri.startswith(start):
            name = iri.removeprefix(start)
            anchor = name.replace("/", ".") if start == SCHEME else name
            return f"{path}#{quote(anchor, safe=FRAGMENT_SAFE_CHARACTERS)}"
    return iri if is_web(iri) else None


def is_web(iri: str) -> bool:
    """Return whether an IRI is a web URL that pages may link to."""
    # urlsplit raises ValueError for an unclosed bracket, as in http://[::1.
    try:
        parts = urlsplit(iri)
    except ValueError:
        return False
    return parts.scheme in LINKABLE_SCHEMES and bool(parts.netloc) and is_usable_iri(iri)


def is_ours(iri: str) -> bool:
    """Return whether this site serves a page about an IRI."""
    return iri.startswith((site().base, ONTOLOGY, SCHEME, SHAPES))
