//! Schemas with something in them replaced, left out or doubled: what is left of them after a
//! mistake, which nobody would think of writing down.
//!
//! Most of them make drizzle-orm throw; of the others, every foreign key has to be as drizzle-orm
//! has it, unless we say that there is something that we could not read.

use std::collections::BTreeMap;
use std::fs;

use drift_project::Disk;

use super::comparison::foreign_keys;
use super::extract;
use super::oracle::Oracle;
use super::schemas::{self, Expectation, Line, Schema};
use crate::repository;

/// How many are made in one run.
const COUNT: usize = 2_000;

/// Another `SEED` gives others.
#[test]
#[ignore = "looks for what is not known yet, and takes its time"]
fn reads_broken_schemas_as_drizzle_orm_does() {
    let Some(oracle) = Oracle::install() else { return };
    let seed = std::env::var("SEED").map_or(1, |seed| seed.parse().expect("SEED is a number"));
    let mut random = Random(seed);
    let mutants = mutants(&oracle, &mut random);
    let disk = Disk::new(&repository());
    let (mut report, mut compared) = (Vec::new(), 0);
    for line in [Line::V0, Line::V1] {
        let schemas: Vec<&Schema> = mutants.iter().filter(|it| it.lines.contains(&line)).collect();
        let mut answers = oracle.ask(line, &schemas);
        for schema in schemas {
            let answer = answers.remove(&schema.name).filter(|it| !it.throws());
            let Some(answer) = answer else { continue };
            compared += 1;
            let extraction = extract(&disk, schema, line);
            let mut found = foreign_keys(schema, line, &answer, &extraction);
            // Of these a check says that they could be tables of the migrations.
            found.retain(|it| {
                extraction.opaque_exports.is_empty() || !it.starts_with("only drizzle")
            });
            report.extend(found.iter().map(|it| format!("{} ({line}): {it}", schema.name)));
        }
    }
    assert!(compared > COUNT / 4, "drizzle-orm takes only {compared}");
    assert!(report.is_empty(), "{} differences:\n{}", report.len(), report.join("\n"));
}

/// Made of schemas of one file that certainly come to an end, beside the copies of those.
fn mutants(oracle: &Oracle, random: &mut Random) -> Vec<Schema> {
    let texts: BTreeMap<String, String> = schemas::all()
        .iter()
        .filter(|it| it.expectation == Expectation::Same && it.name.matches('/').count() == 1)
        .map(|it| (it.name.clone(), fs::read_to_string(&it.path).unwrap()))
        .filter(|(_, text)| !["for ", "while ", "do {"].iter().any(|it| text.contains(it)))
        .collect();
    let mut originals: Vec<Schema> = schemas::all();
    originals.retain(|it| {
        texts.contains_key(&it.name) && it.path.extension().is_some_and(|it| it == "ts")
    });
    let mut mutants = Vec::with_capacity(COUNT);
    for number in 0..COUNT {
        let original = &originals[random.below(originals.len())];
        let mut tokens = tokens(&texts[&original.name]);
        for _ in 0..=random.below(3) {
            mutate(&mut tokens, random);
        }
        let (folder, file) = original.name.split_once('/').expect("a file in a folder");
        let name = format!("{folder}/mutant-{number}-{file}");
        for line in [Line::V0, Line::V1] {
            fs::write(oracle.schemas(line).join(&name), tokens.concat()).unwrap();
        }
        let path = oracle.schemas(Line::V0).join(&name);
        mutants.push(Schema { name, path, ..original.clone() });
    }
    mutants
}

/// Words, strings, and every other character by itself.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut quote = None;
    let mut is_word = false;
    for letter in text.chars() {
        let continues = quote.is_some() || is_word && is_part_of_word(letter);
        match tokens.last_mut().filter(|_| continues) {
            Some(token) => token.push(letter),
            None => tokens.push(letter.to_string()),
        }
        is_word = quote.is_none() && is_part_of_word(letter);
        quote = match quote {
            Some(open) if open == letter || letter == '\n' => None,
            None if !continues && matches!(letter, '"' | '`') => Some(letter),
            quote => quote,
        };
    }
    tokens
}

fn is_part_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '$')
}

fn mutate(tokens: &mut Vec<String>, random: &mut Random) {
    let is_word = |token: &&String| token.starts_with(is_part_of_word);
    let is_string = |token: &&String| token.starts_with('"') && !token.contains("drizzle");
    match random.below(5) {
        0 => replace_by_another(tokens, &is_word, random),
        1 => replace_by_another(tokens, &is_string, random),
        2 => drop(tokens.remove(random.below(tokens.len()))),
        // A line twice, or in another place.
        kind => {
            let mut lines: Vec<String> = tokens.concat().lines().map(str::to_owned).collect();
            let from = random.below(lines.len());
            let line = if kind == 3 { lines[from].clone() } else { lines.remove(from) };
            lines.insert(random.below(lines.len() + 1), line);
            *tokens = self::tokens(&lines.join("\n"));
        }
    }
    if tokens.is_empty() {
        tokens.push("\n".to_owned());
    }
}

fn replace_by_another(
    tokens: &mut [String],
    is_of_kind: &dyn Fn(&&String) -> bool,
    random: &mut Random,
) {
    let places: Vec<usize> = (0..tokens.len()).filter(|&at| is_of_kind(&&tokens[at])).collect();
    if !places.is_empty() {
        let (to, from) = (random.below(places.len()), random.below(places.len()));
        tokens[places[to]] = tokens[places[from]].clone();
    }
}

/// The same numbers for the same seed.
struct Random(u64);

impl Random {
    /// Source: `splitmix64` of Sebastiano Vigna.
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }
}
