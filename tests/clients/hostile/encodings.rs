//! Texts as other machines write them.

use super::{FAULT, check, edit};
use crate::sandbox::{project_with_drift, write};

/// Everything that a check of the project reads.
const FILES: [&str; 5] = [
    "drizzle.config.ts",
    "src/schema.ts",
    "drizzle/0000_init.sql",
    "drizzle/meta/_journal.json",
    "drizzle-drift.json",
];

const UTF_16: &str = "it is in UTF-16, which drizzle-kit does not read; save it as UTF-8";

fn utf_16(text: &[u8], has_mark: bool, bytes: impl Fn(u16) -> [u8; 2]) -> Vec<u8> {
    let mark = has_mark.then_some(0xfeff);
    let text = String::from_utf8(text.to_vec()).unwrap();
    mark.into_iter().chain(text.encode_utf16()).flat_map(bytes).collect()
}

fn replaced(bytes: &[u8], with: &str) -> Vec<u8> {
    String::from_utf8(bytes.to_vec()).unwrap().replace('\n', with).into_bytes()
}

/// Line breaks of Windows and of old Macs, and a byte order mark, change neither findings nor places.
#[test]
fn line_breaks_and_marks_make_no_difference() {
    let folder = project_with_drift();
    write(&folder.path().join("drizzle-drift.json"), "{\n  // Nothing.\n}\n");
    edit(folder.path(), "src/schema.ts", |it| [b"// A comment.\n\n", &it[..]].concat());
    edit(folder.path(), "drizzle/0000_init.sql", |it| [b"-- A comment.\n\n", &it[..]].concat());
    let before = check(folder.path());
    before.says(1, &["src/schema.ts:13:65: error[on-delete-mismatch]"]);
    let texts = FILES.map(|it| std::fs::read(folder.path().join(it)).unwrap());
    for line_break in ["\r\n", "\r"] {
        for (file, text) in FILES.iter().zip(&texts) {
            edit(folder.path(), file, |_| {
                [b"\xef\xbb\xbf", &replaced(text, line_break)[..]].concat()
            });
        }
        assert_eq!(check(folder.path()).text, before.text, "{line_break:?}");
    }
}

type Encoding = fn(&[u8]) -> Vec<u8>;

#[test]
fn utf_16_is_named() {
    let encodings: [Encoding; 3] = [
        |it| utf_16(it, true, u16::to_le_bytes),
        |it| utf_16(it, true, u16::to_be_bytes),
        |it| utf_16(it, false, u16::to_le_bytes),
    ];
    for file in FILES {
        for encode in encodings {
            let folder = project_with_drift();
            write(&folder.path().join("drizzle-drift.json"), "{}");
            edit(folder.path(), file, |it| encode(&it));
            let checked = check(folder.path());
            checked.says(2, &[UTF_16]);
            let line = checked.text.lines().find(|it| it.contains(UTF_16)).unwrap();
            assert!(line.contains(file), "{line}");
        }
    }
    // What is beside it is checked.
    let folder = project_with_drift();
    edit(folder.path(), "drizzle/meta/_journal.json", |it| utf_16(&it, true, u16::to_le_bytes));
    check(folder.path()).says(2, &[UTF_16, FAULT]);
}

/// What a machine leaves that lost its power while it wrote.
#[test]
fn a_file_of_zeros_is_named() {
    for file in FILES {
        let folder = project_with_drift();
        edit(folder.path(), file, |_| vec![0; 4096]);
        let checked = check(folder.path());
        checked.says(2, &["it is no text: it begins with a zero byte"]);
        assert!(checked.text.contains(file), "{}", checked.text);
    }
}

#[test]
fn stray_bytes_in_comments_do_no_harm() {
    let folder = project_with_drift();
    for (file, comment) in [
        ("drizzle.config.ts", &b"// a\0b \xe9\xff \xed\xa0\x80\n"[..]),
        ("src/schema.ts", b"// a\0b \xe9\xff \xed\xa0\x80\n"),
        ("drizzle/0000_init.sql", b"-- a\0b \xe9\xff \xed\xa0\x80\n"),
    ] {
        edit(folder.path(), file, |it| [comment, &it[..]].concat());
    }
    check(folder.path()).says(1, &["src/schema.ts:12:65: error[on-delete-mismatch]"]);
}

/// A truncated file, at every length: there is always an answer, and always a reason for it.
#[test]
fn cut_files_are_told_of() {
    for file in ["drizzle.config.ts", "src/schema.ts", "drizzle/meta/_journal.json"] {
        let whole = std::fs::read(project_with_drift().path().join(file)).unwrap();
        for length in (0..whole.len()).step_by(97) {
            let folder = project_with_drift();
            edit(folder.path(), file, |it| it[..length].to_vec());
            let checked = check(folder.path());
            checked.says(2, &[]);
            assert!(checked.text.lines().count() > 0, "{file} cut at {length}");
        }
    }
}
