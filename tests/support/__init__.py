"""What several folders of tests share. A test module or a conftest.py is never imported by another file."""
