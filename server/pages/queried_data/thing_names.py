"""Names of things on pages: label, kind and side, looked up with one query per page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rdflib import RDF, RDFS, SKOS

from kg.act_words import PLAIN_LABELS
from kg.datasets import GraphNames
from kg.iterables import grouped, in_batches
from kg.namespaces import CQ
from kg.prefixes import WELL_KNOWN
from kg.sparql.query_terms import is_usable_iri
from kg.store.interfaces import Version
from kg.store.label_columns import LABEL_PROPERTIES, preferred_label
from server.descriptions.addresses import decode_path
from server.pages.queried_data.passage_display import displayed_passages
from server.pages.queried_data.select_queries import select_rows
from server.pages.terms.unlabelled_terms import graph_words, split_name, term_words, unnamed_words
from server.search.network import assign_side_letters
from server.site import once_per_version, site

# More specific classes first: the first that applies is the kind of a thing.
CLASS_WORDS = {
    str(CQ[name]): split_name(name).lower()
    for name in (
        *("Person", "Organization", "Group", "Voice", "Meeting", "Event", "Scenario", "Occurrence", "Utterance"),
        *("Statement", "ForetoldStatement", "Proposition", "Place", "Post", "Passage", "Article", "QuotedRun"),
        *("Holding", "Participation", "Link"),
    )
} | {str(SKOS.Concept): "topic"}
# They have no names of their own, and are named after what they join or where they are.
COMPOSED_CLASSES = frozenset(map(str, (CQ.Link, CQ.Holding, CQ.Participation, CQ.Passage, CQ.QuotedRun)))
SIDE_PROPERTIES = tuple(map(str, (CQ.side, CQ.sourceSide, CQ.memberOf, CQ.affiliatedWith)))
Properties = dict[str, list[tuple[str, str]]]
"""The values of a thing's properties, each with its language."""
# Keeps the text of the query within its limit.
MAX_NAMES_PER_QUERY = 500


@dataclass(frozen=True)
class Name:
    """A thing's label, the label's language, its kind in a word, the letter of its side, and a concept's definition.

    For a statement that something is not so, `not_so` has that: its label puts the whole forward as so, with its "not".
    """

    label: str
    language: str = ""
    kind: str = ""
    side: str = ""
    definition: str = ""
    not_so: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Names:
    """The names of a page's things, with a short form of the IRI for things without a label."""

    known: dict[str, Name] = field(default_factory=dict)

    def __getitem__(self, iri: str) -> Name:
        return self.known.get(iri) or Name(short_form(iri))

    def __contains__(self, iri: str) -> bool:
        return iri in self.known


def names_of(iris: Iterable[str], version: Version) -> Names:
    """Return the names of IRIs in a version."""
    properties: dict[str, Properties] = {}
    named_iris = {*iris}
    articles = _articles_of_graphs(named_iris)
    usable = sorted(iri for iri in {*named_iris, *articles.values()} if is_usable_iri(iri))
    for batch in in_batches(usable, MAX_NAMES_PER_QUERY):
        properties |= _properties_of(batch, version)
    letters, left = side_letters(version), left_sides(version)
    # Someone who has left a side, by one article, is shown beside what others say: the name alone has no side.
    of_no_side: dict[str, str] = {}
    names = {iri: _name(iri, values, of_no_side if iri in left else letters) for iri, values in properties.items()}
    of_graphs = {graph: Name(f"facts of “{names[iri].label}”") for graph, iri in articles.items() if iri in names}
    return Names({**of_graphs, **names})


def _articles_of_graphs(iris: Iterable[str]) -> dict[str, str]:
    start = GraphNames(site().base).article("") if site().settings.base else ""
    return {iri: f"{site().base}article/{iri.removeprefix(start)}/" for iri in iris if start and iri.startswith(start)}


def _properties_of(usable: list[str], version: Version) -> dict[str, Properties]:
    properties: dict[str, Properties] = {}
    _add_properties(properties, "names", usable, version)
    _add_properties(properties, "linked-names", (iri for iri in usable if iri.startswith(WELL_KNOWN["wd"])), version)
    nameless = (iri for iri, values in properties.items() if not COMPOSED_CLASSES.isdisjoint(_types(values)))
    _add_properties(properties, "composed-names", nameless, version)
    _add_first_words(properties, version)
    taken = sides_taken(version)
    for iri in taken.keys() & {*usable}:
        properties.setdefault(iri, {})[str(CQ.side)] = [(side, "") for side in taken[iri]]
    return properties


def _add_first_words(properties: dict[str, Properties], version: Version) -> None:
    """Name passages after their paragraphs and first words, if the texts are at hand."""
    passages = [iri for iri, values in properties.items() if str(CQ.Passage) in _types(values)]
    if not passages or not site().settings.texts:
        return
    rows = select_rows("passages-shown", version, passages=" ".join(f"<{iri}>" for iri in sorted(passages)))
    for shown in displayed_passages(rows, version):
        if shown.words and "title" in shown.row:
            label = f"{shown.place}: {shown.beginning} ({shown.row['title'].value})"
            properties[shown.row["passage"].value][str(RDFS.label)] = [(label, "")]


def _add_properties(properties: dict[str, Properties], query: str, iris: Iterable[str], version: Version) -> None:
    things = " ".join(f"<{iri}>" for iri in sorted(iris))
    if not things:
        return
    graphs = GraphNames(site().base)
    terms = {"ontology": f"<{graphs.ontology}>", "outside": f"<{graphs.outside}>"}
    # Only what a name depends on: most inferred classes have no word, and people are members of groups in each article.
    terms["classes"] = ", ".join(f"<{class_iri}>" for class_iri in CLASS_WORDS)
    terms["sides"] = ", ".join(f"<{side}>" for side in _main_sides(version))
    for row in select_rows(query, version, things=things, **terms):
        values = properties.setdefault(row["thing"].value, {}).setdefault(row["property"].value, [])
        values.append((row["value"].value, row["value"].language))


def _types(properties: Properties) -> set[str]:
    return {value for value, _ in properties.get(str(RDF.type), ())}


@once_per_version
def side_letters(version: Version) -> dict[str, str]:
    """Return the letters of the two sides with the most participants; they are the same on every page."""
    rows = select_rows("sides", version)
    return assign_side_letters({row["side"].value: int(row["number"].value) for row in rows})


def _main_sides(version: Version) -> list[str]:
    return sorted(filter(is_usable_iri, side_letters(version)))


@once_per_version
def sides_taken(version: Version) -> dict[str, list[str]]:
    """Return the sides with letters on which agents take part; asked from the sides, since few take part on them."""
    sides = " ".join(f"<{side}>" for side in _main_sides(version))
    rows = select_rows("side-participants", version, sides=sides) if sides else ()
    return grouped((row["agent"].value, row["side"].value) for row in rows)


@once_per_version
def left_sides(version: Version) -> frozenset[str]:
    """Return the agents that have left a post, or something that they belonged to, according to some article."""
    return frozenset(row["agent"].value for row in select_rows("left-sides", version))


def short_form(iri: str) -> str:
    """Return a name for an IRI without a label: words for a term of a known vocabulary, or else a short form."""
    if site().settings.base and iri.startswith(site().base):
        if words := graph_words(iri, site().base):
            return words
        return decode_path(iri.removeprefix(site().base)) or iri
    known = ((f"{name}:", start) for name, start in WELL_KNOWN.items() if iri.startswith(start))
    return (
        term_words(iri)
        or unnamed_words(iri)
        or next((f"{prefix}{iri.removeprefix(start)}" for prefix, start in known), iri)
    )


def _name(iri: str, properties: Properties, letters: dict[str, str]) -> Name:
    # LABEL_PROPERTIES is in order of preference: a name is shown rather than a title.
    labels = (preferred_label(properties[name]) for name in LABEL_PROPERTIES if name in properties)
    label, language = (PLAIN_LABELS[iri], "en") if iri in PLAIN_LABELS else next(labels, (short_form(iri), ""))
    types = _types(properties)
    kind = next((kind for class_iri, kind in CLASS_WORDS.items() if class_iri in types), "")
    definition, _ = preferred_label(properties.get(str(SKOS.definition), [("", "")]))
    not_so = tuple(sorted(properties.get(str(CQ.says), ())))
    return Name(label, language, kind, _side(iri, properties, letters), definition, not_so)


def _side(iri: str, properties: Properties, letters: dict[str, str]) -> str:
    """Return the letter of the side that a thing is, took or belongs to; none if it is on both."""
    if iri in letters:
        return letters[iri]
    for name in SIDE_PROPERTIES:
        sides = {letters[value] for value, _ in properties.get(name, ()) if value in letters}
        if sides:
            return sides.pop() if len(sides) == 1 else ""
    return ""
