"""Access and refresh tokens of the OA: 25 hours, three months, and a refresh token works once."""

import base64
import hashlib
import secrets
import sqlite3
import time

from zalo_bridge.simulator.codes import Refused
from zalo_bridge.simulator.store import Store

ACCESS_LIFE_S = 90_000
REFRESH_LIFE_S = 90 * 24 * 3600
CODE_LIFE_S = 600


class AlreadyUsed(Exception):
    """The refresh token was spent before."""


def issue_pair(store: Store, *, access_token: str = "", refresh_token: str = "") -> tuple[str, str]:
    """A new pair, or the given one made valid. Giving a pair the store knows already changes nothing."""
    with store.writing() as db:
        return _issue(db, access_token, refresh_token)


def is_live(store: Store, access_token: str) -> bool:
    with store.reading() as db:
        row = db.execute(
            "SELECT 1 FROM tokens WHERE access_token = ? AND access_expires_at > ?", (access_token, time.time())
        ).fetchone()
    return row is not None


def refresh(store: Store, refresh_token: str) -> tuple[str, str]:
    """Spend a refresh token for a new pair. Raises `AlreadyUsed`, or `Refused` (-14014) when unknown or expired."""
    with store.writing() as db:
        row = db.execute("SELECT * FROM tokens WHERE refresh_token = ?", (refresh_token,)).fetchone()
        if row is None or row["refresh_expires_at"] <= time.time():
            raise Refused(-14014)
        if row["refresh_used_at"] is not None:
            raise AlreadyUsed
        db.execute("UPDATE tokens SET refresh_used_at = ? WHERE refresh_token = ?", (time.time(), refresh_token))
        return _issue(db)


def expire_access_tokens(store: Store) -> None:
    """Every access token stops working now, as when a second app or the console re-grants."""
    with store.writing() as db:
        db.execute("UPDATE tokens SET access_expires_at = min(access_expires_at, ?)", (time.time(),))


def expire_refresh_tokens(store: Store) -> None:
    """The whole grant is gone: only an administrator of the OA can give a new one."""
    expire_access_tokens(store)
    with store.writing() as db:
        db.execute("UPDATE tokens SET refresh_expires_at = min(refresh_expires_at, ?)", (time.time(),))


def newest(store: Store) -> sqlite3.Row | None:
    """The pair issued last, a row of `tokens`."""
    with store.reading() as db:
        row: sqlite3.Row | None = db.execute("SELECT * FROM tokens ORDER BY rowid DESC LIMIT 1").fetchone()
    return row


def grant_code(store: Store, *, challenge: str, redirect_uri: str) -> str:
    """An authorisation code: ten minutes, one use."""
    code = secrets.token_urlsafe(48)
    with store.writing() as db:
        db.execute("INSERT INTO grant_codes VALUES (?, ?, ?, ?, NULL)", (code, challenge, redirect_uri, time.time()))
    return code


def spend_code(store: Store, *, code: str, verifier: str) -> tuple[str, str]:
    """A pair for a code. Raises `Refused`: -118 for a bad, old or used code, -14003 when PKCE does not fit."""
    with store.writing() as db:
        row = db.execute("SELECT * FROM grant_codes WHERE code = ?", (code,)).fetchone()
        if row is None or row["used_at"] is not None or row["issued_at"] + CODE_LIFE_S <= time.time():
            raise Refused(-118)
        if row["challenge"] and row["challenge"] != challenge_of(verifier):
            raise Refused(-14003, "Invalid code verifier")
        db.execute("UPDATE grant_codes SET used_at = ? WHERE code = ?", (time.time(), code))
        return _issue(db)


def challenge_of(verifier: str) -> str:
    """base64url of the SHA-256 digest, without padding."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _issue(db: sqlite3.Connection, access_token: str = "", refresh_token: str = "") -> tuple[str, str]:
    access_token = access_token or secrets.token_urlsafe(120)
    refresh_token = refresh_token or secrets.token_urlsafe(120)
    now = time.time()
    db.execute(
        "INSERT OR IGNORE INTO tokens VALUES (?, ?, ?, ?, ?, NULL)",
        (access_token, refresh_token, now, now + ACCESS_LIFE_S, now + REFRESH_LIFE_S),
    )
    return access_token, refresh_token
