"""Files from strangers, read safely and in bounded memory: text in whatever Vietnamese encoding, XML, zip archives, cells of Excel workbooks."""
