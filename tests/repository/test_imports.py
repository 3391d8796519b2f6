"""The layers, read from the imports: these point down, each library has one importer, package files only re-export."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("kg", "server", "communique")

# From the top down. A package imports packages of lower rows only; packages in one row do not import each other. A
# module belongs to the longest name that it is below: `kg.app.builds.build` to `kg.app.builds`, not to `kg.app`.
LAYERS = (
    ("server",),
    ("server.review",),
    ("server.runtime",),
    ("server.app",),
    ("server.endpoints",),
    ("server.pages",),
    ("server.pages.lists", "server.pages.network", "server.pages.questions"),
    ("server.pages.citation_pages",),
    ("server.pages.things",),
    ("server.pages.paging", "server.pages.rendering"),
    ("server.pages.citations", "server.pages.drawings"),
    ("server.pages.queried_data",),
    ("server.pages.terms",),
    ("server.descriptions", "server.search", "server.monitoring"),
    ("server.auth",),
    ("server.site",),
    ("server.http",),
    ("server.sockets",),
    ("communique",),
    ("communique.graph",),
    ("kg.__main__",),
    ("kg.cli",),
    ("kg.mcp", "kg.review"),
    ("kg.reconciliation",),
    ("kg.lookups",),
    ("kg.writer",),
    ("kg.app.builds", "kg.drafting"),
    ("kg.drafting.statements", "kg.drafting.model"),
    ("kg.drafting.meetings",),
    ("kg.drafting.entities",),
    ("kg.drafting.speech",),
    ("kg.drafting.text",),
    ("kg.drafting.words",),
    ("kg.app", "kg.workers"),
    ("kg.engines",),
    ("kg.export",),
    ("kg.mapping.authoring", "kg.mapping.corpora"),
    ("kg.mapping.checks",),
    ("kg.mapping.triples",),
    ("kg.mapping.passages",),
    ("kg.mapping.documents",),
    ("kg.tokens", "kg.mapping", "kg.provenance", "kg.reasoning", "kg.store", "kg.validation"),
    ("kg.sparql",),
    ("kg.act_words", "kg.datasets", "kg.datatypes", "kg.formats", "kg.prefixes", "kg.terms"),
    ("kg.namespaces",),
    ("kg.shipped_files",),
    ("kg.extras",),
    (
        "kg.iterables",
        "kg.bounded_cache",
        "kg.bracket_nesting",
        "kg.compression",
        "kg.durable_files",
        "kg.errors",
        "kg.garbage_collection",
        "kg.moments",
        "kg.reachability",
    ),
)

RARELY_NEEDED = {"jsonschema", "pyshacl", "rdflib.plugins.sparql", "rich", "spacy"}
"""What takes as long to import as a third of `kg`: for documents and data that do not conform, for drafts,
and for tables on a terminal."""
# The packages that may import a third-party library; a library that is not here may be imported nowhere.
IMPORTERS = {
    "click": (
        "kg.cli",
        "server.runtime.access_options",
        "server.review.review_command",
        "server.runtime.command",
        "server.runtime.limit_options",
    ),
    "distributed": ("kg.app.builds.article_cluster",),
    "flask": ("server",),
    "jinja2": ("server",),
    "jsonschema": ("kg.mapping",),
    "markupsafe": ("server",),
    "mcp": ("kg.mcp.server",),
    "networkx": ("communique.graph",),
    "owlrl": ("kg.reasoning",),
    "pyarrow": ("kg.export.parquet_files",),
    "pandas": ("communique.graph",),
    "prometheus_client": ("server.monitoring.metrics",),
    "pyoxigraph": (
        "kg.engines",
        "kg.export",
        "kg.sparql",
        "kg.store",
        "kg.reasoning",
        "kg.terms",
        "kg.validation.screening",
    ),
    "pyshacl": ("kg.validation",),
    "rdflib": ("kg", "server", "communique.graph"),
    "resvg_py": ("server.pages.drawings.card_pictures",),
    "rapidfuzz": ("kg.reconciliation.name_likeness",),
    "regex": ("kg.mapping.passages.text_folding", "kg.sparql.workarounds.regex_functions"),
    "rich": ("kg.cli",),
    "spacy": ("kg.drafting.text.spacy_parser",),
    "trafilatura": ("kg.drafting.text.page_text",),
    "uvicorn": ("kg.mcp.server",),
    "waitress": ("server.sockets",),
    "watchfiles": ("kg.cli.watch",),
    "werkzeug": ("server",),
    "xlsxwriter": ("kg.lookups.workbook",),
    "yaml": ("kg.mapping",),
    "zstandard": ("kg.app.imported_files", "kg.compression", "server.http.decompression"),
}

Imports = dict[str, set[str]]
"""What each module imports, by full name."""


def test_every_import_points_down_the_layers() -> None:
    assert not [*layer_faults(imports_below(ROOT))]


def test_every_library_is_imported_by_its_own_importer_only() -> None:
    assert not [*importer_faults(imports_below(ROOT))]


@pytest.mark.parametrize("module", ["kg.app.builds.build", "server.runtime.command"])
def test_what_is_rarely_needed_is_not_imported_at_the_start(module: str) -> None:
    code = f"import sys, {module}; print({RARELY_NEEDED} & {{*sys.modules}})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circle(imports_below(ROOT)) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_file_only_re_exports_what_its_all_lists(package: str) -> None:
    files = [*(ROOT / package).rglob("__init__.py")]
    assert files, f"{package} holds no package file: nothing was checked"
    assert not [fault for file in files for fault in package_file_faults(file)]


def test_no_package_stands_in_two_rows() -> None:
    packages = [package for row in LAYERS for package in row]
    assert len(packages) == len({*packages})


@pytest.mark.parametrize(
    ("importer", "imported", "fault"),
    [
        ("kg.errors", "kg.formats", "kg.errors imports kg.formats, which does not lie below it"),
        (
            "kg.store.interfaces",
            "kg.reasoning",
            "kg.store.interfaces imports kg.reasoning, which does not lie below it",
        ),
        ("kg.cli", "server", "kg.cli imports server, which does not lie below it"),
        ("kg.helpers", "kg.errors", "kg.helpers is in no row of LAYERS"),
    ],
)
def test_an_import_that_points_up_or_sideways_is_found(importer: str, imported: str, fault: str) -> None:
    assert [*layer_faults({importer: {imported}, imported: set()})] == [fault]


@pytest.mark.parametrize(
    ("importer", "library", "fault"),
    [
        ("kg.export", "owlrl.Namespaces", "kg.export imports owlrl, whose importer is kg.reasoning"),
        (
            "kg.storehouse",
            "pyoxigraph",
            f"kg.storehouse imports pyoxigraph, whose importer is {', '.join(IMPORTERS['pyoxigraph'])}",
        ),
        ("server", "requests", "server imports requests, which has no row in IMPORTERS"),
    ],
)
def test_a_library_with_a_wrong_importer_is_found(importer: str, library: str, fault: str) -> None:
    assert [*importer_faults({importer: {library}})] == [fault]


def test_a_module_that_imports_from_a_package_which_imports_it_is_found(tmp_path: Path) -> None:
    package = tmp_path / "kg" / "store"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("from kg.store.first import one\n")
    (package / "first.py").write_text("from kg.store import second\n")
    (package / "second.py").write_text("")
    assert {*circle(imports_below(tmp_path))} == {"kg.store", "kg.store.first"}


def test_a_circle_is_found_in_files_with_relative_and_late_imports(tmp_path: Path) -> None:
    package = tmp_path / "kg" / "store"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "first.py").write_text("def one():\n    from . import second\n")
    (package / "second.py").write_text("import kg.store.first\n")
    assert {*circle(imports_below(tmp_path))} == {"kg.store.first", "kg.store.second"}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("from kg.a import b\n", "does not list ['b'] in __all__"),
        ("from kg.a import b\n__all__ = ['b', 'c']\n", "lists ['c'] in __all__ without importing it"),
        ("from kg.a import *\n__all__ = []\n", "line 1 does more than re-export"),
        ("import kg.a\n", "line 1 does more than re-export"),
        ("def b(): ...\n", "line 1 does more than re-export"),
    ],
)
def test_a_package_file_that_does_more_is_found(text: str, fault: str, tmp_path: Path) -> None:
    file = tmp_path / "__init__.py"
    file.write_text(text)
    assert fault in "; ".join(package_file_faults(file))


def imports_below(root: Path) -> Imports:
    """Read every module of both packages below a folder; imports inside functions count like all others."""
    files = {_module_name(file, root): file for name in PACKAGES for file in (root / name).rglob("*.py")}
    assert files, f"no module below {root}: nothing was checked"
    return {module: {*_imported(file, module, files)} for module, file in files.items()}


def _module_name(file: Path, root: Path) -> str:
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(file: Path, module: str, modules: dict[str, Path]) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = _source(node, module, is_package=file.name == "__init__.py")
            yield source  # importing a module from its package runs the package's own file first
            yield from (name for alias in node.names if (name := f"{source}.{alias.name}") in modules)


def _source(node: ast.ImportFrom, module: str, *, is_package: bool) -> str:
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    package = parts[: len(parts) - node.level + is_package]
    return ".".join([*package, *([node.module] if node.module else [])])


def _within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def _belongs_to(module: str, package: str) -> bool:
    """Return whether a module belongs to a row's package; a top-level package as a row is its own file alone."""
    return module == package if package in PACKAGES else _within(module, package)


def _row(module: str) -> int | None:
    return next((row for row, packages in enumerate(LAYERS) if _package(module) in packages), None)


def _package(module: str) -> str | None:
    return max((package for row in LAYERS for package in row if _belongs_to(module, package)), key=len, default=None)


def layer_faults(imports: Imports) -> Iterator[str]:
    """Yield a sentence for each import that does not point down, and for each module without a layer."""
    for module, imported in sorted(imports.items()):
        row = _row(module)
        if row is None:
            if module != "kg":
                yield f"{module} is in no row of LAYERS"
            continue
        for target in sorted(imported):
            below = _row(target)
            if below is not None and below <= row and _package(target) != _package(module):
                yield f"{module} imports {target}, which does not lie below it"


def importer_faults(imports: Imports) -> Iterator[str]:
    """Yield a sentence for each third-party import outside its library's importers."""
    for module, imported in sorted(imports.items()):
        for library in sorted({name.partition(".")[0] for name in imported} - {*PACKAGES} - sys.stdlib_module_names):
            importers = IMPORTERS.get(library)
            if importers is None:
                yield f"{module} imports {library}, which has no row in IMPORTERS"
            elif not any(_within(module, importer) for importer in importers):
                yield f"{module} imports {library}, whose importer is {', '.join(importers)}"


def circle(imports: Imports) -> list[str]:
    """Return modules that import each other in a circle, or an empty list."""
    try:
        TopologicalSorter({module: imported - {module} for module, imported in imports.items()}).prepare()
    except CycleError as found:
        return [*found.args[1]]
    return []


def package_file_faults(file: Path) -> Iterator[str]:
    """Yield what a package file does beyond re-exporting the names of its __all__, whose order ruff checks (RUF022)."""
    imported: set[str] = set()
    listed: set[str] = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        match node:
            case ast.Expr(value=ast.Constant(value=str())) | ast.ImportFrom(module="__future__"):
                pass
            case ast.ImportFrom(names=names) if all(name.name != "*" for name in names):
                imported |= {name.asname or name.name for name in names}
            case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List() | ast.Tuple() as value):
                listed = {*ast.literal_eval(value)}
            case _:
                yield f"{file}: line {node.lineno} does more than re-export"
    if missing := sorted(imported - listed):
        yield f"{file}: does not list {missing} in __all__"
    if extra := sorted(listed - imported):
        yield f"{file}: lists {extra} in __all__ without importing it"
