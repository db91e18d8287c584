"""The steps a company goes through, one module each."""
