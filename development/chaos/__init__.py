"""The chaos run: everything is killed, stopped and cut under load; then every document is accounted for."""
