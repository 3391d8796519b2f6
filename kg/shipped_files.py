"""The folders of the shipped files: ontology, shapes, mapping documents and examples.

A wheel has them inside the package, under `kg/shipped`; a checkout has them at its top level.
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
    # The wheel's own folder first: beside an installed package, a folder of this name may belong to another project.
    candidates = (PACKAGE / "shipped" / name, PACKAGE.parent / name)
    for folder in candidates:
        if folder.is_dir():
            return folder
    tried = " and ".join(str(folder) for folder in candidates)
    raise ResourceError(f"The folder {name!r} that Communiqué ships with is missing: expected at {tried}.")
