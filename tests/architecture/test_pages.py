"""What the Content-Security-Policy would refuse is not in the templates; our own style stays small."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("config", "procedures", "registrations", "scheduling", "zalo_bridge")
LARGEST_CSS = 25 * 1024
FAULTS = {
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.I),
    "inline style sheet": re.compile(r"<style\b", re.I),
    "style attribute": re.compile(r"\sstyle\s*=", re.I),
    "event attribute": re.compile(r"\son(click|change|submit|input|load|error|key\w+|mouse\w+|focus|blur)\s*=", re.I),
    "javascript: address": re.compile(r"[\"']javascript:", re.I),
    "address on another host": re.compile(r"<(?:script|link|img)\b[^>]*\b(?:src|href)=[\"'](?:https?:)?//", re.I),
}


def templates() -> list[Path]:
    folders = [ROOT / "templates", *(path for app in APPS for path in (ROOT / app).rglob("templates"))]
    return [path for folder in folders for path in folder.rglob("*.html")]


def test_templates_obey_the_content_security_policy():
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in templates()
        for name, pattern in FAULTS.items()
        if pattern.search(path.read_text())
    ]
    assert found == []


def test_the_patterns_find_what_they_are_for():
    planted = (
        '<script>x</script><style></style><p style="a" onclick="b"><a href="javascript:c"><img src="https://cdn/x">'
    )
    assert [name for name, pattern in FAULTS.items() if not pattern.search(planted)] == []
    assert not any(
        pattern.search('<script src="/a.js" defer></script><img src="data:x">') for pattern in FAULTS.values()
    )


def test_our_own_style_sheets_stay_under_25_kb():
    sizes = {path.name: path.stat().st_size for path in (ROOT / "static").rglob("*.css")}
    assert sum(sizes.values()) < LARGEST_CSS, sizes
