"""What protects the people whom the desk's data tell of: masks, retention, erasure."""
