//! From the text of a pattern to the program that matches it.

use super::{Flags, Pattern};

/// A step of a match. Places are positions in the program.
#[derive(Debug, Clone)]
pub(super) enum Instruction {
    /// One character of a set, before or behind the position.
    Set {
        set: CharacterSet,
        is_backward: bool,
    },
    /// The text of a group once more.
    BackReference {
        group: usize,
        is_backward: bool,
    },
    /// Goes on at the first place, and at the second where that leads nowhere.
    Split(usize, usize),
    Jump(usize),
    /// Keeps the position in a register.
    Save(usize),
    /// Forgets the registers of a range of groups, as every turn of a loop does.
    Forget(usize, usize),
    /// Fails where a turn of a loop has matched nothing: the position is still the register's.
    NonEmpty(usize),
    LineStart,
    LineEnd,
    WordBoundary(bool),
    /// Matches what follows, up to [`Instruction::Match`], and goes on at the place behind it.
    Look {
        is_negative: bool,
        next: usize,
    },
    Match,
}

/// A set of characters.
#[derive(Debug, Clone, Default)]
pub(super) struct CharacterSet {
    pub(super) is_negated: bool,
    pub(super) items: Vec<SetItem>,
}

type CharacterTest = fn(char) -> bool;

#[derive(Debug, Clone, Copy)]
pub(super) enum SetItem {
    Range(char, char),
    Digit(bool),
    Word(bool),
    Space(bool),
    /// A property of Unicode, or its absence.
    Property(CharacterTest, bool),
}

/// A part of a pattern.
enum Node {
    Set(CharacterSet),
    Group(Box<Node>, usize),
    BackReference(usize),
    NamedReference(String),
    Sequence(Vec<Node>),
    Choice(Vec<Node>),
    Repeat {
        node: Box<Node>,
        least: usize,
        most: Option<usize>,
        is_lazy: bool,
        groups: (usize, usize),
    },
    Look {
        node: Box<Node>,
        is_behind: bool,
        is_negative: bool,
    },
    LineStart,
    LineEnd,
    WordBoundary(bool),
}

/// Longer patterns are not read.
const LENGTH_LIMIT: usize = 1_000;

/// Groups within groups.
const DEPTH_LIMIT: usize = 50;

/// Counted repetitions are written out, so that programs can grow.
const PROGRAM_LIMIT: usize = 5_000;

impl Pattern {
    /// Reads a pattern; `None` where it is wrong, too long, or not known here.
    pub(crate) fn new(source: &str, flags: Flags) -> Option<Self> {
        if source.len() > LENGTH_LIMIT {
            return None;
        }
        let text = source.chars().collect();
        let mut parser = Parser { text, at: 0, flags, group_count: 1, names: Vec::new(), depth: 0 };
        let node = parser.choice()?;
        if parser.at < parser.text.len() {
            return None;
        }
        let (group_count, names) = (parser.group_count, parser.names);
        let mut writer =
            Writer { program: Vec::new(), names, registers: group_count * 2, group_count };
        writer.write(&Node::Group(Box::new(node), 0), false)?;
        writer.push(Instruction::Match)?;
        let (program, names) = (writer.program, writer.names);
        Some(Self { program, group_count, register_count: writer.registers, names, flags })
    }
}

struct Parser {
    text: Vec<char>,
    at: usize,
    flags: Flags,
    group_count: usize,
    names: Vec<(String, usize)>,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn eat(&mut self, expected: &str) -> bool {
        let is_there =
            expected.chars().zip(self.at..).all(|(it, at)| self.text.get(at) == Some(&it));
        if is_there {
            self.at += expected.chars().count();
        }
        is_there
    }

    fn choice(&mut self) -> Option<Node> {
        let mut choices = vec![self.sequence()?];
        while self.eat("|") {
            choices.push(self.sequence()?);
        }
        Some(if choices.len() == 1 { choices.pop()? } else { Node::Choice(choices) })
    }

    fn sequence(&mut self) -> Option<Node> {
        let mut nodes = Vec::new();
        while let Some(next) = self.peek()
            && !matches!(next, '|' | ')')
        {
            let before = self.group_count;
            let node = self.term()?;
            nodes.push(self.repeated(node, (before, self.group_count))?);
        }
        Some(Node::Sequence(nodes))
    }

    fn repeated(&mut self, node: Node, groups: (usize, usize)) -> Option<Node> {
        let (least, most) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => match self.counts() {
                Some(counts) => counts,
                None => return Some(node),
            },
            _ => return Some(node),
        };
        self.at += 1;
        if matches!(node, Node::LineStart | Node::LineEnd | Node::WordBoundary(_)) {
            return None;
        }
        let is_lazy = self.eat("?");
        // Nothing that repeats may be repeated without a group around it.
        if matches!(self.peek(), Some('*' | '+' | '?')) || most.is_some_and(|most| most < least) {
            return None;
        }
        Some(Node::Repeat { node: Box::new(node), least, most, is_lazy, groups })
    }

    /// `{2}`, `{2,}` and `{2,3}`, up to the closing brace; any other brace stands for itself.
    fn counts(&mut self) -> Option<(usize, Option<usize>)> {
        let start = self.at;
        self.at += 1;
        let counts = self.number().and_then(|least| {
            let most = if self.eat(",") { self.number() } else { Some(least) };
            (self.peek() == Some('}')).then_some((least, most))
        });
        if counts.is_none() {
            self.at = start;
        }
        counts
    }

    fn number(&mut self) -> Option<usize> {
        let start = self.at;
        while self.peek().is_some_and(|it| it.is_ascii_digit()) {
            self.at += 1;
        }
        let digits: String = self.text[start..self.at].iter().collect();
        digits.parse().ok()
    }

    fn term(&mut self) -> Option<Node> {
        let next = self.peek()?;
        self.at += 1;
        Some(match next {
            '^' => Node::LineStart,
            '$' => Node::LineEnd,
            '.' if self.flags.dot_matches_all => {
                Node::Set(CharacterSet { is_negated: true, items: Vec::new() })
            }
            '.' => {
                let items = LINE_ENDS.iter().map(|it| SetItem::Range(*it, *it)).collect();
                Node::Set(CharacterSet { is_negated: true, items })
            }
            '(' => self.group()?,
            '[' => Node::Set(self.class()?),
            '\\' => self.escape()?,
            '*' | '+' | '?' => return None,
            '{' if self.flags.is_unicode => return None,
            // A brace that counts something has nothing before it here.
            '{' => {
                self.at -= 1;
                if self.counts().is_some() {
                    return None;
                }
                self.at += 1;
                character('{')
            }
            ']' | '}' if self.flags.is_unicode => return None,
            letter => character(letter),
        })
    }

    fn group(&mut self) -> Option<Node> {
        if self.depth >= DEPTH_LIMIT {
            return None;
        }
        self.depth += 1;
        let look = |is_behind, is_negative| Some((is_behind, is_negative));
        let (look, number) = if self.eat("?:") {
            (None, None)
        } else if self.eat("?=") {
            (look(false, false), None)
        } else if self.eat("?!") {
            (look(false, true), None)
        } else if self.eat("?<=") {
            (look(true, false), None)
        } else if self.eat("?<!") {
            (look(true, true), None)
        } else {
            let number = self.group_count;
            self.group_count += 1;
            if self.eat("?<") {
                let name = self.name()?;
                if self.names.iter().any(|(it, _)| *it == name) {
                    return None;
                }
                self.names.push((name, number));
            } else if self.peek() == Some('?') {
                return None;
            }
            (None, Some(number))
        };
        let node = Box::new(self.choice()?);
        self.depth -= 1;
        if !self.eat(")") {
            return None;
        }
        Some(match (look, number) {
            (Some((is_behind, is_negative)), _) => Node::Look { node, is_behind, is_negative },
            (None, Some(number)) => Node::Group(node, number),
            (None, None) => *node,
        })
    }

    /// The name of a group, up to `>`.
    fn name(&mut self) -> Option<String> {
        let start = self.at;
        while self.peek()?.is_alphanumeric() || matches!(self.peek()?, '_' | '$') {
            self.at += 1;
        }
        let name: String = self.text[start..self.at].iter().collect();
        (!name.is_empty() && self.eat(">")).then_some(name)
    }

    fn escape(&mut self) -> Option<Node> {
        let next = self.peek()?;
        match next {
            'b' | 'B' => {
                self.at += 1;
                Some(Node::WordBoundary(next == 'b'))
            }
            'k' => {
                self.at += 1;
                if self.eat("<") { Some(Node::NamedReference(self.name()?)) } else { None }
            }
            '1'..='9' => Some(Node::BackReference(self.number()?)),
            _ => {
                let item = self.set_escape()?;
                Some(Node::Set(CharacterSet { is_negated: false, items: vec![item] }))
            }
        }
    }

    /// An escape that stands for one character or a set of them, in classes as well.
    fn set_escape(&mut self) -> Option<SetItem> {
        let next = self.peek()?;
        self.at += 1;
        let letter = match next {
            'd' | 'D' => return Some(SetItem::Digit(next == 'd')),
            'w' | 'W' => return Some(SetItem::Word(next == 'w')),
            's' | 'S' => return Some(SetItem::Space(next == 's')),
            'p' | 'P' if self.flags.is_unicode => {
                return Some(SetItem::Property(self.property()?, next == 'p'));
            }
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            'f' => '\u{c}',
            '0' if !self.peek().is_some_and(|it| it.is_ascii_digit()) => '\0',
            'c' => {
                let letter = self.peek().filter(char::is_ascii_alphabetic)?;
                self.at += 1;
                char::from(letter as u8 & 0x1f)
            }
            'x' => self.hexadecimal(2)?,
            'u' if self.flags.is_unicode && self.eat("{") => {
                let start = self.at;
                while self.peek()? != '}' {
                    self.at += 1;
                }
                let digits: String = self.text[start..self.at].iter().collect();
                self.at += 1;
                char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
            }
            'u' => self.hexadecimal(4)?,
            letter if letter.is_alphanumeric() => return None,
            letter => letter,
        };
        Some(SetItem::Range(letter, letter))
    }

    fn hexadecimal(&mut self, length: usize) -> Option<char> {
        let digits: String = self.text.get(self.at..self.at + length)?.iter().collect();
        if !digits.chars().all(|it| it.is_ascii_hexdigit()) {
            return None;
        }
        self.at += length;
        char::from_u32(u32::from_str_radix(&digits, 16).ok()?)
    }

    /// `{Lu}` and its siblings that are used in names.
    fn property(&mut self) -> Option<CharacterTest> {
        let properties: [(&str, CharacterTest); 9] = [
            ("{Lu}", char::is_uppercase),
            ("{Uppercase_Letter}", char::is_uppercase),
            ("{Uppercase}", char::is_uppercase),
            ("{Ll}", char::is_lowercase),
            ("{Lowercase_Letter}", char::is_lowercase),
            ("{Lowercase}", char::is_lowercase),
            ("{L}", char::is_alphabetic),
            ("{Letter}", char::is_alphabetic),
            ("{Alphabetic}", char::is_alphabetic),
        ];
        properties.iter().find(|(name, _)| self.eat(name)).map(|(_, test)| *test)
    }

    /// `[..]`, behind its bracket.
    fn class(&mut self) -> Option<CharacterSet> {
        let is_negated = self.eat("^");
        let mut items = Vec::new();
        while !self.eat("]") {
            let first = self.class_item()?;
            let is_range = self.peek() == Some('-') && self.text.get(self.at + 1) != Some(&']');
            if !is_range {
                items.push(first);
                continue;
            }
            self.at += 1;
            match (first, self.class_item()?) {
                (SetItem::Range(first, _), SetItem::Range(last, _)) if first <= last => {
                    items.push(SetItem::Range(first, last));
                }
                (SetItem::Range(..), SetItem::Range(..)) => return None,
                _ if self.flags.is_unicode => return None,
                (first, last) => items.extend([first, SetItem::Range('-', '-'), last]),
            }
        }
        Some(CharacterSet { is_negated, items })
    }

    fn class_item(&mut self) -> Option<SetItem> {
        let letter = self.peek()?;
        self.at += 1;
        match letter {
            '\\' if self.eat("b") => Some(SetItem::Range('\u{8}', '\u{8}')),
            '\\' if self.eat("-") => Some(SetItem::Range('-', '-')),
            '\\' => self.set_escape(),
            letter => Some(SetItem::Range(letter, letter)),
        }
    }
}

/// What `.` does not match, and `^` and `$` do with the flag `m`.
pub(super) const LINE_ENDS: [char; 4] = ['\n', '\r', '\u{2028}', '\u{2029}'];

fn character(letter: char) -> Node {
    Node::Set(CharacterSet { is_negated: false, items: vec![SetItem::Range(letter, letter)] })
}

struct Writer {
    program: Vec<Instruction>,
    names: Vec<(String, usize)>,
    registers: usize,
    group_count: usize,
}

impl Writer {
    fn push(&mut self, instruction: Instruction) -> Option<usize> {
        if self.program.len() >= PROGRAM_LIMIT {
            return None;
        }
        self.program.push(instruction);
        Some(self.program.len() - 1)
    }

    /// Writes what matches `node`; what looks behind runs backward.
    fn write(&mut self, node: &Node, is_backward: bool) -> Option<()> {
        match node {
            Node::Set(set) => {
                self.push(Instruction::Set { set: set.clone(), is_backward })?;
            }
            Node::LineStart => _ = self.push(Instruction::LineStart)?,
            Node::LineEnd => _ = self.push(Instruction::LineEnd)?,
            Node::WordBoundary(is_there) => _ = self.push(Instruction::WordBoundary(*is_there))?,
            Node::Group(node, number) => {
                let (first, last) = (number * 2, number * 2 + 1);
                let (first, last) = if is_backward { (last, first) } else { (first, last) };
                self.push(Instruction::Save(first))?;
                self.write(node, is_backward)?;
                self.push(Instruction::Save(last))?;
            }
            Node::BackReference(group) if *group < self.group_count => {
                self.push(Instruction::BackReference { group: *group, is_backward })?;
            }
            Node::BackReference(_) => return None,
            Node::NamedReference(name) => {
                let group = self.names.iter().find(|(it, _)| it == name)?.1;
                self.push(Instruction::BackReference { group, is_backward })?;
            }
            Node::Sequence(nodes) if is_backward => {
                nodes.iter().rev().try_for_each(|node| self.write(node, true))?;
            }
            Node::Sequence(nodes) => nodes.iter().try_for_each(|node| self.write(node, false))?,
            Node::Choice(choices) => self.write_choice(choices, is_backward)?,
            Node::Repeat { .. } => self.write_repetition(node, is_backward)?,
            Node::Look { node, is_behind, is_negative } => {
                let look = self.push(Instruction::Match)?;
                self.write(node, *is_behind)?;
                self.push(Instruction::Match)?;
                let next = self.program.len();
                self.program[look] = Instruction::Look { is_negative: *is_negative, next };
            }
        }
        Some(())
    }

    fn write_choice(&mut self, choices: &[Node], is_backward: bool) -> Option<()> {
        let mut ends = Vec::new();
        for (position, choice) in choices.iter().enumerate() {
            if position + 1 == choices.len() {
                self.write(choice, is_backward)?;
                break;
            }
            let split = self.push(Instruction::Match)?;
            self.write(choice, is_backward)?;
            ends.push(self.push(Instruction::Match)?);
            self.program[split] = Instruction::Split(split + 1, self.program.len());
        }
        for end in ends {
            self.program[end] = Instruction::Jump(self.program.len());
        }
        Some(())
    }

    fn write_repetition(&mut self, repetition: &Node, is_backward: bool) -> Option<()> {
        let Node::Repeat { node, least, most, is_lazy, groups } = repetition else { return None };
        for _ in 0..*least {
            self.write_turn(node, *groups, is_backward)?;
        }
        let split = |turn, end| match is_lazy {
            true => Instruction::Split(end, turn),
            false => Instruction::Split(turn, end),
        };
        let register = self.registers;
        self.registers += 1;
        let Some(most) = most else {
            let start = self.push(Instruction::Match)?;
            self.push(Instruction::Save(register))?;
            self.write_turn(node, *groups, is_backward)?;
            self.push(Instruction::NonEmpty(register))?;
            self.push(Instruction::Jump(start))?;
            self.program[start] = split(start + 1, self.program.len());
            return Some(());
        };
        let mut starts = Vec::new();
        for _ in *least..*most {
            starts.push(self.push(Instruction::Match)?);
            self.push(Instruction::Save(register))?;
            self.write_turn(node, *groups, is_backward)?;
            self.push(Instruction::NonEmpty(register))?;
        }
        for start in starts {
            self.program[start] = split(start + 1, self.program.len());
        }
        Some(())
    }

    fn write_turn(&mut self, node: &Node, groups: (usize, usize), is_backward: bool) -> Option<()> {
        if groups.0 < groups.1 {
            self.push(Instruction::Forget(groups.0, groups.1))?;
        }
        // Even a turn that writes nothing counts, as it is written out again and again.
        self.push(Instruction::Jump(self.program.len() + 1))?;
        self.write(node, is_backward)
    }
}
