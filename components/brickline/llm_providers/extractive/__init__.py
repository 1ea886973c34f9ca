"""Summaries and themes lifted from a text without a language model: key phrases and salient sentences."""
