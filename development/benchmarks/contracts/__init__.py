"""How long the gate takes: on this workspace, on a far larger one, and beside another library."""
