//! Which parts of a file a runner applies.
//!
//! Many tools keep the way back in the same file, behind a marker in a comment. It is never
//! replayed.

use std::ops::Range;

use crate::folder::Layout;

/// What a marker says about the lines behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Marker {
    Up,
    Down,
}

/// The parts of a text that are applied, in order.
///
/// The migrators of drizzle run a file as a whole, whatever its comments say; other runners, whose
/// folders are [`Layout::Plain`], cut off the way back.
pub(crate) fn applied_parts(text: &str, layout: Layout) -> Vec<Range<usize>> {
    if let Some(parts) = introspected(text) {
        return parts;
    }
    if layout != Layout::Plain {
        return std::iter::once(0..text.len()).collect();
    }
    let mut markers = markers(text);
    // A lone `-- up` or `-- down` is a remark; only the pair is a layout.
    let has = |wanted| markers.iter().any(|(marker, ..)| *marker == wanted);
    if !(has(Marker::Up) && has(Marker::Down)) {
        markers.retain(|(_, is_certain, _)| *is_certain);
    }
    if markers.is_empty() {
        return std::iter::once(0..text.len()).collect();
    }
    let mut parts = Vec::new();
    // What stands before the first marker is applied if that one ends it.
    let mut start = (markers[0].0 == Marker::Down).then_some(0);
    for (marker, _, line) in markers {
        if let Some(start) = start.take() {
            parts.push(start..line.start);
        }
        start = (marker == Marker::Up).then_some(line.end);
    }
    parts.extend(start.map(|start| start..text.len()));
    parts
}

/// drizzle-kit writes what it found in a database as one comment, breakpoints and all; the
/// database is what the comment says, and what somebody wrote behind it.
///
/// Source: `drizzle-kit pull`, and `introspect` in older versions.
fn introspected(text: &str) -> Option<Vec<Range<usize>>> {
    let head = "-- Current sql file was generated after introspecting the database";
    if !text.trim_start().starts_with(head) {
        return None;
    }
    // Whoever runs it takes the marks of the comment out, and may write comments of their own.
    let is_remark = |line: &&str| line.trim().is_empty() || line.trim_start().starts_with("--");
    let remarks: usize = text.split_inclusive('\n').take_while(is_remark).map(str::len).sum();
    let open = text.len() - text[remarks..].trim_start().strip_prefix("/*")?.len();
    let close = open + end_of_comment(&text[open..])?;
    let is_baseline = text[open..close].contains("CREATE ");
    is_baseline.then(|| vec![open..close, close + 2..text.len()])
}

/// Where a comment ends that may have others in it, behind its beginning.
fn end_of_comment(text: &str) -> Option<usize> {
    let (mut at, mut depth) = (0, 1);
    loop {
        at += text[at..].find(['/', '*'])?;
        if text[at..].starts_with("/*") {
            (at, depth) = (at + 2, depth + 1);
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            if depth == 0 {
                return Some(at);
            }
            at += 2;
        } else {
            at += 1;
        }
    }
}

/// The markers of a text: what they say, whether they are certainly markers, and their line.
fn markers(text: &str) -> Vec<(Marker, bool, Range<usize>)> {
    let mut markers = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find("--") {
        let start = at + found;
        let end = text[start..].find('\n').map_or(text.len(), |length| start + length + 1);
        let is_line = text[..start].rfind('\n').map_or(0, |line| line + 1);
        if text[is_line..start].trim().is_empty()
            && let Some((marker, is_certain)) = marker(&text[start..end])
        {
            markers.push((marker, is_certain, start..end));
        }
        at = end;
    }
    markers
}

/// What goose, sql-migrate, micrate, dbmate, node-pg-migrate, rambler and the evolutions of Play
/// write before the way there.
const UPS: [&str; 7] =
    ["+goose up", "+migrate up", "+micrate up", "migrate:up", "up migration", "rambler up", "!ups"];

/// What they, and tern, write before the way back.
const DOWNS: [&str; 8] = [
    "+goose down",
    "+migrate down",
    "+micrate down",
    "migrate:down",
    "down migration",
    "rambler down",
    "!downs",
    "create above / drop",
];

/// Reads a comment as the marker of a runner, or of somebody's own.
fn marker(line: &str) -> Option<(Marker, bool)> {
    let words = line.trim_start_matches(['-', ' ', '\t']).trim_end();
    let is = |prefix: &str| {
        words.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    if UPS.iter().any(|prefix| is(prefix)) {
        return Some((Marker::Up, true));
    }
    if DOWNS.iter().any(|prefix| is(prefix)) {
        return Some((Marker::Down, true));
    }
    let bare = words.trim_matches(|it: char| !it.is_ascii_alphabetic());
    if bare.eq_ignore_ascii_case("up") {
        Some((Marker::Up, false))
    } else if bare.eq_ignore_ascii_case("down") {
        Some((Marker::Down, false))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let parts: Vec<&str> =
            applied_parts(text, Layout::Plain).into_iter().map(|it| &text[it]).collect();
        assert_eq!(parts.join("|").replace('\n', " ").trim(), expected, "{text}");
    }

    #[test]
    fn applies_the_whole_file_as_drizzle_does() {
        let text = "-- Up Migration\na;\n-- Down Migration\nb;";
        for layout in [Layout::Journal, Layout::Folders] {
            let parts: Vec<&str> =
                applied_parts(text, layout).into_iter().map(|it| &text[it]).collect();
            assert_eq!(parts, [text]);
        }
    }

    // 6.3, 6.4, 6.11, 6.12
    #[test]
    fn cuts_off_the_way_back() {
        check("-- +goose Up\na;\n-- +goose Down\nb;\n", "a;");
        check("-- migrate:up\na;\n-- migrate:down\nb;\n-- migrate:up\nc;", "a; |c;");
        check("-- Up Migration\na;\n-- Down Migration\nb;", "a;");
        check("a;\n-- Down Migration\nb;", "a;");
        check("a;\n---- create above / drop below ----\nb;", "a;");
        check("-- UP\na;\n-- DOWN\nb;", "a;");
        for [up, down] in [
            ["-- +migrate Up", "-- +migrate Down"],
            ["-- +micrate Up", "-- +micrate Down"],
            ["-- rambler up", "-- rambler down"],
            ["-- !Ups", "-- !Downs"],
        ] {
            check(&format!("{up}\na;\n{down}\nb;"), "a;");
        }
    }

    // 6.12
    #[test]
    fn leaves_the_comments_of_liquibase_alone() {
        let text = "--liquibase formatted sql --changeset a:1 a; --rollback b;";
        check(&text.replace(" --", "\n--").replace(" a;", "\na;"), text);
    }

    #[test]
    fn takes_a_remark_for_a_remark() {
        check("a;\n-- down\nb;", "a; -- down b;");
        check("a; -- +goose Down\nb;", "a; -- +goose Down b;");
        check("-- sets things up\na;", "-- sets things up a;");
    }

    #[test]
    fn reads_what_drizzle_kit_introspected() {
        let head = "-- Current sql file was generated after introspecting the database\n-- If you";
        check(
            &format!("{head}\n/*\nCREATE a;\n--> statement-breakpoint\nb; /* b */\n*/"),
            "CREATE a; --> statement-breakpoint b; /* b */ |",
        );
        check(&format!("{head}\n/*\nCREATE a;*/\nb; /* c */"), "CREATE a;| b; /* c */");
        let remarked = format!("{head}\n/* d */\nCREATE a; /* e */");
        check(&remarked, &remarked.replace('\n', " "));
        let uncommented = format!("{head}\na;\n--> statement-breakpoint\nb /* c */; /* d */ e;");
        check(&uncommented, &uncommented.replace('\n', " "));
    }
}
