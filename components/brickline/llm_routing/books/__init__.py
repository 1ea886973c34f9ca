"""What is written down of each call, and what can be read from it."""
