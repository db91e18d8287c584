"""The pages: views, tables, filters, urls; thin."""
