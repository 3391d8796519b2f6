"""The terms of other vocabularies in words: we have no labels for them, but their names are made of words."""

from __future__ import annotations

import re

from rdflib import RDF

from kg.datasets import GraphNames
from kg.namespaces import ONTOLOGY, SHAPES
from kg.prefixes import WELL_KNOWN
from server.pages.terms.word_tables import MEDIA_TOPICS, VOCABULARIES

# Between a small letter and a capital, and before the last of several capitals, which begins a word.
WORD_BOUNDARY = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
LOCAL_NAME = re.compile(r"\w[\w-]*", re.ASCII)
LICENCE = re.compile(r"https?://creativecommons\.org/(?:licenses|publicdomain)/([a-z-]+)/(\d\.\d)/?", re.ASCII)
LICENCE_WORDS = {"zero": "CC0", "mark": "Public Domain Mark"}


def term_words(iri: str) -> str:
    """Return a term of another vocabulary in words, such as "interval during (OWL-Time)"; empty for any other IRI.

    A licence of Creative Commons becomes for example "CC BY 4.0", and rdf:type becomes "type".
    """
    if iri == str(RDF.type):
        return "type"
    licence = LICENCE.fullmatch(iri)
    if licence:
        return f"{LICENCE_WORDS.get(licence[1], f'CC {licence[1].upper()}')} {licence[2]}"
    for prefix, title in VOCABULARIES.items():
        name = iri.removeprefix(WELL_KNOWN[prefix])
        if prefix == "mediatopic" and name in MEDIA_TOPICS:
            return f"{MEDIA_TOPICS[name]} ({title} {name})"
        if name != iri and LOCAL_NAME.fullmatch(name):
            return f"{split_name(name) if name[0].isupper() else _in_lower_case(name)} ({title})"
    return ""


def graph_words(graph: str, base: str) -> str:
    """Return what a graph of the dataset holds, in words; empty for other graphs and for those of articles."""
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
    """Return a name for a shape, or an unnamed part of the ontology or the shapes; empty for any other IRI."""
    if iri == ONTOLOGY.rstrip("#"):
        return "the ontology"
    for start, whole in ((ONTOLOGY, "the ontology"), (SHAPES, "the shapes")):
        # A former blank node has an IRI that is made from its place in the file.
        if iri.startswith(f"{start}_"):
            return f"an unnamed part of {whole}"
    name = iri.removeprefix(SHAPES)
    return f"the shape of {name.replace('-', ' ')}" if name != iri and LOCAL_NAME.fullmatch(name) else ""


def split_name(name: str) -> str:
    """Return the words of a name in camel case, as they are spelled in it."""
    return WORD_BOUNDARY.sub(" ", name)


def _in_lower_case(name: str) -> str:
    """Return the words of a property's name in lower case, except abbreviations."""
    return " ".join(word if word.isupper() else word.lower() for word in split_name(name).split(" "))
