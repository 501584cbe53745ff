"""The terminal UI: screens, widgets, one registry of keys, one stylesheet."""
