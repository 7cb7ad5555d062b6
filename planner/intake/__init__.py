"""Files that people hand over become plain tables: sheets, residents, addresses, datums."""
