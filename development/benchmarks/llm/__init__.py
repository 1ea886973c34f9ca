"""Calls of language models side by side with a peer's, and what importing either costs.

Every contestant runs in a process of its own (`apps/`), the peer in its own environment (`../peers.toml`).
What a contestant's process imports here (`calls`) uses the standard library only.
"""
