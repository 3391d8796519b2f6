"""Names in drafts that the pipeline misses or cuts, and organizations that a text describes without naming them."""

from __future__ import annotations

import pytest

from kg.drafting.drafted_document import find_all
from kg.drafting.given_names import gender_of
from kg.drafting.spacy_parser import parse

pytest.importorskip("spacy", reason="the extra `draft` is not installed")


def named(text: str, kind: str) -> list[str]:
    """Return the names of the people, organizations or places of a text, in its order."""
    entities = [entity for entity in find_all(parse(text)).entities.all if entity.kind == kind]
    return [entity.name for entity in sorted(entities, key=lambda entity: entity.mentions[0].start)]


@pytest.mark.parametrize(
    ("name", "gender"),
    [("Émile Tarnow", "m"), ("Stéphanie Tarnow", "f"), ("Jose\u0301 Tarnow", "m"), ("Zöe Tarnow", "f"), ("Žarn Tarnow", "")],
)
def test_a_given_name_with_accents_is_the_one_of_the_lists(name: str, gender: str) -> None:
    assert gender_of(name) == gender
