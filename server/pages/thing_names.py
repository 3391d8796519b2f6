"""What a page calls the things that it shows: their labels, what they are, and on whose side; one query a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from rdflib import DCTERMS, RDF, RDFS, SKOS

from kg.dataset import GraphNames
from kg.export.prefixes import WELL_KNOWN
from kg.namespaces import CQ, ONTOLOGY
from kg.store.interfaces import Version
from server.descriptions.addresses import rest_of
from server.pages.page_terms import usable
from server.pages.select_rows import solutions
from server.search.side_letters import letters
from server.site import site

LABELS = tuple(str(each) for each in (CQ.name, SKOS.prefLabel, CQ.gist, DCTERMS.title, RDFS.label))
"""Properties that name things, the best first."""
KINDS = {
    str(CQ[name]): kind
    for name, kind in (
        ("Person", "person"),
        ("Organization", "organization"),
        ("Group", "group"),
        ("Voice", "voice"),
        ("Meeting", "meeting"),
        ("Event", "event"),
        ("Scenario", "scenario"),
        ("Statement", "statement"),
        ("Proposition", "proposition"),
        ("Place", "place"),
        ("Post", "post"),
        ("Passage", "passage"),
        ("Article", "article"),
        ("Holding", "holding"),
        ("Participation", "participation"),
        ("Link", "link"),
    )
} | {str(SKOS.Concept): "topic"}
"""What each class is called on pages, the more telling ones first."""
NAMES = """PREFIX cq: <{cq}>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?x ?p ?v WHERE {{
  VALUES ?x {{ {values} }}
  {{
    VALUES ?p {{ cq:name skos:prefLabel cq:gist dcterms:title rdfs:label rdf:type cq:affiliatedWith cq:memberOf }}
    ?x ?p ?v
  }}
  UNION {{ GRAPH <{ontology}> {{ VALUES ?p {{ skos:prefLabel rdfs:label }} ?x ?p ?v }} }}
  UNION {{ ?part cq:participant ?x ; cq:side ?v BIND(cq:side AS ?p) }}
}}"""
SIDES = f"PREFIX cq: <{ONTOLOGY}> SELECT ?side (COUNT(*) AS ?n) {{ ?part cq:side ?side }} GROUP BY ?side"
BELONGING = tuple(str(each) for each in (CQ.side, CQ.memberOf, CQ.affiliatedWith))


@dataclass(frozen=True)
class Name:
    """A thing's label, the label's language, its kind in a word, and the letter of its side."""

    label: str
    language: str = ""
    kind: str = ""
    side: str = ""


@dataclass(frozen=True)
class Names:
    """The names of a page's things; what has none is called by the end of its IRI."""

    known: dict[str, Name] = field(default_factory=dict)

    def __getitem__(self, iri: str) -> Name:
        return self.known.get(iri) or Name(short(iri))

    def __contains__(self, iri: str) -> bool:
        return iri in self.known


def named(iris: Iterable[str], version: Version) -> Names:
    """Return the names of these in a version."""
    asked = sorted(each for each in {*iris} if usable(each))
    if not asked:
        return Names()
    values = " ".join(f"<{each}>" for each in asked)
    text = NAMES.format(cq=ONTOLOGY, values=values, ontology=GraphNames(site().base).ontology)
    told: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for row in solutions(text, version):
        found = told.setdefault(row["x"].value, {}).setdefault(row["p"].value, [])
        found.append((row["v"].value, row["v"].language))
    parties = sides(version)
    return Names({iri: _name(iri, properties, parties) for iri, properties in told.items()})


def sides(version: Version) -> dict[str, str]:
    """Return the letters of the two parties on whose side most participants are; the same on every page."""
    found: dict[str, str] = site().once("sides", version, lambda: _sides(version))
    return found


def short(iri: str) -> str:
    """Return what can be read of an IRI that has no label."""
    if site().settings.base and iri.startswith(site().base):
        return rest_of(iri.removeprefix(site().base)) or iri
    known = ((f"{name}:", start) for name, start in WELL_KNOWN.items() if iri.startswith(start))
    return next((f"{prefix}{iri.removeprefix(start)}" for prefix, start in known), iri)


def _sides(version: Version) -> dict[str, str]:
    counts = Counter({row["side"].value: int(row["n"].value) for row in solutions(SIDES, version)})
    return letters(counts)


def _name(iri: str, told: dict[str, list[tuple[str, str]]], parties: dict[str, str]) -> Name:
    label, language = next((_best(told[each]) for each in LABELS if each in told), (short(iri), ""))
    types = {value for value, _ in told.get(str(RDF.type), ())}
    kind = next((kind for each, kind in KINDS.items() if each in types), "")
    return Name(label, language, kind, _side(iri, told, parties))


def _side(iri: str, told: dict[str, list[tuple[str, str]]], parties: dict[str, str]) -> str:
    if iri in parties:
        return parties[iri]
    for each in BELONGING:
        found = {parties[value] for value, _ in told.get(each, ()) if value in parties}
        if found:
            return found.pop() if len(found) == 1 else ""
    return ""


def _best(labels: list[tuple[str, str]]) -> tuple[str, str]:
    """Choose among labels: an English one, one without a language, and then the first of all."""
    return min(labels, key=lambda each: ({"en": 0, "": 1}.get(each[1], 2), each))
