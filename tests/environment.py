"""What the environment says while tests run. A pytest plugin, loaded before Django reads its settings.

The tests run as production does (DEBUG off), with the stand-in for Zalo switched on.
"""

import os

FOR_TESTS = {
    "DEBUG": "0",
    "SECRET_KEY": "a-secret-of-the-tests-that-guards-nothing-at-all",
    "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
    "PUBLIC_URL": "http://127.0.0.1:8000",
    "SECURE_SSL_REDIRECT": "0",
    "ZALO_SIMULATOR": "1",
    "ZALO_SIGNATURE": "enforce",
    "ZALO_BUTTONS": "none",
    "ZALO_APP_ID": "1000200030004000501",
    "ZALO_APP_SECRET": "test-app-secret",
    "ZALO_OA_ID": "2000300040005000601",
    "ZALO_OA_SECRET": "test-oa-secret",
    # Where nobody listens: a test that forgets to point at the simulator fails at once instead of calling Zalo.
    "ZALO_API_URL": "http://127.0.0.1:9",
    "ZALO_OAUTH_URL": "http://127.0.0.1:9",
    "ZALO_BUSINESS_URL": "http://127.0.0.1:9",
    "ZALO_ACCESS_TOKEN": "",
    "ZALO_REFRESH_TOKEN": "",
    "OFFICE_PHONE": "0258 3000 000",
    "LOG_LEVEL": "WARNING",
    "DB_CONN_MAX_AGE": "0",
}
os.environ.update(FOR_TESTS)
