"""Framed JSON-LD: the same as a JSON-LD processor frames from the triples, and never more than the article states."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pyld import jsonld
from rdflib import RDF

from kg.errors import RequestError
from kg.formats import FRAMED
from kg.lookups.property_values import Values
from kg.lookups.thing_documents import export_things
from kg.namespaces import ONTOLOGY
from kg.shipped_files import ontology_folder
from kg.store import open_store
from tests.support.corpus_stores import corpus_store
from tests.support.export_datasets import BASE, HARBOUR

STRAIT = HARBOUR.parent / "strait-series"
STRAIT_BASE = "https://example.org/strait/"
FRAMES = ontology_folder() / "frames"
CLASSES = sorted(file.stem for file in FRAMES.glob("*.jsonld") if file.stem != "context")
Json = dict[str, Any]
OPTIONS = {"omitGraph": False, "explicit": True, "embed": "@always", "omitDefault": True}


def read(file: Path) -> Json:
    document: Json = json.loads(file.read_text("utf-8"))
    return document


CONTEXTS = [read(ontology_folder() / "context.jsonld")["@context"], read(FRAMES / "context.jsonld")["@context"]]


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> Values:
    return Values(open_store(corpus_store(tmp_path_factory, "series")))


@pytest.fixture(scope="module")
def harbour(store: Path) -> Values:
    return Values(open_store(store))


@cache
def framed(values: Values, *iris: str) -> Json:
    document: Json = json.loads(b"".join(export_things(values, iris or None, FRAMED)))
    return document


def keys_of(frame: object) -> set[str]:
    """Return the keys of a frame and of what is nested in it, without keywords."""
    if not isinstance(frame, dict):
        return set()
    own = {key for key, part in frame.items() if isinstance(part, dict)}
    return own.union(*(keys_of(part) for part in frame.values()))


@cache
def triples(values: Values) -> list[Json]:
    """Return, expanded, the classes of our ontology and the properties that a frame names, of every thing."""
    defined = CONTEXTS[0] | CONTEXTS[1]
    used = {key for name in CLASSES for key in keys_of(read(FRAMES / f"{name}.jsonld"))}
    compact = {defined[key].get("@reverse") or defined[key]["@id"] for key in used}
    names = {CONTEXTS[0][name.split(":")[0]] + name.split(":")[1] for name in compact}
    listed = " ".join(f"<{name}>" for name in names)
    text = (
        f"SELECT ?s ?p ?o WHERE {{ {{ VALUES ?p {{ {listed} }} ?s ?p ?o }} UNION"
        f" {{ ?s a ?o BIND(<{RDF.type}> AS ?p) FILTER(STRSTARTS(STR(?o), '{ONTOLOGY}')) }} }}"
    )
    nodes: dict[str, Json] = {}
    for row in values.results(text)["results"]["bindings"]:
        node = nodes.setdefault(row["s"]["value"], {"@id": row["s"]["value"]})
        value, name = row["o"], row["p"]["value"]
        if name == str(RDF.type):
            node.setdefault("@type", []).append(value["value"])
        elif value["type"] == "uri":
            node.setdefault(name, []).append({"@id": value["value"]})
        else:
            literal = {"@value": value["value"]}
            literal |= {"@language": value["xml:lang"]} if "xml:lang" in value else {}
            literal |= {"@type": value["datatype"]} if "datatype" in value else {}
            if value.get("datatype", "").endswith("#integer"):
                literal = {"@value": int(value["value"])}
            node.setdefault(name, []).append(literal)
    return [*nodes.values()]


def ordered(value: object) -> object:
    """Return a document without the order of its arrays, which JSON-LD's sets do not have."""
    if isinstance(value, dict):
        return {key: ordered(part) for key, part in sorted(value.items()) if key != "@context"}
    if isinstance(value, list):
        return sorted((ordered(part) for part in value), key=lambda part: json.dumps(part, sort_keys=True))
    return value


def comparable(value: object, key: str = "", around: tuple[str, ...] = ()) -> object:
    """Return a document as both write it, in what the frames do not determine.

    Of a thing inside of itself, framing leaves the IRI alone, and ours has its name too. pyld does not compact concepts
    that have properties of their own, nor makes an array of a single class.
    """
    if isinstance(value, list):
        return [comparable(part, key, around) for part in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"@id"}:
        scheme = CONTEXTS[0][key]["@context"]
        return str(value["@id"]).removeprefix(next(part["@vocab"] for part in scheme if part))
    if value.get("id") in around:
        return value["id"]
    inner = (*around, str(value.get("id")))
    classes = {"type": [value["type"]]} if isinstance(value.get("type"), str) else {}
    return {name: comparable(part, name, inner) for name, part in value.items()} | classes


def nodes_of(document: object) -> list[Json]:
    """Return every object of a document that is a node."""
    if isinstance(document, list):
        return [node for part in document for node in nodes_of(part)]
    if not isinstance(document, dict):
        return []
    below = [node for key, part in document.items() if key != "@context" for node in nodes_of(part)]
    return [document, *below] if "id" in document else below


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("corpus", ["series", "harbour"])
def test_a_processor_frames_the_same(corpus: str, name: str, request: pytest.FixtureRequest) -> None:
    values: Values = request.getfixturevalue(corpus)
    frame = read(FRAMES / f"{name}.jsonld") | {"@context": CONTEXTS}
    expected = jsonld.frame(triples(values), frame, OPTIONS)["@graph"]
    iris = sorted(node["id"] for node in expected)
    trees = [tree for tree in framed(values)["@graph"] if tree["id"] in iris] if iris else []
    assert {tree["id"] for tree in trees} == {*iris}
    assert ordered(comparable(trees)) == ordered(comparable(expected))


def test_every_document_is_the_triples_of_the_store(series: Values) -> None:
    expected = {json.dumps(quad) for quad in jsonld.to_rdf(triples(series))["@default"]}
    quads = jsonld.to_rdf(framed(series))["@default"]
    assert {json.dumps(quad) for quad in quads} <= expected
    assert len(quads) > 2_000


def test_one_thing_is_the_document_itself(series: Values) -> None:
    document = framed(series, f"{STRAIT_BASE}post/kelmark-navy-chief")
    assert document["name"] == "chief of the navy of Kelmark"
    assert [post["name"] for post in document["postIn"]] == ["the navy of Kelmark"]
    holders = {
        (holding["asOf"][:10], key, holding[key]["name"])
        for holding in document["holdingsOfPost"]
        for key in ("incumbent", "formerHolder")
        if key in holding
    }
    assert holders >= {
        ("2034-05-21", "incumbent", "Nadia Roux"),
        ("2034-06-09", "formerHolder", "Nadia Roux"),
        ("2034-06-09", "incumbent", "Tove Brandt"),
        ("2035-07-20", "incumbent", "Nils Aker"),
    }


def test_what_reaches_us_through_others_says_through_whom(harbour: Values) -> None:
    relayed = harbour.rows("SELECT DISTINCT ?outer ?inner WHERE { ?outer cq:relaysEventually ?inner }")
    documents = {row["inner"]: framed(harbour, row["inner"]) for row in relayed}
    assert documents
    for row in relayed:
        telling = next(node for node in documents[row["inner"]]["tellings"] if node["id"] == row["outer"])
        assert {"act", "polarity", "certainty", "source"} <= telling.keys()


@pytest.mark.parametrize("corpus", ["series", "harbour"])
def test_a_statement_is_never_without_its_act_and_source(corpus: str, request: pytest.FixtureRequest) -> None:
    for tree in framed(request.getfixturevalue(corpus))["@graph"]:
        sourced = {node["id"] for node in nodes_of(tree) if "Statement" in node.get("type", ()) and "source" in node}
        for node in nodes_of(tree):
            if "gist" in node:
                assert {"act", "polarity", "certainty"} <= node.keys()
                assert node["id"] in sourced or node in tree.get("statementsMade", ())


def test_what_has_no_frame_is_an_error_with_what_has(harbour: Values) -> None:
    with pytest.raises(RequestError, match=r"^None of the things named has a frame: expected one of article, "):
        framed(harbour, f"{BASE}nothing")
