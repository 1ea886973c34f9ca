"""Every tier in one process, on an embedded Postgres and the in-process bus, and the `brickline` command.

The one base that uses other bases: it runs the same services that they run, with another database and bus.
"""
