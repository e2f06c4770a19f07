//! From failures to the next experiment: requests that ask again under another condition, and training samples.
//!
//! Nothing here calls a model. Requests are written in the OpenAI Batch format, which OpenAI's Batch API and vLLM's
//! `run-batch` execute; beside them lies a manifest that says of each what it asked, so that the outputs open as a run.
//! An accepted answer never enters a prompt that is to be scored, and a form of a name is never invented.

mod card;
mod check;
mod condition;
mod duplicates;
mod files;
mod letters;
mod names;
mod order;
mod prompt;
mod report;
mod request;
mod teacher;
mod template;
mod training;
mod writing;

pub use card::Card;
pub use check::{Checks, Rejection};
pub use condition::{Condition, Pivot};
pub use duplicates::Met;
pub use files::manifest;
pub use names::Form;
pub use prompt::{Prompt, Skip};
pub use report::Report;
pub use request::{Body, Line, Request, Settings};
pub use teacher::{Lesson, Thinking};
pub use template::{TeacherTemplate, Template, Templates};
pub use training::{Reasoning, Sieve, Sifted, Tallies, Tally};
pub use writing::{Ask, Batch, Made, Models, Plan};
