"""`kg export --describe`: the file beside an export describes what it is, and how it was made."""

from __future__ import annotations

import gzip
import shlex
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox
import pytest
import zstandard
from rdflib import DCTERMS, OWL, PROV, RDF, RDFS, Graph, URIRef

from kg.cli.output import Hashed
from kg.lookups.distributions import DCAT, SPDX
from kg.store import open_store
from tests.support.command_line import here
from tests.support.export_datasets import BASE

EXPORTS = (
    ("all.nq", "--format nquads", "application/n-quads"),
    ("all.trig.gz", "--format trig", "application/trig"),
    ("all.ttl.zst", "--format turtle", "text/turtle"),
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
    assert command[-1] == name
    is_compressed = graph.value(distribution, DCAT.compressFormat) is not None
    assert is_compressed == name.endswith((".gz", ".zst"))
    again = tmp_path / f"again-{name}"
    assert here(*command[1:], "--store", store, "--output", again).status == 0
    assert again.read_bytes() == file.read_bytes()


@pytest.mark.parametrize(
    ("suffix", "decompress"), [("gz", gzip.decompress), ("zst", lambda data: zstandard.decompress(data, 2**28))]
)
def test_a_name_can_ask_for_compression_and_the_hash_is_that_of_what_is_in_it(
    store: Path, tmp_path: Path, suffix: str, decompress: Callable[[bytes], bytes]
) -> None:
    plain, compressed = tmp_path / "all.nq", tmp_path / f"all.nq.{suffix}"
    notes = [
        here("export", "--store", store, "--format", "nquads", "--output", file).err for file in (plain, compressed)
    ]
    assert decompress(compressed.read_bytes()) == plain.read_bytes()
    assert compressed.stat().st_size < plain.stat().st_size / 5
    dataset = ox.Dataset(ox.parse(plain.read_bytes(), ox.RdfFormat.N_QUADS))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    canonical = "".join(sorted(f"{quad} .\n" for quad in dataset))
    assert notes == [f"SHA-256 {sha256(canonical.encode()).hexdigest()}, the hash of RDFC-1.0\n"] * 2


def test_no_hash_of_rdfc_is_told_of_blank_nodes_or_another_format(store: Path, tmp_path: Path) -> None:
    file = tmp_path / "all.trig"
    assert (
        here("export", "--store", store, "--output", file).err == f"SHA-256 {sha256(file.read_bytes()).hexdigest()}\n"
    )
    hashed = Hashed(iter([b"_:b <urn:p> <urn:o> .\n"]))
    assert [*hashed]
    assert hashed.has_blank_nodes


def test_the_same_export_has_the_same_description(store: Path, tmp_path: Path) -> None:
    texts = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        assert here("export", "--store", store, "--output", folder / "all.trig", "--describe").status == 0
        texts.append((folder / "all.trig.dcat.ttl").read_bytes())
    assert texts[0] == texts[1]


def test_what_standard_output_gets_cannot_be_described(store: Path) -> None:
    refused = here("export", "--store", store, "--describe").failed(2)
    assert refused == "Standard output is not a file to describe: expected --output FILE with --describe."
