"""What the Content-Security-Policy would refuse is not in the templates; our own style stays small."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("config", "procedures", "registrations", "scheduling", "zalo_bridge")
LARGEST_CSS = 25_000
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


def style_sheets_of(template: Path) -> set[str]:
    """Our own style sheets a page made from this template loads: its own and those of what it extends."""
    source = template.read_text()
    found = set(re.findall(r"{% static ['\"](css/[\w.-]+)['\"] %}", source))
    parent = re.search(r"{% extends ['\"]([\w./-]+)['\"]", source)
    if parent and (ROOT / "templates" / parent.group(1)).exists():
        found |= style_sheets_of(ROOT / "templates" / parent.group(1))
    return found


def test_our_own_style_stays_under_25_kb_in_all():
    """The stand-in for Zalo is somebody else's screen and ships with demos only."""
    ours = {path.name: path.stat().st_size for path in (ROOT / "static" / "css").glob("*.css")}
    ours.pop("simulator.css")
    assert sum(ours.values()) < LARGEST_CSS, ours


def test_every_style_sheet_is_used_by_some_page():
    used = {name for path in templates() for name in style_sheets_of(path)}
    assert {f"css/{path.name}" for path in (ROOT / "static" / "css").glob("*.css")} - used == set()
