//! Finds foreign keys on which a Drizzle schema and its migrations disagree.
