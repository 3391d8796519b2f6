"""The concepts that a reviewer can choose, from the JSON Schema of mapping documents, in plain words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from rdflib import SKOS, Graph

from kg.act_words import CONCEPT_WORDS, certainty_words, past_tense, polarity_words
from kg.mapping.documents.key_order import KINDS_OF_SECTIONS
from kg.mapping.documents.mapping_vocabulary import Classes, read_vocabulary
from kg.namespaces import CQ, SCHEME
from kg.shipped_files import ontology_folder

Words = dict[str, str]
"""Plain words by the identifier used in documents, in the order in which people look for them."""
_NAMED_ALIKE = ("act", "capacity", "certainty", "form", "grade", "polarity", "rank", "status", "tense")
CONCEPTS = {**{key: f"{key}Concept" for key in _NAMED_ALIKE}, "voiceKind": "sourceConcept"}
"""The definitions in the schema by key."""
SECTIONS_WITH_KINDS = ("events", "scenarios", "organizations", "groups", "places")
REALITIES = ("occurred", "ongoing")
"""The statuses of events; the others are for scenarios."""
CLASSES_OF_SECTIONS = {
    **{section: CQ[kind.title()] for section, kind in KINDS_OF_SECTIONS.items() if section != "topics"},
    "foretold": CQ.ForetoldStatement,
}
"""The ontology classes of the items in each section."""
RELATIONS = (
    *("contradicts", "opposes", "supports", "strengthens", "respondsTo", "confirms", "revises", "withdraws"),
    *("misquotes", "refuses", "meets", "leavesUnanswered", "realizes", "callsOff", "makesMoot"),
    *("affirmsHappening", "deniesHappening", "before", "after", "during", "encloses"),
    *("affiliatedWith", "advises", "alliedWith", "associatedWith", "member", "memberOf", "partOf", "postIn"),
    *("within", "identifiedAs", "possiblySame"),
)
"""The relations of links that docs/mapping.md lists as the usual ones."""


@dataclass(frozen=True)
class ActWords:
    """The words for an act of stating, such as "said", and additional ones by polarity and certainty."""

    past_tense: str
    polarities: Words
    certainties: Words


@cache
def reviewed_terms() -> dict[str, Words]:
    """Return the words of concepts by key, or by `KEY.SECTION` if a section offers its own choice."""
    definitions = json.loads((ontology_folder() / "mapping.schema.json").read_text("utf-8"))["$defs"]
    words = _concept_words()
    offered = {key: definitions[name]["examples"] for key, name in CONCEPTS.items()}
    kinds = {
        f"kind.{section}": definitions[KINDS_OF_SECTIONS[section]]["properties"]["kind"]["examples"]
        for section in SECTIONS_WITH_KINDS
    }
    statuses = {
        "status.events": [*REALITIES],
        "status.scenarios": [status for status in offered["status"] if status not in REALITIES],
    }
    chosen = offered | statuses | kinds
    return words | {key: _in_order(words[key.partition(".")[0]], names) for key, names in chosen.items()}


@cache
def reviewed_acts() -> dict[str, ActWords]:
    """Return the words for acts of stating, as used for statements in lists and chains."""
    terms = reviewed_terms()
    return {
        act: ActWords(
            words,
            {name: terms["polarity"][name] if polarity_words(act, name) else "" for name in terms["polarity"]},
            {name: certainty_words(name, act) for name in terms["certainty"]},
        )
        for act, words in terms["act"].items()
    }


def _concept_words() -> dict[str, Words]:
    """Return the words of all concepts that are possible for each key."""
    schemes = Graph()
    for file in sorted((ontology_folder() / "schemes").glob("*.ttl")):
        schemes.parse(file, format="turtle")
    labels = {str(concept): str(label) for concept, label in schemes.subject_objects(SKOS.prefLabel)}
    labels.update(CONCEPT_WORDS)
    starts = {key: term.vocab for key, term in read_vocabulary(ontology_folder()).terms.items() if term}
    words = {key: _words_below(start, labels) for key, start in starts.items() if start.startswith(SCHEME)}
    kinds = {name: label for name, label in words["kind"].items() if name.partition("/")[0].endswith("-kind")}
    return words | {"kind": kinds, "act": {act: past_tense(act) for act in words["act"]}}


def _words_below(start: str, labels: Mapping[str, str]) -> Words:
    return {iri.removeprefix(start): label for iri, label in labels.items() if iri.startswith(start)}


def _in_order(words: Words, names: Iterable[str]) -> Words:
    return dict(sorted(((name, words[name]) for name in names), key=lambda row: row[1]))


@cache
def reviewed_relations() -> dict[str, dict[str, list[str]]]:
    """Return the relations of links, each with the sections of possible subjects and objects."""
    vocabulary = read_vocabulary(ontology_folder())
    return {
        relation: {
            end: [
                section
                for section, class_ in CLASSES_OF_SECTIONS.items()
                if _can_be(vocabulary.superclasses.get(class_, frozenset([class_])), classes)
            ]
            for end, classes in (
                ("subject", vocabulary.ends[CQ[relation]].subject),
                ("object", vocabulary.ends[CQ[relation]].object),
            )
        }
        for relation in RELATIONS
    }


def _can_be(superclasses: Classes, required: Iterable[Classes]) -> bool:
    """Return whether a thing with these classes has at least one class of each set."""
    return all(superclasses & alternatives for alternatives in required)
