"""A child process that never gets as far as listening."""

import sys

sys.stderr.write("illegal instruction, or so\n")
sys.exit(7)
