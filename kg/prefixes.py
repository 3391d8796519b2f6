"""The only table of the prefixes that exports declare, and the shortening of IRIs with them."""

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
"""The kinds of IRIs under a corpus's base that have a prefix of their own."""


def prefixes(base: str) -> dict[str, str]:
    """Return the namespaces of a corpus's exports by prefix."""
    return {**WELL_KNOWN, **{kind: f"{base}{kind}/" for kind in SHARED}}


class Shortener:
    """Shortens IRIs, and records the prefixes used."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._names = {namespace: name for name, namespace in known.items()}
        self._used: dict[str, str] = {}

    def split(self, iri: str) -> tuple[str, str] | None:
        """Return the prefix with the longest namespace of an IRI, and the local part; None if no prefix fits."""
        # From the end, so that the longest namespace is found first.
        end = len(iri)
        while (end := max(iri.rfind("#", 0, end), iri.rfind("/", 0, end))) > 0:
            name = self._names.get(iri[: end + 1])
            if name is not None:
                return name, iri[end + 1 :]
        return None

    def use(self, name: str) -> None:
        """Record that a prefix is used."""
        self._used[name] = next(namespace for namespace, known in self._names.items() if known == name)

    @property
    def used(self) -> dict[str, str]:
        """Return the prefixes used, sorted by name."""
        return dict(sorted(self._used.items()))
