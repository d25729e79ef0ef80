"""What a web process does before its first request."""

import gc
import importlib

import config.wsgi


def test_the_collector_is_told_to_leave_alone_what_was_loaded():
    gc.unfreeze()
    importlib.reload(config.wsgi)
    assert gc.get_freeze_count() > 100_000
