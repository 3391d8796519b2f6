"""Every list as rows says what it holds by name, not by IRIs alone, each row once, and those of its page only."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import defaultdict
from functools import cache
from urllib.parse import quote, urlencode
from xml.etree import ElementTree as ET

import pytest
from rdflib import DCTERMS, RDFS, SKOS, Graph, URIRef
from rdflib.term import Node

from kg.act_words import CONCEPT_WORDS
from kg.namespaces import CQ
from server.pages.queried_data.select_queries import QUERIES_FOLDER
from tests.pages.conftest import Page, Reader

LISTS = ("/articles", "/disagreements", "/events", "/network", "/people", "/search?q=talks", "/statements", "/timeline")
LABEL_COLUMNS = {
    ("/people", "agent"): "name",
    ("/events", "happening"): "called",
    ("/articles", "article"): "title",
    ("/disagreements", "one"): "oneGist",
    ("/disagreements", "other"): "otherGist",
    ("/timeline", "item"): "called",
    ("/statements", "statement"): "gist",
    ("/statements", "source"): "sourceName",
    ("/search?q=talks", "thing"): "label",
}
"""Columns of labels that are not called as the column of IRIs with `Label` after it."""
CONTENTS = {"content", "oneContent", "otherContent"}
NAMING = (CQ.name, SKOS.prefLabel, CQ.gist, DCTERMS.title, RDFS.label)
OF_STATEMENTS = {"source", "act", "polarity", "certainty", "behalf", "outer", "occasion", "article"}
LABELLED = {
    "/articles": {"article"},
    "/disagreements": {"relation", "one", "other"}
    | {f"{end}{name}" for end in ("one", "other") for name in ("Source", "Act", "Polarity", "Certainty", "Article")}
    | {f"{end}{name}" for end in ("one", "other") for name in ("Behalf", "Outer", "Occasion")},
    "/events": {"kind", "happening", "status", "what", "article"},
    "/network": {"one", "relation", "other"},
    "/people": {"kind", "agent"},
    "/search?q=talks": {"thing"} | OF_STATEMENTS,
    "/statements": {"statement", "outerPolarity"} | OF_STATEMENTS,
    "/timeline": {"item"} | OF_STATEMENTS,
}
"""The columns of the shipped corpus that hold what has a label: so that the test does not pass over nothing."""


def rows(page: Page) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO(page.text))]


@pytest.fixture(scope="module")
def labels(site: Reader) -> dict[str, dict[Node, set[str]]]:
    """Return the labels of everything in any graph, by property, as rdflib reads them from the dump."""
    triples = re.sub(r"(?m) <[^<>]+> \.$", " .", site.get("/dump.nq", "*/*").text)
    by_node: dict[str, dict[Node, set[str]]] = defaultdict(lambda: defaultdict(set))
    for subject, predicate, value in Graph().parse(data=triples, format="nt"):
        if predicate in (*NAMING, CQ.alias):
            by_node[str(subject)][predicate].add(str(value))
    return by_node


def test_the_lists_are_all_that_have_rows(site: Reader) -> None:
    paths = json.loads(site.get("/openapi.json", "*/*").text)["paths"]
    pages = {link for page in ("/", "/articles") for link in site.get(page).links if re.fullmatch(r"/[a-z]+", link)}
    readable = {path for path in paths if "{" not in path and "get" in paths[path]} | pages
    has_rows = {
        path for path in readable - {"/sparql"} if site.get(path, "text/csv").headers.get_content_type() == "text/csv"
    }
    assert has_rows == {path.partition("?")[0] for path in LISTS}


@pytest.mark.parametrize("path", LISTS)
def test_every_column_of_iris_has_its_labels_beside_it(
    site: Reader, labels: dict[str, dict[Node, set[str]]], path: str
) -> None:
    answered = rows(site.get(path, "text/csv"))
    columns = {name for name in answered[0] for row in answered if row[name] in labels}
    assert columns == LABELLED[path]
    for column in columns:
        label_column = LABEL_COLUMNS.get((path, column), f"{column}Label")
        for row in answered:
            known = labels.get(row[column], {})
            right = next((known[naming] for naming in NAMING if naming in known), {""})
            if label_column == "label":  # what was found, an alias too
                right = {label for some in known.values() for label in some}
            if row[column] in CONCEPT_WORDS:
                right = {CONCEPT_WORDS[row[column]]}
            assert row[label_column] in right, (path, row[column])


@pytest.mark.parametrize("path", [*LISTS[:5], "/statements", "/timeline"])
def test_no_column_over_several_articles_is_without_labels(series: Reader, path: str) -> None:
    answered = rows(series.get(path, "text/csv"))
    columns = {name for row in answered for name, value in row.items() if re.match("https?:", value)}
    named = {name for name in columns if LABEL_COLUMNS.get((path, name), f"{name}Label") in answered[0]}
    # Of a passage there are the paragraph and the words, of a graph only what its IRI says.
    assert columns - named <= {"graph", "passage"}
    assert path != "/events" or "occurrence" in named


@pytest.mark.parametrize("path", LISTS)
def test_the_formats_of_rows_say_the_same(site: Reader, path: str) -> None:
    comma, tabs = site.get(path, "text/csv"), site.get(path, "text/tab-separated-values")
    names = comma.text.splitlines()[0].split(",")
    assert [column.removeprefix("?") for column in tabs.text.splitlines()[0].split("\t")] == names
    as_json = json.loads(site.get(path, "application/sparql-results+json").text)
    assert as_json["head"]["vars"] == names
    values = [[row.get(name, {"value": ""})["value"] for name in names] for row in as_json["results"]["bindings"]]
    assert values == [[*row.values()] for row in rows(comma)]
    assert len(tabs.text.splitlines()) == len(values) + 1
    space = "{http://www.w3.org/2005/sparql-results#}"
    in_xml = ET.fromstring(site.get(path, "application/sparql-results+xml").text)  # noqa: S314 -- of our own
    assert [column.get("name") for column in in_xml.iter(f"{space}variable")] == names
    assert len([*in_xml.iter(f"{space}result")]) == len(values)


@pytest.mark.parametrize("path", ["/people", "/events", "/statements", "/network", "/timeline", "/disagreements"])
def test_labels_make_no_row_more_or_less(site: Reader, path: str) -> None:
    answered = rows(site.get(path, "text/csv"))
    bare = [tuple(value for name, value in row.items() if not name.endswith("Label")) for row in answered]
    assert len(bare) == len({*bare})


@pytest.mark.parametrize(("path", "query"), [("/people", "people"), ("/timeline", "timeline")])
def test_names_make_no_row_more(site: Reader, path: str, query: str) -> None:
    text = (QUERIES_FOLDER / f"{query}.rq").read_text("utf-8")
    bare = re.sub(r"(?m)^ *OPTIONAL \{ \?\w+ (cq:name|cq:gist|skos:prefLabel) \?\w+ \}\n", "", text)
    assert bare != text
    answer = site.get(f"/sparql?{urlencode({'query': bare, 'format': 'csv'})}", "*/*")
    assert len(rows(site.get(path, "text/csv"))) == len(rows(answer))


@pytest.mark.parametrize("path", LISTS)
def test_a_list_has_the_rows_and_triples_of_the_version_that_is_named(site: Reader, path: str) -> None:
    both = f"{path}{'&' if '?' in path else '?'}version=000001"
    assert rows(site.get(both, "text/csv")) == rows(site.get(path, "text/csv"))
    assert site.get(both, "text/csv").headers["ETag"] != site.get(path, "text/csv").headers["ETag"]
    assert site.get(both, "text/turtle").status == 200
    assert (site.get(both).status, site.get(both.replace("000001", "000002")).status) == (200, 200)
    assert {site.get(both.replace("000001", "nope"), accept).status for accept in ("text/csv", "*/*")} == {404}


def test_what_describes_the_dataset_is_of_the_version_that_is_named(site: Reader) -> None:
    for path in ("/.well-known/void", "/dataset"):
        first, now = (site.get(f"{path}?version={name}", "text/turtle") for name in ("000001", "000002"))
        triples = [int(re.search(r"void:triples (\d+)", page.text)[1]) for page in (first, now)]  # type: ignore[index]
        assert triples[1] == triples[0] + 1


KINDS = ("person", "organization", "group")
SECTIONS = ("dated", "undated", "unreal")


@pytest.mark.parametrize(("path", "key", "kinds"), [("/people", "agent", KINDS), ("/events", "happening", SECTIONS)])
def test_the_kinds_of_a_list_have_the_rows_of_their_pages(
    site: Reader, path: str, key: str, kinds: tuple[str, ...]
) -> None:
    whole = sorted(row[key] for row in rows(site.get(path, "text/csv")))
    parts = {kind: [row[key] for row in rows(site.get(f"{path}?kind={kind}", "text/csv"))] for kind in kinds}
    assert sorted(iri for part in parts.values() for iri in part) == whole
    for kind, part in parts.items():
        page = site.get(f"{path}?kind={kind}")
        shown = {URIRef(iri) for iri in part if f'href="/about/{iri.rpartition("/data/")[2]}"' in page.text}
        assert part
        assert len(shown) >= min(len({*part}), 40) * 0.9, kind


@cache
def _edges(site: Reader, filters: str) -> frozenset[tuple[str, str, str]]:
    return frozenset(
        (row["one"], row["relation"], row["other"]) for row in rows(site.get(f"/network?{filters}", "text/csv"))
    )


@pytest.mark.parametrize(
    "filters",
    ["", f"relation={CQ.about}".replace("#", "%23"), "real=yes", "real=no", "since=2011-10-20", "until=2011-10-19"],
)
def test_the_rows_of_the_network_are_the_edges_that_its_filters_let_through(site: Reader, filters: str) -> None:
    drawn = json.loads(site.get(f"/network/graph?most=5000&{filters}", "application/json").text)
    iris = [node[0] for node in drawn["nodes"]]
    edges = {(iris[start], relation, iris[end]) for start, end, relation, _ in drawn["edges"]}
    nodes = {node[0] for node in json.loads(site.get("/network/graph?most=5000", "application/json").text)["nodes"]}
    listed = {edge for edge in _edges(site, filters) if edge[0] in nodes and edge[2] in nodes and edge[0] != edge[2]}
    assert edges
    assert listed == edges


def test_statements_have_the_paragraphs_of_their_passages(site: Reader) -> None:
    query = f"SELECT ?passage ?paragraph {{ ?passage <{CQ.paragraph}> ?paragraph }}"
    known = {row["passage"]: row["paragraph"] for row in rows(site.get(f"/sparql?query={quote(query)}", "text/csv"))}
    listed = {row["passage"]: row["paragraph"] for row in rows(site.get("/statements", "text/csv"))}
    assert len({*listed.values()}) > 1
    assert listed == {passage: known.get(passage, "") for passage in listed}
