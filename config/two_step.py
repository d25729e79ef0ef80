"""Signing in in two steps: after the password a code from the person's own telephone (RFC 6238), for who turned it on.

The devices are django-otp's: it refuses a code used before, and lets whoever guesses wait twice as long each time.
"""

import base64
import secrets
import time
from typing import Any

import qrcode
from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from qrcode.image.svg import SvgPathFillImage

WAITING = "two_step"  # in the session: who has given the password, and until when a code is waited for
PATIENCE_S = 600
RECOVERY_CODES, RECOVERY_DIGITS = 8, 10
WRONG = "Mã chưa đúng hoặc đã dùng rồi. Chờ mã mới hiện ra rồi nhập lại."


def is_on(user: User) -> bool:
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def device_to_set_up(user: User) -> TOTPDevice:
    """The same one until its first code was typed, so that a page loaded twice shows one key."""
    begun = TOTPDevice.objects.filter(user=user, confirmed=False).order_by("pk").first()
    return begun or TOTPDevice.objects.create(user=user, confirmed=False, name="điện thoại")


def key_of(device: TOTPDevice) -> str:
    """For typing where nothing can be scanned: base32 in groups of four."""
    key = base64.b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(key[place : place + 4] for place in range(0, len(key), 4))


def picture_of(device: TOTPDevice) -> str:
    """The code to scan, as a `data:` address; black on white, whatever the page's theme."""
    code = qrcode.make(device.config_url, image_factory=SvgPathFillImage, box_size=16)
    return f"data:image/svg+xml;base64,{base64.b64encode(code.to_string()).decode()}"


@transaction.atomic
def turn_on(user: User, code: str) -> list[str]:
    """The recovery codes, to be shown once; none where the code is not the device's."""
    device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False).order_by("pk").first()
    if device is None or not device.verify_token(code):
        return []
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    return new_recovery_codes(user)


@transaction.atomic
def new_recovery_codes(user: User) -> list[str]:
    """Those before no longer open anything."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="mã dự phòng")
    codes = [f"{secrets.randbelow(10**RECOVERY_DIGITS):0{RECOVERY_DIGITS}}" for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def recovery_codes_left(user: User) -> int:
    return StaticToken.objects.filter(device__user=user).count()


@transaction.atomic
def accepts(user: User, code: str) -> bool:
    """Whether it is the telephone's code of now, or a recovery code; either is used up by it."""
    kind = StaticDevice if len(code) == RECOVERY_DIGITS else TOTPDevice
    device = kind.objects.select_for_update().filter(user=user, confirmed=True).order_by("pk").first()
    return device is not None and device.verify_token(code)


@transaction.atomic
def turn_off(user: User) -> bool:
    """False where it was off. What was begun and never finished goes, too."""
    was_on = is_on(user)
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    return was_on


def wait_for_code(request: HttpRequest, user: Any) -> None:
    """The password was right: remember whose, for ten minutes and as long as it stays their password."""
    request.session[WAITING] = {
        "user": user.pk,
        "backend": user.backend,
        "password": user.get_session_auth_hash(),
        "until": time.time() + PATIENCE_S,
    }


def who_waits(request: HttpRequest) -> User | None:
    waiting = request.session.get(WAITING)
    if waiting is None or waiting["until"] < time.time():
        return None
    user = get_user_model().objects.filter(pk=waiting["user"], is_active=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), waiting["password"]):
        return None
    user.backend = waiting["backend"]  # as after `authenticate`
    return user


class CodeForm(forms.Form):
    """A code as people type it, with spaces."""

    code = forms.CharField(
        label="Mã xác thực",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split())

    def refuse(self) -> None:
        self.add_error("code", WRONG)


class SignInCodeForm(CodeForm):
    """The second step. Takes the place of Django's form with name and password in its `LoginView`."""

    def __init__(self, request: HttpRequest, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_code(self) -> str:
        code = super().clean_code()
        if not accepts(self.user, code):
            raise forms.ValidationError(WRONG)
        return code

    def get_user(self) -> User:
        return self.user
