"""The same till as everywhere, for purchases that die."""

from ..support.till import practice_gateway, running_gateway, settings_overrides, shelf

__all__ = ["practice_gateway", "running_gateway", "settings_overrides", "shelf"]
