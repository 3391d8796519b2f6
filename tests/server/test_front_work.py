"""The work of the front process for a request is bounded, whatever the request lists."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from rdflib import Graph
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from kg.formats import GRAPH_FORMATS, HTML, RESULT_FORMATS
from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from server import Settings, create_app
from server.http import negotiation
from server.http.header_limits import MAX_MEDIA_RANGES
from server.http.negotiation import SHARED_MEDIA_TYPES, best_format
from server.site import MAX_VERSION_VALUES, SITE_EXTENSION
from tests.support.http_client import Serving
from tests.support.people_store import BASE

OFFERED = (*RESULT_FORMATS, *GRAPH_FORMATS, HTML)
KINDS = [kind for format_ in OFFERED for kind in format_.media_types]


def plainly(accept: MIMEAccept) -> object:
    """Return what werkzeug chooses when it is given every range."""
    qualities: dict[str, float] = {}
    for kind, quality in accept:
        name = kind.partition(";")[0].strip()
        name = "*/*" if name == "*" else name
        qualities[name] = max(quality, qualities.get(name, 0))
    accepted = [format_ for format_ in OFFERED if qualities.get(format_.media_type) != 0]
    kinds = {format_.media_type: format_ for format_ in accepted}
    for format_ in accepted:
        for alias in (*format_.media_types, *SHARED_MEDIA_TYPES.get(format_, ())):
            kinds.setdefault(alias, format_)
    best = MIMEAccept(list(qualities.items())).best_match(kinds)
    return kinds[best] if best else None


def test_unknown_media_ranges_do_not_change_the_format() -> None:
    chance = random.Random(17)  # noqa: S311 -- headers to try, no secrets
    others = ["a/b", "text/*", "application/*", "*/*", "image/png", "x/*", "text/x", "*"]
    chosen = set()
    for _ in range(300):
        ranges = chance.choices([*KINDS, *others], k=chance.randrange(1, 12))
        header = ", ".join(f"{media_range};q={chance.choice(('1', '0.5', '0.1', '0'))}" for media_range in ranges)
        accept = parse_accept_header(header, MIMEAccept)
        assert best_format(accept, OFFERED) == plainly(accept), header
        chosen.add(best_format(accept, OFFERED))
    assert len(chosen) > 5


def test_unknown_media_ranges_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    weighed = []

    class Counted(MIMEAccept):
        def _value_matches(self, value: str, item: str) -> bool:
            weighed.append(item)
            return super()._value_matches(value, item)

    accept = parse_accept_header(",".join(f"a/b{n}" for n in range(MAX_MEDIA_RANGES - 1)) + ",text/csv", MIMEAccept)
    monkeypatch.setattr(negotiation, "MIMEAccept", Counted)
    best = best_format(accept, OFFERED)
    assert best is not None
    assert best.name == "csv"
    assert 0 < len(weighed) <= 4 * len(KINDS)
    assert set(weighed) == {"text/csv"}


def test_requests_for_many_hosts_keep_few_cached_values(
    store: EmbeddedStore, questions: Path, serving: Serving
) -> None:
    app = create_app(UnlimitedStore(store), Settings(base=BASE, questions=questions))
    with serving(app) as client:
        for number in range(3 * MAX_VERSION_VALUES):
            answer = client.get("/.well-known/void", "text/turtle", Host=f"host{number}.example")
            assert f"http://host{number}.example/sparql" in answer.text
        assert len(app.extensions[SITE_EXTENSION]._values) == MAX_VERSION_VALUES  # noqa: SLF001 -- what is kept is what is tried


def test_the_description_is_serialized_once_per_version_and_format(
    store: EmbeddedStore, questions: Path, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []
    serialize = Graph.serialize

    def counted(graph: Graph, **options: Any) -> Any:  # noqa: ANN401 -- as rdflib's own
        written.append(options["format"])
        return serialize(graph, **options)

    monkeypatch.setattr(Graph, "serialize", counted)
    with serving(create_app(UnlimitedStore(store), Settings(base=BASE, questions=questions))) as client:
        paths = ("/.well-known/void", "/dataset", "/")
        turtle = {client.get(path, "text/turtle").text for path in paths}
        xml = {client.get(path, "application/rdf+xml").text for path in paths}
    assert (len(turtle), len(xml), len(written)) == (1, 1, 2)
    assert "void:Dataset" in turtle.pop()
