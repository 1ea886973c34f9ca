"""Run the service: `python -m brickline.report_api`."""

import sys

from brickline.report_api.main import main

sys.exit(main())
