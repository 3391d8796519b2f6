"""Terms that are written into queries: what is taken for an IRI never makes a query that does not parse."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.errors import RequestError
from kg.sparql.query_terms import iri_in_query, is_usable_iri


@pytest.mark.parametrize(
    "text",
    [
        *("http://[bad", "http://a:b/", "http://a/%zz", "http://a/ b", "http://a/\x7f", "http://a/\ufffe", "a\ud800:b"),
        *("nobody", "", "1:2", "http://a/>", "http://a/\\u003E", "http://a/{", "http://a/\n", "x:y^z"),
    ],
)
def test_what_is_no_iri_is_refused(text: str) -> None:
    assert not is_usable_iri(text)
    with pytest.raises(RequestError, match="is not an absolute IRI"):
        iri_in_query(text)


@pytest.mark.parametrize("iri", ["urn:nobody", "https://example.org/Аня?a=b#c'd", "a:", "http://[::1]:80/%20"])
def test_what_is_an_iri_can_be_asked_for(iri: str) -> None:
    assert is_usable_iri(iri)
    assert not ox.Store().query(f"ASK {{ ?s ?p {iri_in_query(iri)} }}")
