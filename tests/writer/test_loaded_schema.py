"""What a writer's fork server has loaded: a process forked for one write, of limited memory, imports nothing more."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

from kg.app.builds.build import build
from kg.store import EmbeddedStore
from tests.support.tiny_corpus import QUICKLY, TINY

PROGRAM = """
import sys
from pathlib import Path
from kg.app.write import Committer
from kg.errors import ShapesViolatedError
from kg.store import EmbeddedStore, names_of

folder = Path(sys.argv[1])
names = names_of(folder)
committer = Committer(EmbeddedStore.open(folder, names), names)
committer.load_schema()
loaded = {*sys.modules}
person = "<https://example.org/a> a <https://w3id.org/communique/ontology#Person>"
text = f"INSERT DATA {{ GRAPH <https://example.org/mine> {{ {person} }} }}"
try:
    committer.commit(lambda transaction: transaction.update(text), "nameless")
except ShapesViolatedError:
    print(sorted(name for name in {*sys.modules} - loaded if not name.startswith("encodings.")))
"""
"""Writes a person without a name."""


def test_a_write_that_violates_a_shape_imports_nothing(tmp_path: Path) -> None:
    build(TINY, partial(EmbeddedStore.open, tmp_path / "store"), QUICKLY)
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "store")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
