"""Asking a model, and paying for it once."""
