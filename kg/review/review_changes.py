"""A reviewer's changes, such as accepting, rejecting or merging items; each gives a new text of the document."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rdflib import XSD

from kg.drafting.statements.yaml_nodes import mapping as yaml_mapping
from kg.drafting.statements.yaml_nodes import written, written_under
from kg.drafting.text.quoted_runs import quoted_runs, run_node
from kg.errors import RequestError
from kg.mapping.authoring.anchoring import PASSAGE_KEYS
from kg.mapping.authoring.new_document import has_character_edges, slug_of
from kg.mapping.documents.key_order import KINDS_OF_SECTIONS, SECTIONS
from kg.mapping.documents.yaml_document import YamlText, mappings_in
from kg.mapping.passages.source_texts import SourceText
from kg.mapping.passages.text_spans import TextSpan
from kg.mapping.triples.typed_literals import expected_literal
from kg.review.corpus_references import carry_references, in_their_places
from kg.review.identities import accept_identity
from kg.review.item_references import (
    hand_on,
    in_order,
    remove_item,
    rename_references,
    set_about,
    speak_of_scenario,
    tell_by,
    written_out,
)
from kg.review.review_items import REVIEW_NEEDED, values_of
from kg.review.working_document import WorkingDocument

KEY = re.compile(r"[A-Za-z]+")
IDENTIFY, DISTINGUISH = "identify", "distinguish"
"""The actions that accept and reject a suggested identity."""
TOLD_BY = "toldBy"
"""The request key for the statements that relay this one; in the document, they list it under `relays`."""
ARTICLE = "article"
"""The key for changing the article's own values: its title and its day."""
ARTICLE_KEYS = ("title", "published", "language", "note", "notBefore")
NAMED_SECTIONS = ("people", "organizations", "groups", "places")
"""The sections whose items may be moved to another, and merged with one of another."""


@dataclass(frozen=True)
class ReviewChange:
    """A requested change: the action, the items that it applies to, and its values."""

    action: str
    items: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    section: str = ""
    into: str = ""


@dataclass(frozen=True)
class ChangedText:
    """A document's new text, the changed items, and other consequences as sentences."""

    text: str
    items: list[str]
    consequences: list[str]
    beside: dict[Path, str] = field(default_factory=dict)
    """The new texts of other documents that the change also affects."""


def apply_change(document: WorkingDocument, change: ReviewChange, source: SourceText | None) -> ChangedText:
    """Apply a change. Raises RequestError if that is impossible, MappingError if the document has an unusual layout."""
    maker = CHANGES.get(change.action)
    if maker is None:
        raise RequestError(f"{change.action!r} is not a change: expected one of {', '.join(sorted(CHANGES))}.")
    before = document.document
    changed, consequences = maker(document, change, source)
    # Holdings and links are identified by their values, so that other values mean another identifier at the same place.
    renamed = in_their_places(before, document.document) if change.action == "correct" else {}
    if change.action in (IDENTIFY, "merge", "move"):
        renamed = {changed[0]: changed[1]}
    consequences += carry_references(document, document, before, renamed, may_drop=change.action == "reject")
    # After the change, since it may have added passages or removed the last use of one.
    document.restamp(source)
    for other in document.beside.values():
        other.remove_unused_stamps()
    beside = {file: other.text for file, other in document.beside.items()}
    return ChangedText(document.text, changed, consequences, beside)


Outcome = tuple[list[str], list[str]]


def _accept(document: WorkingDocument, change: ReviewChange, _source: SourceText | None) -> Outcome:
    for key in change.items:
        _accept_item(document, key)
    return [*change.items], []


def _accept_item(document: WorkingDocument, key: str) -> None:
    if document.item(key).node.text_of("note").startswith(REVIEW_NEEDED):
        document.unset(key, "note")


def _reject(document: WorkingDocument, change: ReviewChange, _source: SourceText | None) -> Outcome:
    consequences: list[str] = []
    for key in change.items:
        if key in document.items():  # it may have been removed with another
            consequences += remove_item(document, key)
    return [*change.items], [*dict.fromkeys(consequences)]


def _correct(document: WorkingDocument, change: ReviewChange, source: SourceText | None) -> Outcome:
    """Set or remove values of an item; this also marks the item as reviewed."""
    if change.items == (ARTICLE,):
        return _correct_article(document, change)
    key = _single(change)
    item = document.item(key)
    section, old = item.section, values_of(item.node)
    values = _checked(change.values, source)
    # Not a key of the item itself: the statements that relay it list it under `relays`.
    outer = values.pop(TOLD_BY, None)
    for name, value in values.items():
        if name == "id":
            raise RequestError("An identifier cannot be changed here: merge the item with another, or reject it.")
        if name == "about" and section == "statements":
            set_about(document, key, _listed(value))
        elif value in ("", [], {}, None):
            document.unset(key, name)
        else:
            document.set(key, name, written_under(name, value))
        key = document.key_at(section, item.index)  # the keys of holdings and links depend on their values
    _carry_gist(document, key, str(old.get("gist", "")))
    if "contentSpan" in change.values and source is not None:
        _renew_runs(document, key, source)
    _accept_item(document, key)
    tellers = [] if outer is None else _tell_by(document, key, _listed(outer))
    return [*dict.fromkeys([*tellers, *speak_of_scenario(document, key), key])], []


def _tell_by(document: WorkingDocument, key: str, outer: Sequence[str]) -> list[str]:
    return tell_by(document, key, outer, lambda: _new_identifier(document, "proposition", {}))


def _correct_article(document: WorkingDocument, change: ReviewChange) -> Outcome:
    for name, value in _checked(change.values, None).items():
        if name not in ARTICLE_KEYS or not isinstance(value, str):
            raise RequestError(f"{name!r} of an article cannot be corrected here: expected {', '.join(ARTICLE_KEYS)}.")
        if name == "published":
            require_day(value)
        root = document.document.root
        if value and name in root.nodes:
            document.apply(document.edits.set_value(root, name, written(value)))
        elif value:
            document.apply(document.edits.insert_after(root, "title", name, written(value)))
        elif name in root.nodes:
            document.apply(document.edits.remove_key(root, name))
    return [ARTICLE], []


def require_day(day: str) -> None:
    """Raise RequestError if a day of publication is given that does not exist."""
    if day and (expected := expected_literal(day, str(XSD.date))):
        raise RequestError(f"The day of publication is {day!r}: expected {expected}.")


def _carry_gist(document: WorkingDocument, key: str, old: str) -> None:
    """Copy a statement's gist to its proposition if both were the same before."""
    node = document.item(key).node
    gist = node.nodes.get("gist")
    for proposition in mappings_in(node.nodes.get("says")):
        own_gist = proposition.nodes.get("gist")
        if isinstance(gist, YamlText) and isinstance(own_gist, YamlText) and own_gist.value == old != gist.value:
            document.apply(document.edits.set_value(proposition, "gist", written(gist.value)))
            return


def _renew_runs(document: WorkingDocument, key: str, source: SourceText) -> None:
    """Update a statement's quoted runs to those that overlap its content."""
    node = document.item(key).node
    values = values_of(node)
    present = {run["id"]: run for run in _listed(values.get("quotedRuns")) if isinstance(run, dict)}
    runs = _runs_inside(document, source, values, of=key)
    for identifier, run in present.items():
        if all(run_of.get("id") != identifier for run_of in runs if isinstance(run_of, dict)) and (
            reference := next(document.references(identifier, outside=key), None)
        ):
            # The run is removed here, so its definition moves to an item that refers to it.
            document.replace(reference, yaml_mapping(run))
    # Existing runs are kept as written, since they may have been edited.
    runs = [present.get(run["id"], run) if isinstance(run, dict) else run for run in runs]
    if runs:
        document.set(key, "quotedRuns", written(runs))
    else:
        document.unset(key, "quotedRuns")


def _runs_inside(document: WorkingDocument, source: SourceText, values: Mapping[str, Any], of: str = "") -> list[Any]:
    """Return the quoted runs that a content overlaps, as nodes, or as identifiers if another item defines them."""
    spans = [span for value in _listed(values.get("contentSpan")) if (span := TextSpan.read(value))]
    elsewhere = {
        identifier for item in document.items().values() if item.key != of for identifier, _ in written_out(item.node)
    }
    runs: list[Any] = []
    for run in quoted_runs(source.text):
        if run.span.overlaps(*spans):
            node = run_node(run)
            runs.append(node["id"] if node["id"] in elsewhere else node)
    return runs


def _add(document: WorkingDocument, change: ReviewChange, source: SourceText | None) -> Outcome:
    """Add an item to a section, with a new identifier."""
    if change.section not in SECTIONS:
        raise RequestError(f"{change.section!r} is not a section: expected one of {', '.join(SECTIONS)}.")
    values = {name: value for name, value in _checked(change.values, source).items() if value not in ("", [], None)}
    before = {*document.items()}
    outer = _listed(values.pop(TOLD_BY, None))
    if post := values.pop("postName", ""):
        values["post"] = _post_named(document, str(post))
    node: dict[str, Any] = {}
    if kind := KINDS_OF_SECTIONS.get(change.section):
        node["id"] = _new_identifier(document, kind, values)
    node |= values
    if change.section == "statements":
        number = node["id"].partition("/")[2]
        # A statement that neither says, relays nor foretells anything would be refused.
        if not {"says", "relays", "foretells"} & {*node} or "about" in node:
            about = node.pop("about", [])
            node["says"] = {"id": f"proposition/{number}", "gist": node.get("gist", ""), "about": about}
        if source is not None and (runs := _runs_inside(document, source, node)):
            node["quotedRuns"] = runs
    document.append(change.section, yaml_mapping(node))
    # Found by comparison, since holdings and links have no identifier to look up.
    added = [key for key in document.items() if key not in before]
    for key in added:
        speak_of_scenario(document, key)
    if outer:
        _tell_by(document, added[0], outer)
    return added, []


def _post_named(document: WorkingDocument, name: str) -> str:
    """Return the post with a name, adding it if the document has none."""
    for key, item in document.items().items():
        if item.section == "posts" and values_of(item.node).get("name") == name:
            return key
    identifier = _new_identifier(document, "post", {"name": name})
    document.append("posts", yaml_mapping({"id": identifier, "name": name}))
    return identifier


def _new_identifier(document: WorkingDocument, kind: str, values: Mapping[str, Any]) -> str:
    """Return an identifier that is not used in the document."""
    # Searched in the whole text, since nodes written inside items have identifiers, too.
    taken = set(re.findall(rf"\b(?:{kind}|proposition)/[a-z0-9][a-z0-9._-]*", document.text))
    slug = "" if kind == "statement" else slug_of(str(values.get("name") or values.get("prefLabel") or ""))
    if slug and f"{kind}/{slug}" not in taken:
        return f"{kind}/{slug}"
    prefix = f"{slug}-" if slug else ""
    # The first with a name gets no number.
    number = 2 if slug else 1
    while f"{kind}/{prefix}{number}" in taken or f"proposition/{prefix}{number}" in taken:
        number += 1
    return f"{kind}/{prefix}{number}"


def _merge(document: WorkingDocument, change: ReviewChange, _source: SourceText | None) -> Outcome:
    """Merge an item into another, which gets its references, passages and names."""
    key = _single(change)
    if key == change.into:
        raise RequestError("An item cannot be merged with itself: choose another.")
    sections = {document.item(key).section, document.item(change.into).section}
    if len(sections) > 1 and not sections <= {*NAMED_SECTIONS}:
        raise RequestError(f"Items of {' and '.join(sorted(sections))} cannot be merged: choose one of the same kind.")
    _take_over(document, key, change.into)
    rename_references(document, key, change.into)
    hand_on(document, key)
    document.remove(key)
    return [key, change.into], []


def _identify(document: WorkingDocument, change: ReviewChange, _source: SourceText | None) -> Outcome:
    """Accept that an item is the same as one of the corpus."""
    key = _single(change)
    shared = accept_identity(document, key, change.into)
    return [key, change.into if shared == key else shared], []


def _distinguish(document: WorkingDocument, change: ReviewChange, _source: SourceText | None) -> Outcome:
    """Record that an item differs from one of the corpus; only in the journal, without changing any document."""
    return [document.item(_single(change)).key, change.into], []


def _take_over(document: WorkingDocument, key: str, into: str) -> None:
    """Add the mentions and names of one item to another."""
    values, target = values_of(document.item(key).node), values_of(document.item(into).node)
    mentions = {*_listed(target.get("mention")), *_listed(values.get("mention"))}
    if mentions != {*_listed(target.get("mention"))}:
        document.set(into, "mention", written(in_order(mentions)))
    own = [target.get("name"), *_listed(target.get("alias"))]
    names = [name for name in (values.get("name"), *_listed(values.get("alias"))) if name and name not in own]
    if names:
        document.set(into, "alias", written([*_listed(target.get("alias")), *names]))


def _move(document: WorkingDocument, change: ReviewChange, source: SourceText | None) -> Outcome:
    """Move an item to another section, for example if it was taken for a person but is an organization."""
    key = _single(change)
    if not {document.item(key).section, change.section} <= {*NAMED_SECTIONS}:
        expected = ", ".join(NAMED_SECTIONS)
        raise RequestError(f"{key!r} cannot be moved to {change.section!r}: both have to be of {expected}.")
    values = values_of(document.item(key).node)
    # Its other keys depend on the old section, and the new one may not support them.
    carried: dict[str, Any] = {name: values[name] for name in ("name", "alias", "mention") if name in values}
    if change.section in ("organizations", "groups"):
        carried["voiceKind"] = "collective"
    if change.section == "people":
        carried["voiceKind"] = "named-person"
    (new,), _ = _add(document, ReviewChange("add", values={**carried, **change.values}, section=change.section), source)
    rename_references(document, key, new)
    document.remove(key)
    return [key, new], []


def _cover(document: WorkingDocument, change: ReviewChange, source: SourceText | None) -> Outcome:
    """Mark a passage as containing no statement."""
    passage = str(_checked({"at": change.values.get("at") or "no passage"}, source)["at"])
    root = document.document.root
    if "withoutStatement" in root.nodes:
        document.apply(document.edits.append(root, "withoutStatement", passage))
    else:
        document.apply(document.edits.insert_after(root, "title", "withoutStatement", f"[{passage}]"))
    return [ARTICLE], []


def _checked(values: Mapping[str, Any], source: SourceText | None) -> dict[str, Any]:
    """Return a request's values. Raises RequestError if a key is not a name, or a passage is not in the text."""
    checked: dict[str, Any] = {}
    for name, value in values.items():
        if not KEY.fullmatch(name):
            raise RequestError(f"{name!r} is not a key of a document: expected letters.")
        checked[name] = _plain(value, source)
        for text in _listed(value) if name in PASSAGE_KEYS else []:
            span = TextSpan.read(text) if isinstance(text, str) else None
            if span is None or (
                source is not None and (span.end > len(source.text) or not has_character_edges(source.text, span))
            ):
                raise RequestError(f"{text!r} is not a passage of this text: expected its first and last offset.")
    return checked


def _plain(value: Any, source: SourceText | None) -> Any:  # noqa: ANN401 -- JSON is anything
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return [_plain(inner, source) for inner in value]
    if isinstance(value, dict):
        return _checked(value, source)
    if value is None:
        return ""
    raise RequestError(f"{value!r} is not a value of a document: expected text, a list or a mapping.")


def _single(change: ReviewChange) -> str:
    if len(change.items) != 1:
        raise RequestError(f"{change.action!r} names {len(change.items)} items: expected one.")
    return change.items[0]


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 -- a value that may be one or a list
    if value in (None, ""):
        return []
    return [*value] if isinstance(value, list) else [value]


CHANGES: Mapping[str, Callable[[WorkingDocument, ReviewChange, SourceText | None], Outcome]] = {
    "accept": _accept,
    "add": _add,
    "correct": _correct,
    DISTINGUISH: _distinguish,
    IDENTIFY: _identify,
    "merge": _merge,
    "move": _move,
    "reject": _reject,
    "without-statement": _cover,
}
"""The functions that make changes, by action."""
