"""The requests of SPARQL 1.1's suite of the Graph Store Protocol, in its order, each on what the last has left.

Its requests address graphs below the store's own address; a graph's address here is below /data.
"""

from __future__ import annotations

import pyoxigraph as ox

from tests.w3c.conftest import Client
from tests.w3c.manifests import require_suites
from tests.w3c.solutions import same_dataset

require_suites()
PREFIXES = "PREFIX foaf: <http://xmlns.com/foaf/0.1/> PREFIX v: <http://www.w3.org/2006/vcard/ns#> "
PERSON = "http://a.example/person/1"
JOHN = f'{PREFIXES} <{PERSON}> a foaf:Person ; foaf:businessCard [ a v:VCard ; v:fn "John Doe" ] .'
JANE = JOHN.replace("John", "Jane")
ALICE = f'{PREFIXES} [] a foaf:Person ; foaf:businessCard [ a v:VCard ; v:given-name "Alice" ] .'
NAME, FAMILY, GIVEN = (
    f'{PREFIXES} <{PERSON}> foaf:{term} "{value}" .'
    for term, value in (("name", "Jane Doe"), ("familyName", "Doe"), ("givenName", "Jane"))
)
FIRST, SECOND, DEFAULT = "/data/person/1.ttl", "/data/person/2.ttl", "/data?default"
TURTLE = {"Content-Type": "text/turtle; charset=utf-8"}
FILES = "\r\n".join(
    [
        '--AaB03x\r\nContent-Disposition: form-data; name="graphs"; filename="lastName.ttl"',
        f"Content-Type: text/turtle\r\n\r\n{FAMILY}",
        '--AaB03x\r\nContent-Disposition: form-data; name="graphs"; filename="firstName.ttl"',
        f"Content-Type: text/turtle\r\n\r\n{GIVEN}\r\n--AaB03x--\r\n",
    ]
)


def holds(client: Client, path: str, *documents: str) -> bool:
    status, body = client.send("GET", path, headers={"Accept": "text/turtle; charset=utf-8"})
    assert (status, client.headers.get_content_type()) == (200, "text/turtle")
    expected = ox.Dataset(quad for text in documents for quad in ox.parse(text, ox.RdfFormat.TURTLE))
    return same_dataset(expected, ox.Dataset(ox.parse(body, ox.RdfFormat.TURTLE)))


def test_the_requests_of_the_suite_have_its_answers(client: Client) -> None:
    def status(method: str, path: str, body: str = "", **headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.send(method, path, body, {**TURTLE, **named} if method in ("PUT", "POST") else named)[0]

    assert status("PUT", FIRST, JOHN) == 201
    indirect = f"/data?graph=http://127.0.0.1:{client.port}{FIRST}"
    assert holds(client, FIRST, JOHN)
    assert holds(client, indirect, JOHN)
    assert status("PUT", FIRST, JANE) in (200, 204)
    assert holds(client, FIRST, JANE)
    assert status("PUT", DEFAULT, ALICE) in (200, 201, 204)
    assert holds(client, DEFAULT, ALICE)
    assert status("PUT", FIRST, JANE, Content_Type="application/rdf+xml") == 400
    assert status("PUT", SECOND) in (200, 201)
    assert holds(client, SECOND)
    assert status("DELETE", SECOND) == 200
    assert status("GET", SECOND) == 404
    assert status("DELETE", SECOND) == 404
    assert status("POST", FIRST, NAME) == 200
    assert holds(client, FIRST, JANE, NAME)
    assert status("POST", FIRST, FILES, Content_Type="multipart/form-data; boundary=AaB03x") == 200
    assert holds(client, FIRST, JANE, NAME, FAMILY, GIVEN)
    assert status("POST", "/data", ALICE) == 201
    made = client.headers["Location"].partition(f":{client.port}")[2]
    assert holds(client, made, ALICE)
    assert status("POST", made) == 204
    assert holds(client, made, ALICE)
    assert status("HEAD", FIRST) == 200
    assert status("HEAD", SECOND) == 404
