"""Small facts learnt from Zalo's answers that outlive a restart: a button shape it refused, the quota it named."""

from typing import Any

from django.utils import timezone

from zalo_bridge.models import Remembered


def remember(key: str, value: dict[str, Any]) -> None:
    Remembered.objects.update_or_create(key=key, defaults={"value": value, "noted_at": timezone.now()})


def recall(key: str) -> dict[str, Any] | None:
    found = Remembered.objects.filter(key=key).values_list("value", flat=True).first()
    return dict(found) if found is not None else None


def forget(key: str) -> None:
    Remembered.objects.filter(key=key).delete()
