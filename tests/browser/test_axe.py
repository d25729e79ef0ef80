"""What looks at every page under axe must itself find a fault, wherever on the page it stands, and leave no trace."""

from typing import Any

import pytest

from tests.browsing import accessibility_faults

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang="vi"><title>Mẫu</title><main><h1>Mẫu</h1><ul>{}</ul></main></html>"""


def test_a_fault_of_every_row_of_one_row_and_between_rows_is_found_and_the_page_stays_whole(browse: Any) -> None:
    page = browse()
    rows = ["<li>Một</li>"] * 4
    for named, last in (
        ("color-contrast", '<li style="color: #ddd">Nhạt</li>'),
        ("button-name", "<li><button></button></li>" * 3),
        ("landmark-unique", '<li><section aria-label="Ca"></section></li>' * 3),
    ):
        page.set_content(PAGE.format("".join([*rows, last])))
        before = page.content()
        faults = accessibility_faults(page, "light")
        assert [fault for fault in faults if named in fault], faults
        assert page.content().replace(' data-bs-theme="light"', "") == before
    page.set_content(PAGE.format("".join(rows)))
    assert accessibility_faults(page) == []
