"""References to an identifier that a change removes: all documents of the corpus are updated in the same change.

A reference in another document is a link, an account or telling, an IRI, or a suggestion of another draft. It is
changed to the identifier's successor; without a successor, it is removed, or the change is refused and the places are
reported. Questions are the author's own queries: those that use the identifier are only reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.drafting.statements.yaml_nodes import written
from kg.errors import RequestError
from kg.mapping.corpora.corpus_check import corpus_file_of
from kg.mapping.documents.document_listing import ARTICLE, listed_documents
from kg.mapping.documents.yaml_document import MappingDocument, YamlMapping, load_document, mappings_in
from kg.mapping.triples.document_triples import derived_identifier
from kg.reconciliation.corpus_comparison import SUGGESTIONS_ENDING
from kg.reconciliation.suggestion_file import REJECT
from kg.review.corpus_names import OF_ARTICLES
from kg.review.item_references import drop_reference, rename_references
from kg.review.review_items import LocatedItem, located_items
from kg.review.working_document import WorkingDocument

DERIVING_SECTIONS = {"holdings": "Holding", "links": "Link"}
"""The types of items whose identifiers may be derived, by section."""
DERIVING_KEYS = {"participants": "Participation", "envisagedParticipants": "Participation"}
"""The same for nodes written inside an item, by key."""


@dataclass(frozen=True)
class DefinedNode:
    """A node of a document and its identifier; `node_type` is empty if the identifier is written explicitly."""

    identifier: str
    node: YamlMapping
    node_type: str = ""
    parent: str = ""


@dataclass(frozen=True)
class TakenAway:
    """Identifiers of one article that no longer exist, with their successors, if any."""

    slug: str
    base: str
    successors: Mapping[str, str | None]

    def references(self) -> Iterator[tuple[str, str | None]]:
        """Yield the forms in which other documents refer to them, each with that of the successor."""
        for old, new in self.successors.items():
            is_local = new is not None and ":" not in new
            # As references in documents, and as IRIs.
            for start in (f"{OF_ARTICLES}{self.slug}/", f"{self.base}article/{self.slug}/"):
                yield f"{start}{old}", f"{start}{new}" if is_local else new

    def may_be_in(self, file: Path) -> bool:
        """Return whether a file may refer to them; most do not, and need not be parsed."""
        content = file.read_bytes() if file.is_file() else b""
        return any(f"{start}{self.slug}/".encode() in content for start in (OF_ARTICLES, "article/"))


def carry_references(
    desk: WorkingDocument,
    changed: WorkingDocument,
    before: MappingDocument,
    renamed: Mapping[str, str],
    *,
    may_drop: bool = False,
) -> list[str]:
    """Update references to identifiers that a document has lost to their successors, in all documents.

    Documents other than `changed` are edited through `desk`, the document under review. Returns sentences about what is
    removed, and which questions have to be changed. Raises RequestError if a referenced identifier has no successor.
    """
    successors = _with_derived(before, renamed)
    now = {node.identifier for node in defined_nodes(changed.document)}
    lost = {node.identifier: successors.get(node.identifier) for node in defined_nodes(before)}
    lost = {old: new for old, new in lost.items() if old not in now}
    if not lost or not (slug := before.value_of("article")):
        return []
    sentences: list[str] = []
    for old, new in lost.items():
        sentences += _carried(changed, old, new, may_drop=may_drop)
    _join_twins(changed, {new for new in lost.values() if new})
    corpus = load_document(corpus_file_of(desk.file))
    taken = TakenAway(slug, corpus.value_of("base"), lost)
    articles: list[Path] = []
    for entry in listed_documents(corpus):
        articles += [entry.file] if entry.kind == ARTICLE else []
        if taken.may_be_in(entry.file):
            other = desk.other(entry.file)
            where = "" if other is desk else f"In {entry.file.name}: "
            for old, new in taken.references():
                sentences += [where + sentence for sentence in _carried(other, old, new, may_drop=may_drop)]
    _carry_suggestions(desk, changed, articles, taken)
    return [*sentences, *_questions_naming(corpus, taken)]


def in_their_places(before: MappingDocument, after: MappingDocument) -> dict[str, str]:
    """Return new identifiers by old ones, for items at unchanged places; no items may have been added or removed."""
    places = {(item.section, item.index): _identifier(item) for item in located_items(after).values()}
    former = {(item.section, item.index): _identifier(item) for item in located_items(before).values()}
    return {old: places[place] for place, old in former.items() if old and places.get(place, old) != old}


def defined_nodes(document: MappingDocument) -> Iterator[DefinedNode]:
    """Yield the nodes that a document defines, including nested ones."""
    for item in located_items(document).values():
        if item.section != "mentions":
            yield from _defined(item.node, DERIVING_SECTIONS.get(item.section, ""), "")


def _defined(node: YamlMapping, node_type: str, parent: str) -> Iterator[DefinedNode]:
    if identifier := node.text_of("id"):
        yield DefinedNode(identifier, node)
    elif node_type:
        identifier = derived_identifier(node_type, _texts(node), parent)
        yield DefinedNode(identifier, node, node_type, parent)
    for key, value in node.nodes.items():
        for inner in mappings_in(value):
            yield from _defined(inner, DERIVING_KEYS.get(key, ""), identifier)


def _identifier(item: LocatedItem) -> str:
    return next((node.identifier for node in _defined(item.node, DERIVING_SECTIONS.get(item.section, ""), "")), "")


def _texts(node: YamlMapping) -> dict[str, str]:
    return {key: node.text_of(key) for key in node.nodes if node.text_of(key)}


def _with_derived(before: MappingDocument, renamed: Mapping[str, str]) -> dict[str, str]:
    """Return new identifiers, including those derived from them, of holdings, links and participations."""
    successors, deriving = {**renamed}, [node for node in defined_nodes(before) if node.node_type]
    for _ in range(len(deriving) + 1):  # links may refer to holdings and other links
        # At most one round for each: every round but the last settles one that others are derived from.
        known = {**successors}
        for node in deriving:
            values = {key: known.get(value, value) for key, value in _texts(node.node).items()}
            new = derived_identifier(node.node_type, values, known.get(node.parent, node.parent))
            if new != node.identifier:
                successors.setdefault(node.identifier, new)
        if successors == known:
            break
    return successors


def _carried(document: WorkingDocument, old: str, new: str | None, *, may_drop: bool) -> list[str]:
    """Change a document's references to the successor, or remove them; return the consequences."""
    # Most documents do not contain it, and then their items need not be searched.
    if old not in document.text:
        return []
    sentences: list[str] = []
    if new is not None:
        rename_references(document, old, new)
    elif may_drop:
        while reference := next(document.references(old), None):
            sentences += drop_reference(document, reference)
    _carry_things(document, old, new)
    if places := [reference.item.key for reference in document.references(old)]:
        raise _referred_to(document, old, places)
    return sentences


def _carry_things(document: WorkingDocument, old: str, new: str | None) -> None:
    """Move an outside document's facts about a thing to its successor."""
    for thing in mappings_in(document.document.root.nodes.get("things")):
        if thing.text_of("id") == old and new is None:
            raise _referred_to(document, old, [f"line {thing.location.line}"])
        if thing.text_of("id") == old and new is not None:
            document.apply(document.edits.set_value(thing, "id", written(new)))
            return


def _referred_to(document: WorkingDocument, identifier: str, places: list[str]) -> RequestError:
    where = f"{document.file.name} ({', '.join(dict.fromkeys(places))})"
    return RequestError(f"{identifier!r} would be removed, but is referred to in {where}: change that first.")


def _join_twins(document: WorkingDocument, identifiers: set[str]) -> None:
    """Merge holdings or links that now have the same identifier: the first gets the passages of both."""
    for section in DERIVING_SECTIONS:
        items = [item for item in located_items(document.document).values() if item.section == section]
        first: dict[str, LocatedItem] = {}
        for item in items:
            identifier = _identifier(item)
            if identifier not in identifiers or identifier not in first:
                first.setdefault(identifier, item)
                continue
            passages = dict.fromkeys([*first[identifier].node.texts_of("at"), *item.node.texts_of("at")])
            document.set(first[identifier].key, "at", written([*passages]))
            document.remove(item.key)
            _join_twins(document, identifiers)  # again, since places have changed
            return


def _carry_suggestions(desk: WorkingDocument, changed: WorkingDocument, articles: list[Path], taken: TakenAway) -> None:
    """Change open suggestions of drafts to the successors, and reject those without one."""
    own = changed.file.with_suffix(SUGGESTIONS_ENDING)
    if own.is_file():
        for old, new in taken.successors.items():
            if new is not None and ":" not in new:
                _carry_suggestion(desk.other(own), "draft", old, new)
    for article in articles:
        file = article.with_suffix(SUGGESTIONS_ENDING)
        if taken.may_be_in(file):
            for old, new in taken.references():
                _carry_suggestion(desk.other(file), "corpus", old, new)


def _carry_suggestion(suggestions: WorkingDocument, key: str, old: str, new: str | None) -> None:
    changed_key, value = (key, new) if new is not None else ("decision", REJECT)
    while row := _open_suggestion(suggestions.document, key, old):
        suggestions.apply(suggestions.edits.set_value(row, changed_key, written(value)))


def _open_suggestion(document: MappingDocument, key: str, identifier: str) -> YamlMapping | None:
    rows = (row for value in document.root.nodes.values() for row in mappings_in(value))
    return next((row for row in rows if row.text_of(key) == identifier and row.text_of("decision") != REJECT), None)


def _questions_naming(corpus: MappingDocument, taken: TakenAway) -> Iterator[str]:
    """Yield a sentence for each question of the corpus that uses a removed identifier."""
    folder = corpus.value_of("questions")
    for file in sorted((corpus.file.parent / folder).glob("*.rq")) if folder else ():
        query = file.read_text("utf-8", errors="replace")
        for old, new in taken.successors.items():
            # Not as the prefix of a longer identifier; a full stop after it ends the triple.
            if re.search(rf"{re.escape(f'article/{taken.slug}/{old}')}(?![\w.-]*\w)", query):
                what = f"which is {new!r} from then on" if new else "which is gone then"
                yield f"The question {file.name} names {old!r}, {what}, and is not changed: do that yourself."
