"""Settings that the owner chooses at the desk; they hold over what the shop was started with."""
