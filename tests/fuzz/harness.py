"""Coverage-guided fuzzing of one reader of outside input: `python -m tests.fuzz.harness READER [-runs=N] [FOLDER …]`.

Any exception that is no error of ours ends it, as does a crash of the engine; libFuzzer leaves the input in a file.
The arguments after the reader's name are libFuzzer's.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import atheris

ROOT = Path(__file__).parents[2]
COVERED = ("kg.mapping", "kg.sparql", "kg.store", "kg.tokens", "server.endpoints.multipart", "server.http")
"""The packages and modules that the readers run in, whose coverage guides what is tried next."""


def uncovered() -> list[str]:
    """Return the modules that are not instrumented: atheris takes a dozen seconds for all of them."""
    files = [file.relative_to(ROOT) for package in ("kg", "server") for file in (ROOT / package).rglob("*.py")]
    names = [".".join(file.with_suffix("").parts).removesuffix(".__init__") for file in files]
    return [name for name in names if not f"{name}.".startswith(tuple(f"{covered}." for covered in COVERED))]


with atheris.instrument_imports(include=["kg", "server"], exclude=uncovered(), enable_loader_override=False):
    from flask import Flask
    from werkzeug.exceptions import HTTPException

    from kg.errors import CommuniqueError
    from kg.formats import GRAPH_FORMATS, RESULT_FORMATS, Format
    from kg.mapping.documents.yaml_document import load_document
    from kg.sparql.protocol import RequestDataset
    from kg.sparql.query_request import read_query
    from kg.sparql.update_request import read_update
    from kg.store.rdf_parser import read_graph
    from kg.tokens import Tokens
    from server.endpoints.multipart import form_parts
    from server.http.client import parse_timeout
    from server.http.errors import HttpError
    from server.http.negotiation import choose_format, choose_query_formats
    from server.http.parameters import form_parameters, query_parameters

Reader = Callable[[bytes], object]
EXPECTED = (CommuniqueError, HttpError, HTTPException)
BASE = "http://a.example/"
APP = Flask("fuzzing")
SCRATCH = Path(tempfile.mkdtemp(prefix="fuzzing-"))


def text_of(data: bytes) -> str:
    """Return bytes as the text that a request would have had."""
    return data.decode("utf-8", "replace")


def document(data: bytes) -> object:
    """Read a mapping document."""
    file = SCRATCH / "document.yaml"
    file.write_bytes(data)
    return load_document(file)


def tokens(data: bytes) -> object:
    """Look a token up, and read a file of tokens."""
    file = SCRATCH / "tokens.json"
    file.write_bytes(data)
    return Tokens(file).find(text_of(data))


def payload(format_: Format) -> Reader:
    """Return what reads a graph in a format."""
    return lambda data: read_graph(data, format_, BASE)


def asked(data: bytes) -> object:
    """Read the parameters of an address, and those that are numbers or formats."""
    with APP.test_request_context("/sparql", environ_overrides={"QUERY_STRING": data.decode("latin-1")}):
        parameters = query_parameters()
        return parameters.dataset(), parameters.formats(), parse_timeout(parameters.get("timeout"))


def accepted(data: bytes) -> object:
    """Choose a format by an Accept header."""
    header = data.decode("latin-1").replace("\r", "").replace("\n", "")
    with APP.test_request_context("/sparql", headers={"Accept": header}):
        return choose_query_formats(()), choose_format((*GRAPH_FORMATS, *RESULT_FORMATS))


def form(data: bytes) -> object:
    """Read a form."""
    with APP.test_request_context(
        "/sparql", method="POST", data=data, content_type="application/x-www-form-urlencoded"
    ):
        return form_parameters()


def multipart(data: bytes) -> object:
    """Read a form in parts."""
    kind = "multipart/form-data; boundary=b"
    with APP.test_request_context("/data", method="POST", data=data, content_type=kind):
        return [*form_parts()]


READERS: Mapping[str, Reader] = {
    "accept": accepted,
    "document": document,
    "form": form,
    "multipart": multipart,
    "parameters": asked,
    "query": lambda data: read_query(text_of(data), BASE, RequestDataset()),
    "tokens": tokens,
    "update": lambda data: read_update(text_of(data), BASE, RequestDataset()),
    **{f"payload-{format_.name}": payload(format_) for format_ in GRAPH_FORMATS},
}
"""Everything that parses what comes from outside, by name."""


def tried(reader: Reader, data: bytes) -> None:
    """Read with a reader, which may raise only an error of ours."""
    with suppress(*EXPECTED):
        reader(data)


def run_apart(name: str, options: list[str]) -> None:
    """Fuzz a reader in a process of its own: libFuzzer ends its process, and importing once for all takes seconds.

    Its output is written to NAME.log and its exit status to NAME.status; the folder NAME is its corpus.
    """
    process = os.fork()
    if process == 0:
        log = os.open(f"{name}.log", os.O_WRONLY | os.O_CREAT)
        os.dup2(log, sys.stdout.fileno())
        os.dup2(log, sys.stderr.fileno())
        main([name, *options, name])
    _, status = os.waitpid(process, 0)
    Path(f"{name}.status").write_text(str(os.waitstatus_to_exitcode(status)), "utf-8")


def main(arguments: list[str]) -> None:
    """Fuzz the reader that is named first, as libFuzzer's own arguments say; --each fuzzes all."""
    name, *rest = arguments
    if name == "--each":
        for reader_name in READERS:
            run_apart(reader_name, rest)
        return
    reader = READERS[name]
    atheris.Setup([sys.argv[0], *rest], lambda data: tried(reader, data))
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
