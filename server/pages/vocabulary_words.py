"""The terms of other vocabularies in words: we have no labels of theirs, but their names are made of words."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kg.prefixes import WELL_KNOWN

VOCABULARY_TITLES: Mapping[str, str] = {
    "as": "Activity Streams",
    "cc": "Creative Commons",
    "dcterms": "Dublin Core",
    "edtf": "EDTF",
    "foaf": "FOAF",
    "mediatopic": "IPTC",
    "oa": "Web Annotation",
    "org": "Organization Ontology",
    "owl": "OWL",
    "prov": "PROV",
    "rdf": "RDF",
    "rdfs": "RDF Schema",
    "schema": "schema.org",
    "sem": "Simple Event Model",
    "sh": "SHACL",
    "skos": "SKOS",
    "time": "OWL-Time",
    "vann": "VANN",
    "void": "VoID",
    "wd": "Wikidata",
    "xsd": "XML Schema",
}
"""What the vocabularies of others are called, by prefix. Their terms stand beside ours, which have the same words."""
WORD_BOUNDARY = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
LOCAL_NAME = re.compile(r"\w[\w-]*", re.ASCII)


def term_words(iri: str) -> str:
    """Return a term of another vocabulary in words, as in "interval during (OWL-Time)"; empty if it is none."""
    for prefix, title in VOCABULARY_TITLES.items():
        name = iri.removeprefix(WELL_KNOWN[prefix])
        if name != iri and LOCAL_NAME.fullmatch(name):
            return f"{WORD_BOUNDARY.sub(' ', name) if name[0].isupper() else _in_lower_case(name)} ({title})"
    return ""


def _in_lower_case(name: str) -> str:
    """Return the words of a property's name, abbreviations as they are."""
    return " ".join(word if word.isupper() else word.lower() for word in WORD_BOUNDARY.split(name))
