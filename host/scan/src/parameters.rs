//! Parameters of controls: assignments, and the values that apply.

use std::collections::BTreeMap;

use palisade_catalog::{Catalog, Role, ValueError, fits, is_as_strict};
use palisade_domain::{Diagnostic, Level, Parameter, ParameterValues, Stricter};
use serde_json::Value;
use thiserror::Error;

/// A value that is assigned to a parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// Id of the control.
    pub control: String,
    /// Name of the parameter within the control.
    pub name: String,
    /// The value.
    pub value: Value,
    /// Where it was set, for messages: `--set`, `config.toml:4`.
    pub place: String,
}

/// Why a parameter cannot be set.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ParameterError {
    /// No pack has the control.
    #[error("{place}: control `{control}` not found: see `palisade controls`")]
    Control {
        /// Where it was set.
        place: String,
        /// The id.
        control: String,
    },
    /// The control has no such parameter.
    #[error("{place}: control `{control}` has no parameter `{name}`: {known}")]
    Name {
        /// Where it was set.
        place: String,
        /// Id of the control.
        control: String,
        /// The name.
        name: String,
        /// The names of its parameters, for readers.
        known: String,
    },
    /// The value is invalid.
    #[error("{place}: invalid value `{value}` for `{parameter}`: {why}")]
    Value {
        /// Where it was set.
        place: String,
        /// Id of the control and name of the parameter, with a dot between them.
        parameter: String,
        /// The value as JSON, truncated.
        value: String,
        /// What is wrong with it.
        why: ValueError,
    },
}

/// The parameters of every control of a catalog.
struct Declared<'a>(BTreeMap<&'a str, &'a [Parameter]>);

impl<'a> Declared<'a> {
    fn of(catalog: &'a Catalog) -> Declared<'a> {
        let packs = catalog.plugins().iter().filter_map(|plugin| match &plugin.role {
            Role::Pack { info, .. } => Some(&info.controls),
            Role::Parser { .. } | Role::Provider { .. } => None,
        });
        Declared(packs.flatten().map(|it| (&*it.id, it.parameters.as_slice())).collect())
    }

    /// The parameter of an assignment, if the value is valid.
    fn parameter(&self, it: &Assignment) -> Result<&'a Parameter, ParameterError> {
        let (place, control, name) = (it.place.clone(), it.control.clone(), it.name.clone());
        let Some(parameters) = self.0.get(&*it.control) else {
            return Err(ParameterError::Control { place, control });
        };
        let Some(parameter) = parameters.iter().find(|one| one.name == it.name) else {
            let names: Vec<String> = parameters.iter().map(|it| format!("`{}`", it.name)).collect();
            let known = if names.is_empty() {
                "it has none".to_owned()
            } else {
                format!("expected {}", names.join(", "))
            };
            return Err(ParameterError::Name { place, control, name, known });
        };
        fits(parameter, &it.value).map_err(|why| ParameterError::Value {
            place,
            parameter: format!("{control}.{name}"),
            value: short(&it.value),
            why,
        })?;
        Ok(parameter)
    }
}

/// Checks that a catalog accepts these values.
///
/// # Errors
/// The first one that it does not accept.
pub fn check_parameters(catalog: &Catalog, assignments: &[Assignment]) -> Result<(), ParameterError> {
    let declared = Declared::of(catalog);
    assignments.iter().try_for_each(|it| declared.parameter(it).map(drop))
}

/// The assignments of a map.
pub fn assignments(of: &ParameterValues, place: &str) -> Vec<Assignment> {
    let one = |control: &String, name: &String, value: &Value| Assignment {
        control: control.clone(),
        name: name.clone(),
        value: value.clone(),
        place: place.to_owned(),
    };
    of.iter()
        .flat_map(|(control, all)| all.iter().map(move |(name, value)| one(control, name, value)))
        .collect()
}

/// The values that apply instead of the defaults.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Parameters {
    values: BTreeMap<(String, String), Value>,
    /// Remarks on values of the repository that have no effect.
    pub(crate) ignored: Vec<Diagnostic>,
}

impl Parameters {
    /// Resolves the values of the caller and of a repository's `palisade.toml`. The last of several values of the
    /// caller applies; a value of the repository applies if it is stricter.
    pub(crate) fn resolve(
        catalog: &Catalog,
        caller: &[Assignment],
        (path, repository): (&str, &[Assignment]),
    ) -> Result<Parameters, ParameterError> {
        let declared = Declared::of(catalog);
        let mut all = Parameters::default();
        for it in caller {
            declared.parameter(it)?;
            all.values.insert((it.control.clone(), it.name.clone()), it.value.clone());
        }
        for it in repository {
            let parameter = match declared.parameter(it) {
                Ok(parameter) => parameter,
                // Another installation may have the pack.
                Err(error @ ParameterError::Control { .. }) => {
                    all.ignore(path, format!("{error}; the value is ignored"));
                    continue;
                }
                Err(error) => return Err(error),
            };
            let key = (it.control.clone(), it.name.clone());
            let default = || serde_json::from_str(&parameter.default).unwrap_or(Value::Null);
            let now = all.values.get(&key).cloned().unwrap_or_else(default);
            if is_as_strict(parameter.stricter, &it.value, &now) {
                all.values.insert(key, it.value.clone());
                continue;
            }
            let why = match parameter.stricter {
                Stricter::None => "only an administrator can set it".to_owned(),
                _ => format!("it is less strict than `{}`, which is set", short(&now)),
            };
            let (place, value, id) = (&it.place, short(&it.value), format!("{}.{}", it.control, it.name));
            all.ignore(path, format!("{place}: value `{value}` of `{id}` is ignored: {why}"));
        }
        Ok(all)
    }

    fn ignore(&mut self, path: &str, message: String) {
        self.ignored.push(Diagnostic {
            path: path.to_owned(),
            location: None,
            level: Level::Warning,
            code: "parameter-ignored".to_owned(),
            message,
        });
    }

    /// The value of a parameter, as JSON.
    pub(crate) fn value(&self, control: &str, parameter: &Parameter) -> String {
        let set = self.values.get(&(control.to_owned(), parameter.name.clone()));
        set.map_or_else(|| parameter.default.clone(), Value::to_string)
    }
}

/// A value as JSON, truncated.
fn short(value: &Value) -> String {
    value.to_string().chars().take(80).collect()
}
