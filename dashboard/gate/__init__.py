"""What stands between the network and the pages: nothing passes without a live session."""
