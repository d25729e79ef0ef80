"""`make drills`: every `drill_*.py` here breaks something on purpose and counts what was lost or done twice."""

import sys
from pathlib import Path

from tests.environment import VAR
from tests.figures import main

if __name__ == "__main__":
    columns = ["name", "events", "lost", "doubled", "recovery_s", "holds"]
    sys.exit(main(Path(__file__).parent, "drill", columns, VAR / "drills.json"))
