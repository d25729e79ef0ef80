"""How a procedure read at each moment. A registration keeps the version number and can show what was promised."""

from typing import Any

from django.contrib.auth.models import User
from django.db import models, transaction

from procedures.models import Procedure, ProcedureVersion

# Not facts about the procedure: where it stands in a list, and bookkeeping.
_LEFT_OUT = {"id", "position", "current_version", "updated_at", "field"}


def snapshot_of(procedure: Procedure) -> dict[str, Any]:
    """The procedure's facts as plain JSON values: columns, `field` by name, `papers`, `keywords`, `misleading`."""
    facts: dict[str, Any] = {
        column.name: column.value_from_object(procedure)
        for column in Procedure._meta.concrete_fields
        if column.name not in _LEFT_OUT
    }
    for name, value in facts.items():
        if isinstance(value, models.Choices):
            facts[name] = value.value
        elif hasattr(value, "isoformat"):
            facts[name] = value.isoformat()
    keywords = list(procedure.keywords.order_by("id"))
    return {
        **facts,
        "field": procedure.field.name,
        "papers": list(procedure.components.order_by("position", "id").values_list("text", flat=True)),
        "keywords": [keyword.phrase for keyword in keywords if not keyword.is_misleading],
        "misleading": [keyword.phrase for keyword in keywords if keyword.is_misleading],
    }


@transaction.atomic
def record_version(*, procedure: Procedure, reason: str, author: User | None = None) -> ProcedureVersion | None:
    """Keep how the procedure reads now, unless it reads as it did. Call inside the transaction that changed it.

    Returns the new version, or None when nothing changed.
    """
    # The lock makes two editors take two numbers, one after the other.
    locked = Procedure.objects.select_for_update(of=("self",))
    number = locked.values_list("current_version", flat=True).get(pk=procedure.pk)
    snapshot = snapshot_of(procedure)
    last = ProcedureVersion.objects.filter(procedure=procedure, number=number).first()
    if last and last.snapshot == snapshot:
        return None
    version = ProcedureVersion.objects.create(
        procedure=procedure, number=number + 1, snapshot=snapshot, reason=reason[:200], author=author
    )
    procedure.current_version = version.number
    procedure.save(update_fields=["current_version"])
    return version
