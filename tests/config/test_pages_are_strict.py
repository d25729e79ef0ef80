import pytest

from tests.pages import faults_of


@pytest.mark.parametrize(
    "page",
    [
        "<p>ok</p><script>alert(1)</script>",
        "<style>p {color: red}</style><p>ok</p>",
        '<p style="color: red">ok</p>',
        '<button onclick="go()">ok</button>',
        '<a href="javascript:go()">ok</a>',
        "<p>{{ name }}</p>",
        "<p>{% if x %}</p>",
    ],
)
def test_a_page_the_browser_would_break_is_refused(page: str):
    assert faults_of(page)


@pytest.mark.parametrize(
    "page",
    [
        '<script src="/static/js/a.js" defer></script><p class="style">onclick</p>',
        '<script type="application/json" id="rows">{"a": 1}</script>',
        "",
    ],
)
def test_an_honest_page_passes(page: str):
    assert faults_of(page) == []
