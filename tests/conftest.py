"""Settings all tests share."""

from hypothesis import settings

settings.register_profile("no clock", deadline=None)
"""No test may fail because the machine is busy."""
settings.load_profile("no clock")
