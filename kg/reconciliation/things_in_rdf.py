"""Named things in RDF: nodes with a name in one of the common vocabularies, with their other properties."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rdflib import DCTERMS, FOAF, ORG, RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from kg.namespaces import CQ
from kg.reconciliation.candidates import NamedThing
from kg.reconciliation.known_things import KINDS_OF_THINGS

# Both schemes occur in practice; schema.org treats them as equivalent.
SCHEMA_NAMESPACES = ("https://schema.org/", "http://schema.org/")
DBO = Namespace("http://dbpedia.org/ontology/")
WD, WDT = Namespace("http://www.wikidata.org/entity/"), Namespace("http://www.wikidata.org/prop/direct/")


def _of_schema(*names: str) -> tuple[URIRef, ...]:
    return tuple(URIRef(f"{namespace}{name}") for namespace in SCHEMA_NAMESPACES for name in names)


NAMES = (
    *(CQ.name, CQ.alias, SKOS.prefLabel, SKOS.altLabel, FOAF.name, RDFS.label, DCTERMS.title),
    *_of_schema("name", "alternateName"),
)
DESCRIPTIONS = (RDFS.comment, DCTERMS.description, SKOS.definition, *_of_schema("description"))
POSTS = (CQ.holds, FOAF.title, ORG.role, *_of_schema("jobTitle", "hasOccupation"), WDT.P39, WDT.P106)
BEGINNINGS = (*_of_schema("birthDate", "foundingDate", "startDate"), DBO.birthDate, WDT.P569, WDT.P571)
ENDS = (*_of_schema("deathDate", "dissolutionDate", "endDate"), DBO.deathDate, WDT.P570, WDT.P576)
ORGANIZATIONS = (*_of_schema("Organization", "GovernmentOrganization"), DBO.Organisation)
KINDS: Mapping[Node, str] = {
    **{URIRef(iri): kind for iri, kind in KINDS_OF_THINGS.items()},
    **dict.fromkeys((FOAF.Person, *_of_schema("Person"), DBO.Person, WD.Q5), "person"),
    **dict.fromkeys((FOAF.Organization, ORG.Organization, *ORGANIZATIONS), "organization"),
    **dict.fromkeys((*_of_schema("Place", "City", "Country"), DBO.Place), "place"),
    ORG.Post: "post",
}
"""Our kinds by the classes of common vocabularies."""


def read_nodes(graph: Graph, place_of: Mapping[str, str] | None = None) -> Iterator[NamedThing]:
    """Yield the nodes with a name, sorted by IRI; `place_of` maps each to its location."""
    names = _literals(graph, NAMES)
    for node in sorted(node for node in names if isinstance(node, URIRef)):
        # The earliest beginning and the latest end, so that dates on which sources differ contradict nothing.
        yield NamedThing(
            str(node),
            tuple(dict.fromkeys(names[node])),
            next((kind for cls in graph.objects(node, RDF.type) if (kind := KINDS.get(cls))), ""),
            tuple(_names_of(names, _values(graph, node, POSTS))),
            min(map(str, _values(graph, node, BEGINNINGS)), default=""),
            max(map(str, _values(graph, node, ENDS)), default=""),
            tuple(_names_of(names, _neighbours(graph, node))),
            (place_of or {}).get(str(node), ""),
            " ".join(map(str, _values(graph, node, DESCRIPTIONS))),
        )


def _literals(graph: Graph, properties: Iterable[URIRef]) -> dict[Node, list[str]]:
    """Return texts by subject, with the likeliest name first."""
    texts: dict[Node, list[str]] = {}
    for name in properties:
        for subject, value in sorted(graph.subject_objects(name), key=str):
            if isinstance(value, Literal):
                texts.setdefault(subject, []).append(str(value))
    return texts


def _values(graph: Graph, node: Node, properties: Iterable[URIRef]) -> list[Node]:
    return sorted({value for name in properties for value in graph.objects(node, name)}, key=str)


def _neighbours(graph: Graph, node: Node) -> set[Node]:
    beside = {value for name, value in graph.predicate_objects(node) if name not in (RDF.type, *POSTS)}
    return {other for other in beside | {*graph.subjects(None, node)} if not isinstance(other, Literal)}


def _names_of(names: Mapping[Node, list[str]], nodes: Iterable[Node]) -> list[str]:
    """Return the names of nodes, and literals unchanged."""
    literals = {str(node) for node in nodes if isinstance(node, Literal)}
    return sorted(literals | {names[node][0] for node in nodes if node in names})
