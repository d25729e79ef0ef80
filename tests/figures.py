"""Run every module of a folder that measures something, print a table, write the rows as JSON.

A module has `run()`, which returns or yields dicts. A row without a goal states a fact and holds; a row with `holds`
false misses its goal, and the program then ends with 1. A module that breaks is a row that does not hold; what it had
measured by then is kept, and the others still run. The file is written after each module.
"""

import argparse
import importlib
import json
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
from django.db import connection, connections

from config.collector import spare_what_stays
from tests import environment

Row = dict[str, Any]


def main(folder: Path, prefix: str, columns: Sequence[str], output: Path) -> int:
    """Run `folder/{prefix}_*.py`, or only those named on the command line. Returns the exit code."""
    names = [path.stem.removeprefix(f"{prefix}_") for path in sorted(folder.glob(f"{prefix}_*.py"))]
    parser = argparse.ArgumentParser(description=f"Run {', '.join(names)} and write {output}.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only these of: {', '.join(names)}")
    wanted = parser.parse_args().names or names
    if unknown := set(wanted) - set(names):
        parser.error(f"no {', '.join(sorted(unknown))}; there is {', '.join(names)}")
    with own_database(prefix):
        package = f"tests.{folder.name}"
        output.parent.mkdir(exist_ok=True)
        rows: list[Row] = []
        for name in wanted:
            measured = rows_of(f"{package}.{prefix}_{name}", label=name)
            rows += [{"value": None, "unit": "", "goal": "", "holds": True, **row} for row in measured]
            output.write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print("\n" + table(rows, columns))
    missed = [row["name"] for row in rows if row.get("holds") is False]
    print(
        f"\n{len(rows)} figures in {output}; " + (f"{len(missed)} miss: {', '.join(missed)}" if missed else "all hold")
    )
    return 1 if missed else 0


@contextmanager
def own_database(prefix: str) -> Iterator[None]:
    """A migrated, empty database on servers that write to disk as in production."""
    environment.enter(prefix, durable=True)
    try:
        django.setup()
        home = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        spare_what_stays()  # as in every web process
        try:
            yield
        finally:
            connection.creation.destroy_test_db(home, verbosity=0)
            connections.close_all()
    finally:
        environment.leave()


def rows_of(module: str, *, label: str) -> list[Row]:
    print(f"{label} …", end=" ", flush=True)
    started = time.perf_counter()
    rows: list[Row] = []
    try:
        # One by one, or what a generator had given before it broke would be lost.
        for row in importlib.import_module(module).run():
            rows.append(row)
    except Exception:
        traceback.print_exc(file=sys.stdout)
        rows.append({"name": f"{label} broke", "value": None, "unit": "", "goal": "to run", "holds": False})
    print(f"{time.perf_counter() - started:.1f} s", flush=True)
    return rows


def table(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """Plain text, a line per row; numbers to the right, with as many digits as they deserve."""
    cells = [list(columns)] + [[written(row.get(column)) for column in columns] for row in rows]
    widths = [max(len(line[index]) for line in cells) for index in range(len(columns))]
    is_number = [any(isinstance(row.get(column), int | float) for row in rows) for column in columns]
    lines = [
        "  ".join(
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(line, widths, is_number, strict=True)
        ).rstrip()
        for line in cells
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def written(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "NO"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return str(value)
