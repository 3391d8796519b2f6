"""The terms of other vocabularies in words: we have no labels of theirs, but their names are made of words."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rdflib import RDF

from kg.namespaces import ONTOLOGY, SHAPES
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
LICENCE = re.compile(r"https?://creativecommons\.org/(?:licenses|publicdomain)/([a-z-]+)/(\d\.\d)/?", re.ASCII)
"""The address of a licence of Creative Commons."""
LICENCE_WORDS = {"zero": "CC0", "mark": "Public Domain Mark"}


def term_words(iri: str) -> str:
    """Return a term of another vocabulary in words, as in "interval during (OWL-Time)"; empty if it is none.

    A licence of Creative Commons is called as in "CC BY 4.0", and what something is a "type".
    """
    if iri == str(RDF.type):
        return "type"
    licence = LICENCE.fullmatch(iri)
    if licence:
        return f"{LICENCE_WORDS.get(licence[1], f'CC {licence[1].upper()}')} {licence[2]}"
    for prefix, title in VOCABULARY_TITLES.items():
        name = iri.removeprefix(WELL_KNOWN[prefix])
        if name != iri and LOCAL_NAME.fullmatch(name):
            return f"{split_name(name) if name[0].isupper() else _in_lower_case(name)} ({title})"
    return ""


def unnamed_words(iri: str) -> str:
    """Return what a shape or an unnamed part of the ontology or the shapes is called; empty if it is none."""
    if iri == ONTOLOGY.rstrip("#"):
        return "the ontology"
    for start, whole in ((ONTOLOGY, "the ontology"), (SHAPES, "the shapes")):
        # What was a blank node has an IRI of its place in the file.
        if iri.startswith(f"{start}_"):
            return f"an unnamed part of {whole}"
    name = iri.removeprefix(SHAPES)
    return f"the shape of {name.replace('-', ' ')}" if name != iri and LOCAL_NAME.fullmatch(name) else ""


def split_name(name: str) -> str:
    """Return the words that a name in camel case is made of, as they are written in it."""
    return WORD_BOUNDARY.sub(" ", name)


def _in_lower_case(name: str) -> str:
    """Return the words of a property's name, abbreviations as they are."""
    return " ".join(word if word.isupper() else word.lower() for word in split_name(name).split(" "))
