"""Compile the Vietnamese catalogue: `python -m tests.messages`, after an edit of a .po (no gettext tools needed)."""

from pathlib import Path

import polib

CATALOGUES = sorted((Path(__file__).resolve().parent.parent / "config" / "locale").rglob("*.po"))

if __name__ == "__main__":
    for path in CATALOGUES:
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))
