"""Readable forms of terms and triples."""

from __future__ import annotations

from pyoxigraph import NamedNode, Triple

from kg.reasoning.canonical_triples import Term, parts
from kg.reasoning.rules import RDF_TYPE, RuleSet


def term_in_words(term: Term, rules: RuleSet) -> str:
    """Return a term with the ontology's prefixes; rdf:type is `a`."""
    if not isinstance(term, NamedNode):
        return str(term)
    if term == RDF_TYPE:
        return "a"
    for namespace, prefix in rules.prefixes:
        if term.value.startswith(namespace) and len(term.value) > len(namespace):
            return f"{prefix}:{term.value[len(namespace) :]}"
    return str(term)


def triple_in_words(triple: Triple, rules: RuleSet) -> str:
    """Return a triple as in Turtle, in quotation marks and without the full stop."""
    return f"'{' '.join(term_in_words(term, rules) for term in parts(triple))}'"
