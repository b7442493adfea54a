//! `reach` as a graph: for Markdown that draws Mermaid, and for Graphviz.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use drift_model::TableName;
use drift_rules::{Effect, Event, Idle, Reach};

use super::text::one_line;
use crate::reach::Drawn;

/// What happens to a table, the gravest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    Untouched,
    Changed,
    Losing,
    MayBlock,
    Blocks,
    /// The table of the row that is deleted.
    Root,
}

/// A table.
pub(super) struct Node {
    pub(super) name: String,
    pub(super) fate: Fate,
}

/// A foreign key, from the referenced table to the one that feels it.
pub(super) struct Arrow {
    pub(super) from: usize,
    pub(super) to: usize,
    /// The columns and what happens.
    pub(super) label: [String; 2],
    pub(super) fate: Fate,
}

/// A delete as tables and arrows.
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    pub(super) arrows: Vec<Arrow>,
}

pub(super) fn graph(reach: &Reach<'_>) -> Graph {
    let mut numbers: HashMap<TableName, usize> = HashMap::new();
    let mut nodes: Vec<Node> = Vec::new();
    let mut number = |table: &TableName, nodes: &mut Vec<Node>| {
        *numbers.entry(table.clone()).or_insert_with(|| {
            nodes.push(Node { name: one_line(&table.to_string()), fate: Fate::Untouched });
            nodes.len() - 1
        })
    };
    let root = number(&reach.table, &mut nodes);
    let mut arrows = Vec::with_capacity(reach.steps.len());
    for step in &reach.steps {
        let foreign_key = step.foreign_key;
        let from = number(&foreign_key.referenced_table, &mut nodes);
        let to = number(&foreign_key.referencing_table, &mut nodes);
        let (fate, word) = told(step.effect);
        nodes[to].fate = nodes[to].fate.max(fate);
        let columns = one_line(&foreign_key.referencing_columns.join(", "));
        let action = match step.event {
            Event::Delete => foreign_key.on_delete.to_string(),
            Event::Update => format!("on update {}", foreign_key.on_update),
        };
        let word = if word.is_empty() { action } else { format!("{action}: {word}") };
        arrows.push(Arrow { from, to, label: [columns, word], fate });
    }
    nodes[root].fate = Fate::Root;
    Graph { nodes, arrows }
}

/// What happens, and in a word what the action does not say.
fn told(effect: Effect<'_>) -> (Fate, &'static str) {
    match effect {
        Effect::Deletes => (Fate::Losing, ""),
        Effect::SetsNull | Effect::SetsDefault => (Fate::Changed, ""),
        Effect::Blocks(_) => (Fate::Blocks, "blocks"),
        Effect::MayBlock(_) => (Fate::MayBlock, "may block"),
        Effect::Nothing(Idle::Overtaken(_)) => (Fate::Untouched, "overtaken"),
        Effect::Nothing(_) => (Fate::Untouched, "does nothing"),
    }
}

impl Fate {
    pub(super) const ALL: [Fate; 6] =
        [Fate::Untouched, Fate::Changed, Fate::Losing, Fate::MayBlock, Fate::Blocks, Fate::Root];

    /// The name of its class.
    pub(super) fn class(self) -> &'static str {
        match self {
            Fate::Untouched => "untouched",
            Fate::Changed => "changed",
            Fate::Losing => "losing",
            Fate::MayBlock => "mayBlock",
            Fate::Blocks => "blocks",
            Fate::Root => "root",
        }
    }

    /// A color that can be read on white and on black.
    pub(super) fn color(self) -> &'static str {
        match self {
            Fate::Untouched => "#808080",
            Fate::Changed => "#1a85c7",
            Fate::Losing => "#a855c7",
            Fate::MayBlock => "#b97d10",
            Fate::Blocks => "#e0403a",
            Fate::Root => "#5f8a2f",
        }
    }
}

/// Prints a flowchart.
pub(crate) fn mermaid(drawn: &[Drawn<'_>], out: &mut dyn Write) -> io::Result<()> {
    let mut text = String::from("flowchart LR\n");
    for (group, drawn) in drawn.iter().enumerate() {
        let graph = graph(drawn.reach);
        let _ = writeln!(text, "  subgraph g{group}[\"{}\"]", entities(&drawn.title));
        for (number, node) in graph.nodes.iter().enumerate() {
            let (name, class) = (entities(&node.name), node.fate.class());
            let _ = writeln!(text, "    g{group}n{number}[\"{name}\"]:::{class}");
        }
        for Arrow { from, to, label: [columns, word], fate } in &graph.arrows {
            let arrow = match fate {
                Fate::Blocks | Fate::MayBlock => "--x",
                Fate::Untouched => "-.->",
                _ => "-->",
            };
            let label = format!("{}<br/>{}", entities(columns), entities(word));
            let _ = writeln!(text, "    g{group}n{from} {arrow}|\"{label}\"| g{group}n{to}");
        }
        text.push_str("  end\n");
    }
    for fate in Fate::ALL {
        let (class, color) = (fate.class(), fate.color());
        let _ = writeln!(text, "  classDef {class} stroke:{color},stroke-width:2px");
    }
    out.write_all(text.as_bytes())
}

/// A text for a label of Mermaid, in which nothing but letters, digits and a few signs stand for
/// themselves.
fn entities(text: &str) -> String {
    let mut label = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            ' ' | '_' | '.' | ',' | ':' => label.push(char),
            _ if char.is_alphanumeric() => label.push(char),
            _ if char.is_control() => label.push(' '),
            _ => {
                let _ = write!(label, "#{};", char as u32);
            }
        }
    }
    // A label of nothing is no label.
    if label.trim().is_empty() { "#160;".to_owned() } else { label }
}

/// Prints a graph in the language of Graphviz.
pub(crate) fn dot(drawn: &[Drawn<'_>], out: &mut dyn Write) -> io::Result<()> {
    let mut text = String::from(
        "digraph reach {\n  rankdir=LR;\n  bgcolor=transparent;\n  \
         node [shape=box, style=rounded, penwidth=2, fontname=\"sans-serif\"];\n  \
         edge [fontname=\"sans-serif\", fontsize=10];\n",
    );
    for (group, drawn) in drawn.iter().enumerate() {
        let graph = graph(drawn.reach);
        let title = quoted(&drawn.title);
        let _ = writeln!(text, "  subgraph cluster_{group} {{\n    label={title};");
        for (number, node) in graph.nodes.iter().enumerate() {
            let (name, color) = (quoted(&node.name), node.fate.color());
            let _ = writeln!(
                text,
                "    g{group}n{number} [label={name}, color=\"{color}\", fontcolor=\"{color}\"];"
            );
        }
        for Arrow { from, to, label: [columns, word], fate } in &graph.arrows {
            let label = quoted(&format!("{columns}\n{word}"));
            let color = fate.color();
            let head = match fate {
                Fate::Blocks | Fate::MayBlock => "tee",
                _ => "normal",
            };
            let style = if *fate == Fate::Untouched { ", style=dashed" } else { "" };
            let _ = writeln!(
                text,
                "    g{group}n{from} -> g{group}n{to} [label={label}, arrowhead={head}, \
                 color=\"{color}\", fontcolor=\"{color}\"{style}];"
            );
        }
        text.push_str("  }\n");
    }
    text.push_str("}\n");
    out.write_all(text.as_bytes())
}

/// A string of Graphviz. A line break is written as one; other control characters are left out.
fn quoted(text: &str) -> String {
    let mut string = String::from("\"");
    for char in text.chars() {
        match char {
            '"' => string.push_str("\\\""),
            '\\' => string.push_str("\\\\"),
            '\n' => string.push_str("\\n"),
            // Entities of HTML are read in strings as well.
            '&' => string.push_str("&amp;"),
            _ if char.is_control() => string.push(' '),
            _ => string.push(char),
        }
    }
    string.push('"');
    string
}
