//! For people: both places of each finding with the text around them.

use std::collections::HashMap;
use std::fmt;
use std::io::{self, Write};

use ariadne::{Cache, Color, Config, Fmt, Label, ReportBuilder, ReportKind, Source};
use drift_model::{FileId, Finding, Level, SourceError, Span};

use super::{checked, conclusion, count};
use crate::report::{Places, Report};

/// How to print.
#[derive(Clone, Copy)]
pub(crate) struct Options {
    pub(crate) has_colors: bool,
    /// Findings beyond this number are counted, not shown.
    pub(crate) max_findings: usize,
    pub(crate) has_summary: bool,
}

/// Prints errors, findings and what was checked.
pub(crate) fn render(report: &Report<'_>, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let mut texts = Texts { places: report.places, sources: HashMap::new() };
    for error in report.all_errors() {
        render_error(error, options, &mut texts, out)?;
    }
    for finding in report.findings().take(options.max_findings) {
        render_finding(finding, options, &mut texts, out)?;
    }
    if !options.has_summary {
        return Ok(());
    }
    let hidden = report.findings().count().saturating_sub(options.max_findings);
    if hidden > 0 {
        writeln!(out, "... and {}; --max-findings 0 shows all", count(hidden, "more finding"))?;
    }
    for project in &report.projects {
        writeln!(out, "{}", checked(project))?;
    }
    let milliseconds = report.elapsed.as_secs_f64() * 1000.0;
    let conclusion = conclusion(report);
    match report.projects.len() {
        0 => writeln!(out, "{conclusion}"),
        1 => writeln!(out, "{conclusion} in {milliseconds:.0} ms"),
        projects => {
            let projects = count(projects, "project");
            writeln!(out, "{conclusion} in {projects} in {milliseconds:.0} ms")
        }
    }
}

fn render_finding(
    finding: &Finding,
    options: Options,
    texts: &mut Texts<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (word, color) = match finding.level {
        Level::Error => ("error", Color::Red),
        Level::Warn => ("warning", Color::Yellow),
        Level::Info => ("info", Color::Blue),
    };
    write_header(&format!("{word}[{}]", finding.rule), color, &finding.message, options, out)?;
    let Some(first) = finding.labels.first() else { return writeln!(out) };
    let mut builder = start(texts.place(first.span), options);
    for (position, label) in finding.labels.iter().enumerate() {
        let color = if position == 0 { color } else { Color::Cyan };
        builder.add_label(
            Label::new(texts.place(label.span))
                .with_message(&label.message)
                .with_color(color)
                .with_order(position as i32),
        );
    }
    builder.with_notes(&finding.notes);
    if let Some(help) = &finding.help {
        builder.set_help(help);
    }
    write_body(builder, texts, out)
}

fn render_error(
    error: &SourceError,
    options: Options,
    texts: &mut Texts<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some(span) = error.span else {
        let message = format!("{}: {}", texts.places.display(&error.path), error.message);
        write_header("error", Color::Red, &message, options, out)?;
        return writeln!(out);
    };
    write_header("error", Color::Red, &error.message, options, out)?;
    let place = texts.place(span);
    let label = Label::new(place).with_message("here").with_color(Color::Red);
    write_body(start(place, options).with_label(label), texts, out)
}

fn write_header(
    title: &str,
    color: Color,
    message: &str,
    options: Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    if options.has_colors {
        writeln!(out, "{}: {message}", title.fg(color))
    } else {
        writeln!(out, "{title}: {message}")
    }
}

fn start(place: Place, options: Options) -> ReportBuilder<'static, Place> {
    let config = Config::default().with_color(options.has_colors);
    ariadne::Report::build(ReportKind::Error, place).with_config(config)
}

/// Writes the quoted text. The first line is left out: it is ariadne's header, which has the
/// rule before the level, and colors where there should be none.
fn write_body(
    builder: ReportBuilder<'_, Place>,
    texts: &mut Texts<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut text = Vec::new();
    builder.finish().write(texts, &mut text)?;
    let header = text.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    out.write_all(&text[header..])?;
    writeln!(out)
}

/// A span in ariadne's terms, which counts characters.
///
/// It can count bytes as well, but then takes the start of a label in a second file for a byte
/// where it is a character, and names a line too early for every `é` before it.
///
/// Source: the section "File name & reference" in ariadne 0.6, `src/write.rs`.
#[derive(Debug, Clone, Copy)]
struct Place {
    file: FileId,
    start: usize,
    end: usize,
}

impl ariadne::Span for Place {
    type SourceId = FileId;

    fn source(&self) -> &FileId {
        &self.file
    }

    fn start(&self) -> usize {
        self.start
    }

    fn end(&self) -> usize {
        self.end
    }
}

/// The files that reports quote, split into lines when one first does.
struct Texts<'a> {
    places: Places<'a>,
    sources: HashMap<FileId, Source<String>>,
}

impl Texts<'_> {
    fn place(&self, span: Span) -> Place {
        let file = self.places.sources.file(span.file);
        let text = file.text.as_bytes();
        // Continuation bytes of UTF-8 start with 0b10 and begin no character.
        let characters = |bytes: &[u8]| bytes.iter().filter(|&&byte| byte & 0xC0 != 0x80).count();
        let (start, end) = (span.start as usize, span.end as usize);
        let before = characters(&text[..start]);
        Place { file: span.file, start: before, end: before + characters(&text[start..end]) }
    }
}

impl Cache<FileId> for &mut Texts<'_> {
    type Storage = String;

    fn fetch(&mut self, id: &FileId) -> Result<&Source<String>, impl fmt::Debug> {
        let places = self.places;
        let source = self.sources.entry(*id);
        Ok::<_, fmt::Error>(
            source.or_insert_with(|| Source::from(places.sources.file(*id).text.clone())),
        )
    }

    fn display<'b>(&self, id: &'b FileId) -> Option<impl fmt::Display + 'b> {
        Some(self.places.display(&self.places.sources.file(*id).path))
    }
}
