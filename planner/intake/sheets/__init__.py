"""People's files as tables of text: workbooks, CSVs, layers, whatever their headers say."""
