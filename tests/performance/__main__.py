"""`make bench`: every `bench_*.py` here against its goals."""

import sys
from pathlib import Path

from tests.environment import VAR
from tests.figures import main

if __name__ == "__main__":
    columns = ["name", "value", "unit", "goal", "holds"]
    sys.exit(main(Path(__file__).parent, "bench", columns, VAR / "bench.json"))
