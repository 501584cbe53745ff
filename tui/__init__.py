"""The terminal UI: an application, widgets, and a package a journey, which `journeys` registers."""
