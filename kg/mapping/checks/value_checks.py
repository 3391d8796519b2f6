"""Checks of the values of mapping documents: typed literals, concepts, link predicates, identifiers and references."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from kg.errors import Location, Problem
from kg.mapping.documents.mapping_vocabulary import MappingVocabulary
from kg.mapping.documents.schema_check import ACROSS_ARTICLES, KEYS_ACROSS_ARTICLES, shown, suggestion
from kg.mapping.documents.yaml_document import YamlMapping, YamlText, texts_below
from kg.mapping.triples.document_triples import DocumentParts, DocumentTriples, DocumentValue, short_name
from kg.mapping.triples.typed_literals import expected_literal

MAX_CONCEPTS_LISTED = 60
"""The most concepts that a message lists."""
TO_BE_WRITTEN = "To be written."
"""The placeholder in a new document for words that its author has to write."""
REFERENCES_ACROSS_ARTICLES = frozenset(key for _, keys in KEYS_ACROSS_ARTICLES for key in keys)
"""Keys whose values can be nodes of other articles."""


def value_faults(document: DocumentTriples, vocabulary: MappingVocabulary) -> Iterator[Problem]:
    """Yield a problem for every ill-typed literal, unknown concept and link predicate, and text yet to be written."""
    for value in document.values:
        # Its value is a property rather than a thing: it is checked below.
        if value.key == "linkPredicate":
            continue
        coercion, text = value.term.coercion, value.text
        if text.value == TO_BE_WRITTEN:
            yield Problem(
                text.location, f"found {shown(TO_BE_WRITTEN)}, as `kg new` leaves it; expected your own words."
            )
        elif coercion == "@vocab" and value.iri not in vocabulary.concepts:
            yield Problem(text.location, _unknown_concept(value, vocabulary))
        elif coercion and not coercion.startswith("@") and (expected := expected_literal(text.value, coercion)):
            yield Problem(text.location, f"found {shown(text.value)}; expected {expected}.")
    for predicate in document.link_predicates:
        term = vocabulary.terms.get(predicate.value)
        iri = term.iri if term and not term.reverse else vocabulary.full(predicate.value)
        if iri not in vocabulary.object_properties:
            hint = suggestion(predicate.value, map(short_name, vocabulary.object_properties))
            fault = f"{shown(predicate.value)} is not an object property of the ontology{hint}"
            yield Problem(predicate.location, f"{fault}; expected one, such as contradicts.")


def _unknown_concept(value: DocumentValue, vocabulary: MappingVocabulary) -> str:
    written = shown(value.text.value)
    scheme, _, _ = value.iri.rpartition("/")
    names = sorted(short_name(iri) for iri in vocabulary.concepts if iri.startswith(f"{scheme}/"))
    if not names:
        return f"{written} is not a concept: there is no scheme {scheme}."
    hint = _typed_suggestion(value, names)
    listed = ", ".join(names[:MAX_CONCEPTS_LISTED])
    own = ", or a kind of the corpus's own, as in kind:name" if value.key == "kind" else ""
    return f"{written} is not a concept of the scheme {short_name(scheme)}{hint}; expected one of {listed}{own}."


def _typed_suggestion(value: DocumentValue, names: Iterable[str]) -> str:
    word = short_name(value.text.value)
    return suggestion(word, names, value.text.value.removesuffix(word))


def unused_value_faults(document: DocumentTriples) -> Iterator[Problem]:
    """Yield a problem for every value of a document that yields no triple, so that nothing is dropped silently."""
    # Without the file, which is always the same: paths are slow to compare.
    places = {triple.location[1:] for triple in document.triples}
    for text in _stating_texts(document.document.root):
        if text.location[1:] not in places:
            yield Problem(text.location, f"{shown(text.value)} yields no triple; expected one.")


def _stating_texts(root: YamlMapping) -> Iterator[YamlText]:
    """Yield every text of a document except the identifiers of nodes."""
    for section, value in root.nodes.items():
        if section not in ("corpus", "defaults"):  # they yield triples where they are used
            yield from (text for key, text in texts_below(value, section) if key not in ("id", "article"))


def identifier_faults(documents: Iterable[DocumentParts]) -> Iterator[Problem]:
    """Yield a problem for every identifier that is defined a second time, in one document or in two.

    If two documents have the same article name, only that name is reported.
    """
    first, copies = dict[str, Location](), tuple[str, ...]()
    for document in documents:
        for iri, location in document.defined:
            if iri not in first:
                first[iri] = location
                continue
            if iri.startswith(copies):
                continue
            if iri.endswith("/"):
                copies += (iri,)
            how = "derived" if iri in document.derived else "defined"
            remedy = "; give this one an `id` of its own" if iri in document.derived else ""
            place = relative_place(first[iri], location)
            yield Problem(
                location, f"the identifier <{iri}> is {how} here a second time{remedy}; {place} has it already."
            )


def reference_faults(
    documents: list[DocumentTriples], base: str, withdrawn: tuple[str, ...], is_defined_elsewhere: Callable[[str], bool]
) -> Iterator[Problem]:
    """Yield a problem for each of the `undefined_references` that is not defined elsewhere either."""
    defined = {iri for document in documents for iri, _ in document.defined}
    for value in undefined_references(documents, base, withdrawn):
        if not is_defined_elsewhere(value.iri):
            yield dangling_reference(value, defined)


def undefined_references(
    documents: Sequence[DocumentTriples], base: str, withdrawn: tuple[str, ...]
) -> Iterator[DocumentValue]:
    """Yield the references under the corpus's base to nodes that none of the documents defines.

    `withdrawn` are the IRI prefixes of withdrawn articles, to whose nodes links and curated identities may refer.
    """
    defined = {iri for document in documents for iri, _ in document.defined}
    for document in documents:
        for value in document.values:
            in_withdrawn = value.key in REFERENCES_ACROSS_ARTICLES and value.iri.startswith(withdrawn)
            internal = value.term.coercion == "@id" and value.iri.startswith(base)
            if internal and value.iri not in defined and not in_withdrawn:
                yield value


def dangling_reference(value: DocumentValue, defined: Iterable[str]) -> Problem:
    """Return the problem of a reference to a node that is not among the defined ones."""
    siblings = value.iri.removesuffix(short_name(value.iri))
    names = [iri.removeprefix(siblings) for iri in defined if iri.startswith(siblings)]
    fault = f"{shown(value.text.value)} refers to nothing{_typed_suggestion(value, names)}"
    expected = "expected the identifier of something defined"
    if value.key in REFERENCES_ACROSS_ARTICLES and value.text.value.startswith(ACROSS_ARTICLES):
        expected += ", or its article's name in the list `withdrawn` of the corpus document"
    return Problem(value.text.location, f"{fault}: no document of the corpus defines <{value.iri}>; {expected}.")


def relative_place(first: Location, second: Location) -> str:
    """Return the line of a location, with its file if the second location is in another file."""
    return f"line {first.line}" if first.file == second.file else f"line {first.line} of {first.file}"
