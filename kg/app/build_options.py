"""Build options: the reasoner, the time to record, the articles' texts to check against, and progress callbacks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

RULES, OWLRL = "rules", "owlrl"
QUERIES, PYSHACL = "queries", "pyshacl"

Progress = Callable[[str], None]
"""Called with a sentence as each step begins."""


Counted = Callable[[int, int], None]
"""Called with the number of articles done, and their total number."""


def no_progress(_: str) -> None:
    """Report nothing."""


def not_counted(_done: int, _total: int) -> None:
    """Report nothing."""


@dataclass(frozen=True)
class BuildOptions:
    """The options of a build, such as the reasoner, whether to compare it with owlrl, and the time to record."""

    reasoner: str = RULES
    cross_check: bool = False
    time: datetime | None = None
    sources: Path | None = None
    """A folder with the articles' texts, with which every passage is compared."""
    force: bool = False
    """Whether to build everything, regardless of changes."""
    jobs: int = 1
    """The number of processes that build articles; 0 for one per core."""
    strict: bool = False
    """Whether a faulty article fails the build; otherwise it is left out."""
    documents: tuple[Path, ...] = ()
    """The articles to build, if not all that the corpus lists."""
    counted: Counted = not_counted
    validator: str = QUERIES
    """Whether compiled queries select what may violate a shape, or pySHACL alone validates everything."""
    cluster: str = ""
    """The address of the scheduler of a Dask cluster whose workers build the articles; empty for this machine."""
    together: bool = False
    """Whether everything is read, inferred from and validated as one graph, as a reference for the other way."""

    @property
    def is_reference(self) -> bool:
        """Return whether everything is built as one graph."""
        return self.together or self.cross_check or self.reasoner == OWLRL or self.validator == PYSHACL


DEFAULT_OPTIONS = BuildOptions()
