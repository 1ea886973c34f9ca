"""What live processes read and write, for programs."""

from collections.abc import Sequence

from brickline.standalone.contracts.matrix import Matrix


def as_json(matrices: Sequence[Matrix]) -> dict[str, object]:
    """Return each deployment."""
    return {"deployments": [_matrix(each) for each in matrices]}


def _matrix(matrix: Matrix) -> dict[str, object]:
    return {
        "deployment": matrix.deployment,
        "services": [
            {
                "service": column.service,
                "release": column.release,
                "instances": column.instances,
                "topics": {
                    topic: {"reads": list(cell.reads), "writes": list(cell.writes)}
                    for topic in matrix.topics
                    if (cell := matrix.cells.get((topic, column.service, column.release)))
                },
            }
            for column in matrix.columns
        ],
        "skews": [
            {
                "topic": skew.topic,
                "version": skew.version,
                "reader": skew.reader,
                "reader_release": skew.release,
                "reads": list(skew.reads),
                "writer": skew.writer,
                "writer_release": skew.writer_release,
            }
            for skew in matrix.skews
        ],
        "differences": [
            {"topic": each.topic, "version": each.version, "digests": dict(each.digests)}
            for each in matrix.differences
        ],
    }
