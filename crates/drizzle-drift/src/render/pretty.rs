//! For people: both places of each finding with the text around them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::mem;
use std::ops::Range;

use annotate_snippets::renderer::{AnsiColor, Effects, Style};
use annotate_snippets::{Annotation, AnnotationKind, Group, Renderer, Snippet};
use drift_model::{FileId, Finding, Label, Level, Remedy, SourceError, SourceFile, Span};
use drift_rules::RULES;
use unicode_width::UnicodeWidthStr;

use super::text::{one_line, quotable, visible, wrap};
use super::{Options, checked, conclusion, count, count_levels, fixed};
use crate::report::Report;
use drift_check::Places;

/// Prose in longer lines is hard to read, however wide the terminal.
pub(crate) const PROSE_WIDTH: usize = 110;

/// How wide quoted lines are where nothing tells.
const QUOTE_WIDTH: usize = 140;

impl Options {
    fn prose_width(&self) -> Option<usize> {
        self.width.map(|it| it.min(PROSE_WIDTH))
    }

    fn quote_width(&self) -> usize {
        self.width.unwrap_or(QUOTE_WIDTH)
    }

    fn painted(&self, text: &str, style: Style) -> String {
        if self.has_colors { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

/// Yellow and blue are only readable on both light and dark grounds without, and with, the brightness
/// that bold type gives them in many terminals.
fn style_of(level: Level) -> Style {
    match level {
        Level::Error => AnsiColor::Red.on_default().effects(Effects::BOLD),
        Level::Warn => AnsiColor::Yellow.on_default(),
        Level::Info => AnsiColor::Cyan.on_default(),
    }
}

const GUTTER: Style = AnsiColor::BrightBlue.on_default();
const ADVICE: Style = AnsiColor::Green.on_default();
const STRONG: Style = Style::new().effects(Effects::BOLD);

/// Prints errors, findings and what was checked.
pub(crate) fn render(
    report: &Report<'_>,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    for error in report.all_errors() {
        render_error(error, options, report.places, out)?;
    }
    let (infos, told): (Vec<_>, Vec<_>) =
        report.findings().partition(|it| it.level == Level::Info && !options.has_infos);
    let (shown, rest) = worst(&told, options.max_findings);
    for finding in shown {
        render_finding(finding, options, report.places, out)?;
    }
    if !options.has_summary {
        return Ok(());
    }
    if !rest.is_empty() {
        let levels = count_levels(rest.iter().map(|it| it.level));
        writeln!(out, "... and {levels} more; --max-findings 0 shows all\n")?;
    }
    render_infos(&infos, options, out)?;
    for project in &report.projects {
        writeln!(out, "{}", wrap(&checked(project), options.prose_width(), 0, "  "))?;
    }
    let milliseconds = report.elapsed.as_secs_f64() * 1000.0;
    if let Some(fixed) = fixed(report) {
        writeln!(out, "{fixed}")?;
    }
    let conclusion = options.painted(&conclusion(report), STRONG);
    match report.projects.len() {
        0 => writeln!(out, "{conclusion}"),
        1 => writeln!(out, "{conclusion} in {milliseconds:.0} ms"),
        projects => {
            let projects = count(projects, "project");
            writeln!(out, "{conclusion} in {projects} in {milliseconds:.0} ms")
        }
    }
}

/// The worst `max` findings and the rest, both in the order of the report.
fn worst<'a>(findings: &[&'a Finding], max: usize) -> (Vec<&'a Finding>, Vec<&'a Finding>) {
    if findings.len() <= max {
        return (findings.to_vec(), Vec::new());
    }
    let mut by_level: Vec<usize> = (0..findings.len()).collect();
    by_level.sort_by_key(|&it| std::cmp::Reverse(findings[it].level));
    let mut is_shown = vec![false; findings.len()];
    by_level.iter().take(max).for_each(|&it| is_shown[it] = true);
    let (shown, rest): (Vec<_>, Vec<_>) =
        std::iter::zip(findings, is_shown).partition(|(_, is_shown)| *is_shown);
    let all = |them: Vec<(&&'a Finding, bool)>| them.into_iter().map(|(it, _)| *it).collect();
    (all(shown), all(rest))
}

/// One line per rule: many remarks must not drown a few errors.
fn render_infos(infos: &[&Finding], options: &Options, out: &mut dyn Write) -> io::Result<()> {
    if infos.is_empty() {
        return Ok(());
    }
    let mut by_rule: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in infos {
        *by_rule.entry(finding.rule).or_default() += 1;
    }
    let title = options.painted("info", style_of(Level::Info));
    writeln!(out, "{title}: {}; --level info shows each", count(infos.len(), "finding"))?;
    let digits = by_rule.values().max().map_or(1, |it| it.to_string().len());
    let width = by_rule.keys().map(|it| it.len()).max().unwrap_or(0);
    for (name, number) in by_rule {
        let rule = RULES.iter().find(|it| it.name == name);
        let start = format!("  {number:digits$} {name:width$}  ");
        let indent = " ".repeat(start.len());
        let summary = rule.map_or("", |it| it.summary);
        let summary = wrap(summary, options.prose_width(), start.len(), &indent);
        writeln!(out, "{}", format!("{start}{summary}").trim_end())?;
    }
    writeln!(out)
}

fn render_finding(
    finding: &Finding,
    options: &Options,
    places: Places<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let style = style_of(finding.level);
    let word = if finding.level == Level::Warn { "warning" } else { finding.level.as_str() };
    write_header(&format!("{word}[{}]", finding.rule), style, &finding.message, options, out)?;
    if !finding.labels.is_empty() {
        writeln!(out, "{}", quote(&finding.labels, style, options, places))?;
    }
    for note in places.notes(finding) {
        write_remark("note", &note, options, out)?;
    }
    if let Some(help) = &finding.help {
        write_remark("help", help, options, out)?;
    }
    let mut word = "fix";
    for remedy in &finding.remedies {
        if remedy.is_query() {
            write_remedy("check", remedy, options, out)?;
        } else {
            write_remedy(mem::replace(&mut word, "or"), remedy, options, out)?;
        }
    }
    if finding.remedies.is_empty() { writeln!(out) } else { Ok(()) }
}

fn render_error(
    error: &SourceError,
    options: &Options,
    places: Places<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let style = style_of(Level::Error);
    let Some(span) = error.span else {
        let message = format!("{}: {}", places.display(&error.path), error.message);
        write_header("error", style, &message, options, out)?;
        return writeln!(out);
    };
    write_header("error", style, &error.message, options, out)?;
    let label = Label { span, message: "here".to_owned() };
    writeln!(out, "{}\n", quote(&[label], style, options, places))
}

fn write_header(
    title: &str,
    style: Style,
    message: &str,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let message = wrap(message, options.prose_width(), title.len() + 2, "  ");
    writeln!(out, "{}: {}", options.painted(title, style), options.painted(&message, STRONG))
}

/// Writes a note or a help line.
fn write_remark(word: &str, text: &str, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let indent = " ".repeat(word.len() + 4);
    for line in text.lines() {
        let text = wrap(line, options.prose_width(), indent.len(), &indent);
        writeln!(out, "  {}: {text}", options.painted(word, ADVICE))?;
    }
    Ok(())
}

/// Writes text that can be copied: nothing stands before it but blanks.
fn write_remedy(
    word: &str,
    remedy: &Remedy,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let indent = " ".repeat(word.len() + 4);
    let title = wrap(&format!("{}:", remedy.title), options.prose_width(), indent.len(), &indent);
    writeln!(out, "  {}: {title}\n", options.painted(word, ADVICE))?;
    for line in visible(&remedy.text).lines() {
        writeln!(out, "{}", format!("      {line}").trim_end())?;
    }
    writeln!(out)
}

/// The lines that labels point at, a file after the other, without a line break at the end.
fn quote(labels: &[Label], style: Style, options: &Options, places: Places<'_>) -> String {
    let mut files: Vec<FileId> = Vec::new();
    for label in labels {
        if !files.contains(&label.span.file) {
            files.push(label.span.file);
        }
    }
    let files: Vec<_> = files.iter().map(|id| places.sources.file(*id)).collect();
    let mut group = Group::with_level(annotate_snippets::Level::ERROR);
    for file in &files {
        let in_file = labels.iter().enumerate().filter(|(_, it)| it.span.file == file.id);
        for part in parts(in_file, file, options.quote_width()) {
            let window = Window::new(file, part.iter().map(|(_, it)| it.span));
            let annotations = part.iter().flat_map(|(position, label)| {
                annotations(label, *position == 0, &window, options.quote_width())
            });
            let snippet = Snippet::source(window.quoted.clone())
                .path(one_line(&places.display(&file.path)))
                .line_start(file.line_column(window.span.start).line as usize)
                .annotations(annotations);
            group = group.element(snippet);
        }
    }
    renderer(style, options).render(&[group])
}

/// Divides the labels of a file into those that are quoted together: the renderer cuts all lines at the
/// same columns, so that a mark far to the right needs a quote of its own line.
fn parts<'a>(
    labels: impl Iterator<Item = (usize, &'a Label)>,
    file: &SourceFile,
    width: usize,
) -> Vec<Vec<(usize, &'a Label)>> {
    let far_line = |label: &Label| {
        let start = file.line_column(label.span.start);
        (start.column as usize > width).then_some(start.line)
    };
    let mut lines = Vec::new();
    let mut parts: Vec<Vec<(usize, &Label)>> = Vec::new();
    for (position, label) in labels {
        let line = far_line(label);
        if let Some(at) = lines.iter().position(|it| *it == line) {
            parts[at].push((position, label));
        } else {
            lines.push(line);
            parts.push(vec![(position, label)]);
        }
    }
    parts
}

fn renderer(style: Style, options: &Options) -> Renderer {
    let renderer = if options.has_colors { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(options.quote_width());
    if options.has_colors {
        renderer.error(style).context(GUTTER).line_num(GUTTER)
    } else {
        renderer
    }
}

/// What marks a label. Where its words have no room behind the text that they are about, they are set
/// below it: an annotation without words comes first then, and one more for each line of words.
fn annotations<'a>(
    label: &Label,
    is_main: bool,
    window: &Window<'_>,
    width: usize,
) -> Vec<Annotation<'a>> {
    let Window { file, span, .. } = *window;
    let kind = if is_main { AnnotationKind::Primary } else { AnnotationKind::Context };
    let bound = |at: u32| file.text.floor_char_boundary(at.clamp(span.start, span.end) as usize);
    let start = bound(label.span.start);
    let words = one_line(&label.message);
    let (end, room) = fit(&words, file, start..bound(label.span.end).max(start), width);
    let place = window.place(start)..window.place(end);
    let annotation = |words: String| kind.span(place.clone()).label(words);
    let Some(room) = room else { return vec![annotation(words)] };
    let lines = wrap(&words, Some(room), 0, "");
    let lines = lines.lines().map(|it| annotation(it.to_owned()));
    std::iter::once(annotation(String::new())).chain(lines).collect()
}

/// How narrow words below a mark may be set.
const NARROW: usize = 24;

/// Where the mark of a span in one line ends, which may be before its end, and how many columns its words
/// have if they have to go below it, so that all fit the width. Lines that do not fit are cut by the
/// renderer, which never cuts a mark.
fn fit(words: &str, file: &SourceFile, span: Range<usize>, width: usize) -> (usize, Option<usize>) {
    let text = &file.text;
    if text[span.clone()].contains(LINE_BREAKS) {
        return (span.end, None);
    }
    let line_start = text[..span.start].rfind(LINE_BREAKS).map_or(0, |at| at + 1);
    let line = text[line_start..].split(LINE_BREAKS).next().unwrap_or_default();
    let columns = |text: &str| text.replace('\t', "    ").width();
    // The number of the line and a bar stand before it.
    let room = width.saturating_sub(file.line_column(span.start as u32).line.to_string().len() + 3);
    let words = words.width() + 1;
    if columns(line) <= room {
        let is_below = columns(&text[line_start..span.end]) + words > room;
        let behind = room.saturating_sub(columns(&text[line_start..span.start]));
        return (span.end, is_below.then_some(behind.max(NARROW)));
    }
    // The signs of a cut on both sides, and a few blanks.
    let room = room.saturating_sub(14).max(NARROW);
    let is_below = words > room / 2;
    let marked = if is_below { room } else { room - words };
    let cut = text[span.clone()].char_indices().nth(marked).map(|(at, _)| span.start + at);
    let end = cut.unwrap_or(span.end);
    // The renderer sets a mark into the middle at most.
    let behind = (room + columns(&text[span.start..end]).min(room)) / 2;
    (end, is_below.then_some(behind.max(NARROW)))
}

/// What lines end with, alone or together.
const LINE_BREAKS: [char; 2] = ['\n', '\r'];

/// How many bytes of a line are looked at behind a label; more than any terminal shows.
const BEHIND: usize = 1000;

/// The lines of a file that are quoted together.
struct Window<'a> {
    file: &'a SourceFile,
    span: Span,
    /// As [`quotable`] gives them.
    quoted: Cow<'a, str>,
}

impl<'a> Window<'a> {
    /// The lines that hold the spans. The end of a very long line is left out, which would cost time;
    /// its start is not, because columns are counted there.
    fn new(file: &'a SourceFile, spans: impl Iterator<Item = Span> + Clone) -> Self {
        let text = &file.text;
        let bound = |at: u32| text.floor_char_boundary((at as usize).min(text.len()));
        let start = bound(spans.clone().map(|it| it.start).min().unwrap_or(0));
        let end = bound(spans.map(|it| it.end).max().unwrap_or(0)).max(start);
        let start = text[..start].rfind(LINE_BREAKS).map_or(0, |at| at + 1);
        let limit = text.floor_char_boundary((end + BEHIND).min(text.len()));
        let end = text[end..limit].find(LINE_BREAKS).map_or(limit, |at| end + at);
        let span = Span::new(file.id, start as u32, end as u32);
        Self { file, span, quoted: quotable(&text[start..end]) }
    }

    /// The offset of a character in the quoted text, which has as many characters as that of the file, but
    /// may have more bytes.
    fn place(&self, at: usize) -> usize {
        let Span { start, end, .. } = self.span;
        // No character becomes shorter. To look at all of the text for each of many labels would take long.
        match self.quoted.len() == (end - start) as usize {
            true => at - start as usize,
            false => quotable(&self.file.text[start as usize..at]).len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use drift_model::SourceMap;

    use super::*;

    #[test]
    fn quotes_what_stands_far_to_the_right_by_itself() {
        let text = format!("near\n{}far farther\nnear too\n", " ".repeat(200));
        let sources = SourceMap::default();
        let file = sources.add("0000.sql".into(), text.clone());
        let labels = ["near\n", "far ", "farther", "near too"].map(|words| {
            let start = text.find(words).unwrap() as u32;
            let span = Span { file: file.id, start, end: start + words.trim().len() as u32 };
            Label { span, message: String::new() }
        });
        let positions: Vec<Vec<usize>> = parts(labels.iter().enumerate(), &file, 80)
            .into_iter()
            .map(|part| part.into_iter().map(|(position, _)| position).collect())
            .collect();
        assert_eq!(positions, [vec![0, 3], vec![1, 2]]);
        assert_eq!(parts(labels.iter().enumerate(), &file, 240).len(), 1);
    }
}
