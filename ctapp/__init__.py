"""Company Target: shows whether a company may be contacted, what is missing, and fills the gap through gates."""
