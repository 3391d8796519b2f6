"""The RDF documents in a request's body, or in each file of a form (Graph Store Protocol, section 5.5)."""

from __future__ import annotations

from flask import request

from kg.formats import GRAPH_FORMATS, MULTIPART, RDFXML, TEXT, Format
from kg.writer import Document
from server.endpoints.multipart import form_parts
from server.http.errors import HttpError, unsupported_media_type
from server.http.parameters import require_utf8
from server.site import site


def request_documents(graph: str | None) -> tuple[Document, ...]:
    """Return the documents of the request, unparsed; relative IRIs are resolved against the graph's IRI."""
    base = graph or site().base
    if request.mimetype not in MULTIPART.media_types:
        require_utf8()
        format_ = _document_format(request.mimetype or RDFXML.media_type)  # the default of section 5
        return (Document(request.get_data(cache=False), format_, base),)
    parts = list(form_parts())
    if not parts:
        raise HttpError(400, "The form has no part: expected one or more, each with its Content-Type.")
    return tuple(Document(part.content, _document_format(part.media_type, part.filename), base) for part in parts)


def _document_format(media_type: str, filename: str = "") -> Format:
    """Return the format of a media type, or of a file's extension if the type is missing, unknown or text/plain."""
    extension = filename.rpartition(".")[2]
    by_type = next((format_ for format_ in GRAPH_FORMATS if media_type in format_.media_types), None)
    by_name = next((format_ for format_ in GRAPH_FORMATS if extension == format_.extension), None)
    # Clients send files of any format as text/plain, although it is also the old media type of N-Triples.
    format_ = (by_name or by_type) if media_type in TEXT.media_types else (by_type or by_name)
    if format_ is None and not media_type:
        raise HttpError(400, f"The part '{filename}' of the form has no Content-Type and no known file extension.")
    if format_ is None:
        raise unsupported_media_type(media_type, GRAPH_FORMATS)
    return format_
