"""WSGI middleware before Flask for queries whose requests differ only in the query's text from an earlier request.

What such requests have in common was decided when Flask answered the first of them: the admission, the format, the
encoding, the origin, and the header of the response. What depends on the text is decided here, by the same functions.
Requests that need anything else are left to Flask, and so are errors, since it makes their responses.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask
from werkzeug.http import quote_etag

from kg.bounded_cache import BoundedCache
from kg.errors import CommuniqueError, QuerySyntaxError
from kg.sparql.immediate_queries import immediate_form
from kg.sparql.protocol import Query, QueryForm
from kg.sparql.search_clauses import may_have_searches
from kg.sparql.service_clauses import may_have_services
from kg.store.interfaces import Version
from kg.workers.frames import from_query
from kg.workers.served_store import ServedStore
from server.endpoints.immediate_responses import ImmediateResponses
from server.endpoints.query_preparation import (
    MAX_BYTES_PER_CHARACTER,
    PREPARATION_KEY,
    DividedAddress,
    Preparation,
    divide,
)
from server.endpoints.volatile_queries import text_facts
from server.http.answer_cache import CACHE_STATUS, MISS, AnswerCache
from server.http.asked_queries import Fields
from server.http.cache_middleware import ANSWER_REFERENCE_KEY, REQUEST_KEY, SINGLE_FIELDS
from server.http.client import client_of, query_time_limit
from server.http.conditional_requests import CONDITIONS, last_modified
from server.http.request_limits import QUERY_PATH, RequestLimits
from server.http.request_tracking import ROUTE_KEY, TEXT_KEY
from server.http.response_cache import AnswerReference
from server.http.streaming import buffer_start
from server.site import SITE_EXTENSION, Site
from server.sockets.admission import ARRIVED_KEY
from server.sockets.cached_responses import CACHE_HEADER_KEY

DESCRIBING_KEY = "communique.describing_fields"
"""The key in a request's environment of the fields that describe its answer, set by that view after an evaluation."""
_FAILED_KEY = "communique.failed_evaluation"
MAX_PREPARED, MAX_PREPARED_BYTES = 1000, 4 * 2**20
OWN_FIELDS = ("Content-Length", "ETag", "Last-Modified", CACHE_STATUS)
"""Fields of a response that it does not share with the responses to similar requests."""


class _FailedEvaluation(NamedTuple):
    query: Query
    error: CommuniqueError


class _VersionLookup(NamedTuple):
    """A look-up of the current version, and when it began by the monotonic clock."""

    began: float
    version: Version


class _ResponseHeader(NamedTuple):
    """The header of responses with the same kind of answer."""

    fields: Fields
    """The fields of the first such response, in their order."""
    describing: Fields
    """Those that the answer cache keeps with the body."""
    is_strong: bool
    """Whether the ETag is a strong one."""

    def complete(self, version: Version, tag: str, length: int | None) -> list[tuple[str, str]]:
        """Return the fields of a response."""
        own = {"ETag": quote_etag(tag, weak=not self.is_strong), CACHE_STATUS: MISS}
        if version.created:
            own["Last-Modified"] = last_modified(version)
        if length is not None:
            own["Content-Length"] = str(length)
        return [(name, own.get(name, value)) for name, value in self.fields if name in own or name not in OWN_FIELDS]


class _Prepared(NamedTuple):
    """What is known of requests that differ only in their query's text."""

    preparation: Preparation
    headers: dict[QueryForm, _ResponseHeader]
    """The headers of their responses, by the form of the query."""

    def header(self, text: str) -> _ResponseHeader | None:
        """Return the header of the response to a query; None if it is unknown, or more than an evaluation is needed."""
        if may_have_services(text) or may_have_searches(text):
            return None
        try:
            facts = text_facts(text)
        except QuerySyntaxError:
            return None  # the application raises it again
        return None if facts.is_volatile or facts.form is None else self.headers.get(facts.form)


class PreparedRequests:
    """Answers queries by what was decided for similar requests; an application answers all others."""

    def __init__(self, app: Flask, answers: AnswerCache, limits: RequestLimits, immediate: ImmediateResponses) -> None:
        self._app, self._extensions, self._answers, self._limits = app.wsgi_app, app.extensions, answers, limits
        self._immediate = immediate
        self._prepared = BoundedCache[_Prepared](MAX_PREPARED, MAX_PREPARED_BYTES)
        self._lookup: _VersionLookup | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a query, or have the application answer the request and keep what it decides."""
        request_key: tuple[str, ...] | None = environ.get(REQUEST_KEY)
        divided = None if request_key is None or CONDITIONS & environ.keys() else divide(request_key[0])
        if request_key is None or divided is None:
            return self._app(environ, start_response)
        key = divided.before, divided.after, *request_key[1:]
        prepared = self._prepared.get(key)
        if prepared is not None:
            body = self._answer(prepared, divided, environ, start_response)
            if body is not None:
                return body

        def start(status: str, fields: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:  # noqa: ANN401 -- WSGI's
            if status.startswith("200 ") and PREPARATION_KEY in environ and DESCRIBING_KEY in environ:
                self._keep(key, environ[PREPARATION_KEY], fields, environ[DESCRIBING_KEY])
            return start_response(status, fields, exc_info)

        return self._app(environ, start)

    def _keep(
        self, key: tuple[str, ...], preparation: Preparation, fields: list[tuple[str, str]], describing: Fields
    ) -> None:
        """Keep what a request has decided, and the header of its response."""
        facts, names = text_facts(preparation.query.text), [name for name, _ in fields]
        # The header of a long answer has no length: the place of that among the other fields would not be known.
        if facts.form is None or any(names.count(name) != 1 for name in OWN_FIELDS):
            return
        prepared = self._prepared.get(key)
        if prepared is None or prepared.preparation.settings is not preparation.settings:
            prepared = _Prepared(preparation, {})
            header_size = sum(len(name) + len(value) for name, value in fields)
            self._prepared.put(key, prepared, sum(map(len, key)) + len(QueryForm) * header_size)
        prepared.headers[facts.form] = _ResponseHeader(tuple(fields), describing, facts.is_ask)

    def _answer(
        self, prepared: _Prepared, divided: DividedAddress, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes] | None:
        """Start the response to a query and return its body; None if the application has to answer."""
        (query, timeout, representation, settings), text = prepared.preparation, divided.text()
        site: Site = self._extensions[SITE_EXTENSION]
        if text is None or settings is not site.settings or not self._is_short(environ, text):
            return None
        header = prepared.header(text)
        if header is None:
            return None
        try:
            version = self._current_version(site.store, environ)
        except CommuniqueError:
            return None  # the application raises it again
        timeless_query = query.with_text(text)
        query = timeless_query.at(version.name, version.digest)
        tag = representation.tag(version, from_query(query))
        if self._answers.get(tag) is not None:
            return None
        started, client = time.monotonic(), client_of(environ, timeout, query_time_limit(site.store, timeout))
        try:
            answer = site.store.on_behalf(client).query(query)
            body, length = buffer_start(answer.chunks, representation.encoding, client.left, QUERY_PATH)
        except CommuniqueError as error:
            environ[_FAILED_KEY] = _FailedEvaluation(query, error)
            return None
        seconds, queries = time.monotonic() - started, self._answers.asked_queries
        asked_query = None if queries is None else queries.count(timeless_query, representation)
        environ[ANSWER_REFERENCE_KEY] = AnswerReference(version, tag, asked_query)
        # For the log and the metrics: Flask, which records both, does not see this request.
        environ[ROUTE_KEY], environ[TEXT_KEY] = QUERY_PATH, text
        if length is not None and immediate_form(text) is not None and not SINGLE_FIELDS & environ.keys():
            # For the connection: further requests of this kind are answered by the loop's own thread.
            environ[CACHE_HEADER_KEY] = partial(
                self._immediate.put,
                prepared.preparation,
                answer.form,
                header.describing,
                environ.get("REMOTE_ADDR", ""),
            )
        start_response("200 OK", header.complete(version, tag, length))
        return self._answers.filling(tag, body, header.describing, seconds, length, asked_query)

    def _current_version(self, store: ServedStore, environ: WSGIEnvironment) -> Version:
        """Return the current version, from the last look-up if that began after the request had arrived.

        So the request sees all writes that were acknowledged before it was sent.
        """
        lookup, arrived = self._lookup, environ.get(ARRIVED_KEY)
        # At each of its seven system calls, a look-up may lose the interpreter to another request's thread.
        if lookup is None or arrived is None or lookup.began <= arrived:
            lookup = _VersionLookup(time.monotonic(), store.current())
            self._lookup = lookup
        return lookup.version

    def _is_short(self, environ: WSGIEnvironment, text: str) -> bool:
        """Return whether a request is certainly within the limits of the address and of a query's text."""
        address = environ.get("REQUEST_URI", "")
        return 0 < len(address) <= self._limits.address and len(text) <= self._limits.query // MAX_BYTES_PER_CHARACTER


def raise_failure(environ: WSGIEnvironment, query: Query) -> None:
    """Raise the error with which a query was evaluated before the application was called, if it was."""
    failed: _FailedEvaluation | None = environ.get(_FAILED_KEY)
    # If a version was published in between, the query is another one, and has to be evaluated.
    if failed is not None and failed.query == query:
        raise failed.error
