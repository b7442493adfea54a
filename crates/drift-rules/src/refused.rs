//! Statements that the engine refuses for a fault that a rule tells.

use drift_model::{Finding, ForeignKey, Span, Unresolved, UnresolvedKind};

use crate::Comparison;
use crate::rules::is_refused;

impl<'a> Comparison<'a> {
    /// The statement that was to make a foreign key of the schema, by its name, and nothing else.
    fn refused_statement(&self, foreign_key: &ForeignKey) -> Option<&'a Unresolved> {
        let texts = self.sources.texts?;
        let name = foreign_key.written_name.as_ref().or(foreign_key.name.as_ref())?;
        // A look at each for each foreign key; where there are more, they are better told one by one.
        const LIMIT: usize = 100;
        let statements = self.sources.unresolved.iter();
        let statements = statements.filter(|it| it.kind == UnresolvedKind::Statement);
        statements.take(LIMIT).find(|it| {
            let text = texts.snippet(it.span);
            text.contains(name.as_str())
                && text.contains(&foreign_key.referencing_table.name)
                && text.to_uppercase().matches("REFERENCES").count() == 1
        })
    }

    /// Shows the statement that the engine refuses for the fault of a finding, where there is one.
    pub(crate) fn with_refused_statement(
        &self,
        finding: Finding,
        foreign_key: &ForeignKey,
    ) -> Finding {
        match self.refused_statement(foreign_key) {
            Some(refused) => finding.label(refused.span, "the engine refuses this"),
            None => finding,
        }
    }

    /// The statements that are shown so.
    pub(crate) fn refused_statements(&self) -> Vec<Span> {
        let has_any = self.sources.unresolved.iter().any(|it| it.kind == UnresolvedKind::Statement);
        let missing = self.missing.iter().filter(|it| has_any && is_refused(self, it.foreign_key));
        missing.filter_map(|it| Some(self.refused_statement(it.foreign_key)?.span)).collect()
    }
}

#[cfg(test)]
mod tests {
    use drift_model::{Dialect, SourceMap, Span, Unresolved, UnresolvedKind, notation};

    use crate::rules::RULES;
    use crate::{Comparison, Sources};

    /// The rules that report something of migrations that were not understood, with their places.
    fn check(statement: &str) -> Vec<String> {
        check_from("text", statement)
    }

    /// As [`check`], with the type of the referencing column.
    fn check_from(from: &str, statement: &str) -> Vec<String> {
        let map = SourceMap::default();
        let posts = format!("posts(a: {from})");
        let lines = ["users(id: uuid!)", &posts, "posts(a) -> users(id) as author_fk"];
        let schema = notation::parse(&map, "schema", &lines).unwrap();
        let migrations = notation::parse(&map, "migrations", &lines[..2]).unwrap();
        let file = map.add("0000.sql".into(), statement.to_owned());
        let span = Span::new(file.id, 0, statement.len() as u32);
        let unresolved = [Unresolved::new(UnresolvedKind::Statement, "it does not fit", span)];
        let comparison = Comparison::new(Sources {
            schema: Some(&schema),
            migrations: Some(&migrations),
            unresolved: &unresolved,
            texts: Some(&map),
            ..crate::testing::sources(Dialect::PostgreSql)
        });
        let mut findings = Vec::new();
        for name in ["missing-foreign-key", "type-mismatch", "unparsed-statement"] {
            let rule = RULES.iter().find(|it| it.name == name).unwrap();
            (rule.check)(&comparison, &mut findings);
        }
        let shows = |it: &drift_model::Finding| it.labels.iter().any(|label| label.span == span);
        findings.iter().map(|it| format!("{} {}", it.rule, shows(it))).collect()
    }

    #[test]
    fn tells_a_refused_statement_with_the_fault() {
        let add =
            "ALTER TABLE posts ADD CONSTRAINT author_fk FOREIGN KEY (a) REFERENCES users (id)";
        assert_eq!(check(add), ["type-mismatch true"]);
        let lacking = ["missing-foreign-key false", "unparsed-statement true"];
        assert_eq!(check_from("uuid", add), lacking);
    }

    #[test]
    fn tells_other_statements_by_themselves() {
        let both = ["type-mismatch false", "unparsed-statement true"];
        assert_eq!(check("ALTER TABLE posts DROP CONSTRAINT author_fk"), both);
        assert_eq!(check("ALTER TABLE notes ADD CONSTRAINT notes_fk REFERENCES users"), both);
        assert_eq!(check("ALTER TABLE posts ADD CONSTRAINT other_fk REFERENCES users"), both);
        assert_eq!(check("ALTER TABLE notes ADD CONSTRAINT author_fk REFERENCES users"), both);
    }
}
