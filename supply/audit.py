"""Whether a pinned version is known to be vulnerable, by pip-audit."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

from supply.packages import CONSTRAINTS

COMMAND = ("-r", str(CONSTRAINTS), "--no-deps", "--disable-pip", "--format=json", "--progress-spinner=off")


def ask() -> int:
    """Ask for every pinned version; 1 where one is known to be vulnerable, 0 where none is or nobody can be asked.

    pip-audit reports success where its database does not know a single package, as behind a mirror that has none:
    that is told here as what it is, an audit that did not take place.
    """
    asked = [sys.executable, "-m", "pip_audit", *COMMAND]
    answer = subprocess.run(asked, capture_output=True, text=True)
    try:
        packages = json.loads(answer.stdout)["dependencies"]
    except (json.JSONDecodeError, KeyError):
        reason = (answer.stderr.strip().splitlines() or ["no answer"])[-1]
        print(f"SKIPPED: packages were not audited: {reason}", file=sys.stderr)
        return 0
    code, told = verdict(packages)
    print(told, file=sys.stderr)
    return code


def verdict(packages: Iterable[dict[str, Any]]) -> tuple[int, str]:
    """Exit code and what to say of pip-audit's answer."""
    known = [one for one in packages if "skip_reason" not in one]
    unknown = [one["name"] for one in packages if "skip_reason" in one]
    if not known:
        return 0, "SKIPPED: packages were not audited: the database of vulnerabilities cannot be reached"
    found = [
        f"{one['name']} {one['version']}: {flaw['id']}, mended in {', '.join(flaw['fix_versions']) or 'no version yet'}"
        for one in known
        for flaw in one["vulns"]
    ]
    left = [f"not audited, unknown to the database: {', '.join(unknown)}"] if unknown else []
    counted = f"{len(known)} packages audited, {len(found)} known vulnerabilities"
    return (1 if found else 0), "\n".join([*found, *left, counted])
