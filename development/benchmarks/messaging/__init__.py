"""Messaging side by side with its peers, in one run on one broker and one database.

Every contestant runs in a process of its own (`apps/`), peers in environments of their own (`../peers.toml`).
What a contestant's process imports here (`job`, `meter`, `effects`) uses the standard library only.
"""
