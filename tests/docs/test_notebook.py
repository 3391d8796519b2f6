"""The notebook of the docs runs unchanged, and prints and draws what it shows."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator

import nbformat
import pytest
from PIL import Image

from tests.docs.conftest import ROOT

NOTEBOOK = ROOT / "docs" / "five-questions.ipynb"


@pytest.fixture(scope="module")
def shown() -> nbformat.NotebookNode:
    """Return the unchanged notebook."""
    notebook: nbformat.NotebookNode = nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]
    return notebook


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    """Return the notebook after all of its cells have run in a kernel of their own."""
    from nbclient import NotebookClient

    notebook: nbformat.NotebookNode = nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]
    with pytest.MonkeyPatch.context() as variables:
        variables.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        variables.setenv("MPLCONFIGDIR", str(tmp_path_factory.mktemp("matplotlib")))
        client = NotebookClient(
            notebook, timeout=None, kernel_name="python3", resources={"metadata": {"path": str(NOTEBOOK.parent)}}
        )
        client.execute()
    return notebook


def outputs(notebook: nbformat.NotebookNode) -> Iterator[dict[str, str]]:
    """Yield what the cells show, by media type."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert output.output_type in ("execute_result", "display_data"), f"a cell prints {output}"
            yield output.data


def images(notebook: nbformat.NotebookNode) -> list[Image.Image]:
    """Return the plots, in grey."""
    plots = [data["image/png"] for data in outputs(notebook) if "image/png" in data]
    return [Image.open(io.BytesIO(base64.b64decode(plot))).convert("L") for plot in plots]


def test_the_notebook_answers_five_questions_and_draws_two_plots(shown: nbformat.NotebookNode) -> None:
    headings = [cell.source.partition("\n")[0] for cell in shown.cells if cell.source.startswith("## ")]
    assert [heading[3:5] for heading in headings] == ["1.", "2.", "3.", "4.", "5."]
    assert len(images(shown)) == 2


def test_a_run_shows_what_the_notebook_shows(shown: nbformat.NotebookNode, executed: nbformat.NotebookNode) -> None:
    assert [data["text/plain"] for data in outputs(executed)] == [data["text/plain"] for data in outputs(shown)]


def test_a_run_draws_what_the_notebook_draws(shown: nbformat.NotebookNode, executed: nbformat.NotebookNode) -> None:
    for drawn, expected in zip(images(executed), images(shown), strict=True):
        # Fonts and rounding differ between machines: the same bars and squares are not to be the same points.
        small, smaller = (plot.resize((90, 30)).point(lambda grey: 255 * (grey > 127)) for plot in (drawn, expected))
        pairs = zip(small.tobytes(), smaller.tobytes(), strict=True)
        assert sum(before != after for before, after in pairs) < 0.05 * 90 * 30
