//! Runs the program of a pattern, and goes back where it leads nowhere.

use super::Pattern;
use super::syntax::{CharacterSet, Instruction, LINE_ENDS, SetItem};

/// Where each group begins and ends, the whole match first.
pub(crate) type Groups = Vec<Option<(usize, usize)>>;

/// A match takes more steps than it may.
#[derive(Debug)]
pub(crate) struct OutOfSteps;

/// What is to be done where a way leads nowhere.
enum Back {
    /// Go on there, from that position.
    To(usize, usize),
    /// A register had this value.
    Register(usize, Option<usize>),
}

impl Pattern {
    /// The first match at `start` or behind it; takes its steps from `steps`.
    pub(crate) fn find(
        &self,
        subject: &[char],
        start: usize,
        steps: &mut u64,
    ) -> Result<Option<Groups>, OutOfSteps> {
        for start in start..=subject.len() {
            let mut run =
                Run { pattern: self, subject, registers: vec![None; self.register_count], steps };
            if run.run(0, start)?.is_some() {
                let registers = &run.registers;
                let group =
                    |number: usize| Some((registers[number * 2]?, registers[number * 2 + 1]?));
                return Ok(Some((0..self.group_count).map(group).collect()));
            }
            if self.flags.is_sticky {
                break;
            }
        }
        Ok(None)
    }
}

struct Run<'r> {
    pattern: &'r Pattern,
    subject: &'r [char],
    registers: Vec<Option<usize>>,
    steps: &'r mut u64,
}

impl Run<'_> {
    /// Runs the program from a place on; the position at which it matches.
    fn run(&mut self, mut place: usize, mut at: usize) -> Result<Option<usize>, OutOfSteps> {
        let mut back = Vec::new();
        loop {
            *self.steps = self.steps.checked_sub(1).ok_or(OutOfSteps)?;
            let next = match &self.pattern.program[place] {
                Instruction::Match => return Ok(Some(at)),
                Instruction::Look { is_negative, next } => {
                    let (is_negative, next) = (*is_negative, *next);
                    let before = self.registers.clone();
                    let is_match = self.run(place + 1, at)?.is_some();
                    if is_match && !is_negative {
                        // Whatever it has found is forgotten when the way back leads past it.
                        let changed = before
                            .iter()
                            .enumerate()
                            .filter(|(it, old)| self.registers[*it] != **old);
                        back.extend(changed.map(|(it, old)| Back::Register(it, *old)));
                    } else {
                        self.registers = before;
                    }
                    (is_match != is_negative).then_some((next, at))
                }
                instruction => self.step(instruction, place, at, &mut back),
            };
            match next {
                Some((next, position)) => (place, at) = (next, position),
                None => loop {
                    match back.pop() {
                        Some(Back::Register(register, value)) => self.registers[register] = value,
                        Some(Back::To(next, position)) => {
                            (place, at) = (next, position);
                            break;
                        }
                        None => return Ok(None),
                    }
                },
            }
        }
    }

    /// The place and position after one instruction; `None` where it does not match.
    fn step(
        &mut self,
        instruction: &Instruction,
        place: usize,
        at: usize,
        back: &mut Vec<Back>,
    ) -> Option<(usize, usize)> {
        let mut set =
            |register: usize, value: Option<usize>, registers: &mut Vec<Option<usize>>| {
                back.push(Back::Register(register, registers[register]));
                registers[register] = value;
            };
        let holds = match instruction {
            Instruction::Set { set, is_backward } => {
                let position = if *is_backward { at.checked_sub(1)? } else { at };
                let letter = *self.subject.get(position)?;
                let after = if *is_backward { position } else { at + 1 };
                return self.contains(set, letter).then_some((place + 1, after));
            }
            Instruction::BackReference { group, is_backward } => {
                let at = self.again(*group, at, *is_backward)?;
                return Some((place + 1, at));
            }
            Instruction::Split(first, second) => {
                back.push(Back::To(*second, at));
                return Some((*first, at));
            }
            Instruction::Jump(to) => return Some((*to, at)),
            Instruction::Save(register) => {
                set(*register, Some(at), &mut self.registers);
                true
            }
            Instruction::Forget(first, last) => {
                for register in first * 2..last * 2 {
                    set(register, None, &mut self.registers);
                }
                true
            }
            Instruction::NonEmpty(register) => self.registers[*register] != Some(at),
            Instruction::LineStart => {
                at == 0
                    || self.pattern.flags.is_multiline && LINE_ENDS.contains(&self.subject[at - 1])
            }
            Instruction::LineEnd => match self.subject.get(at) {
                None => true,
                Some(next) => self.pattern.flags.is_multiline && LINE_ENDS.contains(next),
            },
            Instruction::WordBoundary(is_there) => {
                let is_word = |at: Option<usize>| {
                    at.and_then(|at| self.subject.get(at)).is_some_and(|it| is_word(*it))
                };
                (is_word(at.checked_sub(1)) != is_word(Some(at))) == *is_there
            }
            Instruction::Look { .. } | Instruction::Match => false,
        };
        holds.then_some((place + 1, at))
    }

    /// Behind the text of a group that stands here again; a group without a text is empty.
    fn again(&mut self, group: usize, at: usize, is_backward: bool) -> Option<usize> {
        let (Some(start), Some(end)) = (self.registers[group * 2], self.registers[group * 2 + 1])
        else {
            return Some(at);
        };
        let length = end.checked_sub(start)?;
        *self.steps = self.steps.saturating_sub(length as u64);
        let first = if is_backward { at.checked_sub(length)? } else { at };
        let there = self.subject.get(first..first + length)?;
        let mut pairs = self.subject[start..end].iter().zip(there);
        let is_same = pairs.all(|(a, b)| self.folded(*a) == self.folded(*b));
        is_same.then_some(if is_backward { first } else { first + length })
    }

    fn folded(&self, letter: char) -> char {
        if self.pattern.flags.ignores_case { fold(letter) } else { letter }
    }

    fn contains(&self, set: &CharacterSet, letter: char) -> bool {
        let contains = |letter: char| set.items.iter().any(|item| item.contains(letter));
        let is_in = contains(letter)
            || self.pattern.flags.ignores_case
                && (single(letter.to_lowercase()).is_some_and(contains) || contains(fold(letter)));
        is_in != set.is_negated
    }
}

impl SetItem {
    fn contains(&self, letter: char) -> bool {
        match *self {
            SetItem::Range(first, last) => (first..=last).contains(&letter),
            SetItem::Digit(is_in) => letter.is_ascii_digit() == is_in,
            SetItem::Word(is_in) => is_word(letter) == is_in,
            SetItem::Space(is_in) => {
                (letter.is_whitespace() && letter != '\u{85}' || letter == '\u{feff}') == is_in
            }
            SetItem::Property(test, is_in) => test(letter) == is_in,
        }
    }
}

fn is_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

/// A letter as it is compared without regard to case.
///
/// Source: `Canonicalize` in ECMA-262, 22.2.2.7.3.
fn fold(letter: char) -> char {
    match single(letter.to_uppercase()) {
        Some(upper) if letter.is_ascii() || !upper.is_ascii() => upper,
        _ => letter,
    }
}

fn single(mut letters: impl Iterator<Item = char>) -> Option<char> {
    let first = letters.next()?;
    letters.next().is_none().then_some(first)
}
