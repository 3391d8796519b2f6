"""Error responses: a status and a sentence, as plain text, problem details (RFC 9457), HTML or RDF.

SPARQL 1.1 Protocol, section 2.1.6, specifies 400 for a malformed request and 500 for a refused one. Here a request that
is understood but refused (LOAD of a file, a write to an inferred graph) gets 403: the server works; a retry is no use.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, render_template, request
from rdflib import Graph
from werkzeug.exceptions import HTTPException

from kg import errors as kg
from kg.formats import HTML, JSONLD, NQUADS, NTRIPLES, PROBLEM, RDFXML, TEXT, TRIG, TURTLE, Format

STATUSES: Mapping[type[kg.CommuniqueError], int] = {
    kg.NotAcceptableError: 406,
    kg.ForbiddenError: 403,
    kg.UnknownGraphError: 404,
    kg.UnknownVersionError: 404,
    kg.GraphExistsError: 409,
    kg.PreconditionError: 412,
    kg.PatchError: 422,
    kg.RequestError: 400,
    kg.PayloadError: 400,
    kg.DataError: 422,
    kg.TimeLimitError: 504,
    kg.BusyError: 503,
    kg.LimitError: 422,
    kg.FetchError: 502,
    kg.StoppedError: 503,
    kg.WorkerError: 500,
    kg.DiskFullError: 507,
    kg.StoreError: 503,
    kg.CommuniqueError: 500,
}

RDF_WRITERS: Mapping[Format, str] = {
    TURTLE: "longturtle",
    TRIG: "longturtle",
    NTRIPLES: "nt",
    NQUADS: "nt",
    RDFXML: "xml",
    JSONLD: "json-ld",
}
"""rdflib's name of each format; a single graph without a name is the same document in Turtle and TriG."""

MAX_QUOTED_CHARACTERS = 200
"""Characters of a request's value that an error repeats."""

SENTENCES: Mapping[int, str] = {
    404: "Nothing is served at {path}.",
    405: "{method} is not a method of {path}: expected one of {allow}.",
    413: "The request's body is larger than this server's limit of {limit:,} bytes.",
    500: "The server failed to answer; its log has the details.",
}

log = logging.getLogger(__name__)


class HttpError(Exception):
    """An error response: a status, a sentence, and details for programs."""

    def __init__(
        self, status: int, sentence: str, *, headers: Mapping[str, str] | None = None, **details: object
    ) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.details = status, sentence, details
        self.headers = dict(headers or {})
        self.report: Graph | None = None
        """The sh:ValidationReport of a write that violates the shapes."""


def shorten(value: str) -> str:
    """Return a request's value for an error message, shortened to its beginning if it is long."""
    return value if len(value) <= MAX_QUOTED_CHARACTERS else f"{value[:MAX_QUOTED_CHARACTERS]}…"


def invalid_parameter(key: str, value: str, expected: str, status: int = 400) -> HttpError:
    """Return the error for a parameter whose value is not as expected."""
    return HttpError(status, f"The parameter '{key}' is '{shorten(value)}': expected {expected}.")


def not_acceptable(offered: tuple[Format, ...], requested: str) -> HttpError:
    """Return a 406 that lists the formats on offer."""
    types = [format_.media_type for format_ in offered]
    return HttpError(
        406, f"The answer is not available as {requested}: expected one of {', '.join(types)}.", offered=types
    )


def unsupported_media_type(media_type: str, expected: tuple[Format, ...]) -> HttpError:
    """Return a 415 that lists the formats that the address accepts."""
    types = ", ".join(format_.media_type for format_ in expected)
    sentence = (
        f"The Content-Type '{media_type}' is not supported here" if media_type else "The request has no Content-Type"
    )
    return HttpError(415, f"{sentence}: expected {types}.", headers={"Accept-Post": types})


def unavailable(sentence: str) -> HttpError:
    """Return a 503 that asks the client to retry after a second."""
    return HttpError(503, sentence, headers={"Retry-After": "1"})


def register_errors(app: Flask) -> None:
    """Install the error handlers of an application."""
    app.register_error_handler(HttpError, answer)
    app.register_error_handler(kg.CommuniqueError, lambda error: answer(to_http(error)))
    app.register_error_handler(HTTPException, _answer_werkzeug)


def answer(error: HttpError) -> Response:
    """Return an error response in the format that the request prefers, plain text by default."""
    offered = (TEXT, PROBLEM, HTML, *(RDF_WRITERS if error.report is not None else ()))
    # Reversed twice: the first format wins where two share a media type and where the client has no preference.
    types = {media_type: format_ for format_ in reversed(offered) for media_type in format_.media_types}
    best = request.accept_mimetypes.best_match(reversed(types), default=TEXT.media_type)
    format_ = types[best or TEXT.media_type]
    response = Response(_body(format_, error), error.status, content_type=f"{format_.media_type}; charset=utf-8")
    response.headers.update(error.headers)
    response.vary.add("Accept")
    return response


def _body(format_: Format, error: HttpError) -> str:
    title = HTTPStatus(error.status).phrase
    if format_ in RDF_WRITERS and error.report is not None:
        return error.report.serialize(format=RDF_WRITERS[format_])
    if format_ is HTML:
        return render_template("error.html", title=title, error=error)
    if format_ is PROBLEM:
        problem = {"title": title, "status": error.status, "detail": error.sentence, **error.details}
        return json.dumps(problem, ensure_ascii=False)
    return f"{error.sentence}\n"


def client_message(error: kg.CommuniqueError) -> str:
    """Return an error's sentence for clients: it has no paths of the server's own files."""
    if isinstance(error, kg.StoreError):
        return error.public
    return SENTENCES[500] if isinstance(error, kg.ResourceError) else str(error)


def to_http(error: kg.CommuniqueError) -> HttpError:
    """Return the HTTP error of one of Communiqué's own errors."""
    # The most derived class that has a status decides.
    status = next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
    details: dict[str, Any] = {}
    if isinstance(error, kg.QuerySyntaxError) and error.line:
        details = {"line": error.line, "column": error.column}
    # By these a program can tell what to change; the sentence is for people.
    if isinstance(error, kg.LimitError):
        details = {"limit": error.limit, "value": error.value}
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, kg.BusyError) else {}
    if isinstance(error, kg.StoreError | kg.ResourceError):
        log.error("%s", error)  # in full: the clients' sentence names no file of this machine
        headers = {"Retry-After": "1"} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    if isinstance(error, kg.ShapesViolatedError):
        details = {"violations": str(error).splitlines()}
    http_error = HttpError(status, client_message(error), headers=headers, **details)
    http_error.report = getattr(error, "report", None)
    return http_error


def _answer_werkzeug(error: HTTPException) -> Response:
    status = error.code or 500
    allow = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
    # Werkzeug's sentences do not name the limit, the path or the methods.
    limit = request.max_content_length or 0
    template = SENTENCES.get(status, "{description}")
    sentence = template.format(
        path=request.path, method=request.method, allow=allow, limit=limit, description=error.description
    )
    return answer(HttpError(status, sentence, headers={"Allow": allow} if allow else {}))
