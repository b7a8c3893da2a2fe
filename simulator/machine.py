"""What figures depend on beside the program: libraries, linear algebra, type of processor. No names, no places."""

from __future__ import annotations

import platform
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

LIBRARIES = ("numpy", "scipy", "pandas", "pyarrow", "xarray", "pydantic", "pyyaml", "loky")
"""Those that compute, read or write figures."""


@cache
def libraries() -> dict[str, str]:
    """Versions of the libraries that matter, by name."""
    return {name: metadata.version(name) for name in LIBRARIES}


@cache
def blas() -> dict[str, str | None]:
    """What numpy does linear algebra with: name and version.

    `kernel` is the one chosen for this processor, None where threadpoolctl is not there to tell.
    """
    built = _numpy_says("Build Dependencies").get("blas", {})
    return {"name": built.get("name"), "version": built.get("version"), "kernel": _kernel()}


@cache
def processor() -> dict[str, Any]:
    """Machine type, the processor's own name where the system tells it, and the extensions numpy found on it."""
    found = _numpy_says("SIMD Extensions").get("found", ())
    return {"machine": platform.machine(), "model": _model(), "extensions": list(found)}


def python() -> str:
    """Machine and Python in one line."""
    return f"{platform.machine()} {platform.python_implementation()} {platform.python_version()}"


def _numpy_says(part: str) -> dict[str, Any]:
    said: Any = np.show_config(mode="dicts")
    return said.get(part, {})


def _kernel() -> str | None:
    if find_spec("threadpoolctl") is None:
        return None
    from threadpoolctl import threadpool_info

    # Other libraries may bring a BLAS of their own once they are imported: numpy's is the one that counts.
    loaded = [one for one in threadpool_info() if one["user_api"] == "blas"]
    own = [one for one in loaded if "numpy" in Path(one["filepath"]).parent.name] or loaded
    return next((one["architecture"] for one in own if "architecture" in one), None)


def _model() -> str | None:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), None)
