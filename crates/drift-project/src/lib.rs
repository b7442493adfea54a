//! Finds Drizzle projects, their settings and their files.
