"""`brickline budget`: limits on what models may cost, and what they did cost."""
