"""Local servers that behave as the documented APIs do, and the proofs that reading them loses and doubles nothing."""
