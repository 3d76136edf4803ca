"""How Hypothesis runs here: the same examples each time, and no deadline, so that a busy machine fails no test."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("deterministic", deadline=None, derandomize=True, database=None)
settings.load_profile("deterministic")
