"""Forms and compressed bodies are decoded correctly, in linear time and memory."""

from __future__ import annotations

import gzip
import random
import tracemalloc
import zlib
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes

import pytest
import zstandard

from server.http import decompression as inflating
from server.http import urlencoded
from server.http.decompression import MAX_MEMBERS, ZLIB_INPUT_BYTES, InflationLimit, inflate
from server.http.errors import HttpError
from server.http.request_limits import RequestLimits
from server.http.urlencoded import pairs, unquote

MEGABYTE = 2**20
PIECES = ("%41", "%3d", "%3D", "%", "%%", "%4", "%g1", "=", "==", "&", "+", "%0A", "%25", "\n", "\r\n", " ", "_", "é")
COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "zstd": zstandard.compress,
}
LIMIT = InflationLimit(50 * MEGABYTE, "inflated", 50 * MEGABYTE)


@pytest.mark.parametrize("block", [5, 6, 7, 64 * 1024])
def test_a_form_is_decoded_as_the_standard_library_does(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    monkeypatch.setattr(urlencoded, "BLOCK_BYTES", block)
    chance = random.Random(block)  # noqa: S311 -- texts to try, no secrets
    for _ in range(500):
        octets = "".join(chance.choices(PIECES, k=chance.randrange(30))).encode()
        assert unquote(octets) == unquote_to_bytes(octets.replace(b"+", b" "))
        expected = parse_qsl(octets.decode(), keep_blank_values=True, errors="surrogateescape")
        decoded = [[part.decode(errors="surrogateescape") for part in pair] for pair in pairs(octets)]
        assert decoded == [list(pair) for pair in expected]


@pytest.mark.parametrize("piece", [b"%41", b"%%4", b"%+", b"a+%", b"%C3%A9"])
def test_decoding_a_form_takes_memory_proportional_to_its_bytes(piece: bytes) -> None:
    octets = piece * (MEGABYTE // len(piece))
    tracemalloc.start()
    try:
        unquote(octets)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 3 * len(octets) + 4 * MEGABYTE  # urllib.parse takes 70 MB and more


class Counting:
    """A decoder of zlib that counts the bytes it is handed and hands back."""

    moved = 0

    def __init__(self, wrapper: int) -> None:
        self._decoder = zlib.decompressobj(wrapper)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- what zlib's has
        return getattr(self._decoder, name)

    def decompress(self, data: bytes, most: int) -> bytes:
        """Count and decompress."""
        inflated = self._decoder.decompress(data, most)
        Counting.moved += len(data) + len(self._decoder.unused_data) + len(self._decoder.unconsumed_tail)
        return inflated


class Zlib:
    """The replacement of the module."""

    error = zlib.error
    decompressobj = Counting


@pytest.mark.parametrize("most", [MAX_MEMBERS // 2, MAX_MEMBERS])
def test_decompressing_many_members_takes_linear_time(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(Counting, "moved", 0)
    noise = random.Random(1).randbytes(4 * MEGABYTE)  # noqa: S311 -- what does not compress
    body = gzip.compress(b"") * (most - 1) + gzip.compress(noise)
    monkeypatch.setattr(inflating, "zlib", Zlib)
    assert inflate(body, "gzip", LIMIT, lambda: False).getvalue() == noise
    assert Counting.moved < 2 * ZLIB_INPUT_BYTES * most + 3 * len(body)


@pytest.mark.parametrize("name", ["gzip", "deflate", "zstd"])
def test_the_number_of_compressed_members_is_limited(name: str) -> None:
    compress = COMPRESS[name]
    body = compress(b"a") * MAX_MEMBERS
    assert inflate(body, name, LIMIT, lambda: False).getvalue() == b"a" * MAX_MEMBERS
    with pytest.raises(HttpError, match="limit 'members' is 1,000") as refused:
        inflate(body + compress(b"a"), name, LIMIT, lambda: False)
    assert refused.value.status == 413


@pytest.mark.parametrize("name", ["gzip", "deflate", "zstd"])
def test_decompression_stops_on_disconnect_and_at_its_deadline(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    compress = COMPRESS[name]
    body, checks = compress(b"a" * 40 * MEGABYTE), []

    def leaves_at_the_third() -> bool:
        checks.append(True)
        return len(checks) == 3

    with pytest.raises(HttpError, match="disconnected"):
        inflate(body, name, LIMIT, leaves_at_the_third)
    assert len(checks) == 3
    monkeypatch.setattr(inflating, "INFLATION_SECONDS", 0)
    with pytest.raises(HttpError, match="'inflation'") as late:
        inflate(body, name, LIMIT, lambda: False)
    assert late.value.status == 413


@pytest.mark.parametrize(
    ("path", "media_type", "name", "inflated"),
    [
        ("/sparql", "application/x-www-form-urlencoded", "form", "form"),
        ("/update", "application/x-www-form-urlencoded", "form", "form"),
        ("/sparql", "application/sparql-query", "query", "query"),
        ("/update", "application/sparql-update", "body", "body"),
        ("/data", "text/turtle", "body", "inflated"),
        ("/data/a/b", "multipart/form-data", "body", "inflated"),
        ("/dataset", "text/turtle", "query", "query"),
        ("/", "text/turtle", "query", "query"),
    ],
)
def test_each_kind_of_body_has_a_limit(path: str, media_type: str, name: str, inflated: str) -> None:
    request_limits = RequestLimits()
    assert request_limits.body_limit(path, media_type) == (name, getattr(request_limits, name))
    limit = request_limits.inflation_limit(path, media_type, 10 * MEGABYTE)
    assert (limit.name, limit.max_bytes) == (inflated, getattr(request_limits, inflated))
    assert request_limits.inflation_limit(path, media_type, 4000).max_bytes <= MEGABYTE
