"""A throw-away Redis for the tests, on a free port of this machine."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..practice import free_port


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """Run a server that keeps nothing, and yield its address."""
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            assert any("Ready to accept connections" in line for line in server.stdout), "Redis did not start"
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
