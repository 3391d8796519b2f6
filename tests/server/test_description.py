"""The service description and VoID, in every RDF format."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph
import pytest
from rdflib import DCTERMS, RDF, RDFS, VOID, BNode, Graph, Literal, URIRef

from kg.formats import DATASET_FORMATS, GRAPH_FORMATS, RESULT_FORMATS, Format
from kg.lookups.distributions import DCAT, SPDX
from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from server.descriptions.service_description import FORMATS, SD
from server.descriptions.void import UNCOUNTED, UNSUMMED
from tests.support.http_client import Client, Reply, run_server
from tests.support.people_store import BASE, create_people_store


def parsed(reply: Reply, format_: Format) -> Graph:
    quads = pyoxigraph.parse(reply.body, pyoxigraph.RdfFormat.from_media_type(format_.media_type))
    lines = "".join(f"{quad.triple} .\n" for quad in quads)
    graph = Graph().parse(data=lines, format="nt")
    assert len(graph)
    assert not any(isinstance(node, BNode) for triple in graph for node in triple)
    return graph


@pytest.mark.requirement("service description", "2", "MUST", "a GET of the endpoint without a query returns RDF")
@pytest.mark.parametrize("format_", GRAPH_FORMATS, ids=lambda format_: format_.name)
def test_the_service_is_described_in_every_rdf_format(client: Client, format_: Format) -> None:
    for reply in (client.get("/sparql", format_.media_type), client.get(f"/sparql?format={format_.name}")):
        assert (reply.status, reply.type) == (200, format_.media_type)
        assert parsed(reply, format_).value(predicate=RDF.type, object=SD.Service)


@pytest.mark.requirement("service description", "3.2.1", "MUST", "the service names its endpoint")
@pytest.mark.requirement("service description", "3.4", "MUST", "a named graph has one name")
def test_the_description_names_the_endpoint_the_languages_the_formats_and_the_graphs(client: Client) -> None:
    graph = parsed(client.get("/sparql", "text/turtle"), GRAPH_FORMATS[0])
    service = graph.value(predicate=RDF.type, object=SD.Service)
    assert graph.value(service, SD.endpoint) == URIRef(client.address + "sparql")
    assert (service, SD.supportedLanguage, SD.SPARQL11Query) in graph
    formats = {FORMATS[format_.w3c] for format_ in (*RESULT_FORMATS, *GRAPH_FORMATS)}
    assert set(graph.objects(service, SD.resultFormat)) == formats
    names = {str(name) for name in graph.objects(predicate=SD.name)}
    assert {f"{BASE}graph/article/one", f"{BASE}graph/authority", f"{BASE}graph/outside"} <= names


@pytest.mark.requirement(
    "service description", "3.4", "SHOULD", "the default dataset and its default graph are described"
)
def test_the_description_counts_the_default_graph_as_a_set(client: Client) -> None:
    graph = parsed(client.get("/sparql", "text/turtle"), GRAPH_FORMATS[0])
    default = next(graph.objects(None, SD.defaultGraph))
    counted = client.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").json["results"]["bindings"][0]["n"]["value"]
    assert graph.value(default, VOID.triples) == Literal(int(counted))


@pytest.mark.parametrize("format_", GRAPH_FORMATS, ids=lambda format_: format_.name)
def test_the_dataset_is_described_in_every_rdf_format(client: Client, format_: Format) -> None:
    reply = client.get("/.well-known/void", format_.media_type)
    assert (reply.status, reply.type) == (200, format_.media_type)
    graph = parsed(reply, format_)
    dataset = URIRef(BASE)
    assert (dataset, RDF.type, VOID.Dataset) in graph
    assert graph.value(dataset, DCTERMS.license)
    assert graph.value(dataset, VOID.sparqlEndpoint) == URIRef(client.address + "sparql")


def test_the_dataset_is_partitioned_by_class_and_property(client: Client) -> None:
    graph = parsed(client.get("/.well-known/void", "text/turtle"), GRAPH_FORMATS[0])
    people = graph.value(predicate=VOID["class"], object=URIRef("http://xmlns.com/foaf/0.1/Person"))
    assert people
    assert graph.value(people, VOID.entities) == Literal(2)
    knows = graph.value(predicate=VOID.property, object=URIRef("http://xmlns.com/foaf/0.1/knows"))
    assert knows
    assert graph.value(knows, VOID.triples) == Literal(1)


def test_every_dump_that_is_described_is_served(client: Client) -> None:
    graph = parsed(client.get("/.well-known/void", "text/turtle"), GRAPH_FORMATS[0])
    dumps = list(graph.objects(predicate=VOID.dataDump))
    assert len(dumps) == 3
    for dump in dumps:
        reply = client.get(str(dump).removeprefix(client.address[:-1]))
        assert reply.status == 200
        format_ = next(format_ for format_ in DATASET_FORMATS if str(dump).endswith(f".{format_.extension}"))
        quads = pyoxigraph.parse(reply.body, pyoxigraph.RdfFormat.from_media_type(format_.media_type))
        assert pyoxigraph.NamedNode(f"{BASE}graph/outside") in {quad.graph_name for quad in quads}
        assert "filename=" in reply.headers["Content-Disposition"]


def test_a_dump_is_what_its_checksum_and_size_say_in_its_version_too() -> None:
    with TemporaryDirectory() as folder:
        store = create_people_store(Path(folder))
        before = store.version().name
        with store.write() as change:
            change.replace_graph(f"{BASE}graph/later", [(URIRef(BASE), RDFS.label, Literal("later"))])
            change.commit("later")
        with run_server(create_app(UnlimitedStore(store), Settings(base=BASE))) as client:
            sums = set[str]()
            for version in (before, store.version().name):
                reply = client.get(f"/.well-known/void?version={version}", "text/turtle")
                graph = parsed(reply, GRAPH_FORMATS[0])
                assert graph.value(URIRef(BASE), DCAT.version) == Literal(version)
                distributions = [*graph.objects(URIRef(BASE), DCAT.distribution)]
                assert len(distributions) == len(DATASET_FORMATS)
                for distribution in distributions:
                    url = str(graph.value(distribution, DCAT.downloadURL)).removeprefix(client.address[:-1])
                    dump = client.get(url)
                    checksum = graph.value(distribution, SPDX.checksum)
                    assert graph.value(checksum, SPDX.algorithm) == SPDX.checksumAlgorithm_sha256
                    sums.add(str(graph.value(checksum, SPDX.checksumValue)))
                    assert str(graph.value(checksum, SPDX.checksumValue)) == sha256(dump.body).hexdigest()
                    assert int(str(graph.value(distribution, DCAT.byteSize))) == len(dump.body)
                    assert str(graph.value(distribution, DCAT.mediaType)).endswith(f"media-types/{dump.type}")
                    assert graph.value(distribution, DCTERMS.license) == graph.value(URIRef(BASE), DCTERMS.license)
            assert len(sums) == 2 * len(DATASET_FORMATS)


def test_a_dataset_that_is_too_large_to_be_summed_is_described_without(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.descriptions.void.MAX_SUMMED_TRIPLES", 1)
    with run_server(create_app(UnlimitedStore(store), Settings(base=BASE))) as client:
        graph = parsed(client.get("/.well-known/void", "text/turtle"), GRAPH_FORMATS[0])
    assert len([*graph.subjects(RDF.type, DCAT.Distribution)]) == len(DATASET_FORMATS)
    assert not [*graph.objects(predicate=SPDX.checksum)]
    assert not [*graph.objects(predicate=DCAT.byteSize)]
    described = {*graph.subjects(DCTERMS.description, Literal(UNSUMMED, lang="en"))}
    assert described == {*graph.subjects(RDF.type, DCAT.Distribution)}


def test_a_dataset_that_is_too_large_to_be_counted_is_described_without(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.descriptions.void.MAX_COUNTED_TRIPLES", 1)
    with run_server(create_app(UnlimitedStore(store), Settings(base=BASE))) as client:
        graph = parsed(client.get("/.well-known/void", "text/turtle"), GRAPH_FORMATS[0])
    assert [*graph.objects(URIRef(BASE), DCTERMS.description)] == [Literal(UNCOUNTED, lang="en")]
    uncounted = {VOID.distinctSubjects, VOID.distinctObjects, VOID.classes, VOID.properties}
    assert not uncounted & {*graph.predicates(URIRef(BASE))}
    assert not {VOID.classPartition, VOID.propertyPartition} & {*graph.predicates()}
    counts = store.current().counts
    assert {
        str(part): int(str(graph.value(part, VOID.triples))) for part in graph.objects(predicate=VOID.subset)
    } == counts


def test_an_unknown_dump_is_not_found(client: Client) -> None:
    assert client.get("/dump.zip").status == 404
