//! Measures the audit of names on JSON Lines of records.
//!
//! `name_audit speed FILE…` prints megabytes of text per second, cold and warm. `name_audit alarms FILE [NAMES]` looks in
//! every response for ten entities of other questions (of the file NAMES), which nobody mentions, and prints what was
//! found. `name_audit dump FILE` writes what was found as JSON Lines.

use std::collections::BTreeMap;
use std::time::Instant;

use scriptlens::entity::{
    Caches, Case, Finding, Form, Kind, Known, Mention, NameModel, Origin, Part, Role, Sought,
    audit, sought,
};
use scriptlens::record::Record;
use serde_json::json;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["speed", files @ ..] => files.iter().for_each(|file| speed(file, &records(file))),
        ["alarms", file] => alarms(&records(file), &records(file)),
        ["alarms", file, names] => alarms(&records(file), &records(names)),
        ["dump", file] => dump(&records(file)),
        _ => eprintln!("speed FILE…, alarms FILE [NAMES], dump FILE"),
    }
}

fn records(file: &str) -> Vec<Record> {
    if file == "long" {
        return long();
    }
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let records = text.lines().map(serde_json::from_str);
    records.filter_map(Result::ok).collect()
}

/// A trace of 200 kB in which a name stands now and then.
fn long() -> Vec<Record> {
    let line = "The question is about a painter, so let me think about what I know of the film and of its makers. \
        It was shot in the sixties, and the pictures of the painter stand still in nearly every frame of it.\n";
    let mut trace = line.repeat(1_000);
    for at in [20, 500, 900] {
        trace.insert_str(at * line.len(), "It may be Giorgi Shengelaia. ");
    }
    let record = json!({"question_id": "long", "question": "Who directed Pirosmani?", "source": "ka", "target": "en",
        "trace": trace, "answer": "Giorgi Shengelaia", "entities": [
        {"forms": {"en": ["Giorgi Shengelaia"], "ka": ["გიორგი შენგელაია"], "ru": ["Георгий Шенгелая"], "ja": ["ギオルギ・シェンゲラヤ"]}},
        {"forms": {"en": ["Pirosmani"], "ka": ["ფიროსმანი"], "ru": ["Пиросмани"], "ja": ["ピロスマニ"]}}]});
    let record: Option<Record> = serde_json::from_value(record).ok();
    vec![record.unwrap_or_default(); 20]
}

/// Every entity of the records, and what stands in their place.
fn known(records: &[Record], caches: &mut Caches) -> Known {
    let mut known = Known::new();
    for record in records {
        for sought in sought(record, &[]) {
            known.add(&sought, caches);
        }
        let language = record
            .target
            .as_ref()
            .map_or("und", |target| &target.language);
        if let Some(name) = record
            .metadata
            .get("distractor")
            .and_then(|name| name.as_str())
        {
            let forms = vec![Form::new(name, language, Origin::Catalog)];
            let role = Role::Answer;
            known.add(
                &Sought {
                    id: None,
                    role,
                    forms,
                },
                caches,
            );
        }
    }
    known
}

fn text<'a>(record: &'a Record, mention: &Mention) -> &'a str {
    let text = match mention.part {
        Part::Trace => record.trace.text(),
        Part::Answer => &record.answer,
    };
    text.get(mention.range.clone()).unwrap_or("")
}

fn speed(name: &str, records: &[Record]) {
    let mut caches = Caches::new();
    let known = known(records, &mut caches);
    let bytes: usize = records
        .iter()
        .map(|record| record.trace.text().len() + record.answer.len())
        .sum();
    let all: Vec<Vec<Sought>> = records.iter().map(|record| sought(record, &[])).collect();
    // First with the tables between scripts, which the name model makes once, then without anything else remembered.
    for state in ["first", "cold", "warm"] {
        if state == "cold" {
            caches = Caches::new();
        }
        let (mut found, mut seconds) = (0, f64::INFINITY);
        for _ in 0..if state == "warm" { 40 } else { 1 } {
            let start = Instant::now();
            found = 0;
            for (record, sought) in records.iter().zip(&all) {
                let findings = audit(
                    &Case::of(record, sought),
                    NameModel::shipped(),
                    &known,
                    &mut caches,
                );
                found += findings
                    .iter()
                    .map(|finding| finding.mentions.len())
                    .sum::<usize>();
            }
            seconds = seconds.min(start.elapsed().as_secs_f64());
        }
        println!(
            "{name}, {state}: {} responses, {:.2} MB, {found} mentions, {:.0} ms, {:.1} MB/s",
            records.len(),
            bytes as f64 / 1e6,
            seconds * 1e3,
            bytes as f64 / 1e6 / seconds
        );
    }
}

fn alarms(records: &[Record], names: &[Record]) {
    let mut pool: BTreeMap<String, (String, Sought)> = BTreeMap::new();
    for record in names {
        for sought in sought(record, &[]) {
            let name = sought
                .forms
                .first()
                .map_or_else(String::new, |form| form.text.clone());
            pool.entry(name)
                .or_insert((record.question_id.clone(), sought));
        }
    }
    let pool: Vec<_> = pool.into_values().collect();
    let mut caches = Caches::new();
    let (mut pairs, mut wrong, mut right) = (0, 0, 0);
    let mut spellings: BTreeMap<String, usize> = BTreeMap::new();
    for (at, record) in records.iter().enumerate() {
        let picks = (0..10).map(|nth| &pool[(at * 7 + nth * 31) % pool.len()]);
        let picks = picks.filter(|(question, _)| *question != record.question_id);
        let picks: Vec<Sought> = picks.map(|(_, sought)| sought.clone()).collect();
        let found = audit(
            &Case::of(record, &picks),
            NameModel::shipped(),
            &Known::new(),
            &mut caches,
        );
        for finding in found {
            pairs += 1;
            let is_sure = |mention: &Mention| {
                mention.kind == Kind::Exact
                    || mention.kind == Kind::Variant
                        && mention.probability == 1.0
                        && !mention.cues.iter().any(|cue| cue.word() == "partial-name")
            };
            wrong += usize::from(finding.mentions.iter().any(|mention| !is_sure(mention)));
            right += finding
                .mentions
                .iter()
                .filter(|mention| is_sure(mention))
                .count();
            for mention in &finding.mentions {
                let form = &picks[finding.entity].forms[mention.form].text;
                let mark = if is_sure(mention) { "  " } else { "! " };
                *spellings
                    .entry(format!(
                        "{mark}{form} | {} {:.2}",
                        text(record, mention),
                        mention.probability
                    ))
                    .or_default() += 1;
            }
        }
    }
    let rate = wrong as f64 * 1000.0 / f64::from(pairs);
    println!(
        "{pairs} entities in responses, wrongly found in {wrong}: {rate:.2} of 1,000; {right} exact or variant mentions"
    );
    let mut spellings: Vec<_> = spellings.into_iter().collect();
    spellings.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    for (spelling, times) in spellings.iter().take(40) {
        println!("{times:5} {spelling}");
    }
}

fn dump(records: &[Record]) {
    let mut caches = Caches::new();
    let known = known(records, &mut caches);
    for record in records {
        let sought = sought(record, &[]);
        let findings = audit(
            &Case::of(record, &sought),
            NameModel::shipped(),
            &known,
            &mut caches,
        );
        let findings: Vec<_> = findings
            .iter()
            .map(|finding| shown(record, &sought, finding, &known))
            .collect();
        println!(
            "{}",
            json!({"run": record.run, "q": record.question_id, "source": record.source, "target": record.target,
                "outcome": record.outcome().word(), "trace": record.trace.text(), "answer": record.answer, "findings": findings})
        );
    }
}

fn shown(
    record: &Record,
    sought: &[Sought],
    finding: &Finding,
    known: &Known,
) -> serde_json::Value {
    let sought = &sought[finding.entity];
    let words = |mention: &Mention| {
        mention
            .cues
            .iter()
            .map(|cue| cue.word())
            .collect::<Vec<_>>()
    };
    let mention = |mention: &Mention| {
        json!([
            format!("{:?}", mention.part),
            text(record, mention),
            sought.forms[mention.form].text,
            format!("{:?}", mention.kind),
            (mention.probability * 100.0).round() / 100.0,
            words(mention)
        ])
    };
    json!({
        "role": format!("{:?}", sought.role), "verdict": finding.verdict.word(), "repeats": finding.repeats,
        "answer": finding.answer.map(|kind| format!("{kind:?}")),
        "rival": finding.rival.as_ref().map(|rival| known.name(rival.known)),
        "forms": sought.forms.iter().map(|form| &form.text).collect::<Vec<_>>(),
        "mentions": finding.mentions.iter().map(mention).collect::<Vec<_>>(),
    })
}
