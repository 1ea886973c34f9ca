"""The load: clients that post documents at a given rate, and do not give up."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import httpx

from chaos.ledger import Accepted, Ledger
from chaos.patience import Patience
from chaos.texts import Texts

_POSTERS = 16
"""As many requests are under way at most, each on a connection kept alive."""
_TIMEOUT_S = 10.0
_AGAIN_S = (0.05, 0.4)
_LOOK_S = 1.0


class Load:
    """Documents, one every `1 / rate` seconds, be the last accepted or not; what waits is caught up with."""

    def __init__(self, url: str, api_key: str, rate: float) -> None:
        self.ledger = Ledger()
        self._rate = rate
        self._headers = {"Authorization": f"Bearer {api_key}"}
        self._url = url
        self._texts = Texts()
        self._waiting: asyncio.Queue[int | None] = asyncio.Queue()

    @property
    def unanswered(self) -> int:
        """Documents offered and neither accepted nor refused yet."""
        return self.ledger.offered - len(self.ledger.accepted) - len(self.ledger.refused)

    @asynccontextmanager
    async def running(self, *, patience_s: float) -> AsyncIterator[None]:
        """Offer documents until the block ends, then see those accepted that are still waiting.

        What waits when none has been accepted for `patience_s` seconds is noted as never accepted.
        """
        async with self._client() as http:
            posters = [asyncio.create_task(self._post_all(http)) for _ in range(_POSTERS)]
            offering = asyncio.create_task(self._offer())
            try:
                yield
                offering.cancel()
                await self._finish(posters, patience_s)
            finally:
                for task in (offering, *posters):
                    task.cancel()
                await asyncio.gather(offering, *posters, return_exceptions=True)
        self._note_never_accepted()

    async def _finish(self, posters: Sequence["asyncio.Task[None]"], patience_s: float) -> None:
        """Let the posters work off what waits. Raises what ended one of them."""
        for _ in posters:
            self._waiting.put_nowait(None)
        patience = Patience(patience_s)
        while patience.lasts(self.unanswered):
            done, pending = await asyncio.wait(posters, timeout=_LOOK_S)
            for poster in done:
                poster.result()
            if not pending:
                return

    def _client(self) -> httpx.AsyncClient:
        limits = httpx.Limits(max_connections=_POSTERS, max_keepalive_connections=_POSTERS)
        return httpx.AsyncClient(
            base_url=self._url, headers=self._headers, limits=limits, timeout=_TIMEOUT_S, trust_env=False
        )

    async def _offer(self) -> None:
        started = time.monotonic()
        while True:
            due = int((time.monotonic() - started) * self._rate) + 1
            while self.ledger.offered < due:
                self._waiting.put_nowait(self.ledger.offered)
                self.ledger.offered += 1
            await asyncio.sleep(max(0.0, started + due / self._rate - time.monotonic()))

    async def _post_all(self, http: httpx.AsyncClient) -> None:
        while (number := await self._waiting.get()) is not None:
            await self._insist(http, number)

    async def _insist(self, http: httpx.AsyncClient, number: int) -> None:
        """Post one document, again under the same key until it is accepted."""
        key, body, tries = key_of(number), {"text": self._texts[number]}, 0
        while True:
            tries += 1
            asked_at = time.time()
            try:
                response = await http.post("/documents", json=body, headers={"Idempotency-Key": key})
            except httpx.TransportError as error:
                self.ledger.outcomes[type(error).__name__] += 1
            else:
                if response.status_code == httpx.codes.ACCEPTED:
                    self.ledger.accepted.append(_accepted(key, asked_at, response))
                    self.ledger.retried += tries > 1
                    return
                if not response.is_server_error:
                    self.ledger.refused.append(f"{key}: {response.status_code} {response.text[:200]}")
                    return
                self.ledger.outcomes[str(response.status_code)] += 1
            await asyncio.sleep(random.uniform(*_AGAIN_S))  # noqa: S311 - jitter

    def _note_never_accepted(self) -> None:
        answered = {accepted.key for accepted in self.ledger.accepted}
        answered |= {refused.partition(":")[0] for refused in self.ledger.refused}
        self.ledger.never_accepted = [
            key for key in map(key_of, range(self.ledger.offered)) if key not in answered
        ]


def key_of(number: int) -> str:
    """Return the idempotency key of a document."""
    return f"chaos-{number}"


def _accepted(key: str, asked_at: float, response: httpx.Response) -> Accepted:
    answer = response.json()
    document_id, job_id, trace_id = (UUID(answer[name]) for name in ("document_id", "job_id", "trace_id"))
    return Accepted(key, document_id, job_id, trace_id, asked_at, time.time())
