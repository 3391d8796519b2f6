"""Terms of answers as pages show them: what each is, whether it may become a link, and where it leads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from kg.namespaces import ONTOLOGY, SCHEME, SHAPES
from server.descriptions.addresses import thing_address
from server.descriptions.own_queries import FORBIDDEN
from server.search import tsv_cells as cells
from server.site import site

LINKED = ("http", "https")
"""The schemes of IRIs that become links to elsewhere; `javascript:` and the like stay text."""
SAFE = "/:@!$&'()*+,;=~-._"
"""What a fragment may hold as it is."""


@dataclass(frozen=True)
class Term:
    """One value of a solution; `kind` is uri, literal or bnode, as in the W3C's JSON results."""

    value: str
    kind: str = "uri"
    language: str = ""
    datatype: str = ""

    def __str__(self) -> str:
        return self.value

    def __bool__(self) -> bool:
        return True

    @property
    def is_iri(self) -> bool:
        """Tell whether the value names something."""
        return self.kind == "uri"

    @property
    def sparql(self) -> str:
        """Return the term as a query spells it; a blank node, which none can, as an IRI that nothing has."""
        if self.kind == "literal":
            return literal(self.value, self.language, self.datatype)
        return f"<{self.value}>" if self.kind == "uri" else "<urn:none>"


Row = dict[str, Term]
"""A solution: the variables that are bound."""


def term(found: dict[str, Any]) -> Term:
    """Return a term as the W3C's JSON results describe it."""
    return Term(found["value"], found["type"], found.get("xml:lang", ""), found.get("datatype", ""))


def from_cell(cell: str) -> Term:
    """Return the term that a cell of an index holds."""
    if cells.is_iri(cell):
        return Term(cells.iri(cell))
    return Term(cells.text(cell), "literal", *cells.tail(cell))


def literal(value: str, language: str = "", datatype: str = "") -> str:
    """Return a literal as a query spells it, whatever it holds."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    if language:
        return f'"{escaped}"@{language}'
    return f'"{escaped}"^^<{datatype}>' if datatype else f'"{escaped}"'


def usable(iri: str) -> bool:
    """Tell whether an IRI may stand in a query as it is."""
    return ":" in iri and not any(each in FORBIDDEN or each <= " " for each in iri)


def address(iri: str) -> str | None:
    """Return where a page about an IRI is: here for what is named here, elsewhere for the web's, None for the rest."""
    if iri.startswith(site().base):
        return thing_address(iri)
    if iri.startswith(ONTOLOGY):
        return f"/ontology#{quote(iri.removeprefix(ONTOLOGY), safe=SAFE)}"
    if iri.startswith(SCHEME):
        return f"/schemes#{quote(iri.removeprefix(SCHEME).replace('/', '.'), safe=SAFE)}"
    if iri.startswith(SHAPES):
        return f"/shapes#{quote(iri.removeprefix(SHAPES), safe=SAFE)}"
    return iri if is_web(iri) else None


def is_web(iri: str) -> bool:
    """Tell whether an IRI is an address of the web that a link may lead to."""
    try:
        parts = urlsplit(iri)
    except ValueError:
        return False
    return parts.scheme in LINKED and bool(parts.netloc) and usable(iri)


def is_ours(iri: str) -> bool:
    """Tell whether a page about an IRI is served here."""
    return iri.startswith((site().base, ONTOLOGY, SCHEME, SHAPES))
