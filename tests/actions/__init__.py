"""Tests of what a person or a schedule may do."""
