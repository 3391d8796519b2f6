"""Suggested identities of a draft: read from the file beside it, and if accepted, written to the corpus's documents.

A person, organization or place of the authority replaces the draft's own, whose passages become mentions of it. If it
belongs to another article, it is first moved into the authority. An event or statement becomes an account or telling in
the authority, together with the other one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kg.drafting.statements.yaml_nodes import mapping as yaml_mapping
from kg.drafting.statements.yaml_nodes import written
from kg.errors import MappingError, RequestError
from kg.mapping.authoring.new_document import slug_of
from kg.mapping.corpora.corpus_check import corpus_file_of
from kg.mapping.documents.document_listing import ARTICLE, listed_documents
from kg.mapping.documents.yaml_document import MappingDocument, load_document, mappings_in
from kg.reconciliation.corpus_comparison import SuggestedIdentity, read_identities
from kg.review.corpus_names import OF_ARTICLES
from kg.review.corpus_references import carry_references
from kg.review.item_references import in_order, rename_references
from kg.review.review_items import LocatedItem, first_free, located_items, values_of
from kg.review.working_document import WorkingDocument

SHARED = {
    "events": ("occurrences", "occurrence", "accounts"),
    "scenarios": ("occurrences", "occurrence", "accounts"),
    "statements": ("utterances", "utterance", "tellings"),
}
"""The section of the authority that joins items of several articles, its identifiers' prefix, and the key for them."""
OF_THE_ARTICLE = ("mention", "at", "note", "grade", "id")
"""Keys about an article rather than about the thing itself, which the authority does not have."""
AUTHORITY_ORDER = ("people", "organizations", "places", "posts", "topics", "propositions", "occurrences", "utterances")


def open_suggestions(document: Path, keys: set[str], decided: set[tuple[str, str]]) -> list[SuggestedIdentity]:
    """Return the suggestions in the file beside a document whose item still exists, likeliest first."""
    try:
        identities = read_identities(document)
    except MappingError:
        return []  # another program's file with that name, or a damaged one: the review continues
    open_ones = [row for row in identities if row.own in keys and (row.own, row.known) not in decided]
    return sorted(open_ones, key=lambda row: -row.score)


def accept_identity(document: WorkingDocument, own: str, known: str) -> str:
    """Make an item the same as one of the corpus; return the key by which the document now refers to it.

    Raises RequestError if the corpus has no authority, or no suitable thing with that identifier.
    """
    item = document.item(own)
    _require_known(document, item, known)
    if item.section in SHARED:
        _join(document, item.section, own, known)
        return own
    shared = _into_authority(document, item.section, known) if known.startswith(OF_ARTICLES) else known
    _replace_by_shared(document, own, shared)
    return shared


def _require_known(document: WorkingDocument, item: LocatedItem, known: str) -> None:
    """Raise RequestError unless the authority or another article has such a thing in the item's section."""
    shared = _shared_section(item.section)
    if shared not in AUTHORITY_ORDER:
        raise RequestError(f"{item.key!r} belongs to its article alone: expected an item that the authority can have.")
    if known.startswith(OF_ARTICLES):
        slug, _, local = known.removeprefix(OF_ARTICLES).partition("/")
        other = located_items(_article_named(document, slug)).get(local)
        is_known = other is not None and _shared_section(other.section) == shared
    else:
        nodes = load_document(_authority_file(document)).root.nodes.get(shared)
        is_known = known in [node.text_of("id") for node in mappings_in(nodes) if "id" in node.nodes]
    if not is_known:
        expected = f"an identifier of its `{shared}` in the authority, or {OF_ARTICLES}SLUG/kind/name in an article"
        raise RequestError(f"The corpus has no {known!r} that {item.key!r} could be the same as: expected {expected}.")


def _shared_section(section: str) -> str:
    """Return the section of the authority for items of a section, or for what such items share."""
    return SHARED[section][0] if section in SHARED else section


def _replace_by_shared(document: WorkingDocument, own: str, shared: str) -> None:
    """Replace a document's own thing with one of the authority, which the passages then mention."""
    mentions = document.item(own).node.texts_of("mention")
    rename_references(document, own, shared)
    document.remove(own)
    if not mentions:
        return
    present = next((item for item in document.items().values() if item.key == f"mentions/{shared}"), None)
    if present is None:
        document.append("mentions", yaml_mapping({"id": shared, "mention": mentions}))
        return
    # One mention per thing: a second one would define the same thing again.
    spans = {*mentions, *present.node.texts_of("mention")}
    document.set(present.key, "mention", written(in_order(spans)))


def _join(document: WorkingDocument, section: str, own: str, known: str) -> None:
    """Record in the authority that two articles describe one occurrence or one utterance."""
    shared_section, kind, key = SHARED[section]
    reference = f"{OF_ARTICLES}{document.document.value_of('article')}/{own}"
    authority = document.other(_authority_file(document))
    for node in mappings_in(authority.document.root.nodes.get(shared_section)):
        joined = node.texts_of(key)
        # `known` may be an article's item that is already joined with others, or the node that joins them.
        if known in (*joined, node.text_of("id")):
            if reference not in joined:
                authority.apply(authority.edits.set_value(node, key, written([*joined, reference])))
            return
    values = values_of(document.item(own).node)
    name = str(values.get("gist") or values.get("name") or own)
    identifier = _free_identifier(authority, kind, name)
    node_yaml = yaml_mapping({"id": identifier, "name": name, key: [known, reference]})
    _append(authority, shared_section, node_yaml)


def _into_authority(document: WorkingDocument, section: str, known: str) -> str:
    """Move another article's own thing into the authority; return its identifier there."""
    slug, _, local = known.removeprefix(OF_ARTICLES).partition("/")
    other = document.other(_article_named(document, slug).file)
    # The document before the edits, which is compared with the new one to find lost identifiers.
    before, item = other.document, other.item(local)
    values: dict[str, Any] = {key: value for key, value in values_of(item.node).items() if key not in OF_THE_ARTICLE}
    authority = document.other(_authority_file(document))
    identifier = _free_identifier(authority, local.partition("/")[0], str(values.get("name", "")))
    _append(authority, section, yaml_mapping({"id": identifier, **values}))
    _replace_by_shared(other, local, identifier)
    carry_references(document, other, before, {local: identifier})
    return identifier


def _append(authority: WorkingDocument, section: str, yaml: str) -> None:
    # A new section is inserted where a curator would write it.
    after = AUTHORITY_ORDER[: AUTHORITY_ORDER.index(section)]
    authority.apply(authority.edits.append(authority.document.root, section, yaml, after))


def _free_identifier(authority: WorkingDocument, kind: str, name: str) -> str:
    # Searched in the whole text, so that identifiers that are only referred to count as taken too.
    return first_free(f"{kind}:{slug_of(name) or kind}", authority.text.__contains__)


def _authority_file(document: WorkingDocument) -> Path:
    corpus = corpus_file_of(document.file)
    named = load_document(corpus).value_of("authority")
    file = corpus.parent / named
    if not named or not file.is_file():
        raise RequestError(f"{corpus.name} names no authority, which says what several articles share: add one first.")
    return file


def _article_named(document: WorkingDocument, slug: str) -> MappingDocument:
    for entry in listed_documents(load_document(corpus_file_of(document.file))):
        if entry.kind == ARTICLE and entry.file.is_file():
            article = load_document(entry.file)
            if article.value_of("article") == slug:
                return article
    raise RequestError(f"The corpus has no article {slug!r} any more.")
