"""Who pays, who benefits, and which split is fair."""
