//! Keys to actions: the defaults of the action table, and what the user's key file changes.

use std::collections::HashMap;
use std::path::Path;

use super::action::{ACTIONS, Action, Key, Scene, Spec};

/// Which key does what.
pub struct Keymap {
    keys: HashMap<Key, Vec<Action>>,
    labels: HashMap<Action, Vec<String>>,
}

impl Default for Keymap {
    fn default() -> Self {
        Keymap::with(&HashMap::new())
    }
}

impl Keymap {
    fn with(changed: &HashMap<Action, Vec<String>>) -> Keymap {
        let (mut keys, mut labels) = (HashMap::new(), HashMap::new());
        for Spec {
            action,
            keys: defaults,
            ..
        } in ACTIONS
        {
            let names = changed.get(action).cloned();
            let names = names.unwrap_or_else(|| defaults.iter().map(ToString::to_string).collect());
            for key in names.iter().filter_map(|name| Key::parse(name)) {
                keys.entry(key).or_insert_with(Vec::new).push(*action);
            }
            labels.insert(*action, names);
        }
        Keymap { keys, labels }
    }

    /// Reads a key file: `name = ["key", …]` for each action whose keys are to be others. A missing file is the default.
    ///
    /// # Errors
    /// The file cannot be read, or names an action or key there is not; the message says which and what there is.
    pub fn read(path: &Path) -> Result<Keymap, String> {
        let fail = |reason: String| format!("the key file {}: {reason}", path.display());
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Keymap::default());
            }
            Err(error) => return Err(fail(error.to_string())),
        };
        let named: HashMap<String, Vec<String>> =
            toml::from_str(&text).map_err(|e| fail(e.to_string()))?;
        let mut changed = HashMap::new();
        for (name, keys) in named {
            let Some(spec) = ACTIONS.iter().find(|spec| spec.name == name) else {
                let names: Vec<_> = ACTIONS.iter().map(|spec| spec.name).collect();
                return Err(fail(format!(
                    "there is no action {name}; there are {}",
                    names.join(", ")
                )));
            };
            let digit = |key: &str| matches!(key.as_bytes(), [b'1'..=b'9']);
            if let Some(bad) = keys
                .iter()
                .find(|key| Key::parse(key).is_none() || digit(key))
            {
                return Err(fail(format!(
                    "{name}: {bad:?} is no key, or one of 1 to 9, which switch filters off; write f, F, ctrl-f, alt-f, f5, enter, pagedown …"
                )));
            }
            changed.insert(spec.action, keys);
        }
        let keymap = Keymap::with(&changed);
        match keymap.clash() {
            Some((one, other)) => {
                let (one, other) = (one.spec().name, other.spec().name);
                Err(fail(format!(
                    "{one} and {other} have a key in common: give one of them others"
                )))
            }
            None => Ok(keymap),
        }
    }

    /// What a key does in a scene.
    pub fn action(&self, key: Key, scene: Scene) -> Option<Action> {
        let actions = self.keys.get(&key)?;
        actions
            .iter()
            .copied()
            .find(|action| action.spec().place.holds(scene))
    }

    /// A key that means two things in one scene, and both of them.
    fn clash(&self) -> Option<(Action, Action)> {
        self.keys.values().find_map(|actions| {
            Scene::ALL.into_iter().find_map(|scene| {
                let mut here = actions
                    .iter()
                    .copied()
                    .filter(|action| action.spec().place.holds(scene));
                here.next().zip(here.next())
            })
        })
    }

    /// The keys of an action, as the user writes them.
    pub fn keys(&self, action: Action) -> &[String] {
        self.labels.get(&action).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::io::Write;

    fn read(text: &str) -> Result<Keymap, String> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        Keymap::read(file.path())
    }

    #[test]
    fn a_key_file_changes_what_it_names_and_nothing_else() {
        let keymap = read("quit = [\"ctrl-q\"]").unwrap();
        assert_eq!(
            keymap.action(Key::parse("ctrl-q").unwrap(), Scene::Browse),
            Some(Action::Quit)
        );
        assert_eq!(keymap.action(Key::parse("q").unwrap(), Scene::Browse), None);
        assert_eq!(
            keymap.action(Key::parse("j").unwrap(), Scene::Read),
            Some(Action::Down)
        );
        assert_eq!(keymap.keys(Action::Quit), ["ctrl-q"]);
    }

    #[test]
    fn a_wrong_key_file_says_what_is_wrong() {
        assert!(
            read("qiut = [\"q\"]")
                .err()
                .unwrap()
                .contains("no action qiut")
        );
        assert!(
            read("quit = [\"hyper-q\"]")
                .err()
                .unwrap()
                .contains("\"hyper-q\" is no key")
        );
        assert!(Keymap::read(Path::new("/nowhere/keys.toml")).is_ok());
    }
}
