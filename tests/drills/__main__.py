"""`python -m tests.drills [part of a name …] [--seed N]`: drills, a table, `var/drills.json`; exit 1 if one fails."""

import argparse
import importlib
import json
import random
import sys
import time
from pathlib import Path
from typing import Any

from tests.drills import ground


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.drills")
    parser.add_argument("only", nargs="*", help='run only drills whose name holds one of these; "control:" is one')
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    random.seed(options.seed)
    ground.only = options.only
    sys.stdout.reconfigure(line_buffering=True)  # a row is seen when it is known, in a file too
    print(f"seed {options.seed}")
    ground.print_head()
    rows: list[dict[str, Any]] = []
    with ground.servers() as own:
        for path in sorted(Path(__file__).parent.glob("drill_*.py")):
            for row in importlib.import_module(f"tests.drills.{path.stem}").run(own):
                rows.append(row)
                write(rows)
    if not rows:
        print(f"no drill is named so: {' '.join(options.only)}")
    return 0 if rows and all(row["holds"] for row in rows) else 1


def write(rows: list[dict[str, Any]]) -> None:
    """Drills in one file; their controls, which lose or double on purpose, in another."""
    folder = ground.ROOT / "var"
    folder.mkdir(exist_ok=True)
    controls = [row for row in rows if row["name"].startswith("control:")]
    for name, part in (("drills", [row for row in rows if row not in controls]), ("drills-controls", controls)):
        (folder / f"{name}.json").write_text(json.dumps(part, ensure_ascii=False, indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main())
