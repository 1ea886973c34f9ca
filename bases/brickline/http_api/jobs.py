"""`GET /jobs/{id}`."""

from uuid import UUID

from fastapi import APIRouter, status

from brickline.jobs import Job, read_job
from brickline.persistence import Database
from brickline.web import CurrentRequest, Problem


def jobs_router(database: Database) -> APIRouter:
    """Make the routes that tell how far jobs are."""
    router = APIRouter(tags=["jobs"])

    @router.get("/jobs/{job_id}")
    async def get_job(job_id: UUID, request: CurrentRequest) -> Job:
        """Tell the state of a job and of each of its documents."""
        async with database.connection() as connection:
            job = await read_job(connection, request.tenant, job_id)
        if job is None:
            raise Problem(status.HTTP_404_NOT_FOUND, f"There is no job {job_id}.")
        return job

    return router
