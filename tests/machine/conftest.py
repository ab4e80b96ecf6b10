"""Machines are planted here, never taken as they are."""

from tests.planting import site, tools

__all__ = ["site", "tools"]
