"""Importing files: reading them row by row, checking every value, and writing what is good in one transaction."""
