"""An environment as a real office has it. `python -m tests.production COMMAND …` runs a manage.py command in it."""

import os
import sys

from django.core.management import execute_from_command_line

PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "DEBUG": "0",
    "SECRET_KEY": "Xh2-not-a-real-key-but-long-and-varied-enough-9817-qWzT_mB",
    "ALLOWED_HOSTS": "tannha.example.gov.vn",
    "PUBLIC_URL": "https://tannha.example.gov.vn",
    "DATABASE_URL": "postgres://tannha:a-password@127.0.0.1:1/tannha",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "ZALO_APP_ID": "1000200030004000501",
    "ZALO_APP_SECRET": "an-app-secret",
    "ZALO_OA_ID": "2000300040005000601",
    "ZALO_OA_SECRET": "an-oa-secret",
}

if __name__ == "__main__":
    os.environ.clear()
    os.environ.update(PRODUCTION)
    execute_from_command_line(["manage.py", *sys.argv[1:]])
