"""Settings for the type checker, which reads models and settings but opens no connection."""

import os

from tests.production import PRODUCTION

os.environ.update({**PRODUCTION, "PUBLIC_URL": "http://127.0.0.1:8000", "ZALO_SIMULATOR": "1"})

from config.settings import *  # noqa: F403
