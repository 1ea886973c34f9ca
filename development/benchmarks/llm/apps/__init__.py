"""The contestants' programs, each run as a process of its own."""
