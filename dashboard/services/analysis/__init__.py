"""What pages of analysis ask: figures, comparisons, words and lists, made of facts."""
