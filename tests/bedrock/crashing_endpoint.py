"""A child process that ends with an error before it listens."""

import sys

sys.stderr.write("illegal instruction, or so\n")
sys.exit(7)
