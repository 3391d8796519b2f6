"""The folders of the files that the program ships with: ontology, shapes, mapping documents and examples.

A wheel carries them inside the package, under `kg/shipped`; a checkout has them at its top.
"""

from __future__ import annotations

from pathlib import Path

from kg.errors import ResourceError

PACKAGE = Path(__file__).resolve().parent


def ontology_folder() -> Path:
    """Return the folder of the ontology, its context and questions. Raises ResourceError if it is missing."""
    return _folder("ontology")


def shapes_folder() -> Path:
    """Return the folder of the SHACL shapes. Raises ResourceError if it is missing."""
    return _folder("shapes")


def mappings_folder() -> Path:
    """Return the folder of the shipped mapping documents. Raises ResourceError if it is missing."""
    return _folder("mappings")


def examples_folder() -> Path:
    """Return the folder of the example corpora. Raises ResourceError if it is missing."""
    return _folder("examples")


def _folder(name: str) -> Path:
    # The wheel's own first: beside an installed package may be folders of these names that are others'.
    candidates = (PACKAGE / "shipped" / name, PACKAGE.parent / name)
    for folder in candidates:
        if folder.is_dir():
            return folder
    tried = " and ".join(str(folder) for folder in candidates)
    raise ResourceError(f"The folder {name!r} that Communiqué ships with is missing: expected at {tried}.")
