"""The parts of quality: results, draws, review room, reviews, scorecards, corrections."""
