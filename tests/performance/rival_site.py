"""A folder beside ours with the packages we only compare ourselves with (`requirements/bench.txt`)."""

import hashlib
import os
import subprocess
import sys

from tests.environment import VAR

ROOT = VAR.parent
PINS = ROOT / "requirements" / "bench.txt"


def environment_with_rivals() -> dict[str, str]:
    """The environment of a child process that finds them after everything of ours; installs them on first use.

    Raises subprocess.CalledProcessError where they cannot be had.
    """
    site = VAR / f"rivals-{hashlib.sha256(PINS.read_bytes() + sys.version.encode()).hexdigest()[:10]}"
    if not (site / "complete").exists():
        install = [
            "install",
            "-qq",
            "--no-deps",
            "--require-hashes",
            "--target",
            str(site),
            "--upgrade",
            "-r",
            str(PINS),
        ]
        subprocess.run([sys.executable, "-m", "pip", *install], check=True)
        (site / "complete").touch()
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(site)])}
