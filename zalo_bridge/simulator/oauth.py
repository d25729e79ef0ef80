"""oauth.zaloapp.com: permission page, tokens for a code, tokens for a refresh token."""

from html import escape
from typing import Any
from urllib.parse import urlencode

from zalo_bridge.simulator import tokens
from zalo_bridge.simulator.codes import OAUTH_NAMES, Refused
from zalo_bridge.simulator.store import Store
from zalo_bridge.simulator.wire import Answer, Request

PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Zalo giả lập: cấp quyền</title>
<style>body{{font:17px/1.5 sans-serif;max-width:30rem;margin:3rem auto;padding:0 1rem}}
button{{font:inherit;padding:.7rem 1.4rem}}</style>
<h1>{oa_name}</h1><p>Ứng dụng <b>{app_id}</b> xin quyền quản lý Official Account này
(nhắn tin, đọc thông tin người quan tâm, nhận sự kiện).</p>
<form method="post"><button>Cho phép</button></form></html>"""


def permission(store: Store, request: Request) -> Answer:
    """The page an OA administrator sees; its button (a POST to the same address) redirects back with a code."""
    wanted = request.query
    redirect_uri = wanted.get("redirect_uri", "")
    allowed = store.options().callback_url
    if wanted.get("app_id") != store.identity.app_id:
        return refusal(Refused(-14002))
    if not redirect_uri.startswith(("http://", "https://")) or (allowed and redirect_uri != allowed):
        return refusal(Refused(-14003))
    if request.method == "GET":
        return Answer.of_html(PAGE.format(oa_name=escape(store.identity.oa_name), app_id=escape(store.identity.app_id)))
    code = tokens.grant_code(store, challenge=wanted.get("code_challenge", ""), redirect_uri=redirect_uri)
    back = {"code": code, "oa_id": store.identity.oa_id, "state": wanted.get("state", "")}
    location = f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode(back)}"
    return Answer(302, headers=[("Location", location)])


def access_token(store: Store, request: Request) -> Answer:
    """Both grants. A refresh token works once; used again it gets -14014 or, as seen in production, an empty 200."""
    form = request.form()
    try:
        if form.get("app_id") != store.identity.app_id:
            raise Refused(-14002)
        if request.headers.get("secret_key") != store.identity.app_secret:
            raise Refused(-14004)
        if form.get("grant_type") == "authorization_code":
            pair = tokens.spend_code(store, code=form.get("code", ""), verifier=form.get("code_verifier", ""))
        elif form.get("grant_type") == "refresh_token":
            pair = tokens.refresh(store, form.get("refresh_token", ""))
        else:
            raise Refused(-118)
    except Refused as refused:
        return refusal(refused)
    except tokens.AlreadyUsed:
        return Answer() if store.options().refresh_reuse == "empty" else refusal(Refused(-14014))
    return Answer.of_json({"access_token": pair[0], "refresh_token": pair[1], "expires_in": str(tokens.ACCESS_LIFE_S)})


def refusal(refused: Refused) -> Answer:
    body: dict[str, Any] = {
        "error": refused.code,
        "error_name": refused.message or OAUTH_NAMES.get(refused.code, "Unknown error"),
        "error_reason": "",
        "ref_doc": "https://developers.zalo.me/docs/official-account/bat-dau/xac-thuc-va-uy-quyen-cho-ung-dung-new",
        "message": "",
    }
    return Answer.of_json(body)


ROUTES = {
    ("GET", "/v4/oa/permission"): permission,
    ("POST", "/v4/oa/permission"): permission,
    ("POST", "/v4/oa/access_token"): access_token,
}
