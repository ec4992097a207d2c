"""`make test`: gets what the tests need, runs the suite on SQLite and on PostgreSQL, and says plainly how it went."""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from .support import tools
from .support.memory import in_memory
from .support.postgres import cluster

ROOT = Path(__file__).parent.parent
REPORTS = ROOT / "build" / "tests"


@dataclass(frozen=True)
class Ran:
    """One run of the suite."""

    name: str
    code: int
    passed: int = 0
    failed: int = 0
    skipped: int = 0


def main() -> int:
    lacking = tools.fetch_missing()
    if lacking:
        print(*("cannot test: " + why for why in lacking), sep="\n", flush=True)
        return 1
    runs = [_run("sqlite", {})]
    with cluster() as url:
        # Pages are the same whichever database lies behind them, and so is what asks it nothing new.
        runs.append(_run("postgresql", {"TEST_DATABASE_URL": url}, "-m", "not browser and not once"))
    return _summary(runs)


def _run(name: str, environment: dict[str, str], *options: str) -> Ran:
    print(f"\n== the suite on {name}", flush=True)
    report = REPORTS / f"{name}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "worksteal", f"--junitxml={report}", *options]
    with TemporaryDirectory(prefix="shop-tests-", dir=in_memory()) as shops:
        code = subprocess.call([*command, f"--basetemp={shops}"], cwd=ROOT, env={**os.environ, **environment})
    if not report.exists():
        return Ran(name, code or 1)
    counted = ElementTree.parse(report).getroot().find("testsuite")
    total, failed, errors, skipped = (int(counted.get(key, 0)) for key in ("tests", "failures", "errors", "skipped"))
    return Ran(name, code, total - failed - errors - skipped, failed + errors, skipped)


def _summary(runs: list[Ran]) -> int:
    print("\n== all together", flush=True)
    for run in runs:
        print(f"{run.name}: {run.passed} passed, {run.failed} failed, {run.skipped} skipped (exit code {run.code})")
    totals = [sum(getattr(run, key) for run in runs) for key in ("passed", "failed", "skipped")]
    print("{} passed, {} failed, {} skipped".format(*totals), flush=True)
    return 0 if totals[0] and not any(run.code for run in runs) else 1


if __name__ == "__main__":
    sys.exit(main())
