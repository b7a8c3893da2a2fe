"""Pin the packages, list their licences, ask whether any is known to be vulnerable."""

from __future__ import annotations

import argparse
import sys

from supply import audit, licences, pins

PARTS = {"audit": audit.ask, "licences": licences.write, "pins": pins.write}


def main() -> None:
    """Do one of the three; exit code 1 where something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m supply", description=__doc__)
    parser.add_argument("part", choices=PARTS)
    sys.exit(PARTS[parser.parse_args().part]())


if __name__ == "__main__":
    main()
