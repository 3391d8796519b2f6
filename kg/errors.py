"""Every error that Communiqué raises on purpose.

CommuniqueError                     base; its text is one sentence for a person
├── DataError                       the data is faulty: the command line exits with 1
│   ├── MappingError                a mapping document is wrong; holds one Problem a fault
│   ├── UnsupportedAxiomError       the ontology uses an axiom that the rule compiler does not support
│   ├── ContradictionError          the facts contradict the ontology
│   ├── ShapesViolatedError         the facts violate the shapes; holds the report
│   ├── IllTypedLiteralError        a literal's text is no value of its datatype
│   └── PayloadError                RDF that was sent or imported cannot be read
├── RequestError                    the call or the request is faulty: the command line exits with 2
│   ├── QuerySyntaxError            a query or update does not parse; holds line and column
│   ├── ForbiddenError              requests something that is never done (a connection, a file, a derived graph)
│   ├── NotAcceptableError          no format of the answer is acceptable to the client
│   ├── PreconditionError           the store has changed since the state that the client's request is based on
│   ├── PatchError                  a patch does more than change the triples of its own graph
│   ├── UnknownGraphError           names a graph that is not in the dataset
│   ├── GraphExistsError            creates a graph that is already in the dataset
│   └── UnknownVersionError         names a version that the store no longer has or never had
├── LimitError                      a limit was reached; holds the limit's name and its value
│   ├── TimeLimitError              a query or write took longer than allowed
│   ├── MemoryLimitError            a query or write needed more memory than allowed
│   ├── SizeLimitError              an answer has more rows or bytes than allowed
│   └── BusyError                   too many requests are waiting; holds the delay before a retry
├── ChangedWhileReadError           a document was saved while a build read it: build again
├── FetchError                      another host did not send what LOAD or SERVICE names
├── StoppedError                    a query was stopped early: its client disconnected, or the server is closing
├── StoreError                      the store cannot be opened, read or written; holds the sentence for clients
│   ├── DamagedStoreError           the store's folder is gone, or its pointer or a version is damaged
│   ├── DiskFullError               a write does not fit on the disk or within a limit on file sizes
│   └── WorkerError                 the process that ran a query or write died
└── ResourceError                   a file that the program ships with is missing from the installation
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from rdflib import Graph
from rdflib.term import Node


class Location(NamedTuple):
    """A place in a file: line and column are counted from 1, and the key is the path of keys to the value."""

    file: Path
    line: int = 1
    column: int = 1
    key: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}"
        return f"{where}: {self.key}" if self.key else where


@dataclass(frozen=True, order=True)
class Problem:
    """One fault: its location, and a sentence about what is wrong and what was expected."""

    location: Location
    message: str

    def __str__(self) -> str:
        return f"{self.location}: {self.message}"


class CommuniqueError(Exception):
    """Base of all errors raised on purpose; the message is one clear sentence."""


class DataError(CommuniqueError):
    """The supplied data is faulty."""


class MappingError(DataError):
    """A mapping document is wrong, in one or more places."""

    def __init__(self, problems: list[Problem]) -> None:
        # Sorted by file, without duplicates: several checks may find the same fault.
        self.problems = sorted({*problems})
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[MappingError], tuple[list[Problem]]]:
        """Pickle the problems: builds send errors from process to process."""
        return type(self), (self.problems,)


def raise_if(problems: Iterable[Problem]) -> None:
    """Raise MappingError with all problems if there are any."""
    if listed := [*problems]:
        raise MappingError(listed)


class UnsupportedAxiomError(DataError):
    """The ontology uses an axiom outside the set that the rule compiler supports."""


class ContradictionError(DataError):
    """The facts contradict the ontology; the message has a line for each contradiction.

    `asserted` holds, for each line, the triples that cause the contradiction, as far as they are known.
    """

    def __init__(self, message: str, asserted: Sequence[Sequence[tuple[Node, Node, Node]]] = ()) -> None:
        self.asserted = asserted
        super().__init__(message)


class ShapesViolatedError(DataError):
    """The facts violate the shapes; the message is the report in sentences, `report` the sh:ValidationReport in RDF."""

    def __init__(self, message: str, report: Graph | None = None) -> None:
        self.report = report
        super().__init__(message)


class IllTypedLiteralError(DataError):
    """A literal's text is not a value of its datatype, or it lacks the language tag that its datatype requires."""


class PayloadError(DataError):
    """RDF that was sent or imported cannot be read."""


class RequestError(CommuniqueError):
    """The call or the request is faulty."""


class QuerySyntaxError(RequestError):
    """A query or update does not parse; line and column are counted from 1, and 0 if unknown."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        self.line, self.column = line, column
        super().__init__(message)


class ForbiddenError(RequestError):
    """The request is for something that is never done; the message says what and why."""


class NotAcceptableError(RequestError):
    """No format of the answer is acceptable to the client."""


class PreconditionError(RequestError):
    """The store has changed since the state that the client's request is based on."""


class PatchError(RequestError):
    """A patch does more than change the triples of its own graph."""


class UnknownGraphError(RequestError):
    """The request names a graph that is not in the dataset."""


class GraphExistsError(RequestError):
    """The request creates a graph that is already in the dataset."""


class UnknownVersionError(RequestError):
    """The request names a version that the store no longer has or never had."""


class LimitError(CommuniqueError):
    """A limit was reached: `limit` is the name of the setting, `value` its value."""

    def __init__(self, message: str, limit: str = "", value: float = 0) -> None:
        self.limit, self.value = limit, value
        super().__init__(message)


class TimeLimitError(LimitError):
    """A query or write took longer than allowed; the value is in seconds."""


class MemoryLimitError(LimitError):
    """A query or write needed more memory than allowed; the value is in bytes."""


class SizeLimitError(LimitError):
    """An answer has more rows or bytes than allowed."""


class BusyError(LimitError):
    """Too many requests are waiting; `retry_after` is in seconds."""

    retry_after = 1


class ChangedWhileReadError(CommuniqueError):
    """A document was saved while a build read it."""


class FetchError(CommuniqueError):
    """Another host did not send what LOAD or SERVICE names."""


class StoppedError(CommuniqueError):
    """A query was stopped early: its client disconnected, an operator stopped it, or the server is closing."""


class StoreError(CommuniqueError):
    """The store cannot be opened, read or written.

    The message is for the operator and may name files; `public` is the sentence for clients and names none.
    """

    public = "The store cannot be read or written now; the server's log says why."

    def __init__(self, message: str, public: str = "") -> None:
        if public:
            self.public = public
        super().__init__(message)


class DamagedStoreError(StoreError):
    """The store's folder is gone, or its pointer or a version is damaged; nothing is then written or removed."""

    public = "The store is damaged or missing: nothing is read from it or written to it until it is repaired."


class DiskFullError(StoreError):
    """A write does not fit on the disk or within a limit on file sizes."""

    public = "The store cannot be written: No space left on the server's disk."


class WorkerError(StoreError):
    """The process that ran a query or write died."""

    def __init__(self, message: str) -> None:
        # The message names no file of the server, so clients may read it too.
        super().__init__(message, message)


class ResourceError(CommuniqueError):
    """A file or folder that the program ships with is missing from the installation."""
