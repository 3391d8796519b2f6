"""A client of a language model with an OpenAI-compatible endpoint: one request, limited in time and size."""

from __future__ import annotations

import http.client
import json
import os
import re
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from kg.errors import FetchError, RequestError

API_KEY = "KG_LLM_API_KEY"
"""The environment variable with the key, which is only sent to the endpoint and never written."""
DEFAULT_NAME = "default"
PATH = "/chat/completions"
IDLE_SECONDS = 60.0
"""How long the endpoint may send nothing: a model completes its answer before it sends any of it."""
MAX_SECONDS = 300.0
MAX_ANSWER_BYTES = 4_000_000
CHUNK_BYTES = 65_536


@dataclass(frozen=True)
class LanguageModel:
    """A model, identified by the address of its endpoint (`http://localhost:11434/v1`) and its name there."""

    url: str
    name: str = DEFAULT_NAME
    idle_seconds: float = IDLE_SECONDS
    max_seconds: float = MAX_SECONDS

    @property
    def host(self) -> str:
        """Return the endpoint's host and port."""
        return urlsplit(self.url).netloc


def language_model(url: str, name: str = DEFAULT_NAME) -> LanguageModel:
    """Return the model at an address. Raises RequestError if that is not an HTTP address, or has a password in it."""
    fault = RequestError(f"{url!r} is not an endpoint: expected an address such as http://localhost:11434/v1.")
    try:
        address = urlsplit(url)
        is_usable = address.scheme in {"http", "https"} and bool(address.hostname) and address.port != 0
    except ValueError as error:
        raise fault from error
    if not is_usable or address.query or address.fragment or re.search(r"[^\x21-\x7e]", url):
        raise fault
    if address.username is not None:
        raise RequestError(f"The endpoint's address holds a password: put it into the variable {API_KEY} instead.")
    return LanguageModel(url.rstrip("/").removesuffix(PATH), name)


def answer_of(model: LanguageModel, instructions: str, data: str, schema: dict[str, Any]) -> str:
    """Return a model's answer to instructions and data, which should be JSON that conforms to the schema.

    Redirects are not followed, since they would send the key and the article elsewhere. Raises FetchError if there is
    no answer.
    """
    request = {
        "model": model.name,
        "temperature": 0,
        "messages": [{"role": "system", "content": instructions}, {"role": "user", "content": data}],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "article", "strict": True, "schema": schema},
        },
    }
    try:
        body = _response(model, json.dumps(request).encode())
        content = json.loads(body)["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise FetchError(f"The language model at {model.host} sent no completion in JSON.") from error
    except (OSError, http.client.HTTPException) as error:
        raise FetchError(f"The language model at {model.host} did not answer: {_reason(error)}.") from error
    if not isinstance(content, str):
        raise FetchError(f"The language model at {model.host} sent a completion without text.")
    return content


def _reason(error: Exception) -> str:
    """Return why there is no answer, without anything that was sent: the reason goes into the document."""
    if isinstance(error, TimeoutError):
        return "it sent nothing in time"
    return (error.strerror if isinstance(error, OSError) else None) or "it does not speak HTTP"


def _response(model: LanguageModel, body: bytes) -> bytes:
    address = urlsplit(model.url)
    headers = {"Content-Type": "application/json", "Accept": "application/json", "Connection": "close"}
    if key := os.environ.get(API_KEY, "").strip():
        headers["Authorization"] = f"Bearer {key}"
    connection = _connection(address, model.idle_seconds)
    deadline = time.monotonic() + model.max_seconds
    try:
        connection.request("POST", f"{address.path}{PATH}", body, headers)
        response = connection.getresponse()
        if response.status != http.client.OK:
            raise FetchError(f"The language model at {model.host} answered with status {response.status}.")
        return _within_limits(response, model, deadline)
    finally:
        connection.close()


def _connection(address: SplitResult, timeout: float) -> http.client.HTTPConnection:
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    return kind(address.hostname or "", address.port, timeout=timeout)


def _within_limits(response: http.client.HTTPResponse, model: LanguageModel, deadline: float) -> bytes:
    """Read a whole response before the deadline, which also ends one that comes byte by byte."""
    parts, size = list[bytes](), 0
    while part := response.read1(CHUNK_BYTES):
        parts.append(part)
        size += len(part)
        if size > MAX_ANSWER_BYTES:
            raise FetchError(f"The language model at {model.host} sent more than {MAX_ANSWER_BYTES:,} bytes.")
        if time.monotonic() > deadline:
            raise FetchError(f"The language model at {model.host} took more than {model.max_seconds:.0f} seconds.")
    if response.length:
        raise FetchError(f"The language model at {model.host} broke off its answer.")
    return b"".join(parts)
