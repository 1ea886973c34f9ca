"""Run the service: `python -m brickline.rabbit_worker`."""

import sys

from brickline.rabbit_worker.main import main

sys.exit(main())
