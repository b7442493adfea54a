//! Rejects text whose syntax tree would be too deep to walk, before it is parsed.

use drift_model::SourceFile;

/// The offset at which brackets are nested too deeply, if there is one.
pub(crate) fn too_deep_at(source: &SourceFile) -> Option<u32> {
    const LIMIT: u32 = 500;
    let mut depth = 0_u32;
    for (offset, byte) in source.text.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > LIMIT {
            return Some(offset as u32);
        }
    }
    None
}
