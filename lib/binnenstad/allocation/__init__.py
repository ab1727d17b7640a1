"""Who pays, who benefits, which split is fair; independent of the programme tables."""
