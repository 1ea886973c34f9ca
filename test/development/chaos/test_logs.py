import json
from pathlib import Path

from chaos.logs import tally


def test_duplicates_errors_and_crashes_are_counted_and_torn_lines_are_passed_over(tmp_path: Path) -> None:
    skipped = {"level": "info", "event": "event.duplicate_skipped", "service": "reporting"}
    lines = [
        json.dumps({**skipped, "group": "reporting.insights"}),
        json.dumps({**skipped, "group": "reporting.insights"}),
        json.dumps({**skipped, "group": "reporting.progress"}),
        json.dumps({"level": "error", "event": "relay.restarted", "service": "reporting"}),
        json.dumps({"level": "info", "event": "Traceback (most recent call last)", "service": "reporting"}),
        '{"level": "error", "event": "cut sho',
        "Traceback (most recent call last):",
    ]
    log = tmp_path / "reporting_api.log"
    log.write_text("\n".join(lines) + "\n")
    found = tally([log, tmp_path / "never_started.log"])
    assert found.duplicates == {"reporting.insights": 2, "reporting.progress": 1}
    assert found.errors == {"reporting: relay.restarted": 1}
    assert found.tracebacks == ("reporting_api.log:7",)
    assert found.lines == 7
