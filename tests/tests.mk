# How the suites are built and run. `make check` is the only gate.
