"""What is measured, and never asserted. Each is run by itself; NumPy has one thread in all, as in the application."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
