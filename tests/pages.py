"""A test client that refuses pages our Content-Security-Policy would break, and pages that leak template source."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.cached_db import SessionStore
from django.http import HttpResponse
from django.test import Client
from lxml import html

LEAKS = re.compile(r"\{\{|\{%|\{#|\}\}|%\}")
DATA_BLOCK_TYPES = {"application/json", "importmap", "text/plain"}


def faults_of(page: str) -> list[str]:
    """What a browser under our policy would refuse, and template source that reached the reader."""
    if not page.strip():
        return []
    faults = []
    document = html.fromstring(page)
    for element in document.iter():
        if not isinstance(element.tag, str):
            continue
        where = f"<{element.tag}> on line {element.sourceline}"
        if element.tag == "script" and not element.get("src") and element.get("type") not in DATA_BLOCK_TYPES:
            faults.append(f"inline script: {where}")
        if element.tag == "style":
            faults.append(f"inline style sheet: {where}")
        for name, value in element.attrib.items():
            if name == "style":
                faults.append(f"style attribute: {where}")
            if name.startswith("on"):
                faults.append(f"{name} attribute: {where}")
            if name in {"href", "src", "action"} and value.strip().lower().startswith("javascript:"):
                faults.append(f"javascript: address: {where}")
    visible = re.sub(r"<(script|pre|code)\b.*?</\1>", "", page, flags=re.S)
    faults += [
        f"template source leaked near {visible[max(0, m.start() - 40) : m.end() + 40]!r}"
        for m in LEAKS.finditer(visible)
    ]
    return faults


class StrictClient(Client):
    """`django.test.Client` that fails the test on a page with such a fault."""

    def force_login(self, user: User, backend: str | None = None) -> None:
        """The session a login leaves behind, without what it writes beside (the hour, the journal): 16 statements."""
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = backend or "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        self.cookies[settings.SESSION_COOKIE_NAME] = session.session_key

    def request(self, **request: Any) -> HttpResponse:
        response = super().request(**request)
        if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
            if faults := faults_of(response.content.decode()):
                pytest.fail(f"{request['PATH_INFO']}: " + "; ".join(faults))
        return response
