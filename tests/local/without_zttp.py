"""The scripted endpoint as if zttp were not installed: `python -m tests.local.without_zttp`."""

import sys

from tests.support.scripted_endpoint import main

sys.modules["zttp"] = None  # type: ignore[assignment]

if __name__ == "__main__":
    main()
