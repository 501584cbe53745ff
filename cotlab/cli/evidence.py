"""What checks found in a project, through a server."""
