"""The vocabularies, as closed classes: a misspelt term is an error when it is used, not a triple that nothing finds."""

from __future__ import annotations

from rdflib import Namespace

ONTOLOGY = "https://w3id.org/communique/ontology#"
SCHEME = "https://w3id.org/communique/scheme/"
SHAPES = "https://w3id.org/communique/shapes#"

CQ = Namespace(ONTOLOGY)
OA = Namespace("http://www.w3.org/ns/oa#")
SCHEMA = Namespace("https://schema.org/")
SEM = Namespace("http://semanticweb.cs.vu.nl/2009/11/sem/")
