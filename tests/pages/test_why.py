"""Why a fact follows: the steps down to what an article states."""

from __future__ import annotations

import json
import re

import pytest
from rdflib import Graph

from tests.pages.conftest import Page, Reader

BASE = "https://w3id.org/communique/data/"
CQ = "https://w3id.org/communique/ontology%23"


def why(site: Reader, subject: str, predicate: str, value: str) -> Page:
    """Return the page that explains why a fact holds."""
    return site.get(f"/why?subject={BASE}{subject}&predicate={CQ}{predicate}&value={BASE}{value}")


def test_an_inferred_fact_shows_its_rule_and_the_passages_behind_its_premises(site: Reader) -> None:
    page = why(site, "person/ashfaq-parvez-kayani", "affiliatedWith", "organization/pakistan-government")
    axiom = "\u201caffiliated with\u201d, then \u201cpart of\u201d together make \u201caffiliated with\u201d"
    assert f"It follows, since {axiom}, from:" in page.words
    assert page.words.count("asserted ") >= 2
    assert "/about/article/haqqani-talks/passage/2679-2709" in page.links


def test_a_page_s_description_says_no_more_than_its_fact(site: Reader) -> None:
    pages = (
        why(site, "person/ashfaq-parvez-kayani", "affiliatedWith", "organization/pakistan-government"),
        why(site, "article/haqqani-talks/statement/mullen-veritable-arm", "source", "person/mike-mullen"),
        site.get(f"/why?subject={BASE}person/mike-mullen&predicate={CQ}name&text=Mike+Mullen"),
    )
    assert [re.findall(r'property="og:description" content="([^"]*)"', page.text) for page in pages] == [
        ["It follows by rules of OWL 2 RL: 5 steps, down to the passages that they rest on."],
        ["It is asserted, with the passages that it rests on."],
        ["It is asserted."],
    ]


def test_a_contradiction_that_follows_from_symmetry_says_so(site: Reader) -> None:
    talks = "article/haqqani-talks/statement"
    pair = (f"{talks}/mullen-veritable-arm", f"{talks}/official-not-in-our-pocket")
    pages = [why(site, subject, "contradicts", value) for subject, value in (pair, pair[::-1])]
    assert sorted("symmetric" in page.words for page in pages) == [False, True]


def test_a_fact_that_does_not_hold_is_not_explained(site: Reader) -> None:
    page = why(site, "person/ashfaq-parvez-kayani", "affiliatedWith", "organization/al-qaeda")
    assert page.status == 404
    assert "neither asserted" in page.words


@pytest.mark.parametrize("parameters", ["", "subject=x&predicate=y&value=z", "subject=urn:a&predicate=urn:b"])
def test_a_question_without_a_fact_is_refused(site: Reader, parameters: str) -> None:
    assert site.get(f"/why?{parameters}").status == 400


def test_a_fact_with_a_literal_is_explained(site: Reader) -> None:
    address = f"/why?subject={BASE}person/mike-mullen&predicate=http://xmlns.com/foaf/0.1/name&text=Mike+Mullen"
    assert "It follows, since" in site.get(address).words


def test_the_steps_are_data_too(site: Reader) -> None:
    fact = f"subject={BASE}person/ashfaq-parvez-kayani&predicate={CQ}affiliatedWith"
    address = f"/why?{fact}&value={BASE}organization/pakistan-government"
    steps = json.loads(site.get(address, "application/json").text)
    graph = Graph().parse(data=site.get(address, "text/turtle").text, format="turtle")
    assert steps[-1]["rule"] or steps[0]["rule"]
    assert {premise for step in steps for premise in step["premises"]} <= {step["fact"] for step in steps}
    assert len(graph) == len(steps) > 1
