"""`kg export --describe`: what lies beside an exported file says what the file is, and how it was made."""

from __future__ import annotations

import shlex
from hashlib import sha256
from pathlib import Path

import pytest
from rdflib import DCTERMS, OWL, PROV, RDF, RDFS, Graph, URIRef

from kg.lookups import DCAT
from kg.lookups.distributions import SPDX
from kg.store import open_store
from tests.support.command_line import here
from tests.support.export_datasets import BASE

EXPORTS = (
    ("all.nq", "--format nquads", "application/n-quads"),
    ("people and groups.gexf", "--projection people --format gexf", "application/gexf+xml"),
    ("series.jsonld", f"--format schema.org --thing {BASE}person/nadia-roux", "application/ld+json"),
)


@pytest.mark.parametrize(("name", "options", "media_type"), EXPORTS, ids=[name for name, *_ in EXPORTS])
def test_a_description_has_licence_version_size_and_checksum_of_the_file(
    store: Path, tmp_path: Path, name: str, options: str, media_type: str
) -> None:
    file, words = tmp_path / name, shlex.split(options)
    assert here("export", *words, "--store", store, "--output", file, "--describe").status == 0
    described = file.with_name(f"{name}.dcat.ttl")
    graph = Graph().parse(described, format="turtle", publicID=described.as_uri())
    (distribution,) = graph.objects(URIRef(BASE), DCAT.distribution)
    assert distribution == URIRef(file.as_uri())
    assert graph.value(distribution, RDF.type) == DCAT.Distribution
    assert int(str(graph.value(distribution, DCAT.byteSize))) == file.stat().st_size > 0
    checksum = graph.value(distribution, SPDX.checksum)
    assert str(graph.value(checksum, SPDX.checksumValue)) == sha256(file.read_bytes()).hexdigest()
    assert graph.value(distribution, DCAT.mediaType) == URIRef(
        f"https://www.iana.org/assignments/media-types/{media_type}"
    )
    assert graph.value(distribution, DCTERMS.license) == URIRef("https://creativecommons.org/licenses/by/4.0/")
    assert str(graph.value(URIRef(BASE), DCAT.version)) == open_store(store).version().name
    making = graph.value(distribution, PROV.wasGeneratedBy)
    assert graph.value(graph.value(making, PROV.wasAssociatedWith), OWL.versionInfo)
    command = shlex.split(str(graph.value(making, RDFS.label)))
    again = tmp_path / "again"
    assert here(*command[1:], "--store", store, "--output", again).status == 0
    assert again.read_bytes() == file.read_bytes()


def test_the_same_export_has_the_same_description(store: Path, tmp_path: Path) -> None:
    texts = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        assert here("export", "--store", store, "--output", folder / "all.trig", "--describe").status == 0
        texts.append((folder / "all.trig.dcat.ttl").read_bytes())
    assert texts[0] == texts[1]


def test_what_standard_output_gets_cannot_be_described(store: Path) -> None:
    refused = here("export", "--store", store, "--describe").failed(2)
    assert refused == "What standard output gets is no file to describe: expected --output FILE with --describe."
