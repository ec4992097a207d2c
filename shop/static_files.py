"""The files under static/, answered from memory before Flask is asked: kept for a year by version, and compressed."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask

from .config import ROOT
from .security import fixed_headers

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FOLDER = ROOT / "static"
PREFIX = "/static/"
FOR_A_YEAR = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}
COMPRESSED = {".css", ".js", ".svg", ".html", ".json", ".webmanifest", ".txt", ".md"}


class StaticFile:
    """One file's bytes, and the same compressed when that is smaller; compressed once, when first asked for."""

    def __init__(self, path: Path) -> None:
        self.body = path.read_bytes()
        self.etag = f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'
        self.type = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        self.may_compress = path.suffix in COMPRESSED

    @cached_property
    def compressed(self) -> bytes | None:
        if not self.may_compress:
            return None
        small = gzip.compress(self.body, 9, mtime=0)
        return small if len(small) < len(self.body) else None


class StaticFiles:
    """Everything under one folder. `version` changes when any file does, and is the first part of every file's URL.

    One version for all lets a stylesheet name its font by a relative URL.
    """

    def __init__(self, folder: Path) -> None:
        paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        self.files = {path.relative_to(folder).as_posix(): StaticFile(path) for path in paths}
        named = "".join(f"{name}{file.etag}" for name, file in self.files.items())
        self.version = hashlib.sha256(named.encode()).hexdigest()[:10]

    def url(self, name: str) -> str:
        """Raises KeyError for a file that is not there, so that a wrong name shows in the first test that draws it."""
        if name not in self.files:
            raise KeyError(f"static/{name} does not exist")
        return f"{PREFIX}{self.version}/{name}"

    def find(self, path: str) -> tuple[StaticFile | None, bool]:
        """The file at a path below /static/, and whether the path names its present content."""
        version, _, name = path.partition("/")
        if version == self.version:
            return self.files.get(name), True
        # A page drawn before an upgrade asks by the old version, a person perhaps by none.
        return self.files.get(name) or self.files.get(path), False


@cache
def static_files() -> StaticFiles:
    """The shop's own, read once in a process."""
    return StaticFiles(FOLDER)


def static_url(name: str) -> str:
    """`static_url("css/shop.css")` -> the URL under which it may be kept for ever."""
    return static_files().url(name)


def init_app(app: Flask) -> None:
    """Answer what is under /static/ before Flask sees it; works under any WSGI server."""
    app.wsgi_app = _before(app.wsgi_app, static_files())  # type: ignore[method-assign, assignment]


def _before(app: WSGIApplication, files: StaticFiles) -> WSGIApplication:
    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(PREFIX) or environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return app(environ, start_response)
        file, is_present = files.find(path[len(PREFIX) :])
        if file is None:
            return app(environ, start_response)
        return _send(file, FOR_A_YEAR if is_present else ASK_AGAIN, environ, start_response)

    return answer


def _send(file: StaticFile, keep: str, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    headers = [("Cache-Control", keep), ("ETag", file.etag), *fixed_headers().items()]
    if file.may_compress:
        headers.append(("Vary", "Accept-Encoding"))
    if environ.get("HTTP_IF_NONE_MATCH") == file.etag:
        start_response("304 Not Modified", headers)
        return []
    body = file.body
    if file.compressed is not None and "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
        body = file.compressed
        headers.append(("Content-Encoding", "gzip"))
    start_response("200 OK", [*headers, ("Content-Type", file.type), ("Content-Length", str(len(body)))])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
