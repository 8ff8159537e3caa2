"""Files coming in: upload, mapping, report, guides, one customer under several names."""
