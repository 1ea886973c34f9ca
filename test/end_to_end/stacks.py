"""The product as it runs: everything in one process, or three services over RabbitMQ and Postgres."""

import json
import re
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import httpx

from brickline_dev.ports import free_ports
from end_to_end.program import COMMAND, Program, service
from support.waiting import eventually

TENANTS = tuple(f"tenant-{number:02}" for number in range(300))
KEYS = ",".join(f"{tenant}:key-of-{tenant}" for tenant in TENANTS)
OPERATOR_KEY = "key-of-the-operator"
RELEASE, DEPLOYMENT = "v1.2+g5aa5546", "end-to-end"
_COMMON = {
    "BRICKLINE_OPERATOR_KEYS": f"operator:{OPERATOR_KEY}",
    "BRICKLINE_RELEASE": RELEASE,
    "BRICKLINE_DEPLOYMENT": DEPLOYMENT,
}


class Stack(ABC):
    """A running product: where it is written to, read from, and what it keeps."""

    programs: dict[str, Program]
    write_url: str
    read_url: str
    database_url: str

    @abstractmethod
    async def ready(self) -> None:
        """Return once every process answers and is ready."""

    def key_of(self, tenant: str) -> str:
        return f"key-of-{tenant}"

    async def start(self) -> None:
        for program in self.programs.values():
            program.start()
        await self.ready()

    async def stop(self) -> None:
        for program in self.programs.values():
            await program.stop()

    def log(self) -> list[dict[str, Any]]:
        """Every line that any process has logged; each must be JSON."""
        written = "".join(program.said("err") for program in self.programs.values())
        return [json.loads(line) for line in written.splitlines() if line and line != "Serving until Ctrl-C."]


class Standalone(Stack):
    """`brickline up`, on any free port; with `keys` empty it makes a key of its own."""

    def __init__(self, folder: Path, *, keys: str = KEYS) -> None:
        self.data = folder / "data"
        command = [COMMAND, "up", "--port", "0", "--data", str(self.data)]
        self.program = Program("standalone", command, folder, {"BRICKLINE_API_KEYS": keys, **_COMMON})
        self.programs = {self.program.name: self.program}
        self.own_key = ""

    def key_of(self, tenant: str) -> str:
        return self.own_key if tenant == "default" else super().key_of(tenant)

    async def start(self) -> None:
        self.program.path("out").unlink(missing_ok=True)
        await super().start()

    async def ready(self) -> None:
        match = await eventually(
            lambda: re.search(r"^(http://127.0.0.1:\d+)\nAPI key: (\S+)$", self.program.said(), re.MULTILINE),
            30,
        )
        self.write_url = self.read_url = match[1]
        self.own_key = match[2]
        await is_ready(match[1])
        pid_file = (self.data / "postgres" / "cluster" / "postmaster.pid").read_text().splitlines()
        self.database_url = f"postgresql://postgres@/postgres?host={pid_file[4]}&port={pid_file[3]}"


class Services(Stack):
    """The three services, on a database and a broker that are there."""

    def __init__(self, folder: Path, database_url: str, rabbitmq_url: str) -> None:
        self.database_url = database_url
        self._ports = dict(zip(("http_api", "rabbit_worker", "report_api"), free_ports(3), strict=True))
        self.write_url = f"http://127.0.0.1:{self._ports['http_api']}"
        self.read_url = f"http://127.0.0.1:{self._ports['report_api']}"
        common = {
            "BRICKLINE_DATABASE_URL": database_url,
            "BRICKLINE_RABBITMQ_URL": rabbitmq_url,
            "BRICKLINE_API_KEYS": KEYS,
            **_COMMON,
        }
        self.programs = {
            name: Program(name, service(name), folder, {**common, "BRICKLINE_PORT": str(port)})
            for name, port in self._ports.items()
        }

    async def ready(self) -> None:
        for port in self._ports.values():
            await is_ready(f"http://127.0.0.1:{port}")


async def is_ready(url: str) -> None:
    """Return once the service at `url` says that it can do its work."""
    async with httpx.AsyncClient(base_url=url, trust_env=False) as http:

        async def answers() -> bool:
            try:
                response = await http.get("/health/ready")
            except httpx.TransportError:
                return False
            assert response.status_code == 200, response.text
            return True

        await eventually(answers, 30)
