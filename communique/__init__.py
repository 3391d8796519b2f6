"""The graph in Python: `communique.open("store")` reads a store that `kg build` made, `communique.build` makes one.

What is named here stays; everything else of this package, of `kg` and of `server` may change with any release.
"""

from communique.graph import Graph, build, open  # noqa: A004 -- as in gzip.open: it is called with its module's name
from kg.errors import CommuniqueError
from kg.lookups.lookup_records import CitedPassage, Named, StatementRecord, Telling

__all__ = ["CitedPassage", "CommuniqueError", "Graph", "Named", "StatementRecord", "Telling", "build", "open"]
