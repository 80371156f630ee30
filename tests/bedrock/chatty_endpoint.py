"""A child process that writes more than a pipe holds before it prints its URL."""

import sys

for stream in (sys.stderr, sys.stdout):
    stream.write("a line of a library that talks too much\n" * 10_000)
sys.stdout.write('{"url": "http://127.0.0.1:1"}\n')
sys.stdout.flush()
sys.stdin.read()
