"""What runs on this machine, read from /proc."""

import ipaddress
import sys
from contextlib import suppress
from pathlib import Path

_LISTEN = "0A"


def processes_mentioning(text: str) -> set[int]:
    """Return the living processes with `text` in their command line or environment."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            said = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            dead = (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
        except OSError:
            continue
        if text.encode() in said and not dead:
            found.add(int(entry.name))
    return found


def listening_addresses(pids: set[int]) -> set[str]:
    """Return the addresses on which any of `pids` listens for TCP connections."""
    inodes = {inode for pid in pids for inode in _sockets(pid)}
    return {address for table in ("tcp", "tcp6") for address, inode in _listeners(table) if inode in inodes}


def _sockets(pid: int) -> set[str]:
    """Return the inodes of a process's sockets; none if it has ended."""
    found = set()
    for descriptor in Path(f"/proc/{pid}/fd").glob("*"):
        with suppress(OSError):
            found.add(str(descriptor.readlink()).removeprefix("socket:[").removesuffix("]"))
    return found


def _listeners(table: str) -> list[tuple[str, str]]:
    """Return address and inode of what listens, as the kernel's table of sockets tells (see proc(5))."""
    rows = [line.split() for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]]
    return [(_address(row[1].partition(":")[0]), row[9]) for row in rows if row[3] == _LISTEN]


def _address(hexadecimal: str) -> str:
    """Return an address from the kernel's notation: words of four bytes, each in the machine's order."""
    words = [bytes.fromhex(hexadecimal[start : start + 8]) for start in range(0, len(hexadecimal), 8)]
    swapped = b"".join(word[::-1] if sys.byteorder == "little" else word for word in words)
    return str(ipaddress.ip_address(swapped))
