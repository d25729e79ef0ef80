"""Tests that share something dear (a demo, a cluster of PostgreSQL) are given to one worker."""

import os

import pytest


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="one process has all tests")
@pytest.mark.xdist_group("together")
def test_the_runner_knows_which_tests_belong_together(request):
    # By the end of their names. A pytest that the runner was not made for says nothing and scatters them.
    assert request.node.nodeid.endswith("@together")
