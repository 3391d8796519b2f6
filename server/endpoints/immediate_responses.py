"""Responses to queries that the store answers at once, found by the bytes of their requests.

The loop's own thread sends them, so that neither a thread nor a worker has to be woken. A request that differs from an
earlier one only in the text of its query gets the same header, with a length, a tag and a date of its own; a request
whose answer is cached gets that, and is known by all of its bytes from then on.
"""

from __future__ import annotations

import re
import time
from http import HTTPStatus
from typing import NamedTuple

from flask import Flask
from werkzeug.http import quote_etag

from kg.bounded_cache import BoundedCache
from kg.sparql.immediate_queries import immediate_form
from kg.sparql.protocol import QueryForm
from kg.store.interfaces import Version
from kg.workers.frames import from_query
from server.endpoints.query_preparation import MAX_BYTES_PER_CHARACTER, Preparation, divide
from server.http.answer_cache import CACHE_STATUS, HIT, MISS, AnswerCache, CachedAnswer
from server.http.asked_queries import Fields
from server.http.compression import compress
from server.http.conditional_requests import last_modified
from server.http.request_limits import QUERY_PATH, RequestLimits
from server.http.request_tracking import REQUEST_ID_HEADER, RequestListener, RequestRecord, new_request_id
from server.http.response_cache import AnswerReference, LoggedResponse, ResponseCache, http_date_now
from server.site import SITE_EXTENSION, Site
from server.sockets.cached_responses import ALONE, RequestBytes

MAX_TEMPLATES, MAX_TEMPLATE_BYTES = 1000, 4 * 2**20
MAX_SECONDS_PER_TURN = 0.005
"""How long the loop may evaluate queries in one turn, which keeps other connections waiting."""
OWN_FIELDS = sorted(
    name.lower() for name in (CACHE_STATUS, "Content-Length", "Date", "ETag", "Last-Modified", REQUEST_ID_HEADER)
)
"""Fields that each response has of its own."""
_OWN_FIELD = re.compile(rf"\r\n({'|'.join(OWN_FIELDS)}): [^\r]*", re.IGNORECASE)
_METHOD = b"GET "
_BEGINNING = _METHOD + QUERY_PATH.encode("ascii") + b"?"
_PLAIN = re.compile(rb"[!-\"$-~]+")
"""An address without a fragment, in characters that have no other meaning to the parser of requests."""


class _DividedHeader(NamedTuple):
    """A request's header, divided at the value of the parameter `query` in its address."""

    before: str
    text: str
    """The decoded value."""
    after: str
    fields: bytes
    """What follows the address."""


class _Template(NamedTuple):
    """What the responses to similar requests have in common."""

    preparation: Preparation
    head: str
    """The header, with a named conversion in place of the value of each field that a response has of its own."""
    describing: Fields
    """The fields that the answer cache keeps with the body."""
    client: str
    """The client's address as the trusted proxy reports it; empty if it is the peer's."""
    form: QueryForm

    def complete(self, version: Version, tag: str, record: RequestRecord) -> bytes:
        """Return the header of a response."""
        # An ASK has a single serialization, so its tag is a strong one.
        own = {
            "cache-status": record.cache_status,
            "content-length": str(record.body_bytes),
            "date": http_date_now(),
            "etag": quote_etag(tag, weak=self.form is not QueryForm.ASK),
            "last-modified": last_modified(version),
            "x-request-id": record.id,
        }
        return (self.head % own).encode("latin-1")


class ImmediateResponses:
    """The headers of responses to immediate queries, by the bytes of their requests without the queries' text."""

    def __init__(
        self,
        app: Flask,
        answers: AnswerCache,
        responses: ResponseCache,
        limits: RequestLimits,
        listeners: tuple[RequestListener, ...],
    ) -> None:
        self._extensions, self._answers, self._responses = app.extensions, answers, responses
        self._limits, self._listeners = limits, listeners
        self._templates = BoundedCache[_Template](MAX_TEMPLATES, MAX_TEMPLATE_BYTES)
        self._turn, self._seconds = ALONE, 0.0
        """The last turn of the loop in which queries were evaluated, and the seconds that this took."""

    def find(self, request: RequestBytes, turn: int) -> LoggedResponse | None:
        """Return the response to a request if it is cached, or if its query is answered at once; see `FindCached`."""
        cached = self._responses.find(request, turn)
        # Requests that follow another one on the same connection are left to threads, since there may be many.
        if cached is not None or turn == ALONE:
            return cached
        header = self._divide_header(request.header)
        form = None if header is None else immediate_form(header.text)
        if header is None or form is None:
            return None
        template = self._templates.get(_key(header, form, request.proxy))
        if template is None:
            return None
        if turn != self._turn:
            self._turn, self._seconds = turn, 0.0
        if self._seconds > MAX_SECONDS_PER_TURN:
            return None
        started = time.monotonic()
        try:
            return self._respond(request, header.text, template, started)
        finally:
            self._seconds += time.monotonic() - started

    def put(  # noqa: PLR0913, PLR0917 -- what a response depends on
        self,
        preparation: Preparation,
        form: QueryForm,
        describing: Fields,
        client: str,
        request: RequestBytes,
        response_header: bytes,
    ) -> None:
        """Keep the header of the response to an immediate query whose id is not the client's; see `CacheHeader`."""
        header, names = self._divide_header(request.header), list[str]()

        def convert(field: re.Match[str]) -> str:
            names.append(field[1].lower())
            return f"\r\n{field[1]}: %({names[-1]})s"

        head = _OWN_FIELD.sub(convert, response_header.decode("latin-1").replace("%", "%%"))
        # An ASK has one serialization, so its tag is a strong one.
        if header is not None and sorted(names) == OWN_FIELDS:
            template = _Template(preparation, head, describing, client if request.proxy else "", form)
            self._templates.put(_key(header, form, request.proxy), template, len(request.header) + len(head))

    def _respond(self, request: RequestBytes, text: str, template: _Template, started: float) -> LoggedResponse | None:
        query, _, representation, settings = template.preparation
        site: Site = self._extensions[SITE_EXTENSION]
        version = self._responses.current_in(self._turn)
        if version is None or not version.created or settings is not site.settings:
            return None
        query = query.at(version.name, version.digest, text)
        tag = representation.tag(version, from_query(query))
        known, answer = self._answers.get(tag), None
        if known is None:
            answer = site.store.answer_at_once(query, template.form)
            if answer is None:
                return None
            body = b"".join(compress(answer.chunks, representation.encoding))
            known = CachedAnswer(body, template.describing)
            # Not counted among the queries to evaluate again on the next version: that costs as little then.
            self._answers.put_answer(tag, known, time.monotonic() - started)
        record = RequestRecord(
            new_request_id(),
            "GET",
            QUERY_PATH,
            template.client,
            QUERY_PATH,
            HTTPStatus.OK,
            has_etag=True,
            cache_status=HIT if answer is None else MISS,
            body_bytes=len(known.body),
            complete=True,
            text="" if answer is None else text,
        )
        head = template.complete(version, tag, record)
        if answer is None:
            # From now on, the bytes of the request are known.
            reference = AnswerReference(version, tag, None)
            self._responses.put(reference, HTTPStatus.OK, template.client, request, head)
        return LoggedResponse(head + known.body, record, started, self._listeners)

    def _divide_header(self, header: bytes) -> _DividedHeader | None:
        """Divide a request's header; return None if it is not certain to be within the limits, or not a query's."""
        if not header.startswith(_BEGINNING):
            return None
        end = header.find(b" ", len(_BEGINNING))
        target = header[len(_METHOD) : end]
        if len(target) > self._limits.address or len(header) > self._limits.header or not _PLAIN.fullmatch(target):
            return None
        address = divide(target[len(_BEGINNING) - len(_METHOD) :].decode("ascii"))
        text = None if address is None else address.text()
        if address is None or text is None or len(text) > self._limits.query // MAX_BYTES_PER_CHARACTER:
            return None
        return _DividedHeader(address.before, text, address.after, header[end:])


def _key(header: _DividedHeader, form: QueryForm, proxy: str) -> tuple[object, ...]:
    """Return what similar requests have in common."""
    return header.before, header.after, header.fields, form, proxy
