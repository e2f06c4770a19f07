//! From failures to the next experiment: requests that ask again under another condition, and training samples.
//!
//! Nothing here calls a model. Requests are written in the OpenAI Batch format, which OpenAI's Batch API and vLLM's
//! `run-batch` execute; beside them lies a manifest that says of each what it asked, so that the outputs open as a run.
//! An accepted answer never enters a prompt that is to be scored, and a form of a name is never invented.

mod condition;
mod names;
mod prompt;
mod request;
mod template;
mod writing;

pub use condition::{Condition, Pivot};
pub use names::Form;
pub use prompt::{Prompt, Skip};
pub use request::{Request, Settings, Target};
pub use template::{TeacherTemplate, Template, Templates};
pub use writing::{Made, Plan, Report};
