"""Roles are groups; a group is a list of permissions, written down here and loaded by `manage.py load_roles`."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q

VERIFIERS = "Xác minh"
FIELD_STAFF = "Cán bộ hỗ trợ"
MANAGERS = "Lãnh đạo"
ADMINISTRATORS = "Quản trị"

_REQUESTS = (
    "registrations.view_registration",
    "registrations.add_registration",
    "registrations.change_registration",
    "registrations.view_citizen",
    "registrations.see_personal_data",
    "registrations.verify_registration",
    "registrations.add_contactattempt",
    "registrations.assign_registration",
    "registrations.export_registration",
    "registrations.merge_citizen",
    "scheduling.view_appointment",
    "procedures.view_procedure",
)
_MANAGING = (
    "registrations.view_statistics",
    "registrations.view_personaldataview",
    "registrations.view_workrules",
    "registrations.change_workrules",
    "scheduling.change_appointment",
    "zalo_bridge.view_webhookevent",
    "zalo_bridge.view_outboundmessage",
    "zalo_bridge.view_messageprice",
    "zalo_bridge.add_messageprice",
    "zalo_bridge.change_messageprice",
)
# Whole model sets a role may also edit in the administration.
PERMISSIONS: dict[str, tuple[str, ...]] = {
    VERIFIERS: _REQUESTS,
    FIELD_STAFF: ("registrations.work_on_own_visits", "procedures.view_procedure"),
    MANAGERS: _REQUESTS + _MANAGING,
    ADMINISTRATORS: _REQUESTS + _MANAGING,
}
# Apps whose tables a role may maintain in the administration.
MAINTAINS: dict[str, tuple[str, ...]] = {
    MANAGERS: ("scheduling",),
    ADMINISTRATORS: ("scheduling", "procedures", "zalo_bridge", "registrations", "auth"),
}
# Rows that are history or secrets: nobody edits them by hand.
NEVER_BY_HAND = (
    "transition",
    "fieldchange",
    "personaldataview",
    "deliveryattempt",
    "outboundmessage",
    "webhookevent",
    "oacredential",
    "merge",
    "consent",
    "receipt",
)


def load_roles() -> dict[str, int]:
    """Make the four groups hold exactly these permissions. How many each holds; safe to run again."""
    counts = {}
    with transaction.atomic():
        for name, codes in PERMISSIONS.items():
            wanted = Q(pk__in=[])
            for code in codes:
                app, codename = code.split(".")
                wanted |= Q(content_type__app_label=app, codename=codename)
            rights = Permission.objects.filter(wanted)
            maintained = Permission.objects.filter(content_type__app_label__in=MAINTAINS.get(name, ())).exclude(
                content_type__model__in=NEVER_BY_HAND
            )
            group, _ = Group.objects.get_or_create(name=name)
            group.permissions.set(rights | maintained)
            counts[name] = group.permissions.count()
    return counts
