"""`python -m tradingrobotplug.cli`, for where the console script is not on PATH."""

import sys

from . import main

sys.exit(main())
