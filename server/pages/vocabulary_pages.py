"""The documentation of the ontology and the shapes, made from the files, every term with an example from the graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, request
from rdflib import OWL, RDF, SH

from kg.dataset import GraphNames
from kg.formats import GRAPH_FORMATS
from kg.namespaces import ONTOLOGY, SCHEME, SHAPES
from server.descriptions.graph_documents import graph_document
from server.http.negotiation import prefers_html
from server.http.parameters import from_query_string
from server.pages.page_queries import Findings
from server.pages.page_terms import Row, Term
from server.pages.rendering import Written, kept
from server.pages.term_usage import Use, uses
from server.site import site

bp = Blueprint("vocabulary", __name__)

KINDS = (
    (str(OWL.Class), "classes", "Classes"),
    (str(OWL.ObjectProperty), "object-properties", "Properties between things"),
    (str(OWL.DatatypeProperty), "datatype-properties", "Properties with a value"),
)
CHARACTERISTICS = {
    str(OWL[name]): word
    for name, word in (
        ("SymmetricProperty", "symmetric"),
        ("TransitiveProperty", "transitive"),
        ("IrreflexiveProperty", "irreflexive"),
        ("AsymmetricProperty", "asymmetric"),
    )
}


@dataclass
class Entry:
    """A term or a shape: what its file says of it, by property, and an example from the graph."""

    iri: str
    said: dict[str, list[Term]] = field(default_factory=dict)
    chains: list[tuple[Term, Term | None]] = field(default_factory=list)
    use: Use | None = None

    @property
    def anchor(self) -> str:
        """Return the part of the address after `#`."""
        return self.iri.removeprefix(ONTOLOGY).removeprefix(SHAPES)

    def one(self, name: str) -> Term | None:
        """Return the first value of a property, named by the end of its IRI."""
        return next(iter(self.all(name)), None)

    def all(self, name: str) -> list[Term]:
        """Return the values of a property, named by the end of its IRI."""
        return [each for key, found in self.said.items() if key.endswith((f"#{name}", f"/{name}")) for each in found]

    @property
    def characteristics(self) -> list[str]:
        """Return the characteristics of a property in words."""
        types = {each.value for each in self.said.get(str(RDF.type), ())}
        return [word for iri, word in CHARACTERISTICS.items() if iri in types]


@bp.get("/ontology")
def ontology() -> Response:
    """Answer with the documentation of the ontology, or with the ontology."""
    return _document(GraphNames(site().base).ontology, _ontology)


@bp.get("/schemes")
def schemes() -> Response:
    """Answer with the documentation of the schemes, or with the ontology, which holds them."""
    return _document(GraphNames(site().base).ontology, _schemes)


@bp.get("/shapes")
def shapes() -> Response:
    """Answer with the documentation of the shapes, or with the shapes."""
    return _document(GraphNames(site().base).shapes, _shapes)


def _document(name: str, make: Callable[[Findings, str], Written]) -> Response:
    parameters = from_query_string()
    if parameters.formats() or not prefers_html(request.accept_mimetypes, GRAPH_FORMATS):
        return graph_document(name, parameters)
    version = site().store.current()
    return kept(make.__name__, Findings(version), lambda findings: make(findings, f"<{name}>"))


def _ontology(findings: Findings, graph: str) -> Written:
    entries = _entries(findings.ask("ontology-terms", ontology=graph), "term")
    for row in findings.ask("ontology-chains", ontology=graph):
        if row["term"].value in entries:
            entries[row["term"].value].chains.append((row["first"], row.get("second")))
    used = uses(findings.version)
    for iri, entry in entries.items():
        entry.use = used.get(iri)
    found = [entry.use for entry in entries.values() if entry.use]
    findings.also(each.example.value for each in found)
    findings.also(each.value.value for each in found if each.value and each.value.is_iri)
    values: dict[str, Any] = {
        "about": {
            row["property"].value.rpartition("/")[2].rpartition("#")[2]: row["value"] for row in _about(findings, graph)
        },
        "kinds": [(anchor, title, _of(entries.values(), kind)) for kind, anchor, title in KINDS],
    }
    return "ontology.html", values


def _schemes(findings: Findings, graph: str) -> Written:
    found: dict[str, list[Row]] = {}
    for row in findings.ask("ontology-schemes", ontology=graph):
        found.setdefault(row["scheme"].value, []).append(row)
    examples = {iri: use for iri, use in uses(findings.version).items() if iri.startswith(SCHEME)}
    findings.also(each.example.value for each in examples.values())
    return "schemes.html", {"schemes": [*found.items()], "examples": examples}


def _about(findings: Findings, graph: str) -> list[Row]:
    return findings.ask("ontology-about", ontology=graph)


def _entries(rows: Iterable[Row], key: str) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for row in rows:
        entry = found.setdefault(row[key].value, Entry(row[key].value))
        entry.said.setdefault(row["property"].value, []).append(row["value"])
    return found


def _of(entries: Iterable[Entry], kind: str) -> list[Entry]:
    return [each for each in entries if any(one.value == kind for one in each.said.get(str(RDF.type), ()))]


def _shapes(findings: Findings, graph: str) -> Written:
    entries = _entries(findings.ask("shapes", shapes=graph), "shape")
    used = uses(findings.version)
    for entry in entries.values():
        target = next((each for name in TARGETS if (each := entry.one(name))), None)
        if target and target.value in used:
            entry.use = used[target.value]
            findings.also([entry.use.example.value])
    parts = {each.value for entry in entries.values() for each in entry.said.get(str(SH.property), ())}
    values: dict[str, Any] = {
        "shapes": [each for iri, each in entries.items() if iri not in parts],
        "entries": entries,
    }
    return "shapes.html", values


TARGETS = ("targetClass", "targetSubjectsOf", "targetObjectsOf")
