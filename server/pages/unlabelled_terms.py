"""The terms of other vocabularies in words: we have no labels of theirs, but their names are made of words."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rdflib import RDF

from kg.datasets import GraphNames
from kg.namespaces import ONTOLOGY, SHAPES
from kg.prefixes import WELL_KNOWN

# By prefix. Their terms stand beside ours, which have the same words.
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
# Those at the top, and those that our schemes are linked to: their IRIs have codes and no words.
MEDIA_TOPICS: Mapping[str, str] = {
    "01000000": "arts, culture, entertainment and media",
    "02000000": "crime, law and justice",
    "03000000": "disaster, accident and emergency incident",
    "04000000": "economy, business and finance",
    "05000000": "education",
    "06000000": "environment",
    "07000000": "health",
    "08000000": "human interest",
    "09000000": "labour",
    "10000000": "lifestyle and leisure",
    "11000000": "politics",
    "12000000": "religion",
    "13000000": "science and technology",
    "14000000": "society",
    "15000000": "sport",
    "16000000": "conflict, war and peace",
    "17000000": "weather",
    "20000045": "mass media",
    "20000056": "armed conflict",
    "20000065": "civil unrest",
    "20000082": "crime",
    "20000106": "judiciary",
    "20000121": "law",
    "20000129": "law enforcement",
    "20000139": "accident and emergency incident",
    "20000148": "disaster",
    "20000168": "emergency response",
    "20000204": "merger or acquisition",
    "20000400": "school",
    "20000415": "students",
    "20000446": "diseases and conditions",
    "20000461": "health facility",
    "20000524": "labour relations",
    "20000536": "unions",
    "20000574": "election",
    "20000638": "international relations",
    "20000646": "non-governmental organisation",
    "20000649": "political process",
    "20000741": "scientific institution",
    "20000822": "competition discipline",
    "20001125": "sport organisation",
    "20001129": "weather phenomena",
}
# After a small letter, and before the last of several capitals, which begins a word.
WORD_BOUNDARY = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
LOCAL_NAME = re.compile(r"\w[\w-]*", re.ASCII)
LICENCE = re.compile(r"https?://creativecommons\.org/(?:licenses|publicdomain)/([a-z-]+)/(\d\.\d)/?", re.ASCII)
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
        if prefix == "mediatopic" and name in MEDIA_TOPICS:
            return f"{MEDIA_TOPICS[name]} ({title} {name})"
        if name != iri and LOCAL_NAME.fullmatch(name):
            return f"{split_name(name) if name[0].isupper() else _in_lower_case(name)} ({title})"
    return ""


def graph_words(graph: str, base: str) -> str:
    """Return what a graph of the dataset holds, in words; empty if it is none of ours, or that of an article."""
    names = GraphNames(base)
    words = {
        names.authority: "people, organizations and places that articles share",
        names.inferred: "what follows from the others and the ontology",
        names.description: "the description of the dataset for tools",
        names.outside: "knowledge from outside the articles",
        names.provenance: "how each graph was made",
        names.ontology: "the ontology and its schemes",
        names.shapes: "the shapes",
    }
    return words.get(graph, "")


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
