"""What the values of mapping documents must be: literals of their type, concepts, properties, references."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.errors import Location, Problem
from kg.mapping.document_triples import DocumentTriples, DocumentValue, short_name
from kg.mapping.mapping_vocabulary import MappingVocabulary
from kg.mapping.schema_check import shown, suggestion
from kg.mapping.typed_literals import expected_literal

MAX_CONCEPTS_LISTED = 40
"""Concepts that a message lists."""


def value_faults(expanded: DocumentTriples, vocabulary: MappingVocabulary) -> Iterator[Problem]:
    """Yield a problem for every typed literal that is none, every unknown concept and every unknown link predicate."""
    for value in expanded.values:
        if value.key == "linkPredicate":
            continue
        coercion = value.term.coercion
        if coercion == "@vocab" and value.iri not in vocabulary.concepts:
            yield Problem(value.text.location, _no_concept(value, vocabulary))
        elif coercion and not coercion.startswith("@") and (expected := expected_literal(value.text.value, coercion)):
            yield Problem(value.text.location, f"{shown(value.text.value)} stands here; expected {expected}.")
    for predicate in expanded.links:
        term = vocabulary.terms.get(predicate.value)
        iri = term.iri if term and not term.reverse else vocabulary.full(predicate.value)
        if iri not in vocabulary.object_properties:
            hint = suggestion(predicate.value, map(short_name, vocabulary.object_properties))
            found = f"{shown(predicate.value)} is no object property of the ontology{hint}"
            yield Problem(predicate.location, f"{found}; expected one, such as contradicts.")


def _no_concept(value: DocumentValue, vocabulary: MappingVocabulary) -> str:
    scheme, _, _ = value.iri.rpartition("/")
    names = sorted(short_name(iri) for iri in vocabulary.concepts if iri.startswith(f"{scheme}/"))
    if not names:
        return f"{shown(value.text.value)} is a concept of no scheme: there is no scheme {scheme}."
    hint = suggestion(short_name(value.text.value), names)
    listed = ", ".join(names[:MAX_CONCEPTS_LISTED])
    return (
        f"{shown(value.text.value)} is no concept of the scheme {short_name(scheme)}{hint}; expected one of {listed}."
    )


def identifier_faults(documents: Iterable[DocumentTriples]) -> Iterator[Problem]:
    """Yield a problem for every identifier that is defined a second time, in one document or across them."""
    first: dict[str, Location] = {}
    for expanded in documents:
        for iri, location in expanded.defined:
            if iri not in first:
                first[iri] = location
                continue
            how = (
                "is derived here a second time; give this one an `id` of its own"
                if iri in expanded.derived
                else ("is defined here a second time")
            )
            yield Problem(location, f"the identifier <{iri}> {how}; {_place(first[iri], location)} has it already.")


def reference_faults(documents: list[DocumentTriples], base: str) -> Iterator[Problem]:
    """Yield a problem for every reference under the corpus's base to what no document defines."""
    defined = {iri for expanded in documents for iri, _ in expanded.defined}
    for expanded in documents:
        for value in expanded.values:
            if value.term.coercion == "@id" and value.iri.startswith(base) and value.iri not in defined:
                yield Problem(value.text.location, _dangling(value, defined))


def _dangling(value: DocumentValue, defined: set[str]) -> str:
    kind = value.iri.removesuffix(short_name(value.iri))
    names = [iri.removeprefix(kind) for iri in defined if iri.startswith(kind)]
    hint = suggestion(short_name(value.iri), names)
    found = f"{shown(value.text.value)} refers to nothing{hint}"
    return f"{found}: no document of the corpus defines <{value.iri}>; expected the identifier of something defined."


def _place(first: Location, second: Location) -> str:
    return f"line {first.line}" if first.file == second.file else f"{first.file}, line {first.line},"
