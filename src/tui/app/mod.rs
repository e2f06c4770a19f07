//! What is on screen and what every event does to it. A pure machine: it performs no I/O, it asks for it.

mod act;
mod again;
mod beside;
mod mouse;
mod numbers;
mod tagging;

pub use tagging::{RESUME, STOP};

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use crossbeam_channel::Sender;
use crossterm::event::{
    Event as Terminal, KeyCode, KeyEvent, KeyEventKind, MouseButton, MouseEvent, MouseEventKind,
};
use lru::LruCache;
use ratatui::layout::{Position, Rect};

use crate::annotation::{self, Attached, Target, Taxonomy};
use crate::compare::{Compared, Response};
use crate::corpus::view::Mask;
use crate::corpus::{Audit, Clause, Corpus, Filter, Flag, Key, Search, Sort, Tags, Test, View};
use crate::entity::Names;
use crate::grade::Grader;
use crate::hash::Hash;
use crate::record::Record;
use crate::remedy::Condition;
use crate::script::Romaniser;
use crate::stats::Told;
use crate::stats::matrix::Ask;
use crate::tui::action::{Action, Key as Chord, Scene};
use crate::tui::again::{Again, Order as Requests, Preview};
use crate::tui::compare::{self, Compare};
use crate::tui::desk::{Desk, Kept, Opened, Order, Saved};
use crate::tui::document::{Document, Setting, Step};
use crate::tui::flips::{self, Flips, Found};
use crate::tui::keymap::Keymap;
use crate::tui::matrix::{Counted, HeatMap};
use crate::tui::page::Page;
use crate::tui::patterns::{Asked, Patterns};
use crate::tui::prompt::{History, Kind, Outcome, Prompt};
use crate::tui::records::Records;
use crate::tui::sample::{Hidden, Sample};
use crate::tui::screens::compare::panes;
use crate::tui::screens::flips::HEAD as FLIPS_HEAD;
use crate::tui::screens::tags::HEAD as TAGS_HEAD;
use crate::tui::screens::{Areas, Layout, areas};
use crate::tui::tags::{Board, Shows};
use crate::tui::terminal::{BidiMode, Known, choose};
use crate::tui::text::{Medium, Roman, Typesetter, Widths};
use crate::tui::theme::Theme;
use crate::tui::worker::Rest;

/// Something that happened.
pub enum Event {
    /// A key, the mouse, a new size.
    Terminal(Terminal),
    /// The corpus has grown, or is complete.
    Loaded(Arc<Corpus>),
    /// A view of this generation is there, perhaps not the last.
    Viewed(u64, Box<View>),
    /// So many responses are graded.
    Grading(u64, usize),
    /// All are, for this request.
    Graded(u64, Arc<Corpus>),
    /// Names were looked for in this share of the responses.
    Auditing(u64, f32),
    /// They were in all, for this request.
    Audited(u64, Arc<Audit>),
    /// Names of a response were looked for.
    Found(u32, Arc<Names>),
    /// Responses of these rows were set side by side.
    Compared(Vec<u32>, Arc<Compared>),
    /// What two runs have in common.
    Paired(u32, u32, Arc<Found>),
    /// The share of the texts that are read for a matrix.
    Counting(u64, f32),
    /// A matrix was counted for this request, or cannot be.
    Counted(u64, Result<Box<Counted>, String>),
    /// The share of an analysis that is done.
    Analysing(u64, f32),
    /// It is computed for this request, or cannot be.
    Analysed(u64, Result<Box<Told>, String>),
    /// Journals were opened.
    Opened(Box<Opened>),
    /// An event was saved, or not.
    Saved(Saved),
    /// It is known where the judged responses are.
    Attached(Box<Attached>),
    /// The corpus says what people say, for the request of this generation.
    Labelled(u64, Arc<Corpus>),
    /// How far annotators agree, line by line.
    Agreed(Arc<Vec<String>>),
    /// Responses are in order: what to call their queue, and their rows.
    Queued(Kept, Vec<u32>),
    /// What a condition makes of the question of a row.
    Previewed(u32, Condition, Preview),
    /// The share of the requests that are written.
    Writing(u64, f32),
    /// They are written for this request, or cannot be.
    Written(u64, Result<Vec<String>, String>),
    /// Responses were read.
    Fetched(Vec<(u32, Result<Arc<Record>, String>)>),
    /// The process was asked to end.
    Ended,
}

/// Something to be done outside.
#[derive(Clone)]
pub enum Effect {
    /// Evaluate a filter; earlier generations are no longer waited for.
    View {
        /// Number of the request.
        generation: u64,
        /// Of which corpus.
        corpus: Arc<Corpus>,
        /// The filter.
        filter: Filter,
        /// The order of the list.
        sort: Sort,
    },
    /// Nobody waits for a view any more.
    StopView(u64),
    /// Judge every response anew; earlier requests are no longer waited for.
    Grade {
        /// Number of the request.
        generation: u64,
        /// The responses.
        corpus: Arc<Corpus>,
        /// By what; by the log where there is none.
        grader: Option<Grader>,
    },
    /// Nobody waits for grades any more.
    StopGrade(u64),
    /// Look for the names of every question in all responses; earlier requests are no longer waited for.
    Audit {
        /// Number of the request.
        generation: u64,
        /// The responses.
        corpus: Arc<Corpus>,
    },
    /// Nobody waits for an audit any more.
    StopAudit(u64),
    /// Look for the names of this response.
    Find(Arc<Corpus>, u32, Arc<Record>),
    /// Set the responses of these rows side by side.
    Compare(Vec<u32>, Vec<(Arc<Record>, Arc<Names>)>),
    /// Find what two runs have in common.
    Pair {
        /// The responses.
        corpus: Arc<Corpus>,
        /// Code of the first run.
        a: u32,
        /// Code of the second.
        b: u32,
        /// What the filter lets through.
        mask: Mask,
    },
    /// Count a matrix; earlier requests are no longer waited for.
    Count {
        /// Number of the request.
        generation: u64,
        /// Of what.
        sample: Sample,
        /// Which matrix.
        ask: Ask,
    },
    /// Nobody waits for a matrix any more.
    StopCount(u64),
    /// Compute an analysis; earlier requests are no longer waited for.
    Analyse {
        /// Number of the request.
        generation: u64,
        /// Of what.
        sample: Sample,
        /// Which one.
        asked: Asked,
    },
    /// Nobody waits for an analysis any more.
    StopAnalyse(u64),
    /// Make a prompt of the question of a row.
    Preview(Arc<Corpus>, u32, Condition),
    /// Write requests to a file; earlier ones are no longer waited for.
    Write(u64, Requests),
    /// Nobody waits for requests any more.
    StopWrite(u64),
    /// Open the journals of a folder, to write that of this annotator.
    Open(PathBuf, String),
    /// Add an event to the journal and have all that is not saved yet on the disk.
    Save(Option<Box<annotation::Event<'static>>>),
    /// Find the responses that were judged.
    Attach(Arc<Corpus>, Vec<(Target<'static>, Hash)>),
    /// Have the corpus say what people say; earlier generations are no longer waited for.
    Label {
        /// Number of the request, among those for views.
        generation: u64,
        /// The responses.
        corpus: Arc<Corpus>,
        /// What is said of them.
        tags: Tags,
    },
    /// Put what a filter lets through in order, to be judged one after the other, and keep that for the next sitting.
    Queue {
        /// The responses.
        corpus: Arc<Corpus>,
        /// What the filter lets through.
        mask: Mask,
        /// The filter.
        filter: String,
        /// The order.
        order: Order,
    },
    /// Find how far those agree who wrote the journals of a folder, in lines of so many cells.
    Agree(Arc<Corpus>, PathBuf, Arc<Taxonomy>, usize),
    /// Keep a queue for the next sitting.
    Keep(Arc<Kept>),
    /// Have all saved that is not, and say what cannot be.
    Close(Sender<Option<Rest>>),
    /// Copy a text to the clipboard.
    Copy(String),
    /// Read these responses.
    Fetch(Arc<Corpus>, Vec<u32>),
    /// Stop loading; what is there stays.
    StopLoading,
    /// Draw the next frame whole.
    Redraw,
    /// Leave.
    Quit,
}

impl Effect {
    /// Number of the request, where only the newest is waited for.
    pub(super) fn generation(&self) -> Option<u64> {
        match self {
            Effect::View { generation, .. }
            | Effect::Label { generation, .. }
            | Effect::Grade { generation, .. }
            | Effect::Audit { generation, .. }
            | Effect::Count { generation, .. }
            | Effect::Analyse { generation, .. }
            | Effect::Write(generation, _) => Some(*generation),
            _ => None,
        }
    }
}

/// Which screen is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// Facets, list, preview.
    Browse,
    /// One response whole.
    Read,
    /// Several side by side.
    Compare,
    /// What two runs answered.
    Flips,
    /// Source by target as a heat map.
    Matrix,
    /// The patterns as numbers.
    Patterns,
    /// What conditions make of a question.
    Again,
    /// What was decided, and how far people agree.
    Tags,
    /// What could not be read.
    Problems,
}

/// Which pane of browse the keys act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    /// The list.
    List,
    /// The facets.
    Facets,
    /// The preview.
    Preview,
}

/// A line of the list: a group, or one row of an unfolded group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry(u32);

const ROW: u32 = 1 << 31;

impl Entry {
    /// A group.
    pub fn group(group: u32) -> Entry {
        Entry(group)
    }

    /// One row of a group.
    pub fn row(row: u32) -> Entry {
        Entry(row | ROW)
    }

    /// The row, if it is one; else the first row of the group.
    pub fn first_row(self, corpus: &Corpus) -> Option<u32> {
        match self.0 & ROW {
            0 => corpus.groups().rows(self.0).first().copied(),
            _ => Some(self.0 & !ROW),
        }
    }

    /// The group it is or belongs to.
    pub fn group_of(self, corpus: &Corpus) -> u32 {
        match self.0 & ROW {
            0 => self.0,
            _ => corpus.groups().of_row[(self.0 & !ROW) as usize],
        }
    }

    /// It is a single row.
    pub fn is_row(self) -> bool {
        self.0 & ROW != 0
    }
}

/// A list with a selected line that is kept in sight.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The selected line.
    pub at: usize,
    /// The first line in sight.
    pub top: usize,
}

impl Cursor {
    pub(super) fn go(&mut self, to: usize, count: usize) {
        self.at = to.min(count.saturating_sub(1));
    }

    /// Keeps the selected line within `height` lines, and the list full.
    pub(super) fn show(&mut self, count: usize, height: usize) {
        self.at = self.at.min(count.saturating_sub(1));
        let height = height.max(1);
        self.top = self
            .top
            .min(self.at)
            .max((self.at + 1).saturating_sub(height))
            .min(count.saturating_sub(height));
    }

    fn moved(self, action: Action, page: usize) -> Option<usize> {
        Some(match action {
            Action::Up => self.at.saturating_sub(1),
            Action::Down => self.at + 1,
            Action::PageUp => self.at.saturating_sub(page.max(1)),
            Action::PageDown => self.at + page.max(1),
            Action::Top => 0,
            Action::Bottom => usize::MAX,
            _ => return None,
        })
    }
}

/// What the user wants of the terminal, whatever it says of itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wants {
    /// Who puts right-to-left text in order.
    pub bidi: BidiMode,
    /// How many cells a cluster gets; as measured where it is left out.
    pub widths: Option<Widths>,
}

/// The names of so many responses are remembered.
const NAMES_KEPT: NonZeroUsize = NonZeroUsize::MIN.saturating_add(63);

/// All state of the explorer.
pub struct App {
    /// What is loaded so far.
    pub corpus: Arc<Corpus>,
    /// What the filter lets through.
    pub view: Option<Box<View>>,
    /// The filter asked for; the view may still be of the one before.
    pub filter: Filter,
    /// The order asked for.
    pub sort: Sort,
    /// The screen.
    pub screen: Screen,
    /// The pane that has the keys.
    pub focus: Focus,
    /// Lines of the list.
    pub entries: Vec<Entry>,
    /// Place in the list.
    pub list: Cursor,
    /// Place in the facets, counted over all their lines.
    pub facets: Cursor,
    /// Place in the problems.
    pub problems: Cursor,
    /// The preview.
    pub preview: Page,
    /// The response that is read.
    pub reading: u32,
    /// Its text.
    pub page: Page,
    /// First line of help in sight; `None` where help is closed.
    pub help: Option<usize>,
    /// The prompt, where one is open.
    pub prompt: Option<Prompt>,
    /// One line about what just happened.
    pub message: Option<String>,
    /// Keys.
    pub keymap: Keymap,
    /// Styles.
    pub theme: Theme,
    /// Responses that were read.
    pub records: Records,
    /// The last frame.
    pub layout: Layout,
    /// Size of the screen.
    pub size: Rect,
    /// What the terminal does with text.
    pub medium: Medium,
    /// Who is to put right-to-left text in order.
    bidi: BidiMode,
    /// What the terminal has told about itself.
    known: Known,
    /// Latin letters under the text or in its place.
    pub roman: Roman,
    /// The steps of a trace are coloured by their script.
    pub strip: bool,
    /// Characters that deceive are marked.
    pub marks: bool,
    /// In read, one cluster is looked at closely.
    pub inspecting: bool,
    romaniser: Romaniser,
    /// What the filter searches for, to show where it stands.
    search: Search,
    /// Loading goes on.
    pub loading: bool,
    /// A view was asked for and is not complete.
    pub viewing: bool,
    /// The grader asked for; the corpus may still be as it was before.
    pub grader: Option<Grader>,
    /// Responses graded so far, while that goes on.
    pub grading: Option<usize>,
    grade_generation: u64,
    /// The share of responses in which names were looked for so far, while that goes on.
    pub auditing: Option<f32>,
    audit_generation: u64,
    audit: Option<Arc<Audit>>,
    /// Names of the responses that were looked at lately; none while they are looked for.
    names: LruCache<u32, Option<Arc<Names>>>,
    /// The alignment of the name that is looked at is shown.
    pub aligning: bool,
    /// Responses side by side.
    pub compare: Option<Compare>,
    /// From which screen that was begun.
    compared_from: Screen,
    /// From which screen the response that is read was opened.
    read_from: Screen,
    /// What two runs answered.
    pub flips: Option<Flips>,
    /// Source by target.
    pub heat: HeatMap,
    count_generation: u64,
    /// The patterns as numbers.
    pub patterns: Option<Patterns>,
    analyse_generation: u64,
    /// What is shown, asked again under another condition.
    pub again: Option<Again>,
    write_generation: u64,
    /// What people say of the responses.
    pub desk: Desk,
    /// What was decided, and how far people agree.
    pub board: Board,
    /// The next key that would leave does so, whatever is not saved.
    is_leaving: bool,
    /// Rows that are marked to be compared.
    pub marked: Vec<u32>,
    unfolded: HashSet<u32>,
    generation: u64,
    history: History,
    /// Where `to-source` came from, and where it led.
    came_from: Option<(u32, u32)>,
}

impl App {
    /// An explorer of an empty corpus.
    pub fn new(corpus: Arc<Corpus>, filter: Filter, keymap: Keymap, desk: Desk, size: Rect) -> App {
        App {
            desk,
            board: Board::default(),
            is_leaving: false,
            corpus,
            view: None,
            search: Search::new(&filter),
            filter,
            sort: Sort::default(),
            screen: Screen::Browse,
            focus: Focus::List,
            entries: Vec::new(),
            list: Cursor::default(),
            facets: Cursor::default(),
            problems: Cursor::default(),
            preview: Page::default(),
            reading: 0,
            page: Page::default(),
            help: None,
            prompt: None,
            message: None,
            keymap,
            theme: Theme::default(),
            records: Records::default(),
            layout: Layout::default(),
            size,
            medium: Medium {
                widths: Widths::SUM,
                bidi: choose(BidiMode::Auto, &Known::default()),
            },
            bidi: BidiMode::Auto,
            known: Known::default(),
            roman: Roman::Off,
            strip: false,
            marks: false,
            inspecting: false,
            romaniser: Romaniser::new(),
            loading: true,
            viewing: false,
            grader: None,
            grading: None,
            grade_generation: 0,
            auditing: None,
            audit_generation: 0,
            audit: None,
            names: LruCache::new(NAMES_KEPT),
            aligning: false,
            compare: None,
            flips: None,
            heat: HeatMap::default(),
            count_generation: 0,
            patterns: None,
            analyse_generation: 0,
            again: None,
            write_generation: 0,
            compared_from: Screen::Browse,
            read_from: Screen::Browse,
            marked: Vec::new(),
            unfolded: HashSet::new(),
            generation: 0,
            history: History::default(),
            came_from: None,
        }
    }

    /// Takes an event and says what is to be done.
    pub fn update(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Terminal(Terminal::Resize(width, height)) => {
                self.size = Rect::new(0, 0, width, height);
                // A terminal may lose what it showed, even if its size is soon the same again.
                vec![Effect::Redraw]
            }
            Event::Terminal(Terminal::Key(key)) if key.kind != KeyEventKind::Release => {
                self.key(key)
            }
            Event::Terminal(Terminal::Mouse(mouse)) => self.mouse(mouse),
            Event::Terminal(Terminal::Paste(text)) => {
                if let Some(prompt) = &mut self.prompt {
                    prompt.paste(&text, &self.corpus, &self.keymap);
                }
                Vec::new()
            }
            Event::Terminal(_) => Vec::new(),
            Event::Loaded(corpus) => {
                self.loading = !corpus.progress().complete;
                if !self.loading {
                    // Rows of other filters may have been folded into a response since it was read.
                    self.forget_records();
                }
                self.corpus = corpus;
                let mut effects = self.ask_view();
                if !self.loading {
                    self.tell_remedy();
                }
                if !self.loading && self.grader.is_some() {
                    effects.extend(self.grade(self.grader));
                }
                if !self.loading && !self.corpus.is_audited() {
                    effects.extend(self.start_audit());
                }
                effects.extend(self.ask_attached());
                effects
            }
            Event::Opened(opened) => self.opened(*opened),
            Event::Saved(saved) => {
                let was_saved = self.desk.unsaved.0 == 0;
                self.desk.take(saved);
                if let (true, (1.., Some(trouble))) = (was_saved, &self.desk.unsaved) {
                    self.message = Some(format!("not saved, kept and tried again: {trouble}"));
                }
                Vec::new()
            }
            Event::Attached(attached) => {
                self.desk.attach(*attached, &self.corpus);
                self.ask_view()
            }
            Event::Labelled(generation, corpus) if generation == self.generation => {
                self.corpus = corpus;
                self.view_now()
            }
            Event::Labelled(..) => Vec::new(),
            Event::Agreed(lines) => {
                self.board.agreement = Some(lines);
                Vec::new()
            }
            Event::Queued(kept, rows) => {
                let told = format!("{} · {}", kept.filter, kept.order);
                let kept = Arc::new(kept);
                self.desk.kept = Some(kept.clone());
                let mut effects = self.begin(told, rows);
                effects.push(Effect::Keep(kept));
                effects
            }
            Event::Grading(generation, done) => {
                if generation == self.grade_generation {
                    // Batches end out of order.
                    self.grading = self.grading.max(Some(done));
                }
                Vec::new()
            }
            Event::Graded(generation, corpus) if generation == self.grade_generation => {
                self.grading = None;
                self.message = Some(match corpus.grader() {
                    Some(grader) => format!("graded by {}", grader.label()),
                    None => "right and wrong are as logged".into(),
                });
                self.corpus = match &self.audit {
                    Some(audit) => corpus.with_audit(audit.clone()),
                    None => corpus,
                };
                self.forget_records();
                self.relabel();
                self.ask_view()
            }
            Event::Graded(..) => Vec::new(),
            Event::Auditing(generation, done) => {
                if generation == self.audit_generation {
                    // Batches end out of order.
                    self.auditing = self.auditing.map(|before| before.max(done));
                }
                Vec::new()
            }
            Event::Audited(generation, audit) if generation == self.audit_generation => {
                self.auditing = None;
                self.corpus = self.corpus.with_audit(audit.clone());
                self.audit = Some(audit);
                self.forget_names();
                self.relabel();
                self.ask_view()
            }
            Event::Audited(..) => Vec::new(),
            Event::Paired(a, b, found) => {
                if let Some(flips) = &mut self.flips {
                    flips.take(a, b, found);
                }
                Vec::new()
            }
            Event::Counting(generation, done) => {
                if generation == self.count_generation {
                    // Batches end out of order.
                    self.heat.counting = self.heat.counting.map(|before| before.max(done));
                }
                Vec::new()
            }
            Event::Counted(generation, found) => {
                if generation == self.count_generation {
                    self.counted(found.map(|counted| *counted));
                }
                Vec::new()
            }
            Event::Analysing(generation, done) => {
                if let Some(running) = self.patterns.as_mut().and_then(|p| p.running.as_mut())
                    && generation == self.analyse_generation
                {
                    running.done = running.done.max(done);
                }
                Vec::new()
            }
            Event::Analysed(generation, told) => {
                if let Some(patterns) = &mut self.patterns
                    && generation == self.analyse_generation
                {
                    patterns.take(told.map(|told| *told));
                }
                Vec::new()
            }
            Event::Previewed(row, condition, preview) => {
                self.previewed(row, condition, preview);
                Vec::new()
            }
            Event::Writing(generation, done) => {
                if let Some(again) = &mut self.again
                    && generation == self.write_generation
                {
                    again.writing = again.writing.map(|before| before.max(done));
                }
                Vec::new()
            }
            Event::Written(generation, told) => {
                if generation == self.write_generation {
                    self.written(told);
                }
                Vec::new()
            }
            Event::Compared(rows, compared) => {
                if let Some(compare) = &mut self.compare {
                    compare.take(rows, compared);
                }
                Vec::new()
            }
            Event::Found(row, names) => {
                self.names.put(row, Some(names));
                self.refresh_chooser(row);
                Vec::new()
            }
            Event::Viewed(generation, view) => {
                if generation == self.generation {
                    self.take_view(view);
                    if self.screen == Screen::Flips {
                        return self.ask_pairs().into_iter().collect();
                    }
                }
                Vec::new()
            }
            Event::Fetched(records) => {
                for (row, record) in records {
                    self.records.put(row, record);
                }
                self.decide_waiting()
            }
            Event::Ended => vec![Effect::Quit],
        }
    }

    /// Lays out what is about to be drawn, and asks for what it lacks.
    pub fn prepare(&mut self) -> Vec<Effect> {
        let areas = areas(self);
        self.list
            .show(self.entries.len(), usize::from(areas.list.height));
        self.facets
            .show(self.facet_lines().len(), usize::from(areas.facets.height));
        self.problems.show(
            self.notices(),
            usize::from(areas.body.height.saturating_sub(1)),
        );
        let (mut wanted, mut looked_at, mut effects) = (Vec::new(), Vec::new(), Vec::new());
        match self.screen {
            Screen::Browse => {
                let rows = self
                    .entries
                    .iter()
                    .skip(self.list.top)
                    .take(usize::from(areas.list.height));
                wanted.extend(rows.filter_map(|entry| self.row_of(*entry)));
                if self.entries.is_empty() {
                    self.preview = Page::default();
                }
                if let Some(row) = self.selected_row().filter(|_| areas.preview.height > 0) {
                    wanted.push(row);
                    wanted.extend(self.source_row(row));
                    let mut page = std::mem::take(&mut self.preview);
                    self.lay_out(&mut page, row, areas.preview);
                    self.preview = page;
                    looked_at.push(row);
                }
            }
            Screen::Read => {
                wanted.push(self.reading);
                wanted.extend(self.source_row(self.reading));
                let mut page = std::mem::take(&mut self.page);
                self.lay_out(&mut page, self.reading, areas.text);
                self.page = page;
                looked_at.push(self.reading);
                // Whoever judges one response after the other waits for none.
                if let Some(next) = self.next_to_judge() {
                    wanted.push(next);
                    looked_at.push(next);
                }
            }
            Screen::Compare => {
                let rows = self.compare.as_ref().map(Compare::rows).unwrap_or_default();
                wanted.extend(&rows);
                looked_at.extend(rows);
                effects.extend(self.lay_out_compare(&areas));
            }
            Screen::Flips => {
                let height = usize::from(areas.body.height.saturating_sub(FLIPS_HEAD));
                if let Some(flips) = &mut self.flips
                    && let Some(found) = &flips.found
                {
                    flips.list.show(found.pairs.len(), height);
                    let shown = found.pairs.iter().skip(flips.list.top).take(height);
                    let shown = shown.filter_map(|pair| flips::rows(&self.corpus, *pair));
                    wanted.extend(shown.map(|(a, _)| a));
                }
            }
            Screen::Matrix => effects.extend(self.prepare_matrix(&areas)),
            Screen::Patterns => self.prepare_patterns(&areas),
            Screen::Again => effects.extend(self.prepare_again(&areas)),
            Screen::Tags => {
                let height = usize::from(areas.body.height.saturating_sub(TAGS_HEAD));
                let count = self.desk.state.decisions(&self.desk.annotator);
                self.board.recent.show(count, height);
            }
            Screen::Problems => {}
        }
        let missing = self.records.missing(wanted);
        if !missing.is_empty() {
            effects.push(Effect::Fetch(self.corpus.clone(), missing));
        }
        for row in looked_at {
            effects.extend(self.find_names(row));
        }
        effects
    }

    /// Asks for the names of a response, unless they are known or on their way.
    fn find_names(&mut self, row: u32) -> Option<Effect> {
        let record = self.records.get(row)?.as_ref().ok()?.clone();
        if self.names.get(&row).is_some() {
            return None;
        }
        self.names.put(row, None);
        Some(Effect::Find(self.corpus.clone(), row, record))
    }

    fn lay_out(&mut self, page: &mut Page, row: u32, area: Rect) {
        let source = self.source_row(row).filter(|source| *source != row);
        let source = source
            .and_then(|source| self.records.get(source))
            .and_then(|record| record.as_ref().ok());
        let setting = Setting {
            width: area.width,
            strip: self.strip,
            marks: self.marks,
            roman: self.roman,
            blind: self.desk.is_blind,
        };
        let mut with = Typesetter {
            medium: &self.medium,
            roman: self.roman,
            romaniser: &mut self.romaniser,
        };
        page.show(row, source.is_some(), setting, &mut with, || {
            Some(match self.records.get(row)? {
                Ok(record) => {
                    let source = source.map(AsRef::as_ref);
                    Document::new(&self.corpus, row, record, source, setting, &self.medium)
                }
                Err(reason) => Document::failed(reason, setting, &self.medium),
            })
        });
        let inspects = self.inspecting && self.screen == Screen::Read;
        page.mark(self.names.peek(&row).and_then(Option::as_ref));
        let marks = self.desk.said(&self.corpus, row);
        page.mark_tags(
            marks
                .iter()
                .flat_map(|(_, marks)| &marks.tags)
                .map(|tag| tag.mark),
        );
        page.settle(area.height, inspects, &mut with, &mut self.search);
        if page.at_end {
            self.message = Some(match &page.names.marks {
                Some(marks) if marks.is_empty() => "no name of this question stands here".into(),
                Some(marks) if marks.first_wrong().is_none() => "no name is wrong here".into(),
                _ => "no more names this way".into(),
            });
        }
        if self.aligning {
            let corpus = &self.corpus;
            let rival = |known| corpus.known_name(known).to_owned();
            page.align(rival, &mut self.romaniser);
        }
    }

    /// The first row of the same question in its source language, in the same run; `None` for one that is it.
    pub fn source_row(&self, row: u32) -> Option<u32> {
        let groups = self.corpus.groups();
        let group = *groups.of_row.get(row as usize)?;
        let source = groups.source_of(group).filter(|source| *source != group)?;
        groups.rows(source).first().copied()
    }

    /// The row that is read, else the one that is selected in the list.
    fn row(&self) -> Option<u32> {
        match self.screen {
            Screen::Read => Some(self.reading),
            _ => self.selected_row(),
        }
    }

    /// The row that the selected line stands for.
    pub fn selected_row(&self) -> Option<u32> {
        self.row_of(*self.entries.get(self.list.at)?)
    }

    /// The row that a line stands for: of a group the first that the filter lets through.
    pub fn row_of(&self, entry: Entry) -> Option<u32> {
        let first = entry.first_row(&self.corpus)?;
        let Some(view) = self.view.as_ref().filter(|_| !entry.is_row()) else {
            return Some(first);
        };
        let rows = self.corpus.groups().rows(entry.group_of(&self.corpus));
        let shown = |row: &u32| view.mask.get(*row as usize) == Some(&true);
        Some(rows.iter().copied().find(shown).unwrap_or(first))
    }

    /// What the file of the response at hand says of itself.
    pub fn file_note(&self) -> Option<&str> {
        self.records
            .get(self.row()?)?
            .as_ref()
            .ok()?
            .note
            .as_deref()
    }

    /// How many lines the problems screen has: what looks wrong with scores, and what could not be read.
    pub fn notices(&self) -> usize {
        self.corpus.warnings().len() + self.corpus.problems().len()
    }

    /// Every line of the facets: the facet, and the value, where it is not the title.
    pub fn facet_lines(&self) -> Vec<(usize, Option<usize>)> {
        let Some(view) = &self.view else {
            return Vec::new();
        };
        let hidden = |key: Key| self.desk.is_blind && tagging::HIDDEN.contains(&key);
        let telling = view.facets.iter().enumerate().filter(|(_, facet)| {
            !hidden(facet.key)
                && (facet.values.len() > 1
                    || facet
                        .values
                        .iter()
                        .any(|(code, _)| self.chosen(facet.key, *code).is_some()))
        });
        let lines = telling.flat_map(|(at, facet)| {
            std::iter::once((at, None))
                .chain((0..facet.values.len()).map(move |value| (at, Some(value))))
        });
        lines.collect()
    }

    /// Whether the filter asks for a value of a facet, or for its absence.
    pub fn chosen(&self, key: Key, code: u32) -> Option<bool> {
        self.filter.chosen(key, self.corpus.dict(key).name(code))
    }

    fn forget_records(&mut self) {
        self.records = Records::default();
        self.forget_names();
        self.forget_layouts();
    }

    fn forget_names(&mut self) {
        self.names.clear();
        self.compare.iter_mut().for_each(Compare::forget);
        self.preview.forget_marks();
        self.page.forget_marks();
    }

    /// Has names looked for in every response.
    fn start_audit(&mut self) -> Vec<Effect> {
        self.audit_generation += 1;
        self.audit = None;
        self.auditing = Some(0.0);
        vec![Effect::Audit {
            generation: self.audit_generation,
            corpus: self.corpus.clone(),
        }]
    }

    /// Has names looked for, or stops that.
    fn toggle_audit(&mut self) -> Vec<Effect> {
        if self.auditing.take().is_some() {
            self.audit_generation += 1;
            self.message = Some("names are not looked for any more: no verdicts are known".into());
            return vec![Effect::StopAudit(self.audit_generation)];
        }
        match (self.loading, &self.audit) {
            (true, _) => self.say("names are looked for as soon as everything is loaded"),
            (false, Some(_)) => self.say("names were looked for in all responses"),
            (false, None) => self.start_audit(),
        }
    }

    fn forget_layouts(&mut self) {
        self.preview.forget_layout();
        self.page.forget_layout();
        self.compare.iter_mut().for_each(Compare::forget_layout);
    }

    /// Has every response judged by a grader, or by the log again.
    fn grade(&mut self, grader: Option<Grader>) -> Vec<Effect> {
        self.grader = grader;
        self.grade_generation += 1;
        if self.loading {
            // It begins when everything is there.
            return Vec::new();
        }
        self.grading = Some(0);
        vec![Effect::Grade {
            generation: self.grade_generation,
            corpus: self.corpus.clone(),
            grader,
        }]
    }

    /// Asks for what the filter lets through.
    fn ask_view(&mut self) -> Vec<Effect> {
        if !self.needs_labels() {
            return self.view_now();
        }
        self.generation += 1;
        self.viewing = true;
        self.desk.is_news = false;
        vec![Effect::Label {
            generation: self.generation,
            corpus: self.corpus.clone(),
            tags: self.desk.tags().clone(),
        }]
    }

    /// Another corpus than the one that was to say what people say is there.
    fn relabel(&mut self) {
        let is_any = self.desk.tags().rows().next().is_some();
        self.desk.is_news |= is_any;
    }

    fn view_now(&mut self) -> Vec<Effect> {
        self.generation += 1;
        self.viewing = true;
        vec![Effect::View {
            generation: self.generation,
            corpus: self.corpus.clone(),
            filter: self.filter.clone(),
            sort: self.sort,
        }]
    }

    fn take_view(&mut self, view: Box<View>) {
        self.viewing = view.searching().is_some();
        let anchor = self
            .entries
            .get(self.list.at)
            .map(|entry| entry.group_of(&self.corpus));
        let offset = self.list.at - self.list.top.min(self.list.at);
        self.view = Some(view);
        self.refold(anchor);
        self.list.top = self.list.at.saturating_sub(offset);
    }

    /// Makes the lines of the list anew and stays at `anchor` where it is still there.
    fn refold(&mut self, anchor: Option<u32>) {
        self.entries.clear();
        if let Some(queue) = &self.desk.queue {
            // It stays as it was begun, whatever the filter says now.
            self.entries
                .extend(queue.rows.iter().map(|row| Entry::row(*row)));
            self.list.at = self.list.at.min(self.entries.len().saturating_sub(1));
            return;
        }
        let Some(view) = &self.view else { return };
        let groups = self.corpus.groups();
        self.entries.reserve(view.list.len());
        for group in &view.list {
            self.entries.push(Entry::group(*group));
            if !self.unfolded.is_empty() && self.unfolded.contains(group) {
                let shown = |row: &&u32| view.mask.get(**row as usize) == Some(&true);
                let rows = groups.rows(*group).iter().filter(shown);
                self.entries.extend(rows.map(|row| Entry::row(*row)));
            }
        }
        let stays = anchor.and_then(|anchor| {
            self.entries
                .iter()
                .position(|entry| *entry == Entry::group(anchor))
        });
        self.list.at = stays.unwrap_or(0);
    }

    fn key(&mut self, key: KeyEvent) -> Vec<Effect> {
        if let Some(prompt) = &mut self.prompt {
            let outcome = prompt.key(key, &self.corpus, &self.keymap, &mut self.history);
            return self.prompted(outcome);
        }
        self.message = None;
        if self.desk.chooser.is_some() {
            return self.key_in_chooser(key);
        }
        if let (None, KeyCode::Char(digit @ '1'..='9'), true) =
            (self.help, key.code, key.modifiers.is_empty())
        {
            return self.remove_clause(digit as usize - '1' as usize);
        }
        match self.keymap.action(Chord::of(key), self.scene()) {
            Some(action) => self.act(action),
            None => Vec::new(),
        }
    }

    fn prompted(&mut self, outcome: Outcome) -> Vec<Effect> {
        match outcome {
            Outcome::Typing => return Vec::new(),
            Outcome::Closed => {}
            Outcome::Filter(filter) => {
                self.prompt = None;
                return self.refilter(filter);
            }
            Outcome::Search(text) => {
                self.prompt = None;
                let mut filter = self.filter.clone();
                filter
                    .clauses
                    .retain(|clause| clause.negated || !clause.reads_texts());
                let phrase = text.len() > 1 && text.starts_with('"') && text.ends_with('"');
                let text = text.replace('"', "");
                if !text.trim().is_empty() {
                    let test = if phrase {
                        Test::Phrase(text)
                    } else {
                        Test::Fuzzy(text)
                    };
                    filter.clauses.push(Clause {
                        negated: false,
                        test,
                    });
                }
                return self.refilter(filter);
            }
            Outcome::Run(action) => {
                self.prompt = None;
                return self.act(action);
            }
            Outcome::Grade(grader) => {
                self.prompt = None;
                return self.grade(grader);
            }
            Outcome::Note(text) => {
                self.prompt = None;
                return self.note(text);
            }
            Outcome::File(name) => {
                self.prompt = None;
                return self.write_requests(&name);
            }
            Outcome::Queue(text) => {
                self.prompt = None;
                return self.queue(&text);
            }
        }
        self.prompt = None;
        Vec::new()
    }

    fn refilter(&mut self, filter: Filter) -> Vec<Effect> {
        let unfinished = |view: &View| view.searching().is_some();
        if filter == self.filter && !self.view.as_deref().is_some_and(unfinished) {
            return Vec::new();
        }
        self.search = Search::new(&filter);
        self.filter = filter;
        self.forget_layouts();
        self.ask_view()
    }

    fn remove_clause(&mut self, at: usize) -> Vec<Effect> {
        if at >= self.filter.clauses.len() {
            return self.say(format!("there is no filter {}", at + 1));
        }
        let mut filter = self.filter.clone();
        filter.clauses.remove(at);
        self.refilter(filter)
    }

    fn say(&mut self, message: impl Into<String>) -> Vec<Effect> {
        self.message = Some(message.into());
        Vec::new()
    }

    /// Has another put right-to-left text in order.
    fn cycle_bidi(&mut self) -> Vec<Effect> {
        self.set_bidi(self.bidi.next());
        self.message = Some(self.told_bidi());
        vec![Effect::Redraw]
    }

    /// Who puts right-to-left text in order, and why.
    pub fn told_bidi(&self) -> String {
        let asked = match self.bidi {
            BidiMode::Auto => "auto, ",
            _ => "",
        };
        format!("right-to-left text: {asked}{}", self.medium.bidi.why)
    }

    /// What is known of the terminal, for help.
    pub fn told_terminal(&self) -> String {
        let Known {
            identity, widths, ..
        } = &self.known;
        let name = [&identity.version, &identity.program, &identity.term]
            .into_iter()
            .find(|name| !name.is_empty());
        let widths = match widths {
            Some(measured) if *measured == self.medium.widths => "widths as it said",
            Some(_) => "widths as asked for",
            None => "it did not say how wide it draws",
        };
        let name = name.map_or("no name", String::as_str);
        format!("{name}; {widths}; {}", self.told_bidi())
    }

    /// Takes what the terminal has told, and what the user wants of it.
    pub fn set_terminal(&mut self, known: Known, wants: Wants) {
        self.medium.widths = wants.widths.or(known.widths).unwrap_or(Widths::SUM);
        self.known = known;
        self.set_bidi(wants.bidi);
    }

    fn set_bidi(&mut self, bidi: BidiMode) {
        self.bidi = bidi;
        self.medium.bidi = choose(bidi, &self.known);
        self.forget_layouts();
    }

    /// What the keys are for at the moment.
    pub fn scene(&self) -> Scene {
        match self.screen {
            Screen::Browse => Scene::Browse,
            Screen::Read if self.inspecting => Scene::Inspect,
            Screen::Read => Scene::Read,
            Screen::Compare => Scene::Compare,
            Screen::Flips => Scene::Flips,
            Screen::Matrix => Scene::Matrix,
            Screen::Patterns => Scene::Patterns,
            Screen::Again => Scene::Again,
            Screen::Tags => Scene::Tags,
            Screen::Problems => Scene::Problems,
        }
    }

    fn open_prompt(&mut self, kind: Kind, text: String) {
        self.prompt = Some(Prompt::new(kind, text, &self.corpus, &self.keymap));
    }
}
