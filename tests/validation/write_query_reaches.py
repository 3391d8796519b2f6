"""Write how far the shipped constraints' queries look: `python -m tests.validation.write_query_reaches`."""

from __future__ import annotations

import json
from dataclasses import asdict

from rdflib import SH

from kg.shipped_files import shapes_folder
from kg.validation.query_reach import SHIPPED, parsed_reach, query_digest
from kg.validation.shape_reach import declared_prefixes
from kg.validation.shapes_check import read_shapes


def written() -> str:
    """Return what is to be shipped, by what the queries of the shapes are parsed to."""
    shapes = read_shapes(shapes_folder())
    prefixes = declared_prefixes(shapes)
    texts = [str(text) for text in shapes.objects(None, SH.select)]
    reaches = {query_digest(text, prefixes): asdict(parsed_reach(text, prefixes)) for text in texts}
    return f"{json.dumps(reaches, indent=1, sort_keys=True)}\n"


if __name__ == "__main__":
    SHIPPED.write_text(written(), "utf-8")
