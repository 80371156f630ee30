import sys

if "pytest" in sys.modules:  # the endpoints in tests.support also run as programs without it
    sys.modules["pytest"].register_assert_rewrite("tests.support")
