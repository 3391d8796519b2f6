"""What a client sees of the rewritings that make queries faster."""

from __future__ import annotations

from urllib.parse import urlencode

from tests.support.http_client import Client

CHAIN = "SELECT DISTINCT ?d { <x:a> <x:p> ?b . ?c <x:p> ?b . ?c <x:q> ?d }"


def test_a_query_is_explained_in_any_format_of_results_and_never_for_its_answer(client: Client) -> None:
    answer, explained = client.query(CHAIN), client.query(CHAIN, explain="true")
    rows = [{name: term["value"] for name, term in row.items()} for row in explained.json["results"]["bindings"]]
    assert [row["step"] for row in rows] == ["distinct subqueries", "text"]
    assert "{ SELECT DISTINCT ?c {" in rows[1]["detail"]
    assert answer.json["head"]["vars"] == ["d"]
    assert explained.headers["ETag"] != answer.headers["ETag"]
    assert client.query("CONSTRUCT WHERE { ?s ?p ?o }", "text/csv", explain="true").text.startswith("step,detail")
    page = client.get("/sparql?" + urlencode({"query": CHAIN, "explain": "true"}), "text/html")
    assert "SELECT DISTINCT ?c" in page.text


def test_a_client_may_refuse_rewritings(client: Client) -> None:
    plain = client.query(CHAIN, optimize="none", explain="true")
    rows = plain.json["results"]["bindings"]
    assert [(row["step"]["value"], row["detail"]["value"]) for row in rows] == [("text", CHAIN)]
    assert client.query(CHAIN, optimize="none").headers["ETag"] != client.query(CHAIN).headers["ETag"]
    assert client.query(CHAIN, optimize="some").status == client.query(CHAIN, explain="why").status == 400
