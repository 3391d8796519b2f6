"""Apache Jena's commands from Debian's package, which has their classes and not their scripts."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from zipfile import ZipFile

import pytest

JARS = Path("/usr/share/java")
JENA = re.compile(r"jena-(?:[a-z]+2?-?)+\.jar")
"""Its jars by names without a version, each of which is a link to one with."""
NEEDED = (
    *("commons-cli", "commons-codec", "commons-compress", "commons-csv", "commons-io", "commons-lang3"),
    *("dexx.collection", "gson", "guava", "httpclient", "httpcore"),
    *("jackson-annotations", "jackson-core", "jackson-databind", "jsonld-java", "titanium-json-ld"),
    *("protobuf", "slf4j-api", "slf4j-nop", "thrift"),
)
COMMANDS = {"tdb2.tdbloader": "tdb2.tdbloader", "tdb2.tdbquery": "tdb2.tdbquery", "riot": "riotcmd.riot"}
"""The class of each command."""

needs_jena = pytest.mark.skipif(
    shutil.which("java") is None or not (JARS / "jena-cmds.jar").is_file(),
    reason="Apache Jena is not installed (Debian: default-jre-headless libapache-jena-java)",
)


def jena_commands(folder: Path) -> Path:
    """Write Jena's commands into a folder, and return it.

    Its jena-core.jar has xerces' classes under another name than xerces' resources, which are put back in their place.
    """
    resources = folder / "resources"
    with ZipFile(JARS / "jena-core.jar") as jar:
        for name in jar.namelist():
            if name.startswith("org/apache/jena/ext/xerces/") and not name.endswith(("/", ".class")):
                file = resources / name.removeprefix("org/apache/jena/ext/")
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(jar.read(name))
    jars = [
        *(jar for jar in sorted(JARS.iterdir()) if JENA.fullmatch(jar.name)),
        *(JARS / f"{name}.jar" for name in NEEDED),
    ]
    path = os.pathsep.join(map(str, [resources, *jars]))
    for command, main_class in COMMANDS.items():
        (folder / command).write_text(f'#!/bin/sh\nexec java -cp "{path}" {main_class} "$@"\n', "utf-8")
        (folder / command).chmod(0o755)
    return folder
