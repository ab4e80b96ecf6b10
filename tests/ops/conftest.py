"""Shared assertions of the operator tests say what differs."""

import pytest

pytest.register_assert_rewrite("tests.ops.agreement", "tests.spelling")
