"""The page of open times must work in the WebView of a telephone of five years ago.

Zalo opens links in the system's WebView; a telephone last updated at the end of 2021 has Chrome 94 to 96 in it.
"""

import re
from pathlib import Path

import pytest
from django.conf import settings

from tests.registrations.dialogue.test_picker import draft, path_of  # noqa: F401

ROOT = Path(settings.BASE_DIR)
# What came after Chrome 94, and with which version: where it is missing the rule or the whole script is dropped.
NEWER_CSS = {
    r":has\(": 105,
    r"@container\b": 105,
    r"@layer\b": 99,
    r"@scope\b": 118,
    r"@starting-style\b": 117,
    r"light-dark\(": 123,
    r"color-mix\(": 111,
    r"\b(?:oklch|oklab|lch|lab|color)\(": 111,
    r"\bsubgrid\b": 117,
    r"\d(?:dvh|svh|lvh|dvw|cqw|cqi)\b": 108,
    r"\(\s*(?:width|height)\s*[<>]=?": 104,
    r"[;{\s](?:scale|rotate|translate)\s*:": 104,
    r"text-wrap\s*:": 114,
    r"field-sizing\s*:": 123,
    r":user-(?:in)?valid\b": 119,
    r"(?:^|[;{}])\s*&": 112,  # nesting
    r"\{[^{}@]*\{[^{}]*\}[^{}]*\}": 112,  # nesting without &, outside @media and its like
}
NEWER_JS = {
    r"\.(?:findLast|findLastIndex)\(": 97,
    r"\.(?:toSorted|toReversed|toSpliced|with)\(": 110,
    r"\bstructuredClone\(": 98,
    r"\bObject\.groupBy\(": 117,
    r"\bPromise\.withResolvers\(": 119,
    r"\bAbortSignal\.(?:timeout|any)\(": 103,
    r"\bstartViewTransition\(": 111,
    r"\bUrlPattern\b|\bURL\.canParse\(": 120,
    r"^\s*(?:import|export)\b": 999,  # a script here is no module: old ones would not run it
    r"^await\b": 999,
}
NEWER_HTML = {r"<dialog\b[^>]*\bclosedby": 134, r"\spopover(?:target)?\b": 114, r"\sinert\b": 102, r"<search\b": 118}


def newer(text: str, features: dict[str, int]) -> list[str]:
    return [f"{feature} (Chrome {version})" for feature, version in features.items() if re.search(feature, text, re.M)]


def rules_of(css: str) -> str:
    """Without comments, and without the wrappers that may hold rules: what then still nests is nesting."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    return re.sub(r"@(?:media|supports)[^{]*\{((?:[^{}]*\{[^{}]*\})*[^{}]*)\}", r"\1", css)


def test_nothing_on_the_page_is_newer_than_an_old_webview(client, draft):  # noqa: F811
    page = client.get(draft).content.decode()
    assert newer(page, NEWER_HTML) == []
    names = re.findall(r"/static/([\w./-]+\.(?:css|js))", page)
    assert names
    for name in names:
        text = (ROOT / "static" / name).read_text(encoding="utf-8")
        found = newer(rules_of(text), NEWER_CSS) if name.endswith(".css") else newer(text, NEWER_JS)
        assert found == [], f"{name}: {found}"


@pytest.mark.parametrize(
    "css",
    [
        "a:has(b) {color:red}",
        ".card {color:red; .title {color:blue}}",
        ".card {& b {color:blue}}",
        ":root {color:light-dark(#000, #fff)}",
        "@media (width >= 600px) {a {color:red}}",
        "@container (min-width: 1px) {a {color:red}}",
    ],
)
def test_the_search_for_newer_things_finds_them(css):
    assert newer(rules_of(css) if "@media" not in css else css, NEWER_CSS)


def test_wrapped_rules_are_no_nesting():
    css = "@media (max-width: 3px) {a {color:red} b {color:blue}}\n@supports (a:b) {i {c:d}}\nu {e:f}"
    assert newer(rules_of(css), NEWER_CSS) == []
