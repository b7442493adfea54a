//! The JSON Schema of the settings file, written from the types that read it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use crate::options::{Options, OrderOption};
use crate::placed::{Entries, OneOrMany, Placed};

/// The schema of the settings file. `rules` are the names that rules have there, and what each means.
pub fn settings_schema<'r>(rules: impl IntoIterator<Item = (&'r str, &'r str)>) -> Value {
    let settings = SchemaSettings::draft07().with_transform(RecursiveTransform(refuse_null));
    let mut schema = settings.into_generator().into_root_schema_for::<Options>().to_value();
    schema["title"] = json!("Settings of drizzle-drift");
    let rules: Vec<(&str, &str)> = rules.into_iter().collect();
    let names =
        rules.iter().map(|(name, summary)| json!({ "const": name, "description": summary }));
    schema["definitions"]["RuleName"] =
        json!({ "description": "The name of a rule.", "oneOf": names.collect::<Vec<_>>() });
    let levels = &mut schema["properties"]["rules"];
    let level = levels["additionalProperties"].take();
    let levels_of = rules.iter().map(|(name, summary)| {
        let level = json!({ "description": summary, "allOf": [&level] });
        ((*name).to_owned(), level)
    });
    levels["properties"] = Value::Object(levels_of.collect::<Map<_, _>>());
    levels["additionalProperties"] = json!(false);
    schema
}

/// What is written has to be a value: `null` does not stand for a key that is left out.
fn refuse_null(schema: &mut Schema) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|it| it != "null");
        if let [one] = &types[..] {
            let one = one.clone();
            schema.insert("type".to_owned(), one);
        }
    }
    if let Some(Value::Array(variants)) = schema.get_mut("anyOf") {
        variants.retain(|it| it["type"] != "null");
        if let [Value::Object(one)] = &variants[..] {
            let one = one.clone();
            schema.remove("anyOf");
            // The reference stays beside what is said of it here, which draft 7 would not look at.
            schema.insert("allOf".to_owned(), json!([one]));
        }
    }
    schema.remove("default");
}

/// A policy demands one thing, in one of three ways.
pub(crate) fn demand_one_thing(schema: &mut Schema) {
    let any = |keys: &[&str]| -> Value {
        let keys = keys.iter().map(|key| json!({ "required": [key] }));
        json!({ "anyOf": keys.collect::<Vec<_>>() })
    };
    let way = |key: &str, others: &[&str]| {
        json!({
            "required": [key],
            "allOf": [any(&["onDelete", "onUpdate"]), { "not": any(others) }],
        })
    };
    let deletable = json!({
        "required": ["deletable"],
        "not": any(&["references", "table", "onDelete", "onUpdate"]),
    });
    let ways = json!([
        way("references", &["table", "deletable"]),
        way("table", &["references", "deletable"]),
        deletable
    ]);
    schema.insert("oneOf".to_owned(), ways);
}

/// An entry of `projects` says which project it is about.
pub(crate) fn name_a_project(schema: &mut Schema) {
    let ways = json!([
        { "required": ["config"] },
        { "required": ["migrations"] },
        { "required": ["schema"], "properties": { "schema": { "minItems": 1 } } },
    ]);
    schema.insert("anyOf".to_owned(), ways);
}

impl<T: JsonSchema> JsonSchema for Placed<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

impl<T: JsonSchema> JsonSchema for OneOrMany<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("OneOrMany_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [one, { "type": "array", "items": one }] })
    }
}

impl<T: JsonSchema> JsonSchema for Entries<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Entries_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        BTreeMap::<String, T>::json_schema(generator)
    }
}

impl JsonSchema for OrderOption {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Order".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                { "enum": ["journal", "name"] },
                { "type": "array", "items": { "type": "string" } },
            ],
        })
    }
}
