"""Prefixes: the one table of those that exports write, and how an IRI is shortened by them."""

from __future__ import annotations

from collections.abc import Mapping

from rdflib import DCTERMS, FOAF, ORG, OWL, PROV, RDF, RDFS, SH, SKOS, TIME, VOID, XSD

from kg.namespaces import AS, OA, ONTOLOGY, SCHEMA, SCHEME, SEM, SHAPES

WELL_KNOWN: Mapping[str, str] = {
    "as": str(AS),
    "cc": "http://creativecommons.org/ns#",
    "cq": ONTOLOGY,
    "cqs": SHAPES,
    "dcterms": str(DCTERMS),
    "edtf": "http://id.loc.gov/datatypes/edtf/",
    "foaf": str(FOAF),
    "mediatopic": "http://cv.iptc.org/newscodes/mediatopic/",
    "oa": str(OA),
    "org": str(ORG),
    "owl": str(OWL),
    "prov": str(PROV),
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "schema": str(SCHEMA),
    "scheme": SCHEME,
    "sem": str(SEM),
    "sh": str(SH),
    "skos": str(SKOS),
    "time": str(TIME),
    "vann": "http://purl.org/vocab/vann/",
    "void": str(VOID),
    "wd": "http://www.wikidata.org/entity/",
    "xsd": str(XSD),
}
SHARED = ("article", "graph", "organization", "person", "place", "post", "topic")
"""The kinds of names under a corpus's base that have a prefix of their own."""


def prefixes(base: str) -> dict[str, str]:
    """Return the prefixes of a corpus's exports by name."""
    return {**WELL_KNOWN, **{kind: f"{base}{kind}/" for kind in SHARED}}


class Shortener:
    """Shortens IRIs, and keeps which prefixes it used."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._names = {namespace: name for name, namespace in known.items()}
        self._used: dict[str, str] = {}

    def split(self, iri: str) -> tuple[str, str] | None:
        """Return the prefix with the longest namespace that the IRI is in, and the rest; None if there is none."""
        # From the end, so that the longest namespace is met first.
        end = len(iri)
        while (end := max(iri.rfind("#", 0, end), iri.rfind("/", 0, end))) > 0:
            name = self._names.get(iri[: end + 1])
            if name is not None:
                return name, iri[end + 1 :]
        return None

    def use(self, name: str) -> None:
        """Note that a prefix is used."""
        self._used[name] = next(namespace for namespace, known in self._names.items() if known == name)

    @property
    def used(self) -> dict[str, str]:
        """Return the prefixes used, sorted by name."""
        return dict(sorted(self._used.items()))
