"""The concepts that a reviewer chooses among, from the JSON Schema of mapping documents."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache

from kg.mapping.mapping_vocabulary import Classes, read_vocabulary
from kg.namespaces import CQ
from kg.review.review_items import KINDS_OF_SECTIONS
from kg.shipped_files import ontology_folder

_NAMED_ALIKE = ("act", "capacity", "certainty", "form", "grade", "polarity", "rank", "status", "tense")
CONCEPTS = {**{key: f"{key}Concept" for key in _NAMED_ALIKE}, "voiceKind": "sourceConcept"}
"""The definitions in the schema by key."""
SECTIONS_WITH_KINDS = ("events", "scenarios", "organizations", "groups", "places")
REALITIES = ("occurred", "ongoing")
"""The statuses of events; scenarios have the others."""
CLASSES_OF_SECTIONS = {
    "people": CQ.Person,
    "organizations": CQ.Organization,
    "groups": CQ.Group,
    "places": CQ.Place,
    "posts": CQ.Post,
    "events": CQ.Event,
    "scenarios": CQ.Scenario,
    "statements": CQ.Statement,
    "foretold": CQ.ForetoldStatement,
}
"""What the items of a section are in the ontology."""
RELATIONS = (
    *("contradicts", "opposes", "supports", "strengthens", "respondsTo", "confirms", "revises", "withdraws"),
    *("misquotes", "refuses", "meets", "leavesUnanswered", "realizes", "callsOff", "makesMoot"),
    *("affirmsHappening", "deniesHappening", "before", "after", "during", "encloses"),
    *("affiliatedWith", "advises", "alliedWith", "associatedWith", "member", "memberOf", "partOf", "postIn"),
    *("within", "identifiedAs", "possiblySame"),
)
"""The relations of links that docs/mapping.md lists as the usual ones."""


@cache
def reviewed_terms() -> dict[str, list[str]]:
    """Return the concepts by key, and kinds by `kind.SECTION`."""
    definitions = json.loads((ontology_folder() / "mapping.schema.json").read_text("utf-8"))["$defs"]
    terms = {key: definitions[name]["examples"] for key, name in CONCEPTS.items()}
    kinds = {
        f"kind.{section}": definitions[KINDS_OF_SECTIONS[section]]["properties"]["kind"]["examples"]
        for section in SECTIONS_WITH_KINDS
    }
    statuses = {
        "status.events": [*REALITIES],
        "status.scenarios": [status for status in terms["status"] if status not in REALITIES],
    }
    return terms | statuses | kinds


@cache
def reviewed_relations() -> dict[str, dict[str, list[str]]]:
    """Return the relations of links, each with the sections whose items can be its subject and its object."""
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
    """Tell whether something of these classes is of one of each set."""
    return all(superclasses & alternatives for alternatives in required)
