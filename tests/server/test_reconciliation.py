"""The reconciliation service over sockets: its manifest, queries, suggestions, previews and values (API 0.2)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from jsonschema import Draft7Validator

from kg.store import open_store
from kg.tokens import Role
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from tests.durability.harness import Server
from tests.support.command_line import here
from tests.support.corpus_stores import corpus_store
from tests.support.export_datasets import BASE as HARBOUR_BASE
from tests.support.http_client import Client, Reply, run_server

FORM = "application/x-www-form-urlencoded"
ONTOLOGY = "https://w3id.org/communique/ontology#"
TARRANT, SERIC = f"{HARBOUR_BASE}person/ilse-tarrant", f"{HARBOUR_BASE}person/jovan-seric"
TEXT, NAMED = {"type": "string", "minLength": 1}, ("id", "name")


def of_fields(*required: str, **fields: object) -> dict[str, object]:
    """Return the schema of an object with these fields alone, of which some are required."""
    return {"type": "object", "required": [*required], "properties": fields, "additionalProperties": False}


# The specification's JSON Schemas (0.2/schemas), in short and stricter: no field that it does not name.
TYPE = of_fields(*NAMED, id=TEXT, name=TEXT)
SERVICE = of_fields("service_url", "service_path", service_url=TEXT, service_path=TEXT)
LINK = {"type": "string", "pattern": r"\{\{id\}\}"}
MANIFEST = of_fields(
    *("versions", "name", "identifierSpace", "schemaSpace"),
    versions={"type": "array", "contains": {"enum": ["0.2"]}},
    name=TEXT,
    identifierSpace=TEXT,
    schemaSpace=TEXT,
    serviceVersion=TEXT,
    defaultTypes={"type": "array", "items": TYPE, "uniqueItems": True},
    view=of_fields("url", url=LINK),
    preview=of_fields("url", "width", "height", url=LINK, width={"type": "integer"}, height={"type": "integer"}),
    suggest=of_fields(entity=SERVICE, property=SERVICE, type=SERVICE),
    extend=of_fields(propose_properties=SERVICE, property_settings={"type": "array"}),
    batchSize={"type": "integer"},
)
FEATURE = of_fields(*NAMED[:1], "value", id=TEXT, value={"type": "number"})
CANDIDATE = of_fields(
    *(*NAMED, "score"),
    id=TEXT,
    name=TEXT,
    description=TEXT,
    type={"type": "array", "items": TYPE},
    score={"type": "number"},
    match={"type": "boolean"},
    features={"type": "array", "items": FEATURE},
)
RESULTS = {
    "type": "object",
    "additionalProperties": of_fields("result", result={"type": "array", "items": CANDIDATE}),
}
SUGGESTED = of_fields(*NAMED, id=TEXT, name=TEXT, description=TEXT, notable={"type": "array", "items": TYPE})
SUGGESTIONS = of_fields("result", result={"type": "array", "items": SUGGESTED})
CELL = {"oneOf": [of_fields(*NAMED, id=TEXT, name=TEXT), of_fields("str", str={"type": "string"})]}
EXTENSION = of_fields(
    *("rows", "meta"),
    meta={"type": "array", "items": TYPE},
    rows={
        "type": "object",
        "additionalProperties": {"type": "object", "additionalProperties": {"type": "array", "items": CELL}},
    },
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the store of the worked example."""
    return corpus_store(tmp_path_factory, "harbour")


@pytest.fixture(scope="module")
def service(folder: Path) -> Iterator[Client]:
    """Return a client of a server over it."""
    with run_server(
        create_app(UnlimitedStore(open_store(folder)), Settings(base=HARBOUR_BASE, title="The harbour talks"))
    ) as client:
        yield client


def valid(reply: Reply, schema: dict[str, Any]) -> Any:  # noqa: ANN401 - a JSON document is anything
    """Return a reply's JSON, which conforms to a schema and may be read from everywhere."""
    assert (reply.status, reply.type) == (200, "application/json"), reply.text
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    Draft7Validator(schema).validate(reply.json)
    return reply.json


def ask(client: Client, batch: object, *, post: bool = True) -> Any:  # noqa: ANN401 - as above
    """Return the results of a batch."""
    fields = urlencode({"queries": json.dumps(batch)})
    reply = client.post("/reconcile", fields, FORM) if post else client.get(f"/reconcile?{fields}")
    return valid(reply, RESULTS)


def names(results: dict[str, Any], key: str = "q") -> list[tuple[str, bool]]:
    """Return the names of the candidates of a query, and whether each is a match."""
    return [(candidate["name"], candidate["match"]) for candidate in results[key]["result"]]


def test_the_manifest_says_what_the_service_can_and_its_addresses_answer(service: Client) -> None:
    manifest = valid(service.get("/reconcile"), MANIFEST)
    assert manifest["name"] == "The harbour talks"
    assert (manifest["identifierSpace"], manifest["schemaSpace"]) == (HARBOUR_BASE, ONTOLOGY)
    assert [entry["name"] for entry in manifest["defaultTypes"]] == ["person", "organization", "group", "place", "post"]
    for what, prefix in (("entity", "Ilse"), ("property", "post"), ("type", "per")):
        suggest = manifest["suggest"][what]
        path = f"{suggest['service_url']}{suggest['service_path']}".removeprefix(service.address.rstrip("/"))
        assert valid(service.get(f"{path}?prefix={prefix}"), SUGGESTIONS)["result"], what
    for key in ("view", "preview"):
        path = manifest[key]["url"].removeprefix(service.address.rstrip("/")).replace("{{id}}", quote(TARRANT, safe=""))
        page = service.get(path, "text/html")
        assert (page.status, page.type) == (200, "text/html")
        assert "Ilse Tarrant" in page.text
    proposals = manifest["extend"]["propose_properties"]
    path = f"{proposals['service_url']}{proposals['service_path']}".removeprefix(service.address.rstrip("/"))
    properties = service.get(f"{path}?type={quote(ONTOLOGY, safe='')}Place&limit=2").json
    assert [entry["name"] for entry in properties["properties"]] == ["within", "alias"]
    assert (properties["type"], properties["limit"]) == (f"{ONTOLOGY}Place", 2)


@pytest.mark.parametrize("post", [False, True])
def test_a_batch_is_answered_by_key_in_both_methods(service: Client, *, post: bool) -> None:
    batch = {
        "q0": {"query": "Ilse Tarrant"},
        "q1": {"query": "Jovan Seric", "type": f"{ONTOLOGY}Person", "limit": 1, "type_strict": "should"},
        "ångström": {"query": "Bob Nobody", "type": ["Person", "Place"]},
    }
    results = ask(service, batch, post=post)
    assert [*results] == [*batch]
    assert results["q0"]["result"][0] == {
        "id": TARRANT,
        "name": "Ilse Tarrant",
        "description": "person: foreign minister of Kelmark, Jovan Šerić, Kelmark\u2019s delegation",
        "type": [{"id": f"{ONTOLOGY}Person", "name": "person"}],
        "score": 100.0,
        "match": True,
        "features": [{"id": "name", "value": 100.0}],
    }
    assert names(results, "q1") == [("Jovan Šerić", True)]
    assert results["ångström"]["result"] == []


def test_a_spreadsheet_of_names_finds_our_people(service: Client) -> None:
    column = ["Tarrant, Ilse", "Jovan Seric", "Per Lunde", "Nadja Roux", "Lena Orlic", "E. Vasseur", "John Smith"]
    results = ask(service, {str(row): {"query": name, "type": "Person"} for row, name in enumerate(column)})
    assert [names(results, str(row))[:1] for row in range(len(column))] == [
        [("Ilse Tarrant", False)],
        [("Jovan Šerić", True)],
        [("Per Lunde", True)],
        [("Nadia Roux", False)],
        [("Lena Orlić", True)],
        [("Émile Vasseur", False)],
        [],
    ]


def test_candidates_are_sorted_by_score_and_limited(service: Client) -> None:
    results = ask(service, {"q": {"query": "Kelmark", "limit": 3}, "all": {"query": "Kelmark"}})
    scores = [candidate["score"] for candidate in results["all"]["result"]]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) > 3
    assert results["q"]["result"] == results["all"]["result"][:3]
    assert names(results)[0] == ("Kelmark", True)


def test_a_limit_beyond_all_numbers_of_candidates_is_as_good_as_the_most(service: Client) -> None:
    for limit in ("9" * 400, "1e300", "100"):
        reply = service.post("/reconcile", urlencode({"queries": f'{{"q": {{"query": "a", "limit": {limit}}}}}'}), FORM)
        assert reply.status == 200, (limit, reply.text)


def test_an_iri_finds_its_thing(service: Client) -> None:
    assert names(ask(service, {"q": {"query": SERIC}})) == [("Jovan Šerić", True)]


def test_types_exclude_or_come_first(service: Client) -> None:
    def kinds(**fields: object) -> list[str]:
        result = ask(service, {"q": {"query": "Kelmark", "limit": 100, **fields}})["q"]["result"]
        return [candidate["type"][0]["name"] for candidate in result]

    assert {*kinds(type="Organization")} == {"organization"}
    assert {*kinds(type=["Organization", "Place"])} == {"organization", "place"}
    assert kinds(type=["Organization", "Place"], type_strict="all") == []
    assert {*kinds(type="Organization", type_strict="should")} > {"organization", "place"}
    should = ask(service, {"q": {"query": "Kelmark", "type": "Organization", "type_strict": "should"}})
    assert (should["q"]["result"][0]["score"], names(should)[0]) == (90.0, ("Kelmark", False))


def test_properties_add_to_the_score_and_show_as_features(service: Client) -> None:
    known = [
        {"pid": f"{ONTOLOGY}holds", "v": "army commander"},
        {"pid": "asOf", "v": 2034},
        {"pid": "affiliatedWith", "v": [{"id": f"{HARBOUR_BASE}organization/sarrovia-army"}, "the navy"]},
    ]
    results = ask(
        service,
        {
            "plain": {"query": "Seric", "type": "Person"},
            "known": {"query": "Seric", "type": "Person", "properties": known},
            "wrong": {"query": "Jovan Seric", "properties": [{"pid": "asOf", "v": "1999"}]},
            "nameless": {"properties": [{"pid": "holds", "v": "commander of the army of Sarrovia"}]},
        },
    )
    (plain,), (better,) = results["plain"]["result"], results["known"]["result"]
    assert (plain["score"], better["score"]) == (77.5, 92.4)
    assert {feature["id"]: feature["value"] for feature in better["features"]} == {
        "name": 77.5,
        "post": 9.0,
        "neighbour": 4.0,
        "dates": 1.9,
    }
    assert names(results, "wrong")[0] == ("Jovan Šerić", False)
    assert names(results, "nameless") == [("Jovan Šerić", False)]


def test_suggestions_begin_with_the_prefix_and_go_on_at_the_cursor(service: Client) -> None:
    def suggested(what: str, **parameters: str) -> list[str]:
        reply = service.get(f"/reconcile/suggest/{what}?{urlencode(parameters)}")
        return [entry["name"] for entry in valid(reply, SUGGESTIONS)["result"]]

    assert suggested("entity", prefix="jov") == ["Jovan Šerić"]
    assert suggested("entity", prefix="ser") == ["Jovan Šerić"]
    assert suggested("entity", prefix=TARRANT) == ["Ilse Tarrant"]
    every = suggested("entity", prefix="k")
    assert len(every) > 3
    assert suggested("entity", prefix="k", cursor="2") == every[2:]
    assert suggested("entity", prefix="") == []
    assert suggested("type", prefix="p") == ["person", "place", "post"]
    assert suggested("property", prefix="hold") == ["post"]


def test_values_of_properties_are_fetched(service: Client) -> None:
    query = {
        "ids": [TARRANT, "urn:nobody", "nobody", "http://[bad"],
        "properties": [{"id": "holds"}, {"id": "alias"}, {"id": "sameAs"}],
    }
    for reply in (
        service.post("/reconcile", urlencode({"extend": json.dumps(query)}), FORM),
        service.get(f"/reconcile?{urlencode({'extend': json.dumps(query)})}"),
    ):
        extension = valid(reply, EXTENSION)
        assert [column["name"] for column in extension["meta"]] == ["post", "alias", "the same elsewhere"]
        assert [*extension["rows"][TARRANT].values()] == [
            [{"id": f"{HARBOUR_BASE}post/kelmark-foreign-minister", "name": "foreign minister of Kelmark"}],
            [{"str": "Ilse Maria Tarrant"}],
            [{"str": "https://example.org/yearbook/ilse-tarrant"}],
        ]
        for unknown in ("urn:nobody", "nobody", "http://[bad"):
            assert [*extension["rows"][unknown].values()] == [[], [], []]


class Words(HTMLParser):
    """The elements and the words of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.elements, self.words = set[str](), ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the name of an element."""
        del attrs
        self.elements.add(tag)
        self.words += " "

    def handle_data(self, data: str) -> None:
        """Keep words."""
        self.words += data


def test_a_preview_is_a_small_card_that_may_stand_in_a_frame(service: Client) -> None:
    reply = service.get(f"/reconcile/preview?id={quote(TARRANT, safe='')}")
    assert (reply.status, reply.type) == (200, "text/html")
    assert len(reply.body) < 2000
    card = Words()
    card.feed(reply.text)
    assert not card.elements & {"script", "style", "link", "form", "img", "iframe"}
    assert (
        re.sub(r"\s+", " ", card.words)
        .strip()
        .startswith("Ilse Tarrant Ilse Tarrant person Also Ilse Maria Tarrant Posts foreign minister of Kelmark Beside")
    )
    policy = reply.headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; base-uri 'none'; frame-ancestors *"
    missing = service.get("/reconcile/preview?id=urn:nobody")
    assert (missing.status, "There is no person" in missing.text) == (404, True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "The parameter 'queries' is not JSON: "),
        ("[]", "is not a JSON object"),
        ("[" * 100_000, "is not JSON: it nests too deep"),
        ('{"q": {"query": "\\ud800"}}', "is not JSON: "),
        ('{"q": "Ada"}', "The query of 'q' is \"Ada\": expected an object"),
        ('{"q": {}}', "The query 'q' has neither a 'query' nor 'properties'"),
        ('{"q": {"query": ""}}', "The query 'q' has neither a 'query' nor 'properties'"),
        ('{"q": {"query": 7}}', "The query of 'q' is 7: expected a string."),
        ('{"q": {"query": "a", "limit": 0}}', "The limit of 'q' is 0: expected a number from 1."),
        ('{"q": {"query": "a", "limit": 1e999}}', "The limit of 'q' is Infinity"),
        ('{"q": {"query": "a", "limit": NaN}}', "The limit of 'q' is NaN"),
        ('{"q": {"query": "a", "limit": true}}', "The limit of 'q' is true"),
        ('{"q": {"query": "a", "type": "Ship"}}', "The type of 'q' is \"Ship\": expected one of Person, Organization"),
        ('{"q": {"query": "a", "type_strict": "maybe"}}', "expected any, should or all"),
        (
            '{"q": {"query": "a", "kind": "x"}}',
            "The field of 'q' is \"kind\": expected one of limit, properties, query",
        ),
        ('{"q": {"query": "a", "properties": {}}}', "expected a list such as"),
        ('{"q": {"query": "a", "properties": [{"pid": "holds"}]}}', "expected objects with 'pid' and 'v'"),
        (
            '{"q": {"query": "a", "properties": [{"pid": "x", "v": 1}]}}',
            "The property of 'q' is \"x\": expected one of holds",
        ),
        ('{"q": {"query": "a", "properties": [{"pid": "holds", "v": {}}]}}', "The v of 'q' is {}: expected a string"),
    ],
)
def test_what_is_wrong_with_a_query_is_said(service: Client, text: str, words: str) -> None:
    reply = service.post("/reconcile", urlencode({"queries": text}), FORM)
    assert (reply.status, words in reply.text) == (400, True), reply.text
    assert reply.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/reconcile?query=Ada", 400, "expected 'queries' or 'extend'"),
        ("/reconcile?queries=%7B%7D&extend=%7B%7D", 400, "expected one of them"),
        ("/reconcile?queries=%7B%7D&queries=%7B%7D", 400, "is given 2 times"),
        ("/reconcile?extend=%7B%7D", 400, "The ids of 'extend' is null: expected a list of IRIs."),
        ("/reconcile?extend=%7B%22ids%22%3A%5B%5D%7D", 400, "The properties of 'extend' is null"),
        ("/reconcile/suggest/entity", 400, "'prefix' is missing"),
        ("/reconcile/suggest/entity?prefix=a&cursor=-1", 400, "expected a number"),
        ("/reconcile/suggest/ship?prefix=a", 404, ""),
        ("/reconcile/properties", 400, "'type' is missing"),
        ("/reconcile/preview", 400, "'id' is missing"),
    ],
)
def test_what_is_wrong_with_an_address_is_said(service: Client, path: str, status: int, words: str) -> None:
    reply = service.get(path)
    assert (reply.status, words in reply.text) == (status, True), reply.text


def test_a_batch_of_too_many_queries_is_refused_with_the_limit(service: Client) -> None:
    batch = {str(number): {"query": "a"} for number in range(51)}
    reply = service.post("/reconcile", urlencode({"queries": json.dumps(batch)}), FORM, "application/problem+json")
    assert (reply.status, reply.json["limit"], reply.json["value"]) == (413, "batch", 50)


def test_other_origins_may_post_queries(service: Client) -> None:
    headers = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    assert "POST" in service.send("OPTIONS", "/reconcile", headers=headers).headers["Access-Control-Allow-Methods"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")  # of the library
def test_a_library_of_others_reconciles_a_column(service: Client) -> None:
    pandas = pytest.importorskip("pandas")
    reconciler = pytest.importorskip("reconciler")
    column = pandas.Series(["Ilse Tarrant", "Jovan Seric", "Nadja Roux"])
    posts = pandas.Series(["foreign minister", "army commander", "navy chief"])
    table = reconciler.reconcile(
        column,
        type_id=f"{ONTOLOGY}Person",
        property_mapping={f"{ONTOLOGY}holds": posts},
        reconciliation_endpoint=f"{service.address}reconcile",
    )
    assert [*zip(table["input_value"], table["id"], table["match"], table["type"], strict=True)] == [
        ("Ilse Tarrant", TARRANT, True, "person"),
        ("Jovan Seric", SERIC, True, "person"),
        ("Nadja Roux", f"{HARBOUR_BASE}person/nadia-roux", False, "person"),
    ]


def test_a_private_server_answers_holders_of_a_token_by_its_page_process(folder: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    here("backup", store, "--store", folder)
    token = here("token", "add", "reader", "--role", Role.READ.label, "--store", store).out.split()[-1]
    server = Server(store, "--private")
    try:
        client = Client("127.0.0.1", server.port)
        fields = urlencode({"queries": json.dumps({"q": {"query": "Jovan Seric"}})})
        assert client.post("/reconcile", fields, FORM).status == 401
        assert client.get("/reconcile").status == 401
        headers = {"Authorization": f"Bearer {token}", "Content-Type": FORM}
        reply = client.send("POST", "/reconcile", fields, headers)
        assert names(valid(reply, RESULTS)) == [("Jovan Šerić", True)]
    finally:
        server.stop()
