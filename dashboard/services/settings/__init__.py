"""What a desk has agreed on: read, changed with a reason, its effect shown, taken back."""
