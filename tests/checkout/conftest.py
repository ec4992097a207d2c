"""Everything here is bought through the practice gateway."""

from ..support.till import ada, bea, practice_gateway, running_gateway, settings_overrides, shelf

__all__ = ["ada", "bea", "practice_gateway", "running_gateway", "settings_overrides", "shelf"]
