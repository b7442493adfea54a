//! The command `drizzle-drift`.
fn main() {}
