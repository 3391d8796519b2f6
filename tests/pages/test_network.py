"""The network and its chains, as pages that need no script."""

from __future__ import annotations

import csv
import io
import json
import re
from urllib.parse import quote, unquote
from urllib.request import urlopen

import pytest
from rdflib import Graph

from kg.export.projections import PROJECTIONS
from kg.formats import PROPERTY_GRAPH_FORMATS, Format
from tests.pages.conftest import Reader
from tests.support.graphml import read_graphml

PERSON = "https://w3id.org/communique/data/person/"
SHORTEST = "The shortest chains between two people, organizations or events."


def test_a_chain_shows_each_step_with_its_passages(site: Reader) -> None:
    page = site.get(f"/network/chain?from={PERSON}ashfaq-parvez-kayani&to={PERSON}barack-obama")
    assert page.status == 200
    assert "From Ashfaq Parvez Kayani to President Obama" in page.words
    assert "no passage is recorded" not in page.words
    assert sum("/passage/" in link for link in page.links) >= 2


def test_every_shortest_chain_is_listed_and_who_spoke_about_whom_only_if_requested(site: Reader) -> None:
    ends = f"from={PERSON}mike-mullen&to=https://w3id.org/communique/data/organization/isi"
    without, spoken = (
        json.loads(site.get(f"/network/chain?{ends}{more}", "application/json").text) for more in ("", "&spoken=yes")
    )
    assert "spoke about" not in {step["words"] for step in without["hops"] or []}
    assert [step["words"] for step in spoken["hops"]] == ["spoke about"]
    ends = f"from={PERSON}ashfaq-parvez-kayani&to={PERSON}barack-obama"
    assert "4 chains are equally short" in site.get(f"/network/chain?{ends}").words
    assert "No chain connects them like that" in site.get(f"/network/chain?{ends}&until=2001-01-01&relation=none").words


def test_further_chains_stand_on_further_pages(site: Reader) -> None:
    ends = "from=a+member+of+the+Haqqani+network&to=Clinton%27s+visit+to+Islamabad&real=all"
    total = json.loads(site.get(f"/network/chain?{ends}", "application/json").text)["chains"]
    pages = [site.get(f"/network/chain?{ends}&page={page}") for page in range(1, -(-total // 10) + 1)]
    chains = [heading for page in pages for heading in re.findall(r"<h2>(By .*?)</h2>", page.text)]
    assert total == 18
    assert len(chains) == len({*chains}) == total
    assert f"{total} chains are equally short, 11 to" in pages[1].words


def test_a_chain_keeps_the_relations_that_it_is_narrowed_to(site: Reader) -> None:
    member = quote("https://w3id.org/communique/ontology#member", safe="")
    page = site.get(f"/network/chain?from={PERSON}hillary-clinton&to={PERSON}douglas-lute&relation={member}")
    assert "Joined only by “has as member”. By anything" in page.words
    assert '<input type="hidden" name="relation" value="https://w3id.org/communique/ontology#member">' in page.text
    (anything,) = [link for link in page.links if link.endswith("to=" + quote(f"{PERSON}douglas-lute", safe="/"))]
    assert "relation" not in anything
    assert "Joined only by" not in site.get(anything).words


def test_both_ends_of_a_chain_can_be_names(site: Reader) -> None:
    assert "From Hillary Clinton to Mike Mullen" in site.get("/network/chain?from=clinton&to=mike+mullen").words


def test_the_steps_of_a_chain_are_a_table_with_names(site: Reader) -> None:
    ends = f"from={PERSON}ashfaq-parvez-kayani&to={PERSON}barack-obama"
    rows = [*csv.DictReader(io.StringIO(site.get(f"/network/chain?{ends}", "text/csv").text, newline=""))]
    assert {row["oneLabel"] for row in rows} | {row["otherLabel"] for row in rows} >= {
        "Ashfaq Parvez Kayani",
        "President Obama",
    }
    assert {row["articleLabel"] for row in rows} == {
        "Pakistan, the United States and the Haqqani network, October 2011"
    }
    assert all(row["oneLabel"] and row["relationLabel"] and row["otherLabel"] and row["passage"] for row in rows)
    assert f"/network/chain?{ends}&format=csv" in [unquote(link) for link in site.get(f"/network/chain?{ends}").links]


def test_a_chain_without_ends_redirects_to_the_network(site: Reader) -> None:
    page = site.get("/network/chain?from=&to=")
    assert (page.status, page.headers["Location"]) == (303, "/network")


def test_an_unknown_end_of_a_chain_is_named_in_the_error(site: Reader) -> None:
    page = site.get("/network/chain?from=clinton&to=nobody+of+the+kind")
    assert page.status == 404
    assert "Nobody and nothing in the network, as it is filtered here, is called nobody of the kind." in page.words
    assert 'name="from" required maxlength="300" value="clinton"' in page.text
    sentence = json.loads(site.get("/network/chain?from=clinton&to=nobody+of+the+kind", "application/json").text)
    assert "'to' is 'nobody of the kind'" in sentence["detail"]


def test_a_chain_is_data_too(site: Reader) -> None:
    ends = f"from={PERSON}ashfaq-parvez-kayani&to={PERSON}barack-obama"
    document = json.loads(site.get(f"/network/chain?{ends}", "application/json").text)
    graph = Graph().parse(data=site.get(f"/network/chain?{ends}", "text/turtle").text, format="turtle")
    passages = [passage for hop in document["hops"] for passage in hop["passages"]]
    assert [passage["place"] for passage in passages if not passage["place"].startswith("\u00b6\u00a0")] == []
    assert [passage["tip"] for passage in passages if "the Haqqani network, October 2011" not in passage["tip"]] == []
    carriers = {hop["passages"][0]["about"] for hop in document["hops"]}
    assert len(document["hops"]) >= 1
    assert carriers <= {
        str(subject).replace("https://w3id.org/communique/data", "/about") for subject in graph.subjects()
    }


@pytest.mark.parametrize(
    ("ends", "description"),
    [
        ("from=clinton&to=mike+mullen", "1 shortest chain of 3 steps, with the passages behind each."),
        ("from=clinton&to=mike+mullen&page=9", SHORTEST),
        ("from=clinton&to=clinton", SHORTEST),
    ],
)
def test_a_chain_is_described_by_how_long_it_is(site: Reader, ends: str, description: str) -> None:
    text = site.get(f"/network/chain?{ends}").text
    assert re.findall(r'property="og:description" content="([^"]*)"', text) == [description]


def test_a_chain_that_there_is_not_has_no_triples(site: Reader) -> None:
    ends = f"from={PERSON}ashfaq-parvez-kayani&to={PERSON}ashfaq-parvez-kayani"
    assert len(Graph().parse(data=site.get(f"/network/chain?{ends}", "text/turtle").text, format="turtle")) == 0


@pytest.mark.parametrize(
    "parameter", ["since=abc", "until=2011-13-01", "since=20111020", "real=maybe", "most=0", "most=5001"]
)
def test_what_cannot_be_filtered_by_is_named(site: Reader, parameter: str) -> None:
    key, _, value = parameter.partition("=")
    page = site.get(f"/network/graph?{parameter}")
    assert page.status == 400
    assert f"'{key}' is '{value}'" in page.text.replace("&#39;", "'")


def test_the_network_is_a_property_graph_too(site: Reader) -> None:
    page = site.get("/network?format=graphml")
    assert (page.status, page.headers["Content-Type"]) == (200, "application/graphml+xml; charset=utf-8")
    people = read_graphml(page.text.encode())
    edges = people.get_edge_data(f"{PERSON}ashfaq-parvez-kayani", f"{PERSON}hillary-clinton").values()
    assert [edge["because"].rpartition("/")[2] for edge in edges if edge["label"] == "met"] == ["islamabad-talks"]


def test_a_projection_is_chosen_by_its_name(site: Reader) -> None:
    page = site.get("/network?projection=meetings&format=gexf")
    assert 'kind="tookPartIn"' in page.text
    assert site.get("/network?projection=meetings", "application/gexf+xml").text == page.text
    unknown = site.get("/network?projection=persons&format=gexf")
    assert unknown.status == 400
    assert "'projection' is 'persons': expected one of people, meetings, statements" in unknown.words
    assert (
        "expected one of graphml, gexf, nodes, edges, neo4j-nodes"
        in site.get("/network?projection=people&format=turtle").words
    )


@pytest.mark.parametrize("format_", PROPERTY_GRAPH_FORMATS, ids=lambda format_: format_.name)
@pytest.mark.parametrize("name", [projection.name for projection in PROJECTIONS])
def test_every_projection_is_had_in_every_format(site: Reader, name: str, format_: Format) -> None:
    with urlopen(f"{site.address}/network?projection={name}&format={format_.name}") as response:  # noqa: S310 - our own server
        assert response.headers.get_content_type() == format_.media_type
        assert response.headers.get_filename() == f"{name}.{format_.extension}"
        assert len(response.read()) > 1000


def test_every_relation_of_the_network_has_words_to_filter_by(series: Reader) -> None:
    labels = re.findall(r'name="relation" value="[^"]*#(\w+)"[^>]*> ([^<]*) <span', series.get("/network").text)
    words = dict(labels)
    assert words["callsOff"] == "calls off"
    assert words["identifiedAs"] == "is later named as"
    assert words["realizes"] == "makes true"
    assert not [word for word in words.values() if re.search("[a-z][A-Z]", word)]
    calls_off = quote("https://w3id.org/communique/ontology#callsOff", safe="")
    drawn = json.loads(series.get(f"/network/graph?relation={calls_off}", "application/json").text)
    assert len(drawn["edges"]) == 1
    assert "was called off by" in drawn["relations"]["https://w3id.org/communique/ontology#callsOff"]
