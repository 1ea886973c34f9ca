"""Run the service: `python -m brickline.http_api`."""

import sys

from brickline.http_api.main import main

sys.exit(main())
