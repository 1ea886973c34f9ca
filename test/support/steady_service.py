"""A stand-in for a service: listens where it is told, drains when asked to end."""

import os
import signal
import socket
import threading

stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
with socket.create_server((os.environ["BRICKLINE_HOST"], int(os.environ["BRICKLINE_PORT"]))):
    print("listening", flush=True)
    stop.wait()
print("drained", flush=True)
