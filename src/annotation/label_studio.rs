//! Judgements as tasks of Label Studio, and back.
//!
//! One task is one response, its three texts shown one below the other. `start` and `end` of a label count code points:
//! so does the editor since 2022. Before, it counted UTF-16 code units; such a file is known by the text that the editor
//! stores beside, and is read too. The editor writes a line end in that text as a backslash and an n.
//!
//! | here | there |
//! |---|---|
//! | tag on a range | `labels` of that text |
//! | tag on the response | `choices` named `codes` |
//! | tag on an entity | a line `code: entity` of the `textarea` named `entities` |
//! | note on the response | `textarea` named `note` |
//! | looked at, no tag | an annotation without result |
//! | skipped | `was_cancelled` |
//! | adjudicated | `ground_truth` |
//!
//! It cannot hold flags, deferred responses, notes on entities or ranges, and what was undone; [`export`] says how many
//! were left out. Ids, times and what was suggested travel in `meta`, and the annotator in `model_version` or in a member
//! of our own: where another tool drops these, the annotator is whoever `completed_by` names, and the time is that of the
//! annotation.

use serde_json::{Map, Value, json};

use super::event::{Id, Place, Time};
use super::exchange::{Kind, Row, Texts};
use super::span::{Offsets, Part, Span};
use super::target::Target;
use super::taxonomy::{Code, Scope, Taxonomy};
use crate::hash::Hash;

/// What judgements are to be over there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Suggestions for the people there, named by `model_version`.
    Prediction,
    /// Work that is done.
    Annotation,
}

/// Rows as [`rows`](super::exchange::rows) gives them, as an array of tasks; and what could not be said in them. Responses
/// that are not at hand are left out, because a task needs its texts.
pub fn export(
    rows: &[Row],
    role: Role,
    mut texts: impl FnMut(&Target) -> Option<Texts>,
) -> (Value, Vec<String>) {
    let (mut tasks, mut lost) = (Vec::new(), Lost::default());
    let same = |a: &Row, b: &Row| key(a) == key(b);
    for of_target in rows.chunk_by(same) {
        let Some(first) = of_target.first() else {
            continue;
        };
        let Some(texts) = texts(&first.target()) else {
            lost.missing += of_target.len();
            continue;
        };
        let said: Vec<Value> = of_target
            .chunk_by(|a, b| {
                (a.kind == Kind::Gold, &a.annotator) == (b.kind == Kind::Gold, &b.annotator)
            })
            .filter_map(|rows| annotation(rows, role, &texts, &mut lost))
            .collect();
        let data = json!({
            "run": first.run,
            "question_id": first.question_id,
            "target": first.target,
            "epoch": first.epoch,
            "content": texts.content(),
            "question": texts.question,
            "trace": texts.trace,
            "answer": texts.answer,
        });
        let list = match role {
            Role::Prediction => "predictions",
            Role::Annotation => "annotations",
        };
        tasks.push(json!({ "data": data, list: said }));
    }
    (Value::Array(tasks), lost.told())
}

fn key(row: &Row) -> (&str, &str, &str, u32) {
    (&row.run, &row.question_id, &row.target, row.epoch)
}

#[derive(Default)]
struct Lost {
    missing: usize,
    moved: usize,
    flags: usize,
    deferred: usize,
    notes: usize,
}

impl Lost {
    fn told(self) -> Vec<String> {
        let told = [
            (self.missing, "of responses that are not loaded"),
            (self.moved, "on ranges whose text has changed"),
            (self.flags, "that are flags"),
            (self.deferred, "that defer a response"),
            (self.notes, "that are notes on an entity or a range"),
        ];
        let told = told.into_iter().filter(|(count, _)| *count > 0);
        told.map(|(count, what)| format!("{count} left out {what}"))
            .collect()
    }
}

/// What one annotator says of one response.
fn annotation(rows: &[Row], role: Role, texts: &Texts, lost: &mut Lost) -> Option<Value> {
    let first = rows.first()?;
    let (mut results, mut choices, mut entities) = (Vec::new(), Vec::new(), Vec::new());
    let mut is_decided = false;
    for row in rows {
        let has_code = !row.code.is_empty();
        is_decided |= matches!(
            row.kind,
            Kind::Tag | Kind::Gold | Kind::Done | Kind::Skipped
        );
        match (row.kind, row.part) {
            (Kind::Tag | Kind::Gold, Some(part)) => match label(row, part, texts) {
                Some(label) => results.push(label),
                None => lost.moved += 1,
            },
            (Kind::Tag | Kind::Gold, None) if has_code && row.entity.is_empty() => {
                choices.push(row)
            }
            (Kind::Tag | Kind::Gold, None) if has_code => entities.push(row),
            (Kind::Note, None) if row.entity.is_empty() => {
                results.push(result(
                    row,
                    "note",
                    "answer",
                    "textarea",
                    json!({ "text": [row.text] }),
                ));
            }
            (Kind::Note, _) => lost.notes += 1,
            (Kind::Flag, _) => lost.flags += 1,
            (Kind::Deferred, _) => lost.deferred += 1,
            (Kind::Tag | Kind::Gold | Kind::Done | Kind::Skipped, _) => {}
        }
    }
    let list = |rows: &[&Row], line: fn(&Row) -> String| -> Vec<String> {
        rows.iter().map(|row| line(row)).collect()
    };
    if let Some(row) = choices.first() {
        let codes = list(&choices, |row| row.code.clone());
        let mut choices_result = result(
            row,
            "codes",
            "answer",
            "choices",
            json!({ "choices": codes }),
        );
        choices_result["meta"] = meta(&choices);
        results.push(choices_result);
    }
    if let Some(row) = entities.first() {
        let lines = list(&entities, |row| format!("{}: {}", row.code, row.entity));
        let mut entity_result = result(
            row,
            "entities",
            "answer",
            "textarea",
            json!({ "text": lines }),
        );
        entity_result["meta"] = meta(&entities);
        results.push(entity_result);
    }
    if !is_decided && results.is_empty() {
        return None;
    }
    let is_state = |row: &&Row| matches!(row.kind, Kind::Done | Kind::Skipped | Kind::Gold);
    let state = rows.iter().find(is_state);
    let mut said = json!({
        "result": results,
        "scriptlens": {
            "annotator": first.annotator,
            "id": state.map(|row| row.id),
            "time": state.unwrap_or(first).time,
            "taxonomy": first.taxonomy,
        },
    });
    match role {
        Role::Prediction => said["model_version"] = json!(first.annotator),
        Role::Annotation => {
            said["was_cancelled"] = json!(rows.iter().any(|row| row.kind == Kind::Skipped))
        }
    }
    if first.kind == Kind::Gold {
        said["ground_truth"] = json!(true);
    }
    Some(said)
}

fn label(row: &Row, part: Part, texts: &Texts) -> Option<Value> {
    let (start, end) = (row.start_code_point?, row.end_code_point?);
    let covered = texts.part(part).get(row.start_byte?..row.end_byte?)?;
    let name = format!("{}-codes", part.word());
    let value = json!({ "start": start, "end": end, "text": covered, "labels": [row.code] });
    Some(result(row, &name, part.word(), "labels", value))
}

fn result(row: &Row, from: &str, to: &str, kind: &str, value: Value) -> Value {
    // Rows of one adjudication share their id, and no two results may.
    let name = format!("{:?}{from}{value}", row.id);
    json!({
        "id": &Hash::of(&name).to_string()[..10],
        "from_name": from,
        "to_name": to,
        "type": kind,
        "value": value,
        "meta": meta(&[row]),
    })
}

/// What Label Studio has no place for, for each judgement of a result.
fn meta(rows: &[&Row]) -> Value {
    let made = rows.iter().map(|row| {
        json!({ "id": row.id, "time": row.time, "content": row.content, "taxonomy": row.taxonomy, "suggested": row.suggested })
    });
    json!({ "scriptlens": made.collect::<Vec<_>>() })
}

/// Reads tasks back as rows, and what of them could not be read. `who` names the annotator of an annotation or prediction
/// that does not say whose it is, from its `completed_by` or `model_version`.
pub fn import(tasks: &Value, who: impl Fn(&Value) -> String) -> (Vec<Row>, Vec<String>) {
    let (mut rows, mut wrong) = (Vec::new(), Vec::new());
    let tasks = tasks.as_array().map_or(&[][..], Vec::as_slice);
    for (number, task) in (1..).zip(tasks) {
        let data = &task["data"];
        let text = |name: &str| data[name].as_str().unwrap_or_default().to_owned();
        let texts = Texts {
            question: text("question"),
            trace: text("trace"),
            answer: text("answer"),
        };
        let empty = Row {
            run: text("run"),
            question_id: text("question_id"),
            target: text("target"),
            epoch: data["epoch"].as_u64().map_or(1, |epoch| epoch as u32),
            content: Some(texts.content()),
            stale: Some(false),
            ..Row::default()
        };
        if empty.question_id.is_empty() {
            wrong.push(format!("task {number}: its data has no question_id"));
            continue;
        }
        for list in ["annotations", "predictions"] {
            for said in task[list].as_array().into_iter().flatten() {
                let mut tell = |what: String| wrong.push(format!("task {number}: {what}"));
                read(said, &empty, &texts, &who, &mut rows, &mut tell);
            }
        }
    }
    (rows, wrong)
}

/// Reads what one annotator said of one response.
fn read(
    said: &Value,
    empty: &Row,
    texts: &Texts,
    who: &impl Fn(&Value) -> String,
    rows: &mut Vec<Row>,
    tell: &mut impl FnMut(String),
) {
    let ours = &said["scriptlens"];
    let time = |value: &Value| value.as_str().and_then(|time| time.parse::<Time>().ok());
    let mut base = empty.clone();
    base.annotator = match (ours["annotator"].as_str(), said["model_version"].as_str()) {
        (Some(name), _) | (None, Some(name)) => name.to_owned(),
        (None, None) => who(&said["completed_by"]),
    };
    base.time = time(&ours["time"])
        .or(time(&said["created_at"]))
        .unwrap_or_default();
    base.taxonomy = ours["taxonomy"].as_str().unwrap_or_default().to_owned();
    let is_gold = said["ground_truth"] == true;
    let kind = if is_gold { Kind::Gold } else { Kind::Tag };
    let before = rows.len();
    let results = said["result"].as_array().map_or(&[][..], Vec::as_slice);
    for result in results {
        let (value, from) = (
            &result["value"],
            result["from_name"].as_str().unwrap_or_default(),
        );
        let made = |at: usize| made(&base, result, at, kind);
        let texts_of = |name: &str| -> Vec<String> {
            let all = value[name].as_array().into_iter().flatten();
            all.filter_map(|text| Some(text.as_str()?.to_owned()))
                .collect()
        };
        match result["type"].as_str() {
            Some("labels") => match place(result, texts) {
                Ok(span) => {
                    for (code, at) in texts_of("labels").into_iter().zip(0..) {
                        let mut row = made(at);
                        row.code = code;
                        row.place(&Place::Range(Box::new(span.clone())), Some(texts));
                        rows.push(row);
                    }
                }
                Err(what) => tell(what),
            },
            Some("choices") => {
                for (code, at) in texts_of("choices").into_iter().zip(0..) {
                    rows.push(Row { code, ..made(at) });
                }
            }
            Some("textarea") if from == "entities" => {
                for (line, at) in texts_of("text").into_iter().zip(0..) {
                    match line.split_once(':') {
                        Some((code, entity)) => rows.push(Row {
                            code: code.trim().to_owned(),
                            entity: entity.trim().to_owned(),
                            ..made(at)
                        }),
                        None => tell(format!("{line:?} is not of the form code: entity")),
                    }
                }
            }
            Some("textarea") if from == "note" => {
                rows.push(Row {
                    kind: Kind::Note,
                    text: texts_of("text").join("\n"),
                    suggested: false,
                    ..made(0)
                });
            }
            _ => tell(format!("a result named {from:?} is none of ours")),
        }
    }
    let known = ours["id"].as_str().and_then(|id| id.parse().ok());
    let id = known.unwrap_or_else(|| Id::of(base.time, &said.to_string()));
    for row in rows
        .iter_mut()
        .skip(before)
        .filter(|row| row.kind == Kind::Gold)
    {
        row.id = Some(id);
    }
    // Nothing but a note is work done there, and here only where that was said.
    let is_note = |result: &Value| result["from_name"] == "note";
    let is_without_tag = results.iter().all(is_note) && (ours.is_null() || known.is_some());
    let kind = match (said["was_cancelled"] == true, is_gold) {
        (true, _) => Kind::Skipped,
        (false, true) => Kind::Gold,
        (false, false) => Kind::Done,
    };
    if is_without_tag || kind == Kind::Skipped {
        rows.push(Row {
            kind,
            id: Some(id),
            ..base
        });
    }
}

/// A row with what `meta` says of the judgement at that place of a result.
fn made(base: &Row, result: &Value, at: usize, kind: Kind) -> Row {
    let meta = &result["meta"]["scriptlens"][at];
    let parsed = |name: &str| meta[name].as_str();
    let time = parsed("time")
        .and_then(|time| time.parse().ok())
        .unwrap_or(base.time);
    let seed = || {
        let key = key(base);
        format!(
            "{key:?} {} {} {at} {}",
            base.annotator, result["id"], result["value"]
        )
    };
    Row {
        kind,
        id: Some(
            parsed("id")
                .and_then(|id| id.parse().ok())
                .unwrap_or_else(|| Id::of(time, &seed())),
        ),
        time,
        taxonomy: parsed("taxonomy").map_or(base.taxonomy.clone(), str::to_owned),
        suggested: meta["suggested"] == true,
        content: parsed("content")
            .and_then(|hash| hash.parse().ok())
            .or(base.content),
        ..base.clone()
    }
}

/// Where a label stands.
fn place<'t>(result: &Value, texts: &'t Texts) -> Result<Span<'t>, String> {
    let value = &result["value"];
    let to = result["to_name"].as_str().unwrap_or_default();
    let part = Part::named(to)
        .ok_or_else(|| format!("a label stands in {to:?}, which is none of our texts"))?;
    let text = texts.part(part);
    // Old editors wrote numbers as text.
    let number = |name: &str| {
        let value = &value[name];
        let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
        number.map(|number| number as usize)
    };
    let (Some(start), Some(end)) = (number("start"), number("end")) else {
        return Err("a label has no start and end".to_owned());
    };
    let offsets = Offsets::new(text);
    let code_points = offsets
        .byte_of_code_point(start)
        .zip(offsets.byte_of_code_point(end));
    let utf16 = offsets.byte_of_utf16(start).zip(offsets.byte_of_utf16(end));
    let is_right = |covered: &str| match value["text"].as_str() {
        Some(wanted) => covered == wanted || covered.replace(['\r', '\n'], "\\n") == wanted,
        None => true,
    };
    let spans = [code_points, utf16].into_iter().flatten();
    let mut spans = spans.filter_map(|(start, end)| Span::new(part, text, start..end));
    spans
        .find(|span| is_right(&text[span.range()]))
        .ok_or_else(|| {
            format!("the label from {start} to {end} in {to} does not cover the text that it names")
        })
}

/// The labelling configuration for these tasks, in the markup of Label Studio.
pub fn config(taxonomy: &Taxonomy) -> String {
    let codes = |scope: Scope, tag: &str| -> String {
        let codes = taxonomy.codes().iter();
        let codes = codes.filter(|code| !code.is_heading() && code.applies.contains(&scope));
        codes.map(|code| choice(code, tag)).collect()
    };
    let mut view = String::from("<View>\n  <Style>.htx-text { white-space: pre-wrap; }</Style>\n");
    for part in Part::ALL.map(Part::word) {
        view += &format!(
            "  <Header value=\"{part}\"/>\n  <Labels name=\"{part}-codes\" toName=\"{part}\">\n{}  </Labels>\n",
            codes(Scope::Range, "Label")
        );
        view += &format!("  <Text name=\"{part}\" value=\"${part}\" saveTextResult=\"yes\"/>\n");
    }
    view += &format!(
        "  <Choices name=\"codes\" toName=\"answer\" choice=\"multiple\">\n{}  </Choices>\n",
        codes(Scope::Response, "Choice")
    );
    view += "  <TextArea name=\"entities\" toName=\"answer\" placeholder=\"code: entity\" maxSubmissions=\"99\"/>\n";
    view += "  <TextArea name=\"note\" toName=\"answer\" placeholder=\"note\"/>\n</View>\n";
    view
}

fn choice(code: &Code, tag: &str) -> String {
    let key = code
        .key
        .map_or(String::new(), |key| format!(" hotkey=\"{key}\""));
    let (value, hint) = (&code.code, escaped(&code.guideline));
    format!("    <{tag} value=\"{value}\"{key} hint=\"{hint}\"/>\n")
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}

/// The annotator of an annotation there: an address, or a number with a word before it.
pub fn who(completed_by: &Value) -> String {
    match completed_by {
        Value::String(name) => name.clone(),
        Value::Object(person) => who_of(person),
        Value::Number(number) => format!("label-studio-{number}"),
        _ => "label-studio".to_owned(),
    }
}

fn who_of(person: &Map<String, Value>) -> String {
    let email = person.get("email").and_then(Value::as_str);
    let id = || {
        person
            .get("id")
            .map_or(String::new(), |id| format!("-{id}"))
    };
    email.map_or_else(|| format!("label-studio{}", id()), str::to_owned)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::event::Decision;
    use super::super::exchange::tests::{mark, state, tag, target, texts};
    use super::super::exchange::{events, rows};
    use super::super::state::State;
    use super::*;

    fn held() -> State {
        state(vec![
            ("ann", tag("vowel", "Sarvadarma")),
            ("ann", tag("vowel", "सरवधर्म")),
            ("ann", tag("lost", "")),
            ("ann", tag("vowel", "")),
            ("ann", tag("vowel", "Q42")),
            (
                "ann",
                Decision::Note {
                    place: Place::Response,
                    text: "a \"note\"".into(),
                },
            ),
            ("bob", Decision::Done),
            (
                "cyd",
                Decision::Note {
                    place: Place::Response,
                    text: "and no tag".into(),
                },
            ),
            ("cyd", Decision::Done),
            (
                "dan",
                Decision::Note {
                    place: Place::Response,
                    text: "not decided".into(),
                },
            ),
            (
                "eve",
                Decision::Adjudicate(vec![mark("vowel", "Sarvadarma"), mark("lost", "")]),
            ),
        ])
    }

    fn at_hand(_: &Target) -> Option<Texts> {
        Some(texts())
    }

    #[test]
    fn what_can_be_held_comes_back_the_same() {
        let nothing = state(vec![("dot", Decision::Adjudicate(vec![]))]);
        let states = [held(), nothing];
        let roles = [Role::Prediction, Role::Annotation];
        for (state, role) in states
            .iter()
            .flat_map(|state| roles.map(|role| (state, role)))
        {
            let (tasks, lost) = export(&rows(state, at_hand), role, at_hand);
            assert_eq!(lost, Vec::<String>::new());
            let (read, wrong) = import(&tasks, who);
            assert_eq!(wrong, Vec::<String>::new());
            let mut again = State::default();
            for event in events(&read).0 {
                again.apply(&event);
            }
            let sorted = |state: &State| {
                let mut rows = self::rows(state, at_hand);
                rows.sort_by_key(|row| {
                    (
                        row.annotator.clone(),
                        row.kind,
                        row.id,
                        row.code.clone(),
                        row.head.clone(),
                    )
                });
                rows
            };
            assert_eq!(sorted(&again), sorted(state));
        }
    }

    #[test]
    fn what_cannot_be_held_is_told() {
        let span = mark("x", "Sarvadarma").place;
        let state = state(vec![
            ("ann", Decision::Flag(true)),
            ("ann", Decision::Defer),
            (
                "ann",
                Decision::Note {
                    place: span,
                    text: "here".into(),
                },
            ),
        ]);
        let (tasks, lost) = export(&rows(&state, at_hand), Role::Annotation, at_hand);
        assert_eq!(lost.len(), 3);
        assert_eq!(tasks[0]["annotations"], json!([]));
        assert_eq!(
            export(&rows(&state, |_| None), Role::Annotation, |_| None).1,
            ["3 left out of responses that are not loaded"]
        );
    }

    /// A label as the editor writes it.
    fn edited(start: usize, end: usize, text: &str) -> Value {
        let texts = texts();
        let target = target();
        json!([{
            "id": 1,
            "data": { "run": target.0, "question_id": target.1, "target": target.2, "epoch": 1,
                "question": texts.question, "trace": texts.trace, "answer": texts.answer },
            "annotations": [{
                "id": 1001, "completed_by": 10, "was_cancelled": false, "ground_truth": false,
                "created_at": "2026-03-09T22:16:08.728353Z",
                "result": [{ "id": "Dx_aB91ISN", "from_name": "trace-codes", "to_name": "trace", "type": "labels",
                    "origin": "manual", "value": { "start": start, "end": end, "text": text, "labels": ["vowel"] } }],
            }],
        }])
    }

    #[test]
    fn offsets_are_code_points_and_old_ones_are_known_by_their_text() {
        let place_of = |tasks: &Value| {
            let (rows, wrong) = import(tasks, who);
            (
                rows.first()
                    .map(|row| (row.start_byte.unwrap(), row.end_byte.unwrap())),
                wrong.len(),
            )
        };
        let expected = (Some((16, 26)), 0);
        assert_eq!(place_of(&edited(10, 20, "Sarvadarma")), expected);
        assert_eq!(place_of(&edited(12, 22, "Sarvadarma")), expected);
        assert_eq!(place_of(&edited(11, 21, "Sarvadarma")), (None, 1));
        assert_eq!(place_of(&edited(22, 24, "\\n\\n")), (Some((28, 30)), 0));
    }

    #[test]
    fn work_done_there_is_read_and_the_same_each_time() {
        let (rows, wrong) = import(&edited(10, 20, "Sarvadarma"), who);
        assert_eq!(wrong, Vec::<String>::new());
        let row = &rows[0];
        assert_eq!(
            (row.annotator.as_str(), row.code.as_str(), row.kind),
            ("label-studio-10", "vowel", Kind::Tag)
        );
        assert_eq!(row.time.to_string(), "2026-03-09T22:16:08.728Z");
        assert_eq!(import(&edited(10, 20, "Sarvadarma"), who).0, rows);
        assert_eq!(row.content, Some(texts().content()));
    }

    #[test]
    fn the_configuration_names_every_code_once_for_each_text() {
        let taxonomy = Taxonomy::shipped().unwrap();
        let view = config(&taxonomy);
        assert_eq!(view.matches("<Label value=\"vowel\"").count(), 3);
        assert_eq!(view.matches("<Choice value=\"refusal\"").count(), 1);
        assert!(!view.contains("spelling\""));
    }
}
