"""The parts of the page Staffing."""
