"""The concepts that a reviewer chooses among, from the JSON Schema of mapping documents."""

from __future__ import annotations

import json
from functools import cache

from kg.shipped_files import ontology_folder

CONCEPTS = {
    "act": "actConcept",
    "capacity": "capacityConcept",
    "certainty": "certaintyConcept",
    "form": "formConcept",
    "grade": "gradeConcept",
    "polarity": "polarityConcept",
    "rank": "rankConcept",
    "status": "statusConcept",
    "tense": "tenseConcept",
    "voiceKind": "sourceConcept",
}
"""The definitions in the schema by key."""
KIND_DEFINITIONS = {
    "events": "event",
    "scenarios": "scenario",
    "organizations": "organization",
    "groups": "group",
    "places": "place",
}
"""The definitions that have kinds, by section."""


@cache
def reviewed_terms() -> dict[str, list[str]]:
    """Return the concepts by key, and kinds by `kind.SECTION`."""
    definitions = json.loads((ontology_folder() / "mapping.schema.json").read_text("utf-8"))["$defs"]
    terms = {key: definitions[name]["examples"] for key, name in CONCEPTS.items()}
    kinds = {f"kind.{section}": definitions[name]["properties"]["kind"] for section, name in KIND_DEFINITIONS.items()}
    return terms | {key: kind["examples"] for key, kind in kinds.items()}
