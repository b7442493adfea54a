//! The declaration of a foreign key, and what becomes of it with other actions.

use std::ops::Range;

use drift_model::{Edit, ForeignKey, ReferentialAction, SourceMap, Span};

use super::tokens::{Kind, Tokens};

/// What a declaration has to become.
#[derive(Debug)]
pub(crate) struct Rewrite {
    /// The whole declaration as it should be.
    pub(crate) text: String,
    /// The smallest edit that makes it so; `None` where it would change other foreign keys as well.
    pub(crate) edit: Option<Edit>,
}

/// The text of a declaration: `.references(...)`, or `foreignKey(...)` with what is chained to it.
#[derive(Debug)]
pub(crate) struct Declaration {
    text: String,
    span: Span,
    /// The quotation mark of the file.
    quote: char,
    /// Whether other foreign keys come from the same place.
    is_shared: bool,
}

/// A replacement of bytes of the declaration.
type Change = (Range<usize>, String);

impl Declaration {
    /// The declaration of a foreign key, from which other ones may come as well.
    pub(crate) fn of(texts: &SourceMap, foreign_key: &ForeignKey, is_shared: bool) -> Self {
        let is_shared = is_shared || foreign_key.is_conditional;
        let span = with_dot(texts, foreign_key.span);
        let text = texts.snippet(span);
        let quote = quote(&text).or_else(|| quote(&texts.file(span.file).text)).unwrap_or('"');
        Self { text, span, quote, is_shared }
    }

    /// The declaration with the actions of another foreign key.
    pub(crate) fn with_actions_of(&self, wanted: &ForeignKey, now: &ForeignKey) -> Option<Rewrite> {
        Some(self.rewrite(self.set_actions(self.text.clone(), wanted, now)?))
    }

    /// The declaration with another target, such as `users.id`, and other actions.
    pub(crate) fn with_target(
        &self,
        target: &str,
        wanted: &ForeignKey,
        now: &ForeignKey,
    ) -> Option<Rewrite> {
        let tokens = Tokens::read(&self.text)?;
        let open = inline_call(&tokens)?;
        let first = tokens.parts(open, tokens.close_of(open)?).first()?.clone();
        let arrow = (first.start..first.end).find(|it| tokens.kind(*it) == Some(Kind::Arrow))?;
        let body = arrow + 1..first.end;
        let is_part = |it| matches!(tokens.kind(it), Some(Kind::Word | Kind::Dot));
        if body.is_empty() || !body.clone().all(is_part) {
            return None;
        }
        let mut text = self.text.clone();
        text.replace_range(tokens.bytes(&body), target);
        Some(self.rewrite(self.set_actions(text, wanted, now)?))
    }

    /// Sets what differs of the actions in a text of this declaration.
    fn set_actions(
        &self,
        mut text: String,
        wanted: &ForeignKey,
        now: &ForeignKey,
    ) -> Option<String> {
        let actions = |it: &ForeignKey| [("onDelete", it.on_delete), ("onUpdate", it.on_update)];
        let differing = actions(wanted).into_iter().zip(actions(now)).filter(|(a, b)| a.1 != b.1);
        for ((key, action), _) in differing {
            let (range, replacement) = self.action_change(&text, key, action)?;
            text.replace_range(range, &replacement);
        }
        Some(text)
    }

    /// The removal of `.references(...)` from its column.
    pub(crate) fn removal(&self) -> Option<Edit> {
        let tokens = Tokens::read(&self.text)?;
        inline_call(&tokens)?;
        (!self.is_shared).then(|| Edit { span: self.span, text: String::new() })
    }

    /// `foreignKey({ ... })` under a name.
    pub(crate) fn with_name(&self, name: &str) -> Option<Rewrite> {
        let tokens = Tokens::read(&self.text)?;
        if tokens.kind(1) != Some(Kind::Open(b'(')) {
            return None;
        }
        let [config] = &tokens.parts(1, tokens.close_of(1)?)[..] else { return None };
        let object = Object::read(&tokens, config)?;
        let text = format!("name: {}", self.quoted(name));
        Some(self.changed(object.set(&tokens, "name", &text)?))
    }

    /// What sets one action in a text of this declaration.
    fn action_change(&self, text: &str, key: &str, action: ReferentialAction) -> Option<Change> {
        let tokens = Tokens::read(text)?;
        match inline_call(&tokens) {
            Some(open) => self.inline_change(&tokens, open, key, action),
            None => self.chained_change(&tokens, key, action),
        }
    }

    /// Changes the second argument of `.references(...)`.
    fn inline_change(
        &self,
        tokens: &Tokens<'_>,
        open: usize,
        key: &str,
        action: ReferentialAction,
    ) -> Option<Change> {
        let given = format!("{key}: {}", self.quoted(action.as_str()));
        let parts = tokens.parts(open, tokens.close_of(open)?);
        if parts.iter().any(|it| it.is_empty() || Object::is_spread(tokens, it)) {
            return None;
        }
        let (first, second) = match &parts[..] {
            [first] => (first, None),
            [first, second] => (first, Some(second)),
            _ => return None,
        };
        let end_of_first = tokens.bytes(first).end;
        let Some(second) = second else {
            return Some((end_of_first..end_of_first, format!(", {{ {given} }}")));
        };
        let Some(object) = Object::read(tokens, second) else {
            // Of a constant, which others may use, nothing but a copy may change.
            let name = tokens.text_of(second);
            let is_part = |it| matches!(tokens.kind(it), Some(Kind::Word | Kind::Dot));
            let text = format!("{{ ...{name}, {given} }}");
            return second.clone().all(is_part).then(|| (tokens.bytes(second), text));
        };
        if action != ReferentialAction::NoAction {
            return object.set(tokens, key, &given);
        }
        match object.removal(tokens, key) {
            Some(_) if object.properties.len() == 1 => {
                Some((end_of_first..tokens.bytes(second).end, String::new()))
            }
            Some(removal) => Some((removal, String::new())),
            None => object.set(tokens, key, &given),
        }
    }

    /// Changes `.onDelete(...)` or `.onUpdate(...)` behind `foreignKey(...)`.
    fn chained_change(
        &self,
        tokens: &Tokens<'_>,
        key: &str,
        action: ReferentialAction,
    ) -> Option<Change> {
        let begins = [Kind::Word, Kind::Open(b'('), Kind::Open(b'{')];
        if (0..).zip(begins).any(|(at, kind)| tokens.kind(at) != Some(kind)) {
            return None;
        }
        let mut at = tokens.close_of(1)? + 1;
        let mut calls = Vec::new();
        while at < tokens.all.len() {
            let is_call = tokens.kind(at) == Some(Kind::Dot)
                && tokens.kind(at + 1) == Some(Kind::Word)
                && tokens.kind(at + 2) == Some(Kind::Open(b'('));
            let close = is_call.then(|| tokens.close_of(at + 2)).flatten()?;
            if tokens.word(at + 1) == key {
                calls.push(at..close + 1);
            }
            at = close + 1;
        }
        let argument = format!("({})", self.quoted(action.as_str()));
        let end = tokens.text.len();
        match (&calls[..], action) {
            ([], _) => Some((end..end, format!(".{key}{argument}"))),
            ([call], ReferentialAction::NoAction) => {
                let before = tokens.all[call.start - 1].range.end;
                Some((before..tokens.bytes(call).end, String::new()))
            }
            ([call], _) => Some((tokens.bytes(&(call.start + 2..call.end)), argument)),
            _ => None,
        }
    }

    fn quoted(&self, text: &str) -> String {
        let escaped = text.replace('\\', "\\\\").replace(self.quote, &format!("\\{}", self.quote));
        format!("{0}{escaped}{0}", self.quote)
    }

    /// The declaration after a change.
    fn changed(&self, (range, replacement): Change) -> Rewrite {
        let mut text = self.text.clone();
        text.replace_range(range, &replacement);
        self.rewrite(text)
    }

    /// The smallest edit that makes the declaration another text.
    fn rewrite(&self, text: String) -> Rewrite {
        let start = common(self.text.chars(), text.chars());
        let same = common(self.text[start..].chars().rev(), text[start..].chars().rev());
        let span =
            Span::new(self.span.file, self.span.start + start as u32, self.span.end - same as u32);
        let replacement = text[start..text.len() - same].to_owned();
        let edit = (!self.is_shared).then_some(Edit { span, text: replacement });
        Rewrite { text, edit }
    }
}

/// An object literal.
struct Object {
    /// The tokens of each property.
    properties: Vec<Range<usize>>,
    open: usize,
}

impl Object {
    fn read(tokens: &Tokens<'_>, part: &Range<usize>) -> Option<Self> {
        let open = part.start;
        let is_object = tokens.kind(open) == Some(Kind::Open(b'{'));
        if !is_object || tokens.close_of(open)? + 1 != part.end {
            return None;
        }
        Some(Self { properties: tokens.parts(open, part.end - 1), open })
    }

    fn key<'t>(tokens: &Tokens<'t>, property: &Range<usize>) -> &'t str {
        tokens.word(property.start).trim_matches(['"', '\''])
    }

    fn is_spread(tokens: &Tokens<'_>, property: &Range<usize>) -> bool {
        tokens.kind(property.start) == Some(Kind::Spread)
    }

    /// The property that counts, unless something after it may be what counts.
    fn find(&self, tokens: &Tokens<'_>, key: &str) -> Option<usize> {
        let at = self.properties.iter().rposition(|it| Self::key(tokens, it) == key)?;
        let is_last = self.properties[at..].iter().all(|it| !Self::is_spread(tokens, it));
        is_last.then_some(at)
    }

    /// Sets a property to `text`, which has its key.
    fn set(&self, tokens: &Tokens<'_>, key: &str, text: &str) -> Option<Change> {
        if let Some(at) = self.find(tokens, key) {
            return Some((tokens.bytes(&self.properties[at]), text.to_owned()));
        }
        let is_overridden = self.properties.iter().any(|it| Self::key(tokens, it) == key);
        match self.properties.last() {
            _ if is_overridden => None,
            Some(last) => {
                let end = tokens.bytes(last).end;
                Some((end..end, format!(", {text}")))
            }
            None => {
                let inside = tokens.all[self.open].range.end..tokens.all[self.open + 1].range.start;
                Some((inside, format!(" {text} ")))
            }
        }
    }

    /// What takes a property away, with a comma; `None` where another property may give a value then.
    fn removal(&self, tokens: &Tokens<'_>, key: &str) -> Option<Range<usize>> {
        let is_its = |it: &&Range<usize>| Self::key(tokens, it) == key;
        let is_plain = !self.properties.iter().any(|it| Self::is_spread(tokens, it));
        if !is_plain || self.properties.iter().filter(is_its).count() != 1 {
            return None;
        }
        let at = self.properties.iter().position(|it| Self::key(tokens, it) == key)?;
        let own = tokens.bytes(&self.properties[at]);
        Some(match (at.checked_sub(1), self.properties.get(at + 1)) {
            (Some(before), _) => tokens.bytes(&self.properties[before]).end..own.end,
            (None, Some(after)) => own.start..tokens.bytes(after).start,
            (None, None) => own,
        })
    }
}

/// How many bytes two texts have in common before the first character in which they differ.
fn common(one: impl Iterator<Item = char>, other: impl Iterator<Item = char>) -> usize {
    one.zip(other).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
}

/// The bracket of `.references(`.
fn inline_call(tokens: &Tokens<'_>) -> Option<usize> {
    let name = (0..3).find(|it| tokens.kind(*it) == Some(Kind::Word))?;
    let is_call = tokens.word(name) == "references"
        && tokens.kind(name + 1) == Some(Kind::Open(b'('))
        && tokens.close_of(name + 1)? + 1 == tokens.all.len();
    is_call.then_some(name + 1)
}

/// The span with the dot in front of it, if there is one.
fn with_dot(texts: &SourceMap, span: Span) -> Span {
    let file = texts.file(span.file);
    let before = file.text.get(..span.start as usize).unwrap_or_default().trim_end();
    match before.strip_suffix('.') {
        Some(before) => Span::new(span.file, before.len() as u32, span.end),
        None => span,
    }
}

/// The quotation mark that a text uses first.
fn quote(text: &str) -> Option<char> {
    text.chars().find(|it| matches!(it, '"' | '\''))
}

#[cfg(test)]
mod tests {
    use drift_model::{ForeignKey, SourceMap, TableName};

    use super::*;

    const NONE: ReferentialAction = ReferentialAction::NoAction;
    const CASCADE: ReferentialAction = ReferentialAction::Cascade;
    const SET_NULL: ReferentialAction = ReferentialAction::SetNull;

    fn declaration(text: &str) -> (Declaration, ForeignKey) {
        let texts = SourceMap::default();
        let file = texts.add("a.ts".into(), text.to_owned());
        let span = Span::new(file.id, 0, text.len() as u32);
        let names = || TableName::new("t");
        let foreign_key = ForeignKey::new(names(), Vec::new(), names(), Vec::new(), span);
        (Declaration::of(&texts, &foreign_key, false), foreign_key)
    }

    /// What a text becomes when its actions change.
    fn change(
        text: &str,
        now: [ReferentialAction; 2],
        wanted: [ReferentialAction; 2],
    ) -> Option<String> {
        let (declaration, mut foreign_key) = declaration(text);
        [foreign_key.on_delete, foreign_key.on_update] = now;
        let mut other = foreign_key.clone();
        [other.on_delete, other.on_update] = wanted;
        let rewrite = declaration.with_actions_of(&other, &foreign_key)?;
        let Edit { span, text: replacement } = rewrite.edit.expect("not shared");
        let (start, end) = (span.start as usize, span.end as usize);
        assert_eq!(rewrite.text, format!("{}{replacement}{}", &text[..start], &text[end..]));
        Some(rewrite.text)
    }

    fn on_delete(text: &str, now: ReferentialAction, wanted: ReferentialAction) -> String {
        change(text, [now, NONE], [wanted, NONE]).unwrap_or_default()
    }

    #[test]
    fn replaces_inserts_and_removes_an_action() {
        let given = ".references(() => users.id, { onDelete: 'cascade', name: 'x' })";
        insta::assert_snapshot!(on_delete(given, CASCADE, SET_NULL),
            @".references(() => users.id, { onDelete: 'set null', name: 'x' })");
        insta::assert_snapshot!(on_delete(given, CASCADE, NONE),
            @".references(() => users.id, { name: 'x' })");
        insta::assert_snapshot!(on_delete(".references(() => users.id)", NONE, CASCADE),
            @r#".references(() => users.id, { onDelete: "cascade" })"#);
        insta::assert_snapshot!(on_delete(".references(() => users.id, {})", NONE, CASCADE),
            @r#".references(() => users.id, { onDelete: "cascade" })"#);
        insta::assert_snapshot!(on_delete(".references(() => users.id, { onDelete: \"cascade\" })", CASCADE, NONE),
            @".references(() => users.id)");
        insta::assert_snapshot!(on_delete(".references(() => users.id, { onUpdate: \"cascade\", onDelete, })", CASCADE, NONE),
            @r#".references(() => users.id, { onUpdate: "cascade", })"#);
        insta::assert_snapshot!(on_delete(".references(\n  () => users.id, // of posts\n)", NONE, CASCADE), @r#"
        .references(
          () => users.id, { onDelete: "cascade" }, // of posts
        )
        "#);
    }

    #[test]
    fn sets_both_actions_in_one_edit() {
        let both = |text: &str| change(text, [NONE, NONE], [CASCADE, SET_NULL]).unwrap();
        insta::assert_snapshot!(both(".references(() => users.id)"),
            @r#".references(() => users.id, { onDelete: "cascade", onUpdate: "set null" })"#);
        insta::assert_snapshot!(both("foreignKey({ columns: [t.a] })"),
            @r#"foreignKey({ columns: [t.a] }).onDelete("cascade").onUpdate("set null")"#);
    }

    #[test]
    fn overrides_what_a_shared_object_says() {
        insta::assert_snapshot!(on_delete(".references(() => users.id, { ...cascade })", CASCADE, SET_NULL),
            @r#".references(() => users.id, { ...cascade, onDelete: "set null" })"#);
        insta::assert_snapshot!(on_delete(".references(() => users.id, actions.cascade)", CASCADE, NONE),
            @r#".references(() => users.id, { ...actions.cascade, onDelete: "no action" })"#);
        insta::assert_snapshot!(on_delete(".references(() => users.id, { ...cascade, onDelete: \"restrict\" })", CASCADE, NONE),
            @r#".references(() => users.id, { ...cascade, onDelete: "no action" })"#);
    }

    #[test]
    fn changes_what_is_chained() {
        let given = "foreignKey({ columns: [t.a], foreignColumns: [b.id] })\n  .onDelete(\"cascade\")\n  .onUpdate(x)";
        insta::assert_snapshot!(on_delete(given, CASCADE, SET_NULL), @r#"
        foreignKey({ columns: [t.a], foreignColumns: [b.id] })
          .onDelete("set null")
          .onUpdate(x)
        "#);
        insta::assert_snapshot!(on_delete(given, CASCADE, NONE), @"
        foreignKey({ columns: [t.a], foreignColumns: [b.id] })
          .onUpdate(x)
        ");
    }

    #[test]
    fn leaves_alone_what_it_does_not_understand() {
        for text in [
            ".references(() => users.id, { onDelete: \"cascade\", ...rest })",
            ".references(() => users.id, f())",
            ".references(() => users.id, `${x}`)",
            ".references(...all)",
            ".references()",
            "reference(users)",
            "foreignKey({}).onDelete(a).onDelete(b)",
            "foreignKey({}), index(a)",
            "foreignKey({})?.(a)",
            "fk",
            "",
        ] {
            assert_eq!(on_delete(text, CASCADE, SET_NULL), "", "{text}");
        }
    }

    #[test]
    fn renames_retargets_and_removes() {
        let (table, key) = declaration("foreignKey({ columns: [t.a] }).onDelete(\"cascade\")");
        insta::assert_snapshot!(table.with_name("a_\"fk").unwrap().text,
            @r#"foreignKey({ columns: [t.a], name: "a_\"fk" }).onDelete("cascade")"#);
        assert!(table.removal().is_none() && table.with_target("b.id", &key, &key).is_none());
        let (column, _) = declaration(".references((): AnyPgColumn => users.id, x)");
        insta::assert_snapshot!(column.with_target("authors.id", &key, &key).unwrap().text,
            @".references((): AnyPgColumn => authors.id, x)");
        assert!(column.removal().is_some() && column.with_name("x").is_none());
        for text in [".references(() => table())", ".references(() =>)"] {
            assert!(declaration(text).0.with_target("a.id", &key, &key).is_none(), "{text}");
        }
    }

    #[test]
    fn edits_no_more_than_what_differs() {
        let (declaration, _) = declaration("foreignKey({ name: \"aéb\", columns: [t.a] })");
        let Edit { span, text } = declaration.with_name("aèb").unwrap().edit.unwrap();
        assert_eq!((span.start, span.end, text.as_str()), (21, 23, "è"));
        let Edit { span, text } = declaration.with_name("aéèb").unwrap().edit.unwrap();
        assert_eq!((span.start, span.end, text.as_str()), (23, 23, "è"));
    }

    #[test]
    fn edits_nothing_that_other_foreign_keys_come_from() {
        let texts = SourceMap::default();
        let text = ".references(() => users.id)";
        let file = texts.add("a.ts".into(), text.to_owned());
        let (_, mut foreign_key) = declaration(text);
        foreign_key.span = Span::new(file.id, 0, text.len() as u32);
        let mut is_edited = |is_shared, is_conditional| {
            foreign_key.is_conditional = is_conditional;
            Declaration::of(&texts, &foreign_key, is_shared).removal().is_some()
        };
        assert!(is_edited(false, false) && !is_edited(true, false) && !is_edited(false, true));
    }
}
