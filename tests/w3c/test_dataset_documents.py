"""TriG and N-Quads: documents are sent as datasets, and what is read back is what the suites specify."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from tests.w3c.conftest import Client, graph_path
from tests.w3c.manifests import MF, Case, as_parameters, cases, path_of, require_suites
from tests.w3c.solutions import same_dataset

WITHOUT_WORKERS = True
MEDIA_TYPES = {
    ".trig": "application/trig",
    ".nq": "application/n-quads",
}
TESTS = cases("trig", "nquads", kinds="Test")
require_suites()  # after what test_figures.py takes from here
TAKEN = (200, 201, 204)
NEGATIVE = [case for case in TESTS if "Negative" in case.kind]
POSITIVE = [case for case in TESTS if "Positive" in case.kind]
EVALUATED = [case for case in TESTS if "Negative" not in case.kind and "Positive" not in case.kind]


def _content(case: Case) -> tuple[bytes, dict[str, str]]:
    """Return a document unchanged except for its base, which needs a line of its own, and its header."""
    iri = case.action().value
    path = path_of(iri)
    base = f"@base <{iri}> .\n".encode() if path.suffix == ".trig" else b""
    return base + path.read_bytes(), {"Content-Type": MEDIA_TYPES[path.suffix]}


@pytest.mark.parametrize("case", as_parameters(NEGATIVE))
def test_a_malformed_document_is_a_400(case: Case, client: Client) -> None:
    status, body = client.send("POST", "/data", *_content(case))
    assert status == 400, body.decode()


@pytest.mark.parametrize("case", as_parameters(POSITIVE))
def test_a_well_formed_document_is_taken(case: Case, client: Client) -> None:
    status, body = client.send("POST", "/data", *_content(case))
    assert status in TAKEN, body.decode()


@pytest.mark.parametrize("case", as_parameters(EVALUATED))
def test_a_document_is_read_back_as_the_suite_has_it(case: Case, client: Client) -> None:
    result = case.node_at(f"{MF}result")
    assert result is not None
    expected = ox.Dataset(ox.parse(path=path_of(result.value), format=ox.RdfFormat.N_QUADS))
    names = {quad.graph_name for quad in expected} - {ox.DefaultGraph()}
    if names:
        assert client.update("DROP ALL")[0] == 204
    status, body = client.send(*(("POST", "/data") if names else ("PUT", graph_path(None))), *_content(case))
    assert status in TAKEN, body.decode()
    actual = client.dataset() if names else client.graph(None)
    assert same_dataset(expected, actual), f"expected {expected}, not {actual}"
