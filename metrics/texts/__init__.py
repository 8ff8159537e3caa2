"""What customers write, made countable: words that tell bad ratings from others, and questions that return."""
