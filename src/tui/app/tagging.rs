//! What a person at the desk asks for: tags, notes, queues, and what they take back.

use std::borrow::Cow;

use super::*;
use crate::annotation::{
    Access, Code, Decision, Holder, Mark, Part, Place, Span, Status, content_of, target_of,
};
use crate::corpus::Layer;
use crate::tui::desk::{Chooser, Chosen, For, Order, Queue, Told};

impl App {
    /// The response that the keys are about.
    pub fn at_hand(&self) -> Option<u32> {
        let is_shown = matches!(self.screen, Screen::Browse | Screen::Read);
        self.row().filter(|_| is_shown)
    }

    /// The name of the run of a response; one that says nothing where names are hidden.
    pub fn run_name(&self, row: u32) -> Cow<'_, str> {
        match self.corpus.codes(Key::Run).get(row as usize) {
            Some(code) => self.name_of_run(*code),
            None => "".into(),
        }
    }

    /// The name of a run; a letter where names are hidden. Which letter is left to chance, the same for one annotator.
    pub fn name_of_run(&self, code: u32) -> Cow<'_, str> {
        let runs = self.corpus.dict(Key::Run);
        let name = runs.name(code);
        if !self.desk.is_blind {
            return name.into();
        }
        let place = |name: &str| Hash::of_parts(&[self.desk.annotator.as_bytes(), name.as_bytes()]);
        let mine = place(name);
        let before = runs.names().filter(|other| place(other) < mine).count();
        let mut letters = String::new();
        let mut left = before;
        loop {
            letters.insert(0, char::from(b'A' + (left % 26) as u8));
            match (left / 26).checked_sub(1) {
                Some(more) => left = more,
                None => break,
            }
        }
        format!("run {letters}").into()
    }

    /// A clause of the filter, without what is hidden.
    pub fn told(&self, clause: &Clause) -> String {
        match &clause.test {
            Test::OneOf(key, _) if self.desk.is_blind && HIDDEN.contains(key) => {
                format!("{}:…", key.spec().name)
            }
            Test::Flip(..) if self.desk.is_blind => "flip:…".into(),
            _ => clause.to_string(),
        }
    }

    /// Its text on screen.
    fn page_at_hand(&self) -> &Page {
        match self.screen {
            Screen::Read => &self.page,
            _ => &self.preview,
        }
    }

    pub(super) fn act_at_desk(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Tag => self.open_chooser(),
            Action::Adjudicate => self.open_settling(),
            Action::Flag => {
                let Some(row) = self.at_hand() else {
                    return Vec::new();
                };
                let is_flagged = self.desk.marks(&self.corpus, row).flag.is_some();
                self.decide(row, Decision::Flag(!is_flagged))
            }
            Action::Done => self.decide_and_move_on(Decision::Done),
            Action::Defer => self.decide_and_move_on(Decision::Defer),
            Action::Skip => self.decide_and_move_on(Decision::Skip),
            Action::Note => {
                let Some(row) = self.at_hand() else {
                    return Vec::new();
                };
                let marks = self.desk.marks(&self.corpus, row);
                let note = marks
                    .notes
                    .iter()
                    .find(|note| *note.place == Place::Response);
                let text = note.map_or(String::new(), |note| note.text.to_owned());
                self.open_prompt(Kind::Note, text);
                Vec::new()
            }
            Action::Undo if self.desk.waiting.pop().is_some() => self.say("taken back"),
            Action::Undo => {
                let undone = self.desk.undo(&self.corpus);
                self.took_back(undone, "taken back", "nothing to take back")
            }
            Action::Redo => {
                let redone = self.desk.redo(&self.corpus);
                self.took_back(redone, "brought back", "nothing to bring back")
            }
            Action::Queue => {
                self.open_prompt(Kind::Queue, String::new());
                Vec::new()
            }
            Action::Tags => {
                self.screen = match self.screen {
                    Screen::Tags => Screen::Browse,
                    _ => Screen::Tags,
                };
                Vec::new()
            }
            Action::Blind => {
                self.desk.is_blind ^= true;
                self.forget_layouts();
                let stopped = self.forget_numbers();
                self.message = Some(match self.desk.is_blind {
                    true => "blind: names of runs and what others said are hidden".into(),
                    false => "names of runs and what others said are shown".into(),
                });
                stopped
            }
            _ => Vec::new(),
        }
    }

    /// What is asked for on the screen of judgements.
    pub(super) fn act_in_tags(&mut self, action: Action) -> Vec<Effect> {
        let page = usize::from(areas(self).body.height.saturating_sub(TAGS_HEAD));
        match (action, self.board.shows) {
            (Action::NextFocus, Shows::Agreement) => self.board.shows = Shows::Recent,
            (Action::NextFocus, Shows::Recent) => {
                (self.board.shows, self.board.agreement) = (Shows::Agreement, None);
                let (folder, taxonomy) = (self.desk.folder.clone(), self.desk.taxonomy.clone());
                let wide = usize::from(self.size.width.saturating_sub(3));
                return vec![Effect::Agree(self.corpus.clone(), folder, taxonomy, wide)];
            }
            (Action::Open, Shows::Agreement) => {
                self.screen = Screen::Browse;
                // The filter is ours and can be read.
                return Filter::parse(annotation::FILTER)
                    .map_or_else(|_| Vec::new(), |f| self.refilter(f));
            }
            (Action::Open, Shows::Recent) => {
                let at = self.board.recent.at;
                let mut recent = self.desk.state.recent(&self.desk.annotator);
                let Some(target) = recent.nth(at).map(|recent| recent.target.to_owned()) else {
                    return Vec::new();
                };
                drop(recent);
                let Some(row) = self.desk.row(&self.corpus, &target) else {
                    return self.say("this response is not loaded");
                };
                (self.screen, self.read_from) = (Screen::Read, Screen::Tags);
                self.go_to(row);
            }
            (action, Shows::Recent) => {
                let count = self.desk.state.decisions(&self.desk.annotator);
                if let Some(to) = self.board.recent.moved(action, page) {
                    self.board.recent.go(to, count);
                }
            }
            (action, Shows::Agreement) => {
                let lines = self.board.agreement.as_ref().map_or(0, |lines| lines.len());
                if let Some(to) = self.board.top.moved(action, page) {
                    self.board.top.go(to, (lines + 1).saturating_sub(page));
                }
            }
        }
        Vec::new()
    }

    /// Has a response tagged: offers the codes.
    fn open_chooser(&mut self) -> Vec<Effect> {
        let Some(row) = self.at_hand() else {
            return Vec::new();
        };
        let places = self.places(row);
        let taxonomy = self.desk.taxonomy.clone();
        let suggested = self.suggested(row);
        let first = crate::tui::desk::settable(&taxonomy)
            .next()
            .map(|(at, _)| at);
        self.desk.chooser = Some(Chooser {
            row,
            purpose: For::Tags,
            places,
            place: None,
            cursor: suggested.first().copied().or(first).unwrap_or(0),
            suggested,
            stays: false,
        });
        Vec::new()
    }

    /// What is known of the names of a response has changed: so have what a code may be said of, and what is suggested.
    pub(super) fn refresh_chooser(&mut self, row: u32) {
        let Some(mut chooser) = self.desk.chooser.take() else {
            return;
        };
        if chooser.row == row {
            let of = chooser.place.and_then(|at| chooser.places.get(at)).cloned();
            chooser.places = self.places(row);
            chooser.place = of.and_then(|of| chooser.places.iter().position(|place| *place == of));
            if chooser.purpose == For::Tags && chooser.suggested.is_empty() {
                chooser.suggested = self.suggested(row);
                chooser.cursor = chooser.suggested.first().copied().unwrap_or(chooser.cursor);
            }
        }
        self.desk.chooser = Some(chooser);
    }

    /// Has it settled what holds of a response that several have judged.
    fn open_settling(&mut self) -> Vec<Effect> {
        let Some(row) = self.at_hand() else {
            return Vec::new();
        };
        if self.desk.is_blind {
            return self.say("what others said is hidden: see it first to settle it");
        }
        let target = target_of(&self.corpus, row);
        let state = &self.desk.state;
        let all = state
            .annotators()
            .map(|name| (name, state.marks(name, &target)));
        let decided = all.filter(|(_, marks)| marks.status == Status::Done);
        let said: Vec<(String, Vec<Mark>)> = decided
            .map(|(name, marks)| {
                let tags = marks.tags.iter().map(|tag| tag.mark.to_owned());
                (name.to_owned(), tags.collect())
            })
            .collect();
        if said.is_empty() {
            return self.say("nobody has judged this response yet");
        }
        let chosen = match state.gold(&target) {
            Some(gold) => gold.marks.to_vec(),
            // What all agree on.
            None => {
                let (first, others) = (said[0].1.iter(), &said[1..]);
                let in_all = |mark: &&Mark| others.iter().all(|(_, marks)| marks.contains(mark));
                first.filter(in_all).cloned().collect()
            }
        };
        self.open_chooser();
        if let Some(chooser) = &mut self.desk.chooser {
            chooser.purpose = For::Gold { said, chosen };
            chooser.suggested.clear();
            chooser.stays = true;
        }
        Vec::new()
    }

    /// What a code may be said of at the moment, the likeliest first.
    fn places(&self, row: u32) -> Vec<(Place<'static>, String)> {
        let page = self.page_at_hand();
        let mut places: Vec<(Place<'static>, String)> = Vec::new();
        let mut add = |place: Place<'static>, told: String| {
            if places.iter().all(|(known, _)| *known != place) {
                places.push((place, told));
            }
        };
        let range = |section: usize, range: Range<usize>| {
            let span = self.span(row, section, range)?;
            let told = format!("the range «{}»", span.head);
            Some((Place::Range(Box::new(span)), told))
        };
        let entity = |name: &str| {
            let told = format!("the name {name}");
            (Place::Entity(name.to_owned().into()), told)
        };
        if let Some((place, told)) = page.selected().and_then(|(at, bytes)| range(at, bytes)) {
            add(place, told);
        }
        let marks = page.names.marks.as_ref();
        let chosen = marks.and_then(|marks| marks.get(page.names.chosen?));
        if let (Some(marks), Some(mark)) = (marks, chosen) {
            let (place, told) = entity(marks.name_of(mark));
            add(place, told);
            if let Some((place, told)) = range(mark.section, mark.range.clone()) {
                add(place, told);
            }
        }
        add(Place::Response, "the response".into());
        if let Some(Some(names)) = self.names.peek(&row) {
            let mut findings: Vec<_> = names.findings.iter().collect();
            findings.sort_by_key(|finding| std::cmp::Reverse(finding.verdict.gravity()));
            for sought in findings
                .iter()
                .filter_map(|finding| names.sought.get(finding.entity))
            {
                let (place, told) = entity(sought.name());
                add(place, told);
            }
        }
        places
    }

    /// A range of the text that was judged, where what is shown is that text.
    fn span(&self, row: u32, section: usize, range: Range<usize>) -> Option<Span<'static>> {
        let document = self.page_at_hand().document.as_ref()?;
        let record = self.records.get(row)?.as_ref().ok()?;
        let (part, text) = match document.name(section) {
            "QUESTION" => (Part::Question, record.question.as_str()),
            "TRACE" => (Part::Trace, record.trace.text()),
            "ANSWER" => (Part::Answer, record.answer.as_str()),
            _ => return None,
        };
        let is_shown = text.get(range.clone()) == document.text(section).get(range.clone());
        Span::new(part, text, range)
            .filter(|_| is_shown)
            .map(|span| span.to_owned())
    }

    /// Codes that what is known of the names of a response suggests; of the name that is looked at, where one is.
    fn suggested(&self, row: u32) -> Vec<usize> {
        let Some(Some(names)) = self.names.peek(&row) else {
            return Vec::new();
        };
        let page = self.page_at_hand();
        let chosen = page.names.marks.as_ref().and_then(|marks| {
            let mark = marks.get(page.names.chosen?)?;
            Some(marks.finding_of(mark))
        });
        let findings = names.findings.iter().enumerate();
        let findings = findings.filter(|(at, _)| chosen.is_none_or(|chosen| chosen == *at));
        let mut findings: Vec<_> = findings.map(|(_, finding)| finding).collect();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.verdict.gravity()));
        let cues: Vec<&str> = findings
            .iter()
            .flat_map(|f| f.cues())
            .map(|cue| cue.word())
            .collect();
        let verdicts: Vec<&str> = findings.iter().map(|f| f.verdict.word()).collect();
        let outcome = self.corpus.name(row, Key::Outcome);
        let taxonomy = &self.desk.taxonomy;
        let codes = taxonomy
            .suggested(&verdicts, &cues, Some(outcome))
            .into_iter();
        let number = |code: &Code| taxonomy.codes().iter().position(|other| other == code);
        codes.filter_map(number).take(9).collect()
    }

    /// A key while a code is chosen.
    pub(super) fn key_in_chooser(&mut self, key: KeyEvent) -> Vec<Effect> {
        let taxonomy = self.desk.taxonomy.clone();
        let Some(chooser) = &mut self.desk.chooser else {
            return Vec::new();
        };
        let row = chooser.row;
        match chooser.key(key, &taxonomy) {
            Chosen::Nothing => Vec::new(),
            Chosen::Close => {
                self.desk.chooser = None;
                Vec::new()
            }
            Chosen::Impossible(_) if !matches!(self.names.peek(&row), Some(Some(_))) => {
                self.say("the names are still looked for: once more in a moment")
            }
            Chosen::Impossible(why) => self.say(why),
            Chosen::Settle(marks) => {
                self.desk.chooser = None;
                self.decide(row, Decision::Adjudicate(marks))
            }
            Chosen::Mark {
                mark,
                suggested,
                stays,
            } => {
                if !stays {
                    self.desk.chooser = None;
                }
                let is_set = |tag: &crate::annotation::Tag| *tag.mark == mark;
                if self.desk.marks(&self.corpus, row).tags.iter().any(is_set) {
                    return self.decide(row, Decision::Untag(mark));
                }
                let tag = Decision::Tag { mark, suggested };
                let effects = self.decide(row, tag);
                if !stays && !effects.is_empty() {
                    self.move_on(row);
                }
                effects
            }
        }
    }

    /// What a note is to say.
    pub(super) fn note(&mut self, text: String) -> Vec<Effect> {
        let Some(row) = self.at_hand() else {
            return Vec::new();
        };
        let selected = self.page_at_hand().selected();
        let span = selected.and_then(|(section, range)| self.span(row, section, range));
        let place = span.map_or(Place::Response, |span| Place::Range(Box::new(span)));
        let text = text.into();
        self.decide(row, Decision::Note { place, text })
    }

    fn decide_and_move_on(&mut self, decision: Decision<'static>) -> Vec<Effect> {
        let Some(row) = self.at_hand() else {
            return Vec::new();
        };
        let effects = self.decide(row, decision);
        if !effects.is_empty() {
            self.move_on(row);
        }
        effects
    }

    /// Decides something about a response, and has it saved. Nothing comes of it where that is not possible.
    fn decide(&mut self, row: u32, decision: Decision<'static>) -> Vec<Effect> {
        if let Access::Theirs(holder) = &self.desk.access {
            let who = who(holder.as_ref());
            self.message = Some(format!(
                "read-only: {who} writes the journal of {}; close it there, or use --annotator",
                self.desk.annotator
            ));
            // It may be gone by now.
            return vec![Effect::Save(None)];
        }
        let content = match self.records.get(row) {
            Some(Ok(record)) => content_of(record),
            Some(Err(reason)) => return self.say(format!("it cannot be judged: {reason}")),
            // Fingers are faster than disks.
            None => {
                self.desk.waiting.push((row, decision));
                let missing = self.records.missing(vec![row]);
                return vec![Effect::Fetch(self.corpus.clone(), missing)];
            }
        };
        let event = self.desk.decide(&self.corpus, row, content, decision);
        let mut effects = vec![Effect::Save(Some(event))];
        effects.extend(self.said_news());
        effects
    }

    /// Decides what waited for responses to be read.
    pub(super) fn decide_waiting(&mut self) -> Vec<Effect> {
        let (ready, waiting) = std::mem::take(&mut self.desk.waiting)
            .into_iter()
            .partition(|(row, _)| self.records.get(*row).is_some());
        self.desk.waiting = waiting;
        let ready: Vec<(u32, Decision)> = ready;
        let decided = ready
            .into_iter()
            .map(|(row, decision)| self.decide(row, decision));
        decided.collect::<Vec<_>>().concat()
    }

    /// Goes to where a decision was taken back or brought back.
    fn took_back(
        &mut self,
        done: Option<(Box<crate::annotation::Event<'static>>, Told)>,
        how: &str,
        nothing: &str,
    ) -> Vec<Effect> {
        let Some((event, told)) = done else {
            return self.say(nothing);
        };
        self.message = Some(format!("{how}: {} · {}", told.what, told.target.1));
        if let Some(row) = self.desk.row(&self.corpus, &told.target) {
            self.go_to(row);
        }
        let mut effects = vec![Effect::Save(Some(event))];
        effects.extend(self.said_news());
        effects
    }

    /// Shows a response on the screen at hand, in the list where it stands there.
    pub(super) fn go_to(&mut self, row: u32) {
        let group = self.corpus.groups().of_row.get(row as usize);
        let is_it = |entry: &Entry| {
            *entry == Entry::row(row) || group.is_some_and(|group| *entry == Entry::group(*group))
        };
        if let Some(at) = self.entries.iter().position(is_it) {
            self.list.go(at, self.entries.len());
        }
        if self.screen == Screen::Read {
            (self.reading, self.came_from) = (row, None);
        }
    }

    /// What is to be judged after the response at hand.
    pub(super) fn next_to_judge(&self) -> Option<u32> {
        let next = match &self.desk.queue {
            Some(queue) => queue.next(self.list.at)?,
            None if self.desk.is_in_use() => self.list.at + 1,
            None => return None,
        };
        self.row_of(*self.entries.get(next)?)
    }

    /// Goes on to what is to be judged next.
    fn move_on(&mut self, row: u32) {
        self.page.deselect();
        let Some(queue) = &self.desk.queue else {
            let to = self.list.at + 1;
            if to >= self.entries.len() {
                self.message = Some("this was the last of the list".into());
            } else if self.screen == Screen::Read {
                self.read_entry(to);
            } else {
                self.list.go(to, self.entries.len());
            }
            return;
        };
        let here = queue.rows.iter().position(|other| *other == row);
        match queue.next(here.unwrap_or(self.list.at)) {
            Some(at) if queue.settled < queue.rows.len() => {
                if self.screen == Screen::Read {
                    self.read_entry(at);
                } else {
                    self.list.go(at, self.entries.len());
                }
            }
            _ => self.message = Some("the queue is done: Q begins another, or stops".into()),
        }
    }

    /// Has the corpus told what was said, unless a list would change under somebody's hands, or be searched anew.
    fn said_news(&mut self) -> Vec<Effect> {
        match self.desk.queue.is_some() || self.filter.reads_texts() {
            true => Vec::new(),
            false => self.ask_view(),
        }
    }

    /// Columns of the corpus do not say yet what a view needs.
    pub(super) fn needs_labels(&self) -> bool {
        let wanted = self.filter.needs(Layer::Tags) && !self.corpus.is_tagged();
        !self.loading && (self.desk.is_news || wanted)
    }

    /// Asks where the responses are that were judged.
    pub(super) fn ask_attached(&self) -> Option<Effect> {
        let judged = self.desk.state.judged();
        let is_time = !self.loading && !judged.is_empty();
        is_time.then(|| Effect::Attach(self.corpus.clone(), judged))
    }

    /// Journals were opened.
    pub(super) fn opened(&mut self, opened: crate::tui::desk::Opened) -> Vec<Effect> {
        if let Some(problem) = opened.problems.first() {
            let more = match opened.problems.len() {
                1 => String::new(),
                n => format!(" (and {} more)", n - 1),
            };
            self.message = Some(format!("{problem}{more}"));
        } else if let Access::Theirs(holder) = &opened.access {
            let who = who(holder.as_ref());
            self.message = Some(format!("tags are read-only: {who} writes this journal"));
        } else if let Some(kept) = &opened.queue {
            self.message = Some(format!(
                "a queue is not finished ({}): Q goes on with it",
                kept.order
            ));
        }
        self.desk.open(opened);
        self.ask_attached().into_iter().collect()
    }

    /// What the prompt for queues was answered with.
    pub(super) fn queue(&mut self, text: &str) -> Vec<Effect> {
        let text = text.trim();
        if text == STOP {
            self.desk.queue = None;
            self.message = Some("no queue: the list is that of the filter".into());
            self.refold(None);
            return self.ask_view();
        }
        if text == RESUME {
            let Some(kept) = self.desk.kept.clone() else {
                return self.say("there is no queue to go on with");
            };
            let rows = Queue::rows_of(&kept, &self.corpus);
            let gone = kept.targets.len() - rows.len();
            let told = format!("{} · {}", kept.filter, kept.order);
            let effects = self.begin(told, rows);
            if gone > 0 {
                self.message = Some(format!("{gone} responses of the queue are not loaded"));
            }
            return effects;
        }
        let Some(order) = Order::parse(text) else {
            return self.say(format!(
                "{text:?} is no order: random 7, by-question, hardest, loaded"
            ));
        };
        let Some(view) = &self.view else {
            return self.say("nothing is loaded yet");
        };
        vec![Effect::Queue {
            corpus: self.corpus.clone(),
            mask: view.mask.clone(),
            filter: self.filter.to_string(),
            order,
        }]
    }

    /// Begins a queue of these rows.
    pub(super) fn begin(&mut self, told: String, rows: Vec<u32>) -> Vec<Effect> {
        if rows.is_empty() {
            return self.say("nothing to queue: the filter shows nothing");
        }
        let queue = Queue::new(told, rows, |row| self.desk.status(&self.corpus, row));
        let first = queue.next(queue.rows.len().saturating_sub(1));
        self.desk.queue = Some(queue);
        self.refold(None);
        self.read_entry(first.unwrap_or(0));
        (self.screen, self.read_from) = (Screen::Read, Screen::Browse);
        if first.is_none() {
            self.message = Some("everything in this queue is judged".into());
        }
        Vec::new()
    }
}

/// What would tell an annotator which run it is, or what others said.
pub(super) const HIDDEN: [Key; 7] = [
    Key::Run,
    Key::Model,
    Key::Condition,
    Key::File,
    Key::Tag,
    Key::Gold,
    Key::Annotator,
];

/// Who holds a journal, as far as that is known.
fn who(holder: Option<&Holder>) -> String {
    holder.map_or("another process".to_owned(), ToString::to_string)
}

/// What the prompt for queues takes besides orders.
pub const STOP: &str = "stop";
/// The same.
pub const RESUME: &str = "resume";
