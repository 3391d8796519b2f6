"""Hostile requests that are cheap to send and expensive to process, with the expected statuses."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial

import zstandard

MEGABYTE = 2**20
PUT = "/data?graph=urn:g"
ENTITIES = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
LAUGHS = f'<!DOCTYPE r [<!ENTITY e0 "ha">{ENTITIES}]><r>&e9;</r>'.encode()
QUADRATIC = b'<!DOCTYPE r [<!ENTITY e "' + b"x" * 100_000 + b'">]><r>' + b"&e;" * 50_000 + b"</r>"
RDF = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:u="urn:">'
DEEP_XML = RDF + b"<u:p>" * 50_000
DEEP = 100_000


@dataclass(frozen=True)
class Attack:
    """A request, and the statuses that are an answer to it."""

    name: str
    method: str
    path: str
    content: bytes | Callable[[], bytes] = b""
    """The body, or what makes it: every test process lists the attacks, and few send one."""
    headers: Mapping[str, str] = field(default_factory=dict)
    expected: tuple[int, ...] = (400, 403, 413)

    @property
    def body(self) -> bytes:
        """Return the body."""
        return self.content if isinstance(self.content, bytes) else self.content()


def attacks() -> Iterator[Attack]:
    """Yield every attack."""
    yield from _compressed()
    yield from _payloads()
    yield from _texts()
    yield from _forms()
    yield from _members()
    yield from _requests()
    yield from _headers()


def _compressed() -> Iterator[Attack]:
    for name in ("gzip", "deflate", "zstd"):
        coded = {**_turtle(), "Content-Encoding": name}
        yield Attack(f"a bomb of {name}", "PUT", PUT, partial(_bomb, name), coded, (413,))
        yield Attack(f"half of {name}", "PUT", PUT, partial(_half, name), coded, (400,))
    yield Attack("gzip in gzip", "PUT", PUT, _bomb_in_gzip, {**_turtle(), "Content-Encoding": "gzip, gzip"}, (415,))
    noise = {**_turtle(), "Content-Encoding": "zstd"}
    yield Attack("what is no zstd", "PUT", PUT, b"x" * 1000, noise, (400,))


@cache
def _bomb(name: str) -> bytes:
    """Return a hundred megabytes of spaces in a coding."""
    spaces = b" " * (100 * MEGABYTE)
    if name == "zstd":
        return zstandard.compress(spaces)
    return gzip.compress(spaces, 1) if name == "gzip" else zlib.compress(spaces, 1)


def _half(name: str) -> bytes:
    return _bomb(name)[:40]


@cache
def _bomb_in_gzip() -> bytes:
    return gzip.compress(_bomb("gzip"))


@cache
def _zipped_escapes() -> bytes:
    return gzip.compress(b"query=" + b"%41" * (16 * MEGABYTE), 1)


@cache
def _zipped_wide_characters() -> bytes:
    return gzip.compress(b"query=ASK{}#" + "\U0001f600".encode() * 12_000_000, 1)


def _payloads() -> Iterator[Attack]:
    xml, json = {"Content-Type": "application/rdf+xml"}, {"Content-Type": "application/ld+json"}
    yield Attack("entities of entities", "PUT", PUT, LAUGHS, xml)
    yield Attack("a long entity often", "PUT", PUT, QUADRATIC, xml)
    yield Attack("entities in UTF-16", "PUT", PUT, LAUGHS.decode().encode("utf-16"), xml)
    yield Attack("deep XML", "PUT", PUT, DEEP_XML, xml)
    yield Attack("deep JSON", "PUT", PUT, b"[" * DEEP, json)
    yield Attack("deep objects", "PUT", PUT, b'{"a":' * DEEP, json)
    for name, piece in (("brackets", b"[ <urn:p> "), ("collections", b"( "), ("quoted triples", b"<< ")):
        yield Attack(f"deep {name}", "PUT", PUT, b"<urn:s> <urn:p> " + piece * DEEP, _turtle())
    long = b"x" * (9 * MEGABYTE)
    yield Attack("a long literal", "PUT", PUT, b'<urn:s> <urn:p> "' + long + b'" .', _turtle())
    yield Attack("a long IRI", "PUT", PUT, b"<urn:" + long + b"> <urn:p> 1 .", _turtle())
    yield Attack("no UTF-8", "PUT", PUT, b'<urn:s> <urn:p> "\xff\xfe" .', _turtle(), (400,))
    yield Attack("a body too large", "PUT", PUT, b" " * (11 * MEGABYTE), _turtle(), (413,))


def _texts() -> Iterator[Attack]:
    query, update = {"Content-Type": "application/sparql-query"}, {"Content-Type": "application/sparql-update"}
    for name, text in (
        ("braces", b"ASK " + b"{" * DEEP),
        ("parentheses", b"ASK { FILTER" + b"(" * DEEP),
        ("paths", b"ASK { ?s " + b"(" * DEEP),
        ("negations", b"ASK { FILTER(" + b"!" * DEEP + b"1) }"),
        ("additions", b"ASK { FILTER(1" + b"+1" * DEEP + b") }"),
    ):
        yield Attack(f"a query of {name}", "POST", "/sparql", text, query)
    yield Attack("an update of braces", "POST", "/update", b"INSERT DATA " + b"{" * DEEP, update)
    yield Attack("an update of brackets", "POST", "/update", b"INSERT DATA { <a> <b> " + b"[ <c> " * DEEP, update)
    yield Attack("a query that is no UTF-8", "POST", "/sparql", b"ASK \xff{}", query, (400,))
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    yield Attack("many parameters", "POST", "/sparql", b"query=ASK%7B%7D" + b"&a=b" * DEEP, form)
    yield Attack("a form that is no UTF-8", "POST", "/sparql", b"query=ASK%7B%7D%FF", form, (400,))
    part = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n'
    whole, parts = b'--b\r\nContent-Disposition: form-data; name="', {"Content-Type": "multipart/form-data; boundary=b"}
    for name, body in (
        ("long fields", whole + b'"\r\nX: ' + b"y" * (9 * MEGABYTE)),
        ("many fields", whole + b'"' + b"\r\nX: y" * MEGABYTE),
        ("quotes", whole + b'\\"' * (4 * MEGABYTE)),
        ("semicolons", whole + b'"' + b";" * (9 * MEGABYTE)),
        ("line ends before it", b"\r\n-" * (3 * MEGABYTE)),
        ("line ends in it", whole + b'"\r\n\r\n' + b"\n" * (9 * MEGABYTE)),
        ("near boundaries", whole + b'"\r\n\r\n' + b"\r\n--a" * (MEGABYTE)),
    ):
        yield Attack(f"a form of parts with {name}", "POST", PUT, body, parts, (400,))
    yield Attack("many parts", "POST", PUT, part * 20_000, {"Content-Type": "multipart/form-data; boundary=b"})


def _forms() -> Iterator[Attack]:
    form, query = {"Content-Type": "application/x-www-form-urlencoded"}, {"Content-Type": "application/sparql-query"}
    zipped = {"Content-Encoding": "gzip"}
    wide_zipped = _zipped_wide_characters
    yield Attack("a compressed form of escapes", "POST", "/sparql", _zipped_escapes, {**form, **zipped}, (413,))
    yield Attack("a compressed form of wide characters", "POST", "/sparql", wide_zipped, {**form, **zipped}, (413,))
    yield Attack("a compressed query of wide characters", "POST", "/sparql", wide_zipped, {**query, **zipped}, (413,))
    yield Attack("a form of escapes", "POST", "/sparql", b"query=" + b"%41" * (3 * MEGABYTE), form, (413,))
    yield Attack("a form of broken escapes", "POST", "/sparql", b"query=" + b"%%4" * 600_000, form, (413, 400))
    yield Attack("an update's form of escapes", "POST", "/update", b"update=" + b"%41" * (3 * MEGABYTE), form, (413,))
    yield Attack("a long query", "POST", "/sparql", b"ASK{}#" + b"x" * MEGABYTE, query, (413,))
    yield Attack("a long query in a form", "POST", "/sparql", b"query=ASK{}%23" + b"x" * MEGABYTE, form, (413,))
    yield Attack("a body that nobody reads", "POST", "/health", b"x" * MEGABYTE, form, (405, 413))


def _members() -> Iterator[Attack]:
    for name, empty in (
        ("gzip", gzip.compress(b"")),
        ("deflate", zlib.compress(b"")),
        ("zstd", zstandard.compress(b"")),
    ):
        body, coded = empty * (9 * MEGABYTE // len(empty)), {"Content-Encoding": name}
        yield Attack(f"members of {name}", "PUT", PUT, body, {**_turtle(), **coded}, (413,))
        form = {"Content-Type": "application/x-www-form-urlencoded", **coded}
        yield Attack(f"a form of members of {name}", "POST", "/sparql", body[: 2 * MEGABYTE], form, (413,))
    blocks = b"\x1f\x8b\x08\0\0\0\0\0\0\3" + b"\0\0\0\xff\xff" * (2 * MEGABYTE - 10)
    yield Attack("empty blocks", "PUT", PUT, blocks[: 10 * MEGABYTE], {**_turtle(), "Content-Encoding": "gzip"}, (400,))


def _headers() -> Iterator[Attack]:
    ask = "/sparql?query=ASK%7B%7D"
    for name, value in (
        ("Accept", "a/b;q=0.1," * 1000),
        ("Accept", "a/b;" + "c=d;" * 2000),
        ("Accept", f"a/{'b' * 15_000}"),
        ("Accept", "a/b," * 100),
        ("Accept-Encoding", "a;q=0.1," * 1500),
        ("Accept-Language", "a;q=0.1," * 1500),
        ("Authorization", "Bearer " + "x" * 10_000),
        ("Content-Encoding", "gzip," * 2000),
        ("Content-Type", "text/turtle;" + "a=b;" * 3000),
        ("Content-Type", 'text/turtle;a="' + '\\"' * 5000),
        ("Cookie", "a=b;" * 3000),
        ("Forwarded", "for=a;" * 2000),
        ("Host", "a" * 10_000),
        ("If-Match", '"a",' * 3000),
        ("If-None-Match", 'W/"a",' * 2000),
        ("Origin", "a" * 10_000),
        ("Range", "bytes=" + "0-0," * 3000),
        ("X-Forwarded-For", "1.2.3.4," * 1500),
        ("X-Long", "x" * 10_000),
    ):
        yield Attack(f"{name} of {len(value)}", "GET", ask, headers={name: value}, expected=(431,))


def _requests() -> Iterator[Attack]:
    yield Attack("an overlong header", "GET", "/sparql", headers={"X-Long": "x" * 100_000}, expected=(400, 431))
    yield Attack("many headers", "GET", "/", headers={f"X-{n}": "x" * 90 for n in range(2000)}, expected=(400, 431))
    yield Attack("an overlong address", "GET", f"/about/{'x' * 100_000}", expected=(400, 414, 431))
    yield Attack("a long address", "GET", f"/about/{'x' * 20_000}", expected=(414,))
    yield Attack("a long query string", "GET", f"/statements?source={'x' * 20_000}", expected=(414,))
    yield Attack("a length that is none", "POST", "/sparql", headers={"Content-Length": "-1"}, expected=(400,))


def _turtle() -> dict[str, str]:
    return {"Content-Type": "text/turtle"}
