import subprocess
import sys
from io import StringIO

from django.conf import settings
from django.core.management import call_command

from procedures.services import Procedure
from scheduling.services import Slot, Ward


def prepare(*arguments: str) -> str:
    said = StringIO()
    call_command("prepare", *arguments, stdout=said)
    return said.getvalue()


def test_a_new_office_gets_everything_it_needs_to_take_requests_and_a_second_run_leaves_what_it_changed(db):
    said = prepare()
    assert "Danh mục thủ tục" in said
    assert Procedure.objects.filter(is_in_scope=True).exists()
    assert Ward.objects.filter(is_served=True).count() == 4
    assert Slot.objects.filter(is_open=True).exists()

    changed = Procedure.objects.filter(is_in_scope=True).first()
    Procedure.objects.filter(pk=changed.pk).update(visit_minutes=75)
    slots = Slot.objects.count()
    assert "Danh mục thủ tục" not in prepare()
    changed.refresh_from_db()
    assert changed.visit_minutes == 75
    assert Slot.objects.count() == slots


def test_an_unreachable_database_is_one_sentence():
    command = [sys.executable, "-m", "tests.production", "prepare"]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: Không kết nối được PostgreSQL ở DATABASE_URL")
    assert "Traceback" not in done.stderr
