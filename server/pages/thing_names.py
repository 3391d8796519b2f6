"""Names of things on pages: label, kind and side, looked up with one query per page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from rdflib import RDF, SKOS

from kg.datasets import GraphNames
from kg.namespaces import CQ, ONTOLOGY
from kg.prefixes import WELL_KNOWN
from kg.store.interfaces import Version
from kg.store.labels import LABEL_PROPERTIES, preferred_label
from server.descriptions.addresses import decode_path
from server.pages.page_terms import is_usable_iri
from server.pages.select_rows import solutions
from server.search.side_letters import assign_side_letters
from server.site import site

CLASS_WORDS = {
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
"""Words for the classes on pages, the more specific classes first."""
NAMES_QUERY = """PREFIX cq: <{cq}>
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
SIDES_QUERY = f"PREFIX cq: <{ONTOLOGY}> SELECT ?side (COUNT(*) AS ?n) {{ ?part cq:side ?side }} GROUP BY ?side"
SIDE_PROPERTIES = tuple(str(each) for each in (CQ.side, CQ.memberOf, CQ.affiliatedWith))


@dataclass(frozen=True)
class Name:
    """A thing's label, the label's language, its kind in a word, and the letter of its side."""

    label: str
    language: str = ""
    kind: str = ""
    side: str = ""


@dataclass(frozen=True)
class Names:
    """The names of a page's things, with a short form of the IRI for things without a label."""

    known: dict[str, Name] = field(default_factory=dict)

    def __getitem__(self, iri: str) -> Name:
        return self.known.get(iri) or Name(short_form(iri))

    def __contains__(self, iri: str) -> bool:
        return iri in self.known


def names_of(iris: Iterable[str], version: Version) -> Names:
    """Return the names of IRIs in a version."""
    asked = sorted(each for each in {*iris} if is_usable_iri(each))
    if not asked:
        return Names()
    values = " ".join(f"<{each}>" for each in asked)
    text = NAMES_QUERY.format(cq=ONTOLOGY, values=values, ontology=GraphNames(site().base).ontology)
    told: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for row in solutions(text, version):
        found = told.setdefault(row["x"].value, {}).setdefault(row["p"].value, [])
        found.append((row["v"].value, row["v"].language))
    parties = side_letters(version)
    return Names({iri: _name(iri, properties, parties) for iri, properties in told.items()})


def side_letters(version: Version) -> dict[str, str]:
    """Return the letters of the two sides with the most participants; they are the same on every page."""
    found: dict[str, str] = site().once_per_version("sides", version, lambda: _sides(version))
    return found


def short_form(iri: str) -> str:
    """Return a readable short form of an IRI without a label."""
    if site().settings.base and iri.startswith(site().base):
        return decode_path(iri.removeprefix(site().base)) or iri
    known = ((f"{name}:", start) for name, start in WELL_KNOWN.items() if iri.startswith(start))
    return next((f"{prefix}{iri.removeprefix(start)}" for prefix, start in known), iri)


def _sides(version: Version) -> dict[str, str]:
    counts = Counter({row["side"].value: int(row["n"].value) for row in solutions(SIDES_QUERY, version)})
    return assign_side_letters(counts)


def _name(iri: str, told: dict[str, list[tuple[str, str]]], parties: dict[str, str]) -> Name:
    label, language = next(
        (preferred_label(told[each]) for each in LABEL_PROPERTIES if each in told), (short_form(iri), "")
    )
    types = {value for value, _ in told.get(str(RDF.type), ())}
    kind = next((kind for each, kind in CLASS_WORDS.items() if each in types), "")
    return Name(label, language, kind, _side(iri, told, parties))


def _side(iri: str, told: dict[str, list[tuple[str, str]]], parties: dict[str, str]) -> str:
    if iri in parties:
        return parties[iri]
    for each in SIDE_PROPERTIES:
        found = {parties[value] for value, _ in told.get(each, ()) if value in parties}
        if found:
            return found.pop() if len(found) == 1 else ""
    return ""
