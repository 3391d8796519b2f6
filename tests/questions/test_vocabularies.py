"""Questions in the words of one published vocabulary alone: whoever knows only that one finds what there is."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.shipped_files import ontology_folder

VOCABULARIES = {
    "schema": "https://schema.org/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "org": "http://www.w3.org/ns/org#",
    "sem": "http://semanticweb.cs.vu.nl/2009/11/sem/",
    "prov": "http://www.w3.org/ns/prov#",
    "oa": "http://www.w3.org/ns/oa#",
}
SHARED = {
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "http://www.w3.org/2000/01/rdf-schema#",
    "http://www.w3.org/2001/XMLSchema#",
    "http://www.w3.org/2004/02/skos/core#",
}
DATA = "https://w3id.org/communique/data/"
"""The base of the things of the corpus, about which a question may be."""
AT_LEAST = 2


def queries(prefix: str) -> list[Path]:
    """Return the questions whose names say that they are in one vocabulary's words."""
    return sorted((ontology_folder() / "questions").glob(f"[0-9][0-9]-{prefix}-*.rq"))


@pytest.mark.parametrize("prefix", VOCABULARIES)
def test_there_are_questions_in_each_vocabulary(prefix: str) -> None:
    assert len(queries(prefix)) >= AT_LEAST


@pytest.mark.parametrize("prefix", VOCABULARIES)
def test_a_vocabulary_s_questions_use_its_terms_alone(prefix: str) -> None:
    for file in queries(prefix):
        iris = re.findall(r"<([^>\s]+)>", file.read_text(encoding="utf-8"))
        named = {iri for iri in iris if not iri.startswith(DATA)}
        assert VOCABULARIES[prefix] in named, file.name
        assert named <= {VOCABULARIES[prefix], *SHARED}, file.name


@pytest.mark.parametrize("prefix", VOCABULARIES)
def test_a_vocabulary_s_questions_find_something(prefix: str, ask: Callable[[str], list[dict[str, str]]]) -> None:
    for file in queries(prefix):
        assert ask(file.read_text(encoding="utf-8")), file.name


NOT_REAL = ("surgical", "easing", "breakdown", "price", "influence", "negotiat", "settlement", "militias")


@pytest.mark.parametrize(("kind", "namespace"), [("Event", VOCABULARIES["schema"]), ("Event", VOCABULARIES["sem"])])
def test_nothing_merely_feared_or_talked_of_is_an_event_anywhere(
    kind: str, namespace: str, ask: Callable[[str], list[dict[str, str]]]
) -> None:
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    names = [row["name"] for row in ask(f"SELECT ?name {{ ?event a <{namespace}{kind}> ; {label} ?name }}")]
    assert names
    assert [name for name in names if any(word in name for word in NOT_REAL)] == []


def test_only_factual_statements_are_claims_to_schema_org(ask: Callable[[str], list[dict[str, str]]]) -> None:
    claims = {row["claim"] for row in ask("SELECT ?claim { ?claim a <https://schema.org/Claim> }")}
    assert "statement/mullen-veritable-arm" in claims
    assert "statement/clinton-warns-of-a-price" not in claims
    assert "statement/us-calls-to-do-more" not in claims
