"""Hypothesis draws the same cases everywhere, and takes the time that it takes."""

from hypothesis import settings

settings.register_profile("repeatable", deadline=None, derandomize=True, database=None)
settings.load_profile("repeatable")
