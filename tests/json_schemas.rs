//! Reports are what the JSON Schemas say: that of SARIF, and our own.
//!
//! `sarif-schema-2.1.0.json` is the schema that OASIS publishes with the standard,
//! `Schemata/sarif-schema-2.1.0.json` in the repository `oasis-tcs/sarif-spec`.

use std::fs;

use serde_json::{Map, Value, json};

use super::{drizzle_drift, repository};

fn schema(path: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(repository().join(path)).unwrap()).unwrap()
}

/// What the command says about all fixtures, which have everything that a report can have.
fn report(args: &[&str]) -> Value {
    let (_, output) = drizzle_drift(&repository().join("fixtures"), args);
    serde_json::from_str(&output).unwrap()
}

fn faults(schema: &Value, value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    Validator { root: schema, faults: &mut faults }.check(schema, value, "");
    faults
}

#[test]
fn sarif_is_what_the_standard_says() {
    let schema = schema("tests/sarif-schema-2.1.0.json");
    let log = report(&["--format", "sarif", "--level", "info"]);
    assert_eq!(faults(&schema, &log), [] as [&str; 0]);
    let run = &log["runs"][0];
    assert!(run["results"].as_array().unwrap().len() > 50);
    assert!(!run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap().is_empty());
    // What the schema does not say: rules and links are there.
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for result in run["results"].as_array().unwrap() {
        let position = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[position]["id"], result["ruleId"]);
        let related = result["relatedLocations"].as_array().map_or(0, Vec::len);
        let text = result["message"]["text"].as_str().unwrap();
        assert!((1..=related).all(|id| text.contains(&format!("]({id})"))), "{text}");
    }
}

#[test]
fn json_is_what_its_schemas_say() {
    let check = report(&["--format", "json", "--level", "info", "--stats"]);
    assert_eq!(faults(&schema("docs/check.schema.json"), &check), [] as [&str; 0]);
    let list = report(&["list", "--format", "json"]);
    assert_eq!(faults(&schema("docs/list.schema.json"), &list), [] as [&str; 0]);
}

#[test]
fn the_documented_json_is_what_its_schemas_say() {
    let text = fs::read_to_string(repository().join("docs/json.md")).unwrap();
    let examples = text.split("```json\n").skip(1).map(|it| it.split("```").next().unwrap());
    let examples: Vec<Value> = examples.map(|it| serde_json::from_str(it).unwrap()).collect();
    let [check, list] = &examples[..] else { panic!("there are {} examples", examples.len()) };
    assert_eq!(faults(&schema("docs/check.schema.json"), check), [] as [&str; 0]);
    assert_eq!(faults(&schema("docs/list.schema.json"), list), [] as [&str; 0]);
}

#[test]
fn faults_are_found() {
    let sarif = schema("tests/sarif-schema-2.1.0.json");
    let tool = json!({ "driver": { "name": "x" } });
    let log = |run: Value| json!({ "version": "2.1.0", "runs": [run] });
    let result = |result: Value| log(json!({ "tool": tool, "results": [result] }));
    let region = |region: Value| {
        let place =
            json!({ "physicalLocation": { "artifactLocation": { "uri": "a" }, "region": region } });
        result(json!({ "message": { "text": "x" }, "locations": [place] }))
    };
    assert_eq!(faults(&sarif, &region(json!({ "startLine": 1 }))), [] as [&str; 0]);
    for wrong in [
        json!({ "version": "2.0.0", "runs": [] }),
        json!({ "version": "2.1.0" }),
        log(json!({})),
        log(json!({ "tool": tool, "columnKind": "bytes" })),
        log(json!({ "tool": tool, "colour": "red" })),
        result(json!({ "message": {} })),
        result(json!({ "message": { "text": 1 } })),
        result(json!({ "message": { "text": "x" }, "level": "warn" })),
        result(json!({ "message": { "text": "x" }, "partialFingerprints": { "a": 1 } })),
        region(json!({ "startLine": 0 })),
    ] {
        assert!(!faults(&sarif, &wrong).is_empty(), "{wrong}");
    }
}

/// Checks what the schemas here say; a keyword that none of them has yet is a panic. A library would be
/// a hundred crates more to build.
struct Validator<'a> {
    root: &'a Value,
    faults: &'a mut Vec<String>,
}

impl<'a> Validator<'a> {
    fn check(&mut self, schema: &'a Value, value: &Value, at: &str) {
        let Some(schema) = schema.as_object() else {
            return self.expect(schema == &json!(true), at, "is not allowed");
        };
        for (keyword, rule) in schema {
            match keyword.as_str() {
                "$ref" => {
                    let pointer = rule.as_str().unwrap().strip_prefix('#').unwrap();
                    let schema = self.root.pointer(pointer).expect("a part of the schema");
                    self.check(schema, value, at);
                }
                "type" => {
                    let types = rule.as_array().cloned().unwrap_or_else(|| vec![rule.clone()]);
                    let is_one = types.iter().any(|it| is_a(value, it.as_str().unwrap()));
                    self.expect(is_one, at, &format!("is not {rule}"));
                }
                "enum" => {
                    let is_one = rule.as_array().unwrap().contains(value);
                    self.expect(is_one, at, &format!("is none of {rule}"));
                }
                "minimum" => {
                    let is_more = value.as_f64().is_none_or(|it| it >= rule.as_f64().unwrap());
                    self.expect(is_more, at, &format!("is less than {rule}"));
                }
                "maximum" => {
                    let is_less = value.as_f64().is_none_or(|it| it <= rule.as_f64().unwrap());
                    self.expect(is_less, at, &format!("is more than {rule}"));
                }
                "anyOf" | "oneOf" => self.check_choice(keyword, rule, value, at),
                "properties" | "required" | "additionalProperties" => {
                    if let Some(object) = value.as_object() {
                        self.check_object(keyword, schema, object, at);
                    }
                }
                "items" | "minItems" | "uniqueItems" => {
                    if let Some(array) = value.as_array() {
                        self.check_array(keyword, rule, array, at);
                    }
                }
                "$schema" | "$id" | "$defs" | "definitions" | "title" | "description"
                | "default" | "format" => {}
                keyword => panic!("{at}: nobody checks `{keyword}`"),
            }
        }
    }

    fn check_choice(&mut self, keyword: &str, schemas: &'a Value, value: &Value, at: &str) {
        let root = self.root;
        let matches = |schema: &&'a Value| {
            let mut faults = Vec::new();
            Validator { root, faults: &mut faults }.check(schema, value, at);
            faults.is_empty()
        };
        let number = schemas.as_array().unwrap().iter().filter(matches).count();
        let is_right = if keyword == "oneOf" { number == 1 } else { number > 0 };
        self.expect(is_right, at, &format!("matches {number} of {keyword}"));
    }

    fn check_object(
        &mut self,
        keyword: &str,
        schema: &'a Map<String, Value>,
        object: &Map<String, Value>,
        at: &str,
    ) {
        let known = schema.get("properties").and_then(Value::as_object);
        match keyword {
            "required" => {
                for name in schema[keyword].as_array().unwrap() {
                    let is_there = object.contains_key(name.as_str().unwrap());
                    self.expect(is_there, at, &format!("has no {name}"));
                }
            }
            "properties" => {
                for (name, schema) in known.unwrap() {
                    if let Some(value) = object.get(name) {
                        self.check(schema, value, &format!("{at}/{name}"));
                    }
                }
            }
            _ => {
                for (name, value) in object {
                    if known.is_none_or(|it| !it.contains_key(name)) {
                        self.check(&schema[keyword], value, &format!("{at}/{name}"));
                    }
                }
            }
        }
    }

    fn check_array(&mut self, keyword: &str, rule: &'a Value, array: &[Value], at: &str) {
        match keyword {
            "items" => {
                for (position, value) in array.iter().enumerate() {
                    self.check(rule, value, &format!("{at}/{position}"));
                }
            }
            "minItems" => {
                let has_enough = array.len() as u64 >= rule.as_u64().unwrap();
                self.expect(has_enough, at, &format!("has less than {rule} items"));
            }
            _ => {
                let is_unique = (1..array.len()).all(|it| !array[..it].contains(&array[it]));
                self.expect(rule == &json!(false) || is_unique, at, "has an item twice");
            }
        }
    }

    fn expect(&mut self, is_right: bool, at: &str, fault: &str) {
        if !is_right {
            self.faults.push(format!("{at} {fault}"));
        }
    }
}

fn is_a(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        kind => panic!("there is no type {kind}"),
    }
}
