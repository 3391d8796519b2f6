"""What somebody outside may try, so that a server opens a file or a connection for them."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, urlencode

from tests.escape.conftest import Canary

Attempt = tuple[str, str, str, str, str]
"""What it is called, the method, the path, the body, and the body's media type."""

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
ENTITY = """<?xml version="1.0"?><!DOCTYPE r [{declaration}]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:u="urn:"><rdf:Description rdf:about="urn:x">
<u:p>{use}</u:p></rdf:Description></rdf:RDF>"""


def attempts(canary: Canary) -> Iterator[Attempt]:
    """Yield every attempt, at a canary's address and at its file."""
    for kind, iri in (("address", canary.url), ("file", canary.file)):
        for family in (_queries(iri), _parameters(iri), _updates(iri), _payloads(iri), _pages(iri)):
            for name, *rest in family:
                yield (f"{name}, {kind}", *rest)  # type: ignore[misc]  # four texts follow
    yield from _paths(canary)


def _queries(iri: str) -> Iterator[Attempt]:
    texts = {
        "FROM": f"SELECT * FROM <{iri}> {{ ?s ?p ?o }}",
        "FROM NAMED": f"SELECT * FROM NAMED <{iri}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        "GRAPH": f"SELECT * {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}",
        "SERVICE": f"SELECT * {{ SERVICE <{iri}> {{ ?s ?p ?o }} }}",
        "SERVICE SILENT": f"SELECT * {{ SERVICE SILENT <{iri}> {{ ?s ?p ?o }} }}",
        "SERVICE by a variable": f"SELECT * {{ VALUES ?u {{ <{iri}> }} SERVICE ?u {{ ?s ?p ?o }} }}",
        "SERVICE in EXISTS": f"ASK {{ FILTER EXISTS {{ SERVICE <{iri}> {{ ?s ?p ?o }} }} }}",
        "SERVICE by escapes": f"SELECT * {{ S\\u0045RVICE <{iri}> {{ ?s ?p ?o }} }}",
        "a function": f"SELECT (<{iri}>(1) AS ?x) {{}}",
        "DESCRIBE": f"DESCRIBE <{iri}>",
        "BASE": f"BASE <{iri}> SELECT * FROM <> {{ ?s ?p ?o }}",
    }
    for name, text in texts.items():
        yield name, "GET", f"/sparql?{urlencode({'query': text})}", "", ""
        yield f"{name}, posted", "POST", "/sparql", text, QUERY


def _parameters(iri: str) -> Iterator[Attempt]:
    query = {"query": "SELECT * { ?s ?p ?o }"}
    for key in ("default-graph-uri", "named-graph-uri", "version", "format"):
        yield key, "GET", f"/sparql?{urlencode({**query, key: iri})}", "", ""
        yield f"{key}, in a form", "POST", "/sparql", urlencode({**query, key: iri}), FORM
    yield "the query is an address", "GET", f"/sparql?{urlencode({'query': iri})}", "", ""
    yield "graph", "GET", f"/data?{urlencode({'graph': iri})}", "", ""
    insert = "INSERT { GRAPH <urn:stolen> { ?s ?p ?o } } WHERE { ?s ?p ?o }"
    for key in ("using-graph-uri", "using-named-graph-uri"):
        yield key, "POST", f"/update?{urlencode({key: iri})}", insert, UPDATE


def _updates(iri: str) -> Iterator[Attempt]:
    texts = {
        "LOAD": f"LOAD <{iri}>",
        "LOAD INTO GRAPH": f"LOAD <{iri}> INTO GRAPH <urn:stolen>",
        "LOAD SILENT": f"LOAD SILENT <{iri}> INTO GRAPH <urn:stolen>",
        "LOAD after something": f"INSERT DATA {{ GRAPH <urn:a> {{ <urn:a> <urn:b> 1 }} }} ; LOAD <{iri}>",
        "USING": f"INSERT {{ GRAPH <urn:stolen> {{ ?s ?p ?o }} }} USING <{iri}> WHERE {{ ?s ?p ?o }}",
        "WITH": f"WITH <{iri}> INSERT {{ ?s <urn:q> ?o }} WHERE {{ ?s ?p ?o }}",
        "COPY": f"COPY <{iri}> TO <urn:stolen>",
        "ADD": f"ADD <{iri}> TO <urn:stolen>",
        "SERVICE": f"INSERT {{ GRAPH <urn:stolen> {{ ?s ?p ?o }} }} WHERE {{ SERVICE <{iri}> {{ ?s ?p ?o }} }}",
    }
    for name, text in texts.items():
        yield f"{name} of an update", "POST", "/update", text, UPDATE
        yield f"{name} of an update in a form", "POST", "/update", urlencode({"update": text}), FORM
        yield f"{name} of a patch", "PATCH", "/data?graph=urn:stolen", text, UPDATE


def _payloads(iri: str) -> Iterator[Attempt]:
    outside = {
        "an external entity": ENTITY.format(declaration=f'<!ENTITY e SYSTEM "{iri}">', use="&e;"),
        "a parameter entity": ENTITY.format(declaration=f'<!ENTITY % e SYSTEM "{iri}"> %e;', use="x"),
        "a document type": f'<!DOCTYPE r SYSTEM "{iri}"><r/>',
    }
    for name, text in outside.items():
        yield name, "PUT", "/data?graph=urn:stolen", text, "application/rdf+xml"
    contexts = (f'{{"@context": "{iri}", "@id": "urn:x", "p": "y"}}', f'{{"@context": {{"@import": "{iri}"}}}}')
    scoped = f'{{"@context": {{"p": {{"@id": "urn:p", "@context": "{iri}"}}}}, "p": {{"q": "y"}}}}'
    for number, text in enumerate((*contexts, scoped), start=1):
        yield f"context {number}", "PUT", "/data?graph=urn:stolen", text, "application/ld+json"
    imports = f"<urn:x> <http://www.w3.org/2002/07/owl#imports> <{iri}> ."
    yield "owl:imports", "PUT", "/data?graph=urn:kept", imports, "text/turtle"
    yield "@base", "POST", "/data?graph=urn:kept", f"@base <{iri}> . <> <urn:p> <x> .", "text/turtle"
    yield "a graph's name", "PUT", f"/data?{urlencode({'graph': iri})}", "<urn:a> <urn:b> 1 .", "text/turtle"
    yield "a payload's address as its type", "PUT", "/data?graph=urn:stolen", iri, "message/external-body"


def _pages(iri: str) -> Iterator[Attempt]:
    yield "why", "GET", f"/why?{urlencode({'subject': iri, 'predicate': iri, 'value': iri})}", "", ""
    yield "search", "GET", f"/search?{urlencode({'q': iri})}", "", ""
    yield "statements", "GET", f"/statements?{urlencode({'source': iri})}", "", ""
    yield "chain", "GET", f"/network/chain?{urlencode({'from': iri, 'to': iri})}", "", ""
    yield "about", "GET", f"/about/{quote(iri, safe='')}", "", ""
    yield "graph by its own address", "GET", f"/data/{quote(iri, safe='')}", "", ""


def _paths(canary: Canary) -> Iterator[Attempt]:
    up = "../" * 12
    for place in ("/static/", "/data/", "/about/", "/examples/", "/dump."):
        for way in (up, quote(up, safe=""), up.replace(".", "%2e")):
            yield f"up from {place} by {way[:9]}", "GET", f"{place}{way}{canary.folder}/canary.ttl", "", ""
        yield f"absolute below {place}", "GET", f"{place}{quote(str(canary.folder), safe='')}/canary.ttl", "", ""
