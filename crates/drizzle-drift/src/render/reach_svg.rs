//! `reach` as a drawing. Where tables and arrows lie is dagre's business.

use std::fmt::Write as _;
use std::io::Write;

use anyhow::bail;
use dagre::graph::{Graph as Layout, GraphOptions};
use dagre::{EdgeLabel, LayoutOptions, NodeLabel, Point, RankDir};
use unicode_width::UnicodeWidthStr;

use super::reach_graph::{Fate, Graph, graph};
use crate::reach::Drawn;

/// How wide a character is, in a font in which all are alike.
const NAME_WIDTH: f64 = 8.4;
const LABEL_WIDTH: f64 = 6.6;
const NAME_HEIGHT: f64 = 34.0;
const LABEL_HEIGHT: f64 = 32.0;
const MARGIN: f64 = 16.0;
const TITLE_HEIGHT: f64 = 28.0;

/// More cannot be looked at, and would take long to lay out.
const MOST_ARROWS: usize = 600;

/// The longest name that is drawn whole.
const LONGEST_NAME: usize = 48;

/// Prints a drawing.
///
/// # Errors
/// There is too much to draw, or `out` cannot be written to.
pub(crate) fn render(drawn: &[Drawn<'_>], out: &mut dyn Write) -> anyhow::Result<()> {
    let graphs: Vec<Graph> = drawn.iter().map(|it| graph(it.reach)).collect();
    let arrows: usize = graphs.iter().map(|it| it.arrows.len()).sum();
    if arrows > MOST_ARROWS {
        bail!("{arrows} foreign keys are too many for a drawing; Graphviz can draw --format dot");
    }
    let mut body = String::new();
    let (mut width, mut height) = (0.0_f64, MARGIN);
    for (drawn, graph) in drawn.iter().zip(&graphs) {
        let title = format!("deleting a row of {}, {}", drawn.reach.table, drawn.title);
        let size = draw(graph, &title, height, &mut body);
        width = width.max(size.x).max(measure(&title, LONGEST_NAME * 2, NAME_WIDTH));
        height += size.y + MARGIN;
    }
    let (width, height) = ((width + 2.0 * MARGIN).ceil(), height.ceil());
    writeln!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">"#
    )?;
    out.write_all(STYLE.as_bytes())?;
    for fate in Fate::ALL {
        let (class, color) = (fate.class(), fate.color());
        writeln!(out, ".{class} rect, .{class} path {{ stroke: {color}; }}")?;
        writeln!(out, ".arrow.{class} text, .head.{class} {{ fill: {color}; }}")?;
    }
    writeln!(out, "</style>\n<defs>")?;
    for fate in Fate::ALL {
        let class = fate.class();
        let shape = match fate {
            Fate::Blocks | Fate::MayBlock => "M7 0 H10 V10 H7 Z",
            _ => "M0 1 L10 5 L0 9 Z",
        };
        writeln!(
            out,
            r#"<marker id="{class}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto"><path class="head {class}" d="{shape}"/></marker>"#
        )?;
    }
    writeln!(out, "</defs>")?;
    out.write_all(body.as_bytes())?;
    writeln!(out, "</svg>")?;
    Ok(())
}

/// Nothing is filled, so that the page is the ground, and text takes the color of the page's text.
const STYLE: &str = "<style>
text { font-family: ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: 14px; fill: #24292f; }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3; } }
.arrow text { font-size: 11px; text-anchor: middle; }
.node text { text-anchor: middle; }
.node rect { fill: none; stroke-width: 2; }
.arrow path { fill: none; stroke-width: 1.5; }
.arrow.untouched path { stroke-dasharray: 4 3; }
.head { stroke: none !important; }
";

/// Draws a graph below `top`; returns how wide and high it is.
fn draw(graph: &Graph, title: &str, top: f64, body: &mut String) -> Point {
    let layout = lay_out(graph);
    let (x, y) = (MARGIN, top + 18.0);
    let _ = writeln!(body, r#"<text x="{x}" y="{y}">{}</text>"#, escaped(title, 2 * LONGEST_NAME));
    let _ = writeln!(body, r#"<g transform="translate({MARGIN} {})">"#, top + TITLE_HEIGHT);
    let mut size = Point { x: 0.0, y: 0.0 };
    for (number, arrow) in graph.arrows.iter().enumerate() {
        let (from, to) = (arrow.from.to_string(), arrow.to.to_string());
        let name = number.to_string();
        let Some(edge) = layout.edge(&from, &to, Some(&name)) else { continue };
        let class = arrow.fate.class();
        let _ = writeln!(
            body,
            r#"<g class="arrow {class}"><path d="{}" marker-end="url(#{class})"/>"#,
            curve(&edge.points)
        );
        for point in &edge.points {
            size = Point { x: size.x.max(point.x), y: size.y.max(point.y) };
        }
        if let (Some(x), Some(y)) = (edge.x, edge.y) {
            for (line, text) in arrow.label.iter().enumerate() {
                // The line goes between the two.
                let y = y + 16.0 * line as f64 - 4.0;
                let text = escaped(text, LONGEST_NAME);
                let _ = writeln!(body, r#"<text x="{x:.1}" y="{y:.1}">{text}</text>"#);
            }
            size = Point { x: size.x.max(x + edge.width / 2.0), y: size.y.max(y + LABEL_HEIGHT) };
        }
        body.push_str("</g>\n");
    }
    for (number, node) in graph.nodes.iter().enumerate() {
        let Some(label) = layout.node(&number.to_string()) else { continue };
        let (Some(x), Some(y)) = (label.x, label.y) else { continue };
        let (left, upper) = (x - label.width / 2.0, y - label.height / 2.0);
        let (width, height, class) = (label.width, label.height, node.fate.class());
        let _ = writeln!(
            body,
            r#"<g class="node {class}"><title>{}</title><rect x="{left:.1}" y="{upper:.1}" width="{width:.1}" height="{height:.1}" rx="6"/><text x="{x:.1}" y="{:.1}">{}</text></g>"#,
            escaped(&node.name, usize::MAX),
            y + 5.0,
            escaped(&node.name, LONGEST_NAME)
        );
        size = Point { x: size.x.max(left + width), y: size.y.max(upper + height) };
    }
    body.push_str("</g>\n");
    Point { x: size.x, y: size.y + TITLE_HEIGHT }
}

fn lay_out(graph: &Graph) -> Layout<NodeLabel, EdgeLabel> {
    let options = GraphOptions { directed: true, multigraph: true, compound: false };
    let mut layout: Layout<NodeLabel, EdgeLabel> = Layout::with_options(options);
    for (number, node) in graph.nodes.iter().enumerate() {
        let label = NodeLabel {
            width: measure(&node.name, LONGEST_NAME, NAME_WIDTH) + 24.0,
            height: NAME_HEIGHT,
            ..NodeLabel::default()
        };
        layout.set_node(number.to_string(), Some(label));
    }
    for (number, arrow) in graph.arrows.iter().enumerate() {
        let widths = arrow.label.iter().map(|it| measure(it, LONGEST_NAME, LABEL_WIDTH));
        let label = EdgeLabel {
            width: widths.fold(0.0, f64::max) + 8.0,
            height: LABEL_HEIGHT,
            labelpos: dagre::layout::types::LabelPos::Center,
            ..EdgeLabel::default()
        };
        let (from, to) = (arrow.from.to_string(), arrow.to.to_string());
        layout.set_edge(from, to, Some(label), Some(&number.to_string()));
    }
    let options = LayoutOptions {
        rankdir: RankDir::LR,
        nodesep: 18.0,
        edgesep: 12.0,
        ranksep: 24.0,
        ..LayoutOptions::default()
    };
    dagre::layout(&mut layout, Some(options));
    layout
}

/// A way through points that has no corners.
fn curve(points: &[Point]) -> String {
    let mut path = String::new();
    let Some((first, rest)) = points.split_first() else { return path };
    let _ = write!(path, "M{:.1} {:.1}", first.x, first.y);
    for pair in rest.windows(2) {
        let (bend, next) = (&pair[0], &pair[1]);
        let (x, y) = ((bend.x + next.x) / 2.0, (bend.y + next.y) / 2.0);
        let _ = write!(path, " Q{:.1} {:.1} {x:.1} {y:.1}", bend.x, bend.y);
    }
    if let Some(last) = rest.last() {
        let _ = write!(path, " L{:.1} {:.1}", last.x, last.y);
    }
    path
}

/// How wide a text is drawn.
fn measure(text: &str, longest: usize, width: f64) -> f64 {
    text.width().min(longest) as f64 * width
}

/// A text for XML, cut where it is too long. What XML cannot hold is left out.
fn escaped(text: &str, longest: usize) -> String {
    let mut escaped = String::with_capacity(text.len());
    for (position, char) in text.chars().enumerate() {
        if position + 1 >= longest && text.chars().nth(longest).is_some() {
            escaped.push('…');
            break;
        }
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            _ if char.is_control() || matches!(char, '\u{fffe}' | '\u{ffff}') => escaped.push(' '),
            _ => escaped.push(char),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::reach_graph::{Arrow, Node};
    use super::*;

    fn body(graph: &Graph) -> String {
        let mut body = String::new();
        let size = draw(graph, "all", 0.0, &mut body);
        assert!(size.x.is_finite() && size.y.is_finite());
        body
    }

    fn node(name: impl Into<String>) -> Node {
        Node { name: name.into(), fate: Fate::Losing }
    }

    fn arrow(from: usize, to: usize) -> Arrow {
        let label = ["user_id".to_owned(), "cascade".to_owned()];
        Arrow { from, to, label, fate: Fate::Losing }
    }

    #[test]
    fn draws_every_table_and_arrow_and_always_alike() {
        // Cycles, loops, several between the same two; in no order that means anything.
        for seed in 0..60_usize {
            let nodes = 1 + seed % 14;
            let at = |it: usize| (it * 7919 + seed * 104_729) % 65_537 % nodes;
            let arrows = (0..seed).map(|it| arrow(at(2 * it), at(2 * it + 1))).collect();
            let graph =
                Graph { nodes: (0..nodes).map(|it| node(it.to_string())).collect(), arrows };
            let drawn = body(&graph);
            assert_eq!(drawn.matches("<rect").count(), nodes);
            assert_eq!(drawn.matches("marker-end").count(), seed, "{nodes} nodes");
            assert_eq!(drawn, body(&graph));
        }
    }

    #[test]
    fn draws_long_chains_and_wide_fans() {
        let nodes = || (0..=MOST_ARROWS).map(|it| node(it.to_string())).collect();
        let chain = (0..MOST_ARROWS).map(|it| arrow(it, it + 1)).collect();
        let fan = (0..MOST_ARROWS).map(|it| arrow(0, it + 1)).collect();
        for arrows in [chain, fan] {
            let drawn = body(&Graph { nodes: nodes(), arrows });
            assert_eq!(drawn.matches("marker-end").count(), MOST_ARROWS);
        }
    }

    #[test]
    fn holds_any_name() {
        let name = "</text><script>\"&'\u{0}\u{fffe}\u{202e}";
        let drawn = body(&Graph { nodes: vec![node(name)], arrows: Vec::new() });
        assert!(!drawn.contains("<script>") && !drawn.contains('\u{0}'), "{drawn}");
        let long = "x".repeat(100_000);
        let drawn = body(&Graph { nodes: vec![node(long)], arrows: Vec::new() });
        assert!(drawn.contains("xx…</text>"));
    }
}
