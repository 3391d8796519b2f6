"""Compiled templates are read again by the next application, and never instead of a template that has changed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from kg.datasets import GraphNames
from kg.store import EmbeddedStore
from kg.workers.served_store import UnlimitedStore
from server import create_app
from server.pages.rendering.template_cache import TemplateCache


@pytest.fixture(autouse=True)
def _bytecode_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the templates that are compiled from now on."""
    names: list[str] = []
    compile_template = Environment.compile

    def note(self: Environment, source: str, name: str, filename: str) -> object:
        names.append(name)
        return compile_template(self, source, name, filename)

    monkeypatch.setattr(Environment, "compile", note)
    return names


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """Return a package's folder with a template."""
    folder = tmp_path / "package" / "templates"
    folder.mkdir(parents=True)
    (folder / "greeting.html").write_text(
        "Good morning, {{ name }}.\n  {% if name %}\nWelcome.\n{% endif %}\n", "utf-8"
    )
    return folder


def render(templates: Path, *, trimmed: bool = False) -> str:
    """Render the template by an environment of its own."""
    environment = Environment(
        loader=FileSystemLoader(templates), autoescape=True, trim_blocks=trimmed, lstrip_blocks=trimmed
    )
    environment.bytecode_cache = TemplateCache(environment)
    return environment.get_template("greeting.html").render(name="<Ada>")


def test_a_template_is_compiled_once(templates: Path, compiled: list[str]) -> None:
    first, second = render(templates), render(templates)
    assert first == second == "Good morning, &lt;Ada&gt;.\n  \nWelcome.\n"
    assert compiled == ["greeting.html"]
    assert [*templates.iterdir()] == [templates / "greeting.html"]
    (file,) = (templates.parent / "__pycache__").iterdir()
    assert file.name.startswith(f"greeting.{sys.implementation.cache_tag}.opt-jinja")


def test_a_template_that_has_changed_is_compiled_again(templates: Path, compiled: list[str]) -> None:
    render(templates)
    (templates / "greeting.html").write_text("Good evening, {{ name }}.", "utf-8")
    assert render(templates) == render(templates) == "Good evening, &lt;Ada&gt;."
    assert compiled == ["greeting.html"] * 2


def test_environments_with_other_options_share_no_code(templates: Path, compiled: list[str]) -> None:
    assert render(templates) == "Good morning, &lt;Ada&gt;.\n  \nWelcome.\n"
    assert render(templates, trimmed=True) == "Good morning, &lt;Ada&gt;.\nWelcome.\n"
    assert compiled == ["greeting.html"] * 2


@pytest.mark.parametrize("length", [0, 2, 30, 100, -9])
def test_a_file_that_is_cut_short_is_written_again(templates: Path, compiled: list[str], length: int) -> None:
    text = render(templates)
    (file,) = (templates.parent / "__pycache__").iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:length])
    assert render(templates) == text
    assert compiled == ["greeting.html"] * 2
    assert file.read_bytes() == whole


def test_pages_do_without_a_folder_that_can_be_written(templates: Path, compiled: list[str]) -> None:
    (templates.parent / "__pycache__").write_text("no folder", "utf-8")
    assert render(templates) == render(templates) == "Good morning, &lt;Ada&gt;.\n  \nWelcome.\n"
    assert compiled == ["greeting.html"] * 2


def test_nothing_is_written_if_python_writes_no_bytecode(templates: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert render(templates)
    assert [*templates.parent.iterdir()] == [templates]


def test_a_second_application_compiles_no_template(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compiled: list[str]
) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "bytecode"))
    store = UnlimitedStore(EmbeddedStore.open(tmp_path / "store", GraphNames("https://example.org/")))
    for application in range(2):
        environment = create_app(store).jinja_env
        names = environment.list_templates()
        for name in names:
            environment.get_template(name)
        assert (application, sorted(compiled)) == (application, sorted(names))
