"""The erasure ledger: which subjects were destroyed and when, in a file that no restore brings back to an older state.

An older copy of the key store would bring destroyed keys back, and an older copy of the data what finds people: the
shop follows the ledger before it serves. Each line is bound to the one before it by a keyed hash, and the key store
notes how far it has followed, so that nothing can be altered or cut off unseen. It holds random ids and dates only.
"""

from __future__ import annotations

import fcntl
import hmac
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from .. import clock
from ..config import settings
from ..files import replace_private_file
from .store import derived_key

KIND = "pannier-erasures-1"
BEFORE_THE_FIRST = bytes(32)
LONGEST_LINE = 64 * 1024
SUBJECTS_A_LINE = 500


class BrokenLedger(Exception):
    """The ledger is missing, cut off or altered; the text says where, and is for whoever looks after the shop."""


class LedgerNotWritten(Exception):
    """An erasure could not be noted, and so nothing was destroyed; the text says why."""


@dataclass(frozen=True)
class Mark:
    """A place in the ledger: the number and digest of a line."""

    number: int = 0
    digest: bytes = BEFORE_THE_FIRST

    def packed(self) -> bytes:
        return self.number.to_bytes(8) + self.digest

    @classmethod
    def unpacked(cls, packed: bytes | None) -> Mark:
        return cls() if packed is None else cls(int.from_bytes(packed[:8]), packed[8:])


@dataclass(frozen=True)
class Erasure:
    """One line: some subjects that were destroyed together, or single things that were removed (see removals.py)."""

    at: datetime
    subjects: Sequence[str]
    mark: Mark


@dataclass(frozen=True)
class Erasures:
    """A ledger that holds. Every erasure after `since` is in it; `before` is the place ahead of its first line."""

    since: datetime
    before: Mark
    lines: Sequence[Erasure]

    @property
    def end(self) -> Mark:
        return self.lines[-1].mark if self.lines else self.before

    def after(self, number: int) -> list[str]:
        """The subjects destroyed after the line `number`, without the single things between them."""
        return [entry for line in self.lines if line.mark.number > number for entry in line.subjects if entry.isalnum()]


class Ledger:
    """The file, while this process alone may write to it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def exists(self) -> bool:
        return self.path.exists()

    def end(self) -> Mark:
        """The last line, believed without looking at those before it. Raises BrokenLedger."""
        with self.path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - LONGEST_LINE))
            tail = file.read()
        whole = tail[: tail.rfind(b"\n") + 1]
        if len(whole) < len(tail):
            # What a killed process left of a line: its subjects were not destroyed yet, and whoever asked asks again.
            os.truncate(self.path, size - len(tail) + len(whole))
        words = whole.splitlines()[-1].decode(errors="replace").split(" ") if whole else []
        try:
            if words[0] == KIND:
                return Mark(int(words[1]) - 1, bytes.fromhex(words[2]))
            return Mark(int(words[0]), bytes.fromhex(words[-1]))
        except (ValueError, IndexError):
            raise BrokenLedger(f"The last line of {self.path} was altered.") from None

    def start(self, *, before: Mark, since: datetime) -> None:
        replace_private_file(self.path, _head(before, since))

    def note(self, subjects: Sequence[str], *, after: Mark, at: datetime | None = None) -> Mark:
        """Write down that the subjects are destroyed now; returns where that stands once the disk has it."""
        line, mark = _line(at or clock.now(), subjects, after)
        size = self.path.stat().st_size
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND)
        try:
            if os.write(handle, line) < len(line):
                raise OSError(28, "No space left on device")
            os.fsync(handle)
        except OSError:
            os.ftruncate(handle, size)
            raise
        finally:
            os.close(handle)
        return mark

    def read(self) -> Erasures:
        """All of it, each line looked at. Raises BrokenLedger."""
        text = self.path.read_bytes().decode(errors="replace")
        head, *lines = text[: text.rfind("\n") + 1].splitlines()
        before, since = self._read_head(head)
        found, last = [], before
        for place, line in enumerate(lines, 2):
            erasure = _read_line(line, last)
            if erasure is None:
                raise BrokenLedger(f"Line {place} of {self.path} was altered, or one before it is missing.")
            found.append(erasure)
            last = erasure.mark
        return Erasures(since, before, found)

    def forget_before(self, moment: datetime) -> None:
        """Drop the lines that no backup is old enough to need."""
        held = self.read()
        kept = [line for line in held.lines if line.at >= moment]
        if len(kept) == len(held.lines):
            return
        before = held.lines[len(held.lines) - len(kept) - 1].mark
        text, last = _head(before, max(held.since, moment)), before
        for line in kept:
            text += _line(line.at, line.subjects, last)[0]
            last = line.mark
        replace_private_file(self.path, text)

    def _read_head(self, line: str) -> tuple[Mark, datetime]:
        try:
            _, number, digest, since, _ = line.split(" ")
            before, moment = Mark(int(number) - 1, bytes.fromhex(digest)), _moment(since)
            if hmac.compare_digest(_head(before, moment), line.encode() + b"\n"):
                return before, moment
        except ValueError:
            pass
        raise BrokenLedger(f"Line 1 of {self.path} was altered.")


@contextmanager
def opened() -> Iterator[Ledger]:
    """The ledger, for this process alone until the block ends. Raises LedgerNotWritten."""
    path = settings().erasure_ledger
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _not_written(path, error) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield Ledger(path)
    except OSError as error:
        if error.filename not in (None, str(path)):
            raise
        raise _not_written(path, error) from error
    finally:
        os.close(handle)


def in_lines(subjects: Iterable[str]) -> Iterator[list[str]]:
    """As many at a time as one line takes."""
    waiting = list(subjects)
    for start in range(0, len(waiting), SUBJECTS_A_LINE):
        yield waiting[start : start + SUBJECTS_A_LINE]


def _not_written(path: Path, error: OSError) -> LedgerNotWritten:
    return LedgerNotWritten(
        f"The erasure ledger {path} cannot be written ({error.strerror}), so nothing was destroyed: "
        "make room, or let the shop's user write there (ERASURE_LEDGER)."
    )


def _head(before: Mark, since: datetime) -> bytes:
    text = f"{KIND} {before.number + 1} {before.digest.hex()} {_stamp(since)}"
    return f"{text} {_digest(b'head', text).hex()}\n".encode()


def _line(at: datetime, subjects: Sequence[str], after: Mark) -> tuple[bytes, Mark]:
    number = after.number + 1
    text = f"{number} {_stamp(at)} {','.join(subjects)}"
    digest = _digest(after.digest, text)
    return f"{text} {digest.hex()}\n".encode(), Mark(number, digest)


def _read_line(line: str, after: Mark) -> Erasure | None:
    try:
        _, at, subjects, _ = line.split(" ")
        expected, mark = _line(_moment(at), subjects.split(","), after)
    except ValueError:
        return None
    return Erasure(_moment(at), subjects.split(","), mark) if expected == line.encode() + b"\n" else None


def _digest(before: bytes, text: str) -> bytes:
    return hmac.digest(derived_key("erasure ledger"), before + text.encode(), "sha256")


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _moment(stamp: str) -> datetime:
    return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
