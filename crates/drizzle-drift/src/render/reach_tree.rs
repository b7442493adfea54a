//! `reach` for people: a tree of foreign keys, or a line for each table.

use std::collections::HashMap;
use std::io::{self, Write};

use annotate_snippets::renderer::{AnsiColor, Effects, Style};
use drift_model::{Dialect, ForeignKey, Span};
use drift_rules::reach_words::{SQLITE_CAVEAT, phrase, shorten};
use drift_rules::{Effect, Event, Reach, ReachDifference};
use unicode_width::UnicodeWidthStr;

use super::count;
use super::text::one_line;
use crate::reach::{ProjectReach, SourceReach, Told};
use drift_check::Places;

const BLOCKS: Style = AnsiColor::Red.on_default().effects(Effects::BOLD);
const MAY_BLOCK: Style = AnsiColor::Yellow.on_default();
const DELETES: Style = AnsiColor::Magenta.on_default();
const CHANGES: Style = AnsiColor::Cyan.on_default();
const DIM: Style = Style::new().effects(Effects::DIMMED);
const STRONG: Style = Style::new().effects(Effects::BOLD);

/// The longest text that what stands beside it is lined up with.
const LONGEST: usize = 60;

struct Printer<'a, 'w> {
    has_colors: bool,
    /// Columns of the terminal; `None` where it is none.
    width: Option<usize>,
    places: Places<'a>,
    out: &'w mut dyn Write,
}

/// Prints what deleting does.
pub(crate) fn render(
    told: &Told<'_>,
    has_colors: bool,
    width: Option<usize>,
    out: &mut dyn Write,
) -> io::Result<()> {
    for error in told.all_errors() {
        let place = one_line(&told.places.place_of_error(error));
        writeln!(out, "{place}: error: {}", one_line(&error.message))?;
    }
    if !told.has_tables() {
        let why = match told.projects.is_empty() {
            true => "there is no project here",
            false => "no source has any",
        };
        return writeln!(out, "no table was read: {why}");
    }
    let mut printer = Printer { has_colors, width, places: told.places, out };
    for (position, project) in told.projects.iter().enumerate() {
        if position > 0 {
            writeln!(printer.out)?;
        }
        let is_named = told.projects.len() > 1;
        match told.table {
            Some(_) => printer.write_project(project, is_named)?,
            None => printer.write_summary(project, is_named)?,
        }
    }
    Ok(())
}

/// A line of the tree.
struct Line {
    /// The branches and the foreign key.
    start: String,
    /// The columns that `start` begins with and that are branches.
    branches: usize,
    phrase: String,
    style: Style,
    place: String,
}

impl Printer<'_, '_> {
    fn painted(&self, text: &str, style: Style) -> String {
        if self.has_colors { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    fn write_project(&mut self, project: &ProjectReach<'_>, is_named: bool) -> io::Result<()> {
        for (position, (title, source)) in project.shown_sources().into_iter().enumerate() {
            let Some(reach) = source.reaches.first() else {
                writeln!(self.out, "{title}: there is no such table\n")?;
                continue;
            };
            if position > 0 {
                writeln!(self.out)?;
            }
            let name =
                if is_named { format!("{}: ", one_line(project.name)) } else { String::new() };
            let table = self.painted(&one_line(&reach.table.to_string()), STRONG);
            writeln!(self.out, "{name}deleting a row of {table}, {title}")?;
            self.write_tree(reach)?;
            for line in conclusions(reach, source, project.dialect) {
                writeln!(self.out, "{line}")?;
            }
        }
        self.write_differences(&project.differences)
    }

    fn write_tree(&mut self, reach: &Reach<'_>) -> io::Result<()> {
        let lines = self.lines(reach);
        let width = |texts: &mut dyn Iterator<Item = usize>| {
            texts.filter(|it| *it <= LONGEST).max().unwrap_or(0)
        };
        let start = width(&mut lines.iter().map(|it| it.start.width()));
        let phrase = width(&mut lines.iter().map(|it| it.phrase.width()));
        for line in lines {
            let (branches, key) = line.start.split_at(line.branches);
            let gap = " ".repeat(start.saturating_sub(line.start.width()));
            let after = " ".repeat(phrase.saturating_sub(line.phrase.width()));
            let branches = self.painted(branches, DIM);
            let told = self.painted(&line.phrase, line.style);
            let before = line.start.width().max(start) + line.phrase.width().max(phrase) + 4;
            let place = shorten_place(&line.place, self.width.map(|it| it.saturating_sub(before)));
            let place = self.painted(&place, DIM);
            writeln!(self.out, "{branches}{key}{gap}  {told}{after}  {place}")?;
        }
        Ok(())
    }

    fn lines(&self, reach: &Reach<'_>) -> Vec<Line> {
        let mut lines = Vec::with_capacity(reach.steps.len());
        // Several on the same columns are told from each other by their names.
        let mut sides: HashMap<String, usize> = HashMap::new();
        for step in &reach.steps {
            *sides.entry(step.foreign_key.referencing_side()).or_default() += 1;
        }
        // The steps to print, last first, each with the branches before it and whether it is the last
        // of its branch.
        let mut waiting: Vec<(usize, String, bool)> = Vec::new();
        let push = |waiting: &mut Vec<_>, steps: &[usize], branches: &str| {
            for (position, &step) in steps.iter().enumerate().rev() {
                waiting.push((step, branches.to_owned(), position + 1 == steps.len()));
            }
        };
        push(&mut waiting, &reach.first, "");
        while let Some((at, branches, is_last)) = waiting.pop() {
            let step = &reach.steps[at];
            let foreign_key = step.foreign_key;
            let own = format!("{branches}{}", if is_last { "└─ " } else { "├─ " });
            let mut phrase = phrase(foreign_key, step.effect, step.event);
            match step.listed_at {
                Some(None) => phrase.push_str(", with what is listed here"),
                Some(Some(at)) => {
                    let there = reach.steps[at].foreign_key.referencing_side();
                    phrase.push_str(&format!(", see {there}"));
                }
                None => {}
            }
            let mut side = foreign_key.referencing_side();
            if let Some(name) = &foreign_key.name
                && sides.get(&side) > Some(&1)
            {
                side = format!("{side} ({name})");
            }
            lines.push(Line {
                start: format!("{own}{}", one_line(&side)),
                branches: own.len(),
                phrase: one_line(&phrase),
                style: style(step.effect),
                place: self.place(foreign_key, step.event),
            });
            // Beyond this depth nobody reads branches.
            let deeper = match branches.chars().count() < 120 {
                true => format!("{branches}{}", if is_last { "   " } else { "│  " }),
                false => branches,
            };
            push(&mut waiting, &step.next, &deeper);
        }
        lines
    }

    fn place(&self, foreign_key: &ForeignKey, event: Event) -> String {
        let clause = match event {
            Event::Delete => foreign_key.on_delete_span,
            Event::Update => foreign_key.on_update_span,
        };
        self.place_of(clause.unwrap_or(foreign_key.span))
    }

    fn place_of(&self, span: Span) -> String {
        let place = self.places.place(span);
        one_line(&format!("{}:{}:{}", place.file, place.line, place.column))
    }

    fn write_differences(&mut self, differences: &[ReachDifference<'_>]) -> io::Result<()> {
        if differences.is_empty() {
            return Ok(());
        }
        let title =
            self.painted("the schema promises something else than the database does", STRONG);
        writeln!(self.out, "\n{title}")?;
        for difference in differences {
            let sides = [("schema", difference.one), ("migrations", difference.other)];
            let foreign_key = sides.iter().find_map(|(_, it)| Some(it.as_ref()?.0));
            let Some(foreign_key) = foreign_key else { continue };
            writeln!(self.out, "  {}", one_line(&foreign_key.to_string()))?;
            let sides = sides.map(|(name, side)| {
                let told = match side {
                    Some((foreign_key, effect)) => (
                        one_line(&phrase(foreign_key, effect, difference.event)),
                        style(effect),
                        self.place(foreign_key, difference.event),
                    ),
                    None => ("has no such foreign key".to_owned(), DIM, String::new()),
                };
                (name, told)
            });
            let width = sides.iter().map(|(_, it)| it.0.width()).max().unwrap_or(0);
            for (name, (phrase, style, place)) in sides {
                let after = " ".repeat(width.saturating_sub(phrase.width()) + 2);
                let after = if place.is_empty() { String::new() } else { after };
                let (told, place) = (self.painted(&phrase, style), self.painted(&place, DIM));
                writeln!(self.out, "    {name:10}  {told}{after}{place}")?;
            }
        }
        Ok(())
    }

    /// A line for each table that something references.
    fn write_summary(&mut self, project: &ProjectReach<'_>, is_named: bool) -> io::Result<()> {
        let differing = differing_tables(project);
        let agree = differing.as_ref().is_some_and(Vec::is_empty);
        let sources = project.sources.iter().filter(|it| !(agree && it.name == "schema"));
        for (position, source) in sources.enumerate() {
            if position > 0 {
                writeln!(self.out)?;
            }
            let name = match is_named {
                true => format!("{}: ", one_line(project.name)),
                false => String::new(),
            };
            let by = if agree { "schema and by the migrations" } else { source.name };
            let title = self.painted(&format!("{name}what deletes reach, by the {by}"), STRONG);
            writeln!(self.out, "{title}")?;
            self.write_tables(source, project.dialect)?;
        }
        let differing = differing.unwrap_or_default();
        if !differing.is_empty() {
            let (number, tables) =
                (count(differing.len(), "table"), one_line(&shorten(&differing)));
            let title =
                self.painted("the schema promises something else than the database does", STRONG);
            writeln!(self.out, "\n{title} for {number}: {tables}")?;
        }
        Ok(())
    }

    fn write_tables(&mut self, source: &SourceReach<'_>, dialect: Dialect) -> io::Result<()> {
        let rows: Vec<(String, String, &Reach<'_>)> = source
            .reaches
            .iter()
            .filter(|it| !it.steps.is_empty())
            .map(|it| (one_line(&it.table.to_string()), it.extent(dialect), it))
            .collect();
        let width = |texts: &mut dyn Iterator<Item = usize>| {
            texts.filter(|it| *it <= LONGEST).max().unwrap_or(0)
        };
        let names = width(&mut rows.iter().map(|it| it.0.width()));
        let extents = width(&mut rows.iter().map(|it| it.1.width()));
        for (name, extent, reach) in &rows {
            let gap = " ".repeat(names.saturating_sub(name.width()));
            let after = " ".repeat(extents.saturating_sub(extent.width()));
            let blocked = one_line(&reach.blocked_by());
            let staying = one_line(&reach.blocked_where_rows_stay());
            let blocked = match (&blocked[..], &staying[..]) {
                ("", "") => String::new(),
                ("", keys) => {
                    let text = format!("blocked by rows that stay of {keys}");
                    format!("{after}  {}", self.painted(&text, MAY_BLOCK))
                }
                (keys, _) => {
                    format!("{after}  {}", self.painted(&format!("blocked by {keys}"), BLOCKS))
                }
            };
            writeln!(self.out, "  {name}{gap}  {extent}{blocked}")?;
        }
        let free = source.reaches.len() - rows.len();
        if free > 0 {
            let tables = count(free, if rows.is_empty() { "table" } else { "other table" });
            writeln!(self.out, "  {tables} that nothing references")?;
        }
        if source.skipped > 0 {
            let skipped = count(source.skipped, "table");
            writeln!(self.out, "  {skipped} not looked at: there are too many")?;
        }
        for line in caveats(source, dialect) {
            writeln!(self.out, "  {line}")?;
        }
        Ok(())
    }
}

/// A place without the folders of its file, where it is too long with them.
fn shorten_place(place: &str, width: Option<usize>) -> String {
    match (width, place.rsplit_once('/')) {
        (Some(width), Some((_, file))) if place.width() > width => format!("…/{file}"),
        _ => place.to_owned(),
    }
}

fn style(effect: Effect<'_>) -> Style {
    match effect {
        Effect::Blocks(_) => BLOCKS,
        Effect::MayBlock(_) => MAY_BLOCK,
        Effect::Deletes => DELETES,
        Effect::SetsNull | Effect::SetsDefault => CHANGES,
        Effect::Nothing(_) => DIM,
    }
}

/// What comes of it all.
fn conclusions(reach: &Reach<'_>, source: &SourceReach<'_>, dialect: Dialect) -> Vec<String> {
    let mut lines: Vec<String> = reach.conclusions(dialect).iter().map(|it| one_line(it)).collect();
    lines.extend(caveats(source, dialect));
    lines
}

fn caveats(source: &SourceReach<'_>, dialect: Dialect) -> Vec<String> {
    let mut lines = Vec::new();
    if dialect == Dialect::Sqlite && source.reaches.iter().any(|it| !it.steps.is_empty()) {
        lines.push(SQLITE_CAVEAT.to_owned());
    }
    if source.unread > 0 {
        let places = count(source.unread, "place");
        lines.push(format!("{places} that may hold foreign keys could not be read: see `list`"));
    }
    lines
}

/// The tables of which the schema says something else than the migrations; `None` where one of them has
/// tables that the other has not.
fn differing_tables(project: &ProjectReach<'_>) -> Option<Vec<String>> {
    let source = |name: &str| project.sources.iter().find(|it| it.name == name);
    let (schema, migrations) = (source("schema")?, source("migrations")?);
    let key = |reach: &Reach<'_>| project.dialect.table_key(&reach.table).into_owned();
    let theirs: HashMap<_, _> = migrations.reaches.iter().map(|it| (key(it), it)).collect();
    let mut differing = Vec::new();
    let mut common = 0;
    for reach in &schema.reaches {
        let Some(other) = theirs.get(&key(reach)) else { continue };
        common += 1;
        if !drift_rules::reach_differences(reach, other, project.dialect).is_empty() {
            differing.push(reach.table.to_string());
        }
    }
    let all = [schema, migrations].iter().all(|it| it.reaches.len() == common);
    (all || !differing.is_empty()).then_some(differing)
}
