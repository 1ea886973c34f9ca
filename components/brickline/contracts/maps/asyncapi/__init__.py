"""The map as an AsyncAPI 3 document, for those outside who write or read events."""
