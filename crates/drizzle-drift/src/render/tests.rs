//! Every format on one report with hostile names, and on random ones.

use std::path::{Path, PathBuf};
use std::time::Duration;

use drift_model::{
    Dialect, Edit, Finding, Language, Level, Remedy, SourceError, SourceMap, Span, TableName,
};
use insta::assert_snapshot;
use proptest::prelude::*;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

use super::{Options, markdown, render};
use crate::args::CheckFormat;
use crate::report::Report;
use drift_check::fingerprint::fingerprints;
use drift_check::{Places, ProjectReport, Reported, SourceCounts};

const FORMATS: [CheckFormat; 8] = [
    CheckFormat::Pretty,
    CheckFormat::Concise,
    CheckFormat::Json,
    CheckFormat::Sarif,
    CheckFormat::Github,
    CheckFormat::Gitlab,
    CheckFormat::Junit,
    CheckFormat::Markdown,
];

const OPTIONS: Options = Options {
    has_colors: false,
    width: None,
    max_findings: usize::MAX,
    has_infos: false,
    has_summary: true,
    has_statistics: false,
    fail_on: Some(Level::Error),
    has_step_summary: false,
};

/// What a run would say about the findings, which come from one project.
fn report_of<'a>(
    sources: &'a SourceMap,
    findings: Vec<Finding>,
    errors: Vec<SourceError>,
) -> Report<'a> {
    let foreign_keys = findings.iter().filter_map(|it| it.foreign_key.clone());
    let foreign_keys = foreign_keys.chain(["posts.author_id → users.id".to_owned()]).collect();
    let fingerprints = fingerprints("packages/db", &findings);
    let findings = std::iter::zip(findings, fingerprints)
        .map(|(finding, fingerprint)| Reported { finding, fingerprint, tables: Vec::new() })
        .collect();
    let counts = SourceCounts { tables: 3, foreign_keys: 2, unresolved: 0 };
    Report {
        places: Places { sources, current_directory: Path::new("/repo/packages/db") },
        root: Path::new("/repo"),
        projects: vec![ProjectReport {
            name: ".".to_owned(),
            home: "/repo/packages/db/drizzle.config.ts".into(),
            dialect: Some(Dialect::PostgreSql),
            schema: Some(counts),
            migrations: Some(counts),
            migration_files: 2,
            foreign_keys,
            findings,
            ..ProjectReport::default()
        }],
        errors,
        fixed: 0,
        elapsed: Duration::ZERO,
    }
}

fn rendered(format: CheckFormat, report: &Report<'_>, options: &Options) -> String {
    let mut out = Vec::new();
    render(format, report, options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

const SCHEMA: &str = r#"export const users = pgTable("users", { id: integer("id").primaryKey() });
export const evil = pgTable("we\"ird|na`me]]>", {
	authorId: integer("author_id").references(() => users.id, { onDelete: "cascade" }), // é 日本 \u{202e}
});
"#;

/// Findings at all levels, about tables with names that mean something to each of the formats.
fn example(sources: &SourceMap) -> Report<'_> {
    let file = |path: &str, text: &str| sources.add(PathBuf::from(path), text.to_owned()).id;
    let schema = file("/repo/packages/db/src/[id] & (app)/schema,é:1.ts", SCHEMA);
    let long = format!(
        "CREATE TABLE users (id integer);{}ALTER TABLE evil ADD FOREIGN KEY (author_id) REFERENCES users (id);{}\n",
        " SELECT 1;".repeat(60),
        " SELECT 2;".repeat(60),
    );
    let migration = file("/repo/packages/db/drizzle/0000_init.sql", &long);
    let span = |file, text: &str, part: &str| {
        let start = text.find(part).unwrap() as u32;
        Span::new(file, start, start + part.len() as u32)
    };
    let declared = span(schema, SCHEMA, "onDelete: \"cascade\"");
    let created = span(
        migration,
        &long,
        "ALTER TABLE evil ADD FOREIGN KEY (author_id) REFERENCES users (id)",
    );
    let hostile = "we\"ird|na`me]]>\n::error::<b>@me\u{1b}[31m\u{202e}";
    let table = TableName::with_namespace("a,b:c%", hostile);
    let mut error = Finding::new(
        "on-delete-mismatch",
        Level::Error,
        format!("ON DELETE of {table}.author_id → users.id is cascade in the schema, but no action in the migrations"),
    )
    .about_columns(&table, &["author_id".to_owned()])
    .says("schema", "cascade")
    .says("migrations", "no action")
    .label(declared, "the schema says cascade")
    .label(created, "the migrations say `no action` [and] nothing else, whatever 100% of people expect")
    .note("in the database, deleting a referenced row fails")
    .help("bring them together")
    .remedy(Remedy {
        title: "if the migrations are right, change the schema".to_owned(),
        language: Language::TypeScript,
        text: "{ onDelete: \"no action\" }, // ``` and ````".to_owned(),
        edit: Some(Edit { span: declared, text: "onDelete: \"no action\"".to_owned() }),
    })
    .remedy(Remedy {
        title: "if the schema is right, add a migration".to_owned(),
        language: Language::Sql,
        text: "ALTER TABLE \"we\"\"ird|na`me]]>\"\n  DROP CONSTRAINT \"x\";\nSELECT 1;".to_owned(),
        edit: None,
    });
    error.foreign_key = Some(format!("{table}.author_id → users.id"));
    let named = TableName::new("posts");
    let warning =
        Finding::new("unparsed-statement", Level::Warn, "`posts` | _could_ not be *read*")
            .about_table(&named)
            .label(created, "here");
    let homeless = Finding::new("policy", Level::Warn, "policy 1 concerns no table");
    let info = Finding::new("constraint-name-mismatch", Level::Info, "another name")
        .about_columns(&named, &["a".to_owned()])
        .label(declared, "`a`");
    let twin = info.clone();
    let unread = SourceError {
        path: "/repo/packages/db/drizzle/0001.sql".into(),
        span: None,
        message: "cannot be read: <gone> & forgotten".to_owned(),
    };
    report_of(sources, vec![error, warning, homeless, info, twin], vec![unread])
}

fn golden(format: CheckFormat, options: &Options) -> String {
    let sources = SourceMap::default();
    rendered(format, &example(&sources), options)
}

#[test]
fn pretty_is_as_recorded() {
    let at = |width| golden(CheckFormat::Pretty, &Options { width, ..OPTIONS });
    assert_snapshot!("pretty", at(None));
    assert_snapshot!("pretty_80", at(Some(80)));
    assert_snapshot!("pretty_200", at(Some(200)));
    let colors = Options { has_colors: true, width: Some(80), has_infos: true, ..OPTIONS };
    let colors = golden(CheckFormat::Pretty, &colors).replace('\u{1b}', "ESC");
    assert_snapshot!("pretty_colors", colors);
}

#[test]
fn other_formats_are_as_recorded() {
    assert_snapshot!("concise", golden(CheckFormat::Concise, &OPTIONS));
    assert_snapshot!("json", golden(CheckFormat::Json, &OPTIONS));
    assert_snapshot!("github", golden(CheckFormat::Github, &OPTIONS));
    assert_snapshot!("gitlab", golden(CheckFormat::Gitlab, &OPTIONS));
    assert_snapshot!("junit", golden(CheckFormat::Junit, &OPTIONS));
    assert_snapshot!("markdown", golden(CheckFormat::Markdown, &OPTIONS));
    let sarif = golden(CheckFormat::Sarif, &OPTIONS);
    let version = format!("ersion\": \"{}\"", env!("CARGO_PKG_VERSION"));
    assert_snapshot!("sarif", without_help(&sarif).replace(&version, "ersion\": \"VERSION\""));
}

/// A log without the documentation of the rules, which changes with them.
fn without_help(sarif: &str) -> String {
    let mut log: serde_json::Value = serde_json::from_str(sarif).unwrap();
    for rule in log["runs"][0]["tool"]["driver"]["rules"].as_array_mut().unwrap() {
        for key in ["help", "fullDescription", "shortDescription"] {
            assert!(rule[key]["markdown"].is_string(), "{rule}");
            rule.as_object_mut().unwrap().remove(key);
        }
    }
    serde_json::to_string_pretty(&log).unwrap()
}

#[test]
fn fewer_findings_are_shown_the_worst_first() {
    let two = Options { max_findings: 1, ..OPTIONS };
    let text = golden(CheckFormat::Pretty, &two);
    assert!(text.contains("error[on-delete-mismatch]"), "{text}");
    assert!(text.contains("... and 2 warnings more; --max-findings 0 shows all"), "{text}");
}

#[test]
fn ten_annotations_of_a_kind_and_the_rest_elsewhere() {
    let sources = SourceMap::default();
    let finding = |at: u32, level| Finding::new("policy", level, format!("finding {at}"));
    let findings = (0..12).map(|at| finding(at, Level::Warn)).chain([finding(12, Level::Error)]);
    let report = report_of(&sources, findings.collect(), Vec::new());
    let log = rendered(CheckFormat::Github, &report, &OPTIONS);
    assert_eq!(log.matches("::warning ").count(), 10, "{log}");
    assert!(log.ends_with("warn[policy]: finding 10\nwarn[policy]: finding 11\n"), "{log}");
    let options = Options { has_step_summary: true, ..OPTIONS };
    let short = rendered(CheckFormat::Github, &report, &options);
    assert!(short.ends_with("\n2 more findings in the summary of this step\n"), "{short}");
}

#[test]
fn a_comment_is_never_too_long() {
    let sources = SourceMap::default();
    let finding = |at: u32| {
        Finding::new("policy", Level::Error, format!("finding {at} {}", "words ".repeat(20)))
            .note("more words ".repeat(30))
    };
    let report = report_of(&sources, (0..5000).map(finding).collect(), Vec::new());
    for limit in [markdown::COMMENT_LIMIT, 1024 * 1024, 10_000] {
        let mut out = Vec::new();
        markdown::render(&report, &OPTIONS, limit, &mut out).unwrap();
        assert!(out.len() <= limit && out.len() > limit / 2, "{} of {limit}", out.len());
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("Some findings have no room here"));
        assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
    }
}

#[test]
fn an_empty_report_is_valid_everywhere() {
    let sources = SourceMap::default();
    let report = report_of(&sources, Vec::new(), Vec::new());
    for format in FORMATS {
        check(format, &rendered(format, &report, &OPTIONS), &report);
    }
}

/// Text of characters that mean something to one of the formats.
fn hostile() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "\"",
        "'",
        "\n",
        "\r\n",
        "\r",
        "|",
        "]]>",
        "::",
        "%0A",
        "%",
        ",",
        ":",
        "`",
        "```",
        "````",
        "<",
        ">",
        "&",
        "&amp;",
        "<b>",
        "</details>",
        "<!--",
        "*",
        "_",
        "~~",
        "[x](y)",
        "@me",
        "#1",
        "\\",
        "\\\\",
        "\u{0}",
        "\u{7}",
        "\u{1b}[31m",
        "\u{202e}",
        "\u{2028}",
        "\u{feff}",
        "\u{ffff}",
        "\u{85}",
        "é",
        "日本",
        "👩‍👩‍👧",
        " ",
        "  ",
        "\t",
        "a",
        "b_c",
        "{0}",
        "{}",
        "```sql\n",
        "\n\n",
        "- x",
        "# x",
        "1. x",
        "> x",
        "$(x)",
        "${x}",
    ]);
    prop_oneof![prop::collection::vec(parts, 0..8).prop_map(|it| it.concat()), any::<String>(),]
}

prop_compose! {
    fn any_finding()(
        level in prop::sample::select(vec![Level::Error, Level::Warn, Level::Info]),
        rule in prop::sample::select(vec!["on-delete-mismatch", "policy", "missing-table"]),
        texts in prop::collection::vec(hostile(), 9),
        places in prop::collection::vec((any::<bool>(), 0_u32..400, 0_u32..400), 0..4),
        has_edit in any::<bool>(),
        is_about_key in any::<bool>(),
    ) -> (Finding, Vec<(bool, u32, u32)>, bool) {
        let [message, table, column, note, help, title, text, detail, key]: &[String; 9] =
            texts.as_slice().try_into().unwrap();
        let mut finding = Finding::new(rule, level, message.clone())
            .about_columns(&TableName::new(table.clone()), std::slice::from_ref(column))
            .says("schema", key.clone())
            .detail(detail.clone())
            .note(note.clone())
            .help(help.clone())
            .remedy(Remedy {
                title: title.clone(), language: Language::Sql, text: text.clone(), edit: None
            });
        finding.foreign_key = is_about_key.then(|| key.clone());
        (finding, places, has_edit)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_text_breaks_a_format(
        findings in prop::collection::vec(any_finding(), 0..5),
        texts in (hostile(), hostile()),
        names in (hostile(), hostile()),
        unread in prop::option::of(hostile()),
        width in prop::option::of(0_usize..220),
        flags in any::<(bool, bool)>(),
    ) {
        let sources = SourceMap::default();
        let file = |folder: &str, name: &str, text: &str| {
            sources.add(Path::new("/repo/packages/db").join(folder).join(name.replace('/', "")), text.repeat(9))
        };
        let files = [file("src", &names.0, &texts.0), file("drizzle", &names.1, &texts.1)];
        let findings = findings.into_iter().map(|(mut finding, places, has_edit)| {
            for (is_second, start, end) in places {
                let file = &files[usize::from(is_second)];
                let at = |at: u32| file.text.floor_char_boundary(at as usize) as u32;
                let span = Span::new(file.id, at(start.min(end)), at(start.max(end)));
                finding = finding.label(span, names.0.clone());
                if has_edit {
                    finding.remedies[0].edit = Some(Edit { span, text: names.1.clone() });
                }
            }
            finding
        });
        let errors = unread.map(|message| SourceError {
            path: Path::new("/repo").join(names.1.replace('/', "")), span: None, message
        });
        let report = report_of(&sources, findings.collect(), errors.into_iter().collect());
        let (has_infos, has_colors) = flags;
        let options = Options { width, has_infos, has_colors, ..OPTIONS };
        for format in FORMATS {
            check(format, &rendered(format, &report, &options), &report);
        }
    }
}

/// Holds output against what reads it.
fn check(format: CheckFormat, text: &str, report: &Report<'_>) {
    let findings = report.findings().count();
    match format {
        CheckFormat::Pretty => assert_harmless(&text.replace("\u{1b}[", "")),
        CheckFormat::Concise => {
            assert_harmless(text);
            let lines = findings + report.errors.len() + 1;
            assert_eq!(text.lines().count(), lines, "{text}");
        }
        CheckFormat::Json => {
            let value: serde_json::Value = serde_json::from_str(text).unwrap();
            assert_eq!(value["projects"][0]["findings"].as_array().unwrap().len(), findings);
        }
        CheckFormat::Sarif => {
            let value: serde_json::Value = serde_json::from_str(text).unwrap();
            assert_eq!(value["runs"][0]["results"].as_array().unwrap().len(), findings);
        }
        CheckFormat::Gitlab => {
            let value: serde_json::Value = serde_json::from_str(text).unwrap();
            let issues = value.as_array().unwrap();
            assert_eq!(issues.len(), findings + report.errors.len());
            let prints: Vec<_> = issues.iter().map(|it| it["fingerprint"].as_str()).collect();
            assert!((1..prints.len()).all(|at| !prints[..at].contains(&prints[at])), "{text}");
        }
        CheckFormat::Github => text.lines().for_each(assert_command),
        CheckFormat::Junit => {
            let document =
                roxmltree::Document::parse(text).unwrap_or_else(|it| panic!("{it}\n{text}"));
            let element =
                |name: &str| document.descendants().filter(|it| it.has_tag_name(name)).count();
            let root = document.root_element();
            assert_eq!(root.attribute("tests"), Some(element("testcase").to_string().as_str()));
            assert_eq!(root.attribute("failures"), Some(element("failure").to_string().as_str()));
            let levels: Vec<Level> = report.findings().map(|it| it.level).collect();
            assert_eq!(levels.contains(&Level::Error), element("failure") > 0, "{text}");
        }
        CheckFormat::Markdown => assert_markdown(text, report),
    }
}

/// Nothing moves the cursor or turns the direction of writing.
fn assert_harmless(text: &str) {
    let is_harmful = |it: char| {
        it.is_control() && !matches!(it, '\n' | '\t') || matches!(it, '\u{202e}' | '\u{2028}')
    };
    assert!(!text.contains(is_harmful), "{text:?}");
}

/// Reads a line as the runner of GitHub does.
///
/// Source: `ActionCommand.TryParseV2` in the runner, `src/Runner.Common/ActionCommand.cs`.
fn assert_command(line: &str) {
    let (head, _) = line.strip_prefix("::").and_then(|it| it.split_once("::")).expect(line);
    let (command, properties) = head.split_once(' ').expect(line);
    assert!(["error", "warning", "notice"].contains(&command), "{line}");
    let names: Vec<&str> =
        properties.split(',').map(|it| it.split_once('=').expect(line).0).collect();
    let known = ["file", "line", "endLine", "col", "endColumn", "title"];
    assert!(names.iter().all(|it| known.contains(it)) && names.contains(&"title"), "{line}");
}

/// Rows, code and HTML are those of the report, and nobody else's.
fn assert_markdown(text: &str, report: &Report<'_>) {
    let (mut rows, mut cells, mut blocks, mut code) = (0, 0, Vec::new(), None::<String>);
    for event in Parser::new_ext(text, pulldown_cmark::Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::TableRow) => rows += 1,
            Event::Start(Tag::TableCell) => cells += 1,
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => panic!("{text}"),
            Event::Start(Tag::CodeBlock(_)) => code = Some(String::new()),
            Event::Text(part) if code.is_some() => code.as_mut().unwrap().push_str(&part),
            Event::End(TagEnd::CodeBlock) => blocks.extend(code.take()),
            Event::Html(html) => {
                let html = html.trim();
                let is_ours = html == "</details>"
                    || html.is_empty()
                    || html.starts_with("<details><summary>")
                        && html.ends_with("</summary>")
                        && html.matches('<').count() == 3 + html.matches("code>").count();
                assert!(is_ours, "{html:?} in\n{text}");
            }
            Event::InlineHtml(html) => panic!("{html} in\n{text}"),
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::BlockQuote(_)) => {
                panic!("{event:?} in\n{text}")
            }
            _ => {}
        }
    }
    let is_shown = |it: &&Finding| it.level > Level::Info;
    let remedies: Vec<&Remedy> =
        report.findings().filter(is_shown).flat_map(|it| &it.remedies).collect();
    let shown = report.findings().filter(is_shown).count();
    // With infos shown one by one there are more of both.
    assert!(rows >= shown, "{text}");
    assert_eq!(cells, if rows == 0 { 0 } else { (rows + 1) * 4 }, "{text}");
    assert!(blocks.len() >= remedies.len(), "{text}");
    for remedy in remedies {
        let pasted = super::text::visible(&remedy.text).into_owned();
        let is_there =
            blocks.iter().any(|it| it.trim_end_matches('\n') == pasted.trim_end_matches('\n'));
        assert!(is_there, "{pasted:?} in {blocks:?}");
    }
}
