//! Accepted forms of entities, from a file beside the runs.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufRead};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ingest::{Bytes, Problem, Spot};
use crate::record::{Entity, Record};

/// An entity of a question as a catalog has it, one to a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The question it belongs to; every question that names the entity by its id where this is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question_id: Option<String>,
    /// An identifier of the entity, for example of Wikidata.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Language tag to accepted forms, the usual one first.
    pub forms: BTreeMap<String, Vec<String>>,
    /// Language tag to the probability of its first form, where that was found in questions and not given.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub mined: BTreeMap<String, f32>,
}

/// Accepted forms by question and by entity.
#[derive(Debug, Default, PartialEq)]
pub struct Catalog {
    of_question: HashMap<String, Vec<Entity>>,
    of_entity: HashMap<String, Entity>,
}

impl Catalog {
    /// Reads a catalog: JSON Lines of [`Entry`], a JSON object of question or entity id → language → forms, or lines of a
    /// Wikidata dump with `labels` and `aliases`. What cannot be read is a problem with its line; the rest is used.
    ///
    /// # Errors
    /// The file cannot be opened or read; the message says why.
    pub fn read(path: &Path) -> Result<(Catalog, Vec<Problem>), String> {
        let bytes = Bytes::open(path)?;
        let mut catalog = Catalog::default();
        let mut problems = Vec::new();
        if let Some(whole) = over_several_lines(bytes.reader()) {
            let parts = match whole {
                Value::Array(parts) => parts,
                whole => vec![whole],
            };
            for (number, part) in (1..).zip(parts) {
                let taken = catalog.take(part);
                problems.extend(
                    taken
                        .err()
                        .map(|reason| Problem::at(path, Spot::Row(number), reason)),
                );
            }
            return Ok((catalog, problems));
        }
        for (number, line) in (1..).zip(bytes.reader().lines()) {
            let line = line.map_err(|error| error.to_string())?;
            // A dump is one list over many lines.
            let line = line.trim().trim_end_matches(',');
            if matches!(line, "" | "[" | "]") {
                continue;
            }
            let value = serde_json::from_str(line).map_err(|error| error.to_string());
            let taken = value.and_then(|value| catalog.take(value));
            problems.extend(
                taken
                    .err()
                    .map(|reason| Problem::at(path, Spot::Line(number), reason)),
            );
        }
        Ok((catalog, problems))
    }

    /// Takes what a line or element says.
    fn take(&mut self, value: Value) -> Result<(), String> {
        let Value::Object(object) = value else {
            return Err("it is no JSON object with forms".into());
        };
        if object.contains_key("labels") {
            return self.take_wikidata(&object);
        }
        if object.contains_key("forms") {
            let entry: Entry = serde_json::from_value(object.into()).map_err(|e| e.to_string())?;
            let entity = Entity {
                id: entry.id,
                forms: entry.forms,
                mined: entry.mined,
            };
            return self.add(entry.question_id, entity);
        }
        for (id, forms) in object {
            let forms = forms_of(&forms).ok_or_else(|| {
                format!(
                    "{id} has no forms; write {{\"{id}\": {{\"he\": [\"…\"], \"en\": [\"…\"]}}}}"
                )
            })?;
            // Nothing says whether it is the id of a question or of an entity, and no id is both.
            let entity = |id| Entity {
                id,
                forms: forms.clone(),
                ..Entity::default()
            };
            self.add(Some(id.clone()), entity(None))?;
            self.add(None, entity(Some(id)))?;
        }
        Ok(())
    }

    fn take_wikidata(&mut self, object: &Map<String, Value>) -> Result<(), String> {
        let id = object.get("id").and_then(Value::as_str);
        let value = |label: &Value| Some(label.get("value")?.as_str()?.to_owned());
        let mut forms: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for name in ["labels", "aliases"] {
            let of_language = object.get(name).and_then(Value::as_object);
            for (language, labels) in of_language.into_iter().flatten() {
                let of_this = forms.entry(language.clone()).or_default();
                match labels {
                    Value::Array(labels) => of_this.extend(labels.iter().filter_map(value)),
                    label => of_this.extend(value(label)),
                }
            }
        }
        let entity = Entity {
            id: id.map(str::to_owned),
            forms,
            ..Entity::default()
        };
        self.add(None, entity)
    }

    fn add(&mut self, question: Option<String>, mut entity: Entity) -> Result<(), String> {
        let forms = &mut entity.forms;
        forms
            .values_mut()
            .for_each(|forms| forms.retain(|form| !form.trim().is_empty()));
        forms.retain(|_, forms| !forms.is_empty());
        if forms.is_empty() {
            return Err("it has no forms".into());
        }
        match (question, &entity.id) {
            (Some(question), _) => self.of_question.entry(question).or_default().push(entity),
            (None, Some(id)) => match self.of_entity.get_mut(id) {
                Some(known) => merge(known, &entity),
                None => drop(self.of_entity.insert(id.clone(), entity)),
            },
            (None, None) => return Err("it has neither question_id nor id".into()),
        }
        Ok(())
    }

    /// There is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.of_question.is_empty() && self.of_entity.is_empty()
    }

    /// Gives a record the forms that are known of its entities, behind its own, and the entities that are known of its
    /// question: of this key, which may be its id with its data set before it, or of the id alone.
    pub fn complete(&self, record: &mut Record, question: &str) {
        let bare = question.split_once('#').map_or(question, |(_, id)| id);
        let of_question = [question, bare, record.question_id.as_str()]
            .into_iter()
            .find_map(|id| self.of_question.get(id));
        for entity in of_question.into_iter().flatten() {
            match record
                .entities
                .iter_mut()
                .find(|known| is_same(known, entity))
            {
                Some(known) => merge(known, entity),
                None => record.entities.push(entity.clone()),
            }
        }
        for entity in &mut record.entities {
            let known = entity.id.as_ref().and_then(|id| self.of_entity.get(id));
            if let Some(known) = known {
                merge(entity, known);
            }
        }
    }
}

/// The same id, or a form in common where there are not two ids.
pub(crate) fn is_same(one: &Entity, other: &Entity) -> bool {
    if let (Some(one), Some(other)) = (&one.id, &other.id) {
        return one == other;
    }
    one.forms.iter().any(|(language, forms)| {
        let others = other.forms.get(language);
        others.is_some_and(|others| others.iter().any(|form| forms.contains(form)))
    })
}

/// Adds the forms that are not there. What was found beside what was given is given.
pub(crate) fn merge(entity: &mut Entity, other: &Entity) {
    entity.id = entity.id.take().or_else(|| other.id.clone());
    for (language, forms) in &other.forms {
        match (
            entity.forms.contains_key(language),
            other.mined.get(language),
        ) {
            (false, Some(probability)) => drop(entity.mined.insert(language.clone(), *probability)),
            (true, None) => drop(entity.mined.remove(language)),
            _ => {}
        }
        let known = entity.forms.entry(language.clone()).or_default();
        for form in forms {
            if !known.contains(form) {
                known.push(form.clone());
            }
        }
    }
}

/// Language to forms: one, or a list.
fn forms_of(value: &Value) -> Option<BTreeMap<String, Vec<String>>> {
    let list = |forms: &Value| match forms {
        Value::String(form) => Some(vec![form.clone()]),
        Value::Array(forms) => forms
            .iter()
            .map(|form| form.as_str().map(str::to_owned))
            .collect(),
        _ => None,
    };
    let languages = value.as_object()?;
    let forms = languages
        .iter()
        .map(|(language, forms)| Some((language.clone(), list(forms)?)));
    forms.collect()
}

/// A document whose first line is not one by itself.
fn over_several_lines(mut reader: impl BufRead) -> Option<Value> {
    let mut first = String::new();
    while first.trim().is_empty() {
        first.clear();
        if reader.read_line(&mut first).ok()? == 0 {
            return None;
        }
    }
    let first = first.trim();
    let is_line = |line: &str| serde_json::from_str::<Value>(line.trim_end_matches(',')).is_ok();
    if is_line(first) {
        return None;
    }
    serde_json::from_reader(io::Read::chain(first.as_bytes(), reader)).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::io::Write;

    fn read(text: &str) -> (Catalog, Vec<Problem>) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        Catalog::read(file.path()).unwrap()
    }

    fn completed(catalog: &Catalog, question: &str, entities: Vec<Entity>) -> Vec<Entity> {
        let mut record = Record {
            question_id: question.into(),
            entities,
            ..Record::default()
        };
        catalog.complete(&mut record, question);
        record.entities
    }

    fn entity(id: Option<&str>, forms: &[(&str, &[&str])]) -> Entity {
        let list = |forms: &[&str]| forms.iter().map(ToString::to_string).collect();
        Entity {
            id: id.map(str::to_owned),
            forms: forms
                .iter()
                .map(|(language, forms)| (language.to_string(), list(forms)))
                .collect(),
            ..Entity::default()
        }
    }

    #[test]
    fn lines_give_entities_to_questions_and_forms_to_entities() {
        let (catalog, problems) = read(concat!(
            "{\"question_id\": \"q1\", \"forms\": {\"he\": [\"עגנון\"]}}\n",
            "\n",
            "{\"id\": \"Q7\", \"forms\": {\"en\": [\"Agnon\", \"S. Y. Agnon\"]}}\n",
        ));
        assert_eq!(problems, []);
        assert_eq!(
            completed(&catalog, "q1", vec![]),
            [entity(None, &[("he", &["עגנון"])])]
        );
        assert_eq!(
            completed(&catalog, "set#q1", vec![]).len(),
            1,
            "behind its data set"
        );
        assert_eq!(
            completed(
                &catalog,
                "q2",
                vec![entity(Some("Q7"), &[("en", &["Agnon"])])]
            ),
            [entity(Some("Q7"), &[("en", &["Agnon", "S. Y. Agnon"])])]
        );
        let named = vec![entity(None, &[("he", &["עגנון", "ש״י עגנון"])])];
        assert_eq!(
            completed(&catalog, "q1", named.clone()),
            named,
            "a form in common is enough"
        );
    }

    #[test]
    fn an_object_of_ids_and_a_wikidata_dump_are_read_too() {
        let (catalog, problems) =
            read("{\n  \"q1\": {\"he\": \"עגנון\", \"en\": [\"Agnon\"]}\n}\n");
        assert_eq!(problems, []);
        assert_eq!(completed(&catalog, "q1", vec![])[0].forms["en"], ["Agnon"]);
        let (catalog, problems) = read(concat!(
            "[\n",
            "{\"id\":\"Q7\",\"labels\":{\"en\":{\"language\":\"en\",\"value\":\"Agnon\"}},",
            "\"aliases\":{\"en\":[{\"language\":\"en\",\"value\":\"Shai Agnon\"}]}},\n",
            "{\"id\":\"Q8\",\"labels\":{\"fa\":{\"language\":\"fa\",\"value\":\"فروغ\"}}}\n",
            "]\n",
        ));
        assert_eq!(problems, []);
        let forms = &completed(&catalog, "q", vec![entity(Some("Q7"), &[])])[0].forms;
        assert_eq!(forms["en"], ["Agnon", "Shai Agnon"]);
    }

    #[test]
    fn garbage_is_a_problem_with_its_line_and_the_rest_is_used() {
        let (catalog, problems) = read(concat!(
            "{\"question_id\": \"q1\", \"forms\": {\"he\": [\"\"]}}\n",
            "nonsense\n",
            "{\"forms\": {\"en\": [\"Agnon\"]}}\n",
            "{\"question_id\": \"q1\", \"forms\": {\"en\": [\"Agnon\"]}, \"from\": 1}\n",
            "{\"q5\": 3}\n",
            "{\"question_id\": \"q2\", \"forms\": {\"en\": [\"Agnon\"]}}\n",
        ));
        let spots: Vec<_> = problems
            .iter()
            .map(|problem| problem.spot.clone())
            .collect();
        assert_eq!(spots, (1..=5).map(Spot::Line).collect::<Vec<_>>());
        assert!(problems[2].reason.contains("neither question_id nor id"));
        assert!(problems[4].reason.contains("write {\"q5\": {"));
        assert_eq!(completed(&catalog, "q2", vec![]).len(), 1);
        assert!(!catalog.is_empty());
    }
}
