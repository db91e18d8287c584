"""The made-up world of the demo, the tests and the benchmarks: its companies and its small internet on loopback."""
