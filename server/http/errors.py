"""Every error answer, made in one place: a status and a sentence, as plain text, problem details or HTML.

SPARQL 1.1 Protocol, section 2.1.6, wants 400 for a request that is malformed. What is understood and refused (a file,
a connection, a derived graph) is 403 here, not the section's 500: the server is in order, and asking again is no use.
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
"""What rdflib calls each; a document of one graph without a name reads the same as TriG and N-Quads."""

LONGEST_SHOWN = 200
"""Characters of a value that an error repeats."""

SENTENCES: Mapping[int, str] = {
    404: "Nothing is served at {path}.",
    405: "{method} is not a method of {path}: expected one of {allow}.",
    413: "The request's body is larger than this server's limit of {limit:,} bytes.",
    500: "The server failed to answer; its log has the details.",
}

log = logging.getLogger(__name__)


class HttpError(Exception):
    """An answer other than success: a status, a sentence, and what a program may want to read beside it."""

    def __init__(
        self, status: int, sentence: str, *, headers: Mapping[str, str] | None = None, **details: object
    ) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.details = status, sentence, details
        self.headers = dict(headers or {})
        self.report: Graph | None = None
        """What there is to say in RDF: the sh:ValidationReport of a write that would violate the shapes."""


def shorten(value: str) -> str:
    """Return a value from outside as an error repeats it: its beginning, where it is long."""
    return value if len(value) <= LONGEST_SHOWN else f"{value[:LONGEST_SHOWN]}…"


def not_acceptable(offered: tuple[Format, ...], asked: str) -> HttpError:
    """Return the 406 that lists what is offered."""
    types = [row.media_type for row in offered]
    return HttpError(406, f"Not offered as {asked}: expected one of {', '.join(types)}.", offered=types)


def unsupported(found: str, expected: tuple[Format, ...]) -> HttpError:
    """Return the 415 that lists what is taken."""
    types = ", ".join(row.media_type for row in expected)
    sentence = f"The Content-Type '{found}' is not taken here" if found else "The request has no Content-Type"
    return HttpError(415, f"{sentence}: expected {types}.", headers={"Accept-Post": types})


def register(app: Flask) -> None:
    """Make an application answer every error by this module."""
    app.register_error_handler(HttpError, answer)
    app.register_error_handler(kg.CommuniqueError, _of_ours)
    app.register_error_handler(HTTPException, _of_werkzeug)


def answer(error: HttpError) -> Response:
    """Return the error in the form that the request prefers; plain text where it prefers none."""
    rows = (TEXT, PROBLEM, HTML, *(RDF_WRITERS if error.report is not None else ()))
    types = {kind: row for row in reversed(rows) for kind in row.media_types}
    best = request.accept_mimetypes.best_match(reversed(types), default=TEXT.media_type)
    row = types[best or TEXT.media_type]
    response = Response(_body(row, error), error.status, content_type=f"{row.media_type}; charset=utf-8")
    response.headers.update(error.headers)
    response.vary.add("Accept")
    return response


def _body(row: Format, error: HttpError) -> str:
    title = HTTPStatus(error.status).phrase
    if row in RDF_WRITERS and error.report is not None:
        return error.report.serialize(format=RDF_WRITERS[row])
    if row is HTML:
        return render_template("error.html", title=title, error=error)
    if row is PROBLEM:
        described = {"title": title, "status": error.status, "detail": error.sentence, **error.details}
        return json.dumps(described, ensure_ascii=False)
    return f"{error.sentence}\n"


def _of_ours(error: kg.CommuniqueError) -> Response:
    return answer(to_http(error))


def client_message(error: kg.CommuniqueError) -> str:
    """Return the sentence that clients are told: of what concerns the server's own files, one without their paths."""
    if isinstance(error, kg.StoreError):
        return error.public
    return SENTENCES[500] if isinstance(error, kg.ResourceError) else str(error)


def to_http(error: kg.CommuniqueError) -> HttpError:
    """Return the answer that one of Communiqué's own errors gives."""
    status = next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
    details: dict[str, Any] = {}
    if isinstance(error, kg.QuerySyntaxError) and error.line:
        details = {"line": error.line, "column": error.column}
    if isinstance(error, kg.LimitError):
        details = {"limit": error.limit, "value": error.value}
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, kg.BusyError) else {}
    if isinstance(error, kg.StoreError | kg.ResourceError):
        log.error("%s", error)  # whole, while clients get a sentence that names no file of this machine
        headers = {"Retry-After": "1"} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    if isinstance(error, kg.ShapesViolatedError):
        details = {"violations": str(error).splitlines()}
    found = HttpError(status, client_message(error), headers=headers, **details)
    found.report = getattr(error, "report", None)
    return found


def _of_werkzeug(error: HTTPException) -> Response:
    status = error.code or 500
    allow = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
    limit = request.max_content_length or 0
    template = SENTENCES.get(status, "{description}")
    sentence = template.format(
        path=request.path, method=request.method, allow=allow, limit=limit, description=error.description
    )
    return answer(HttpError(status, sentence, headers={"Allow": allow} if allow else {}))
