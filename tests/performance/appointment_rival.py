"""django-appointment answering which times are free: a process with settings, tables and a database of its own.

Reads one JSON object from standard input (`database`: Django's settings of an empty database; `people`: for each the
visits as [day, start, end]; `hours`, `first`, `days`), writes one to standard output: the free starts of all people
together, and the milliseconds that took.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from datetime import time as clock
from importlib import import_module
from importlib.metadata import version
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command

# The best of so many: in their favour.
RUNS = 3


def main() -> None:
    asked = json.load(sys.stdin)
    settings.configure(
        DATABASES={"default": asked["database"]},
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "phonenumber_field", "appointment"],
        USE_TZ=True,
        TIME_ZONE="Asia/Ho_Chi_Minh",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("migrate", run_syncdb=True, verbosity=0)  # it ships without migrations
    models, services = import_module("appointment.models"), import_module("appointment.services")
    service, people = fill(models, asked)
    days = [date.fromisoformat(asked["first"]) + timedelta(days=offset) for offset in range(asked["days"])]

    def free_of(staff: Sequence[Any]) -> set[str]:
        return {
            f"{day.isoformat()} {start:%H:%M}"
            for person in staff
            for day in days
            for start in services.get_available_slots_for_staff(day, person, (day.weekday() + 1) % 7, service)
        }

    free = free_of(people)  # warms up too
    everybody_ms = min(milliseconds(lambda: free_of(people)) for _ in range(RUNS))
    answer = {"version": version("django-appointment"), "everybody_ms": everybody_ms, "free": sorted(free)}
    print(json.dumps(answer))


def fill(models: Any, asked: dict[str, Any]) -> tuple[Any, list[Any]]:
    """The same people, hours and visits as we were given."""
    user = import_module("django.contrib.auth").get_user_model()
    client = user.objects.create(username="citizen")
    service = models.Service.objects.create(name="visit", duration=timedelta(minutes=45), price=0)
    people = []
    for number, visits in enumerate(asked["people"]):
        person = models.StaffMember.objects.create(
            user=user.objects.create(username=f"staff{number}"), slot_duration=60, appointment_buffer_time=0
        )
        opens, closes = (clock.fromisoformat(each) for each in asked["hours"])
        models.WorkingHours.objects.bulk_create(
            models.WorkingHours(staff_member=person, day_of_week=day, start_time=opens, end_time=closes)
            for day in range(1, 6)
        )
        requests = models.AppointmentRequest.objects.bulk_create(
            models.AppointmentRequest(date=day, start_time=start, end_time=end, service=service, staff_member=person)
            for day, start, end in visits
        )
        for request in requests:
            request.refresh_from_db(fields=["date", "start_time", "end_time"])
        models.Appointment.objects.bulk_create(
            models.Appointment(client=client, appointment_request=request) for request in requests
        )
        people.append(person)
    return service, people


def milliseconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
