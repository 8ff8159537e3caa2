"""Cards and words of the pages of analysis and of the stand-up."""
