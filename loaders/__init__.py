"""What a foreign file or system gives, read, mapped, checked and kept in the warehouse."""
