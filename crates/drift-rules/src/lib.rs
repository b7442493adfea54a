//! Compares catalogs and reports where they disagree.
