"""Read settings from the environment. What is unset or unreadable stops the start with a sentence: what to set."""

import os
from collections.abc import Iterable, Mapping
from datetime import time
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"", "0", "false", "no", "off"}


class Env:
    """The environment, read with the type each setting needs.

    A secret NAME may instead be given as NAME_FILE, the path of a file that holds it (Docker and systemd secrets).
    Raises `ImproperlyConfigured` with a sentence an operator can act on.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ):
        self.environ = environ

    def text(self, name: str, default: str | None = None) -> str:
        value = self.environ.get(name, "").strip()
        path = self.environ.get(f"{name}_FILE", "").strip()
        if not value and path:
            try:
                value = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise ImproperlyConfigured(
                    f"{name}_FILE points to {path}, which cannot be read: {error.strerror}."
                ) from error
        if value:
            return value
        if default is None:
            raise ImproperlyConfigured(f"{name} is not set. Set {name} (or {name}_FILE) in the environment.")
        return default

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.environ.get(name, "1" if default else "0").strip().lower()
        if value in TRUE_WORDS:
            return True
        if value in FALSE_WORDS:
            return False
        raise ImproperlyConfigured(f"{name}={value!r} is neither yes nor no. Set {name} to 1 or 0.")

    def number(self, name: str, default: int, *, least: int = 0, most: int = 10**9) -> int:
        value = self.environ.get(name, "").strip() or str(default)
        if not value.lstrip("-").isdigit() or not least <= int(value) <= most:
            raise ImproperlyConfigured(f"{name}={value!r} is not a whole number from {least} to {most}.")
        return int(value)

    def choice(self, name: str, choices: Iterable[str], default: str) -> str:
        value = self.environ.get(name, "").strip() or default
        allowed = {choice.lower(): choice for choice in choices}
        if value.lower() not in allowed:
            raise ImproperlyConfigured(f"{name}={value!r} is not one of {', '.join(allowed.values())}.")
        return allowed[value.lower()]

    def hours(self, name: str, default: str) -> tuple[time, time] | None:
        """A stretch of the day such as 22:00-06:00, from its first minute to the one after its last; none is none."""
        value = self.text(name, default)
        if value.lower() == "none":
            return None
        try:
            begin, end = (time.fromisoformat(clock.strip()) for clock in value.split("-"))
        except ValueError:
            raise ImproperlyConfigured(f"{name}={value!r} is neither none nor hours like 22:00-06:00.") from None
        return begin, end

    def words(self, name: str, default: Iterable[str] = ()) -> list[str]:
        value = self.text(name, "")
        return [word.strip() for word in value.split(",") if word.strip()] if value else list(default)

    def url(self, name: str, default: str | None = None, *, schemes: Iterable[str] = ("http", "https")) -> str:
        value = self.text(name, default)
        parts = urlsplit(value)
        if value and (parts.scheme not in set(schemes) or not (parts.netloc or parts.query)):
            raise ImproperlyConfigured(f"{name} is not a URL starting with {' or '.join(s + '://' for s in schemes)}.")
        return value.rstrip("/")

    def page(self, name: str, default: str) -> str:
        """The address of a page that can be done without; none is none."""
        if self.text(name, default).lower() == "none":
            return ""
        return self.url(name, default)
