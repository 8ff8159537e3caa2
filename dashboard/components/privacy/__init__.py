"""The parts of the page Privacy."""
