"""Tests of the runs: what becomes of a company, and of a chunk that is done twice, dropped or cancelled."""
