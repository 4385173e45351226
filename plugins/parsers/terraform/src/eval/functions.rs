//! Function calls. Functions that read the expressions of their arguments are here, all others in a separate crate.

use std::rc::Rc;

use palisade_sdk::parser::{EntryKind, ReadError};
use palisade_terraform_functions::{self as library, FunctionError};
use palisade_terraform_values::{Data, Entries, NO_ORIGIN, Type, Unknown, Value};

use super::{Each, Evaluated, Evaluator, Failure, Frame, Instance, Names, Scope};
use crate::files::FileId;
use crate::path;
use crate::syntax::{self, Expr, Span};

/// The maximum number of files that `fileset` reads.
const MAX_FILES: usize = 100_000;

impl Evaluator<'_> {
    pub(super) fn call(
        &self,
        name: &str,
        arguments: &[Expr],
        expand: bool,
        span: Span,
        scope: &Scope<'_>,
    ) -> Evaluated {
        let name = name.strip_prefix("core::").unwrap_or(name);
        match name {
            "try" => return self.attempt(arguments, span, scope),
            "can" => return self.can(arguments, span, scope),
            "templatefile" | "templatestring" if scope.frame.is_some_and(Frame::is_template) => {
                return scope.fail(span, format!("`{name}` cannot be called from inside of a template"));
            }
            _ => {}
        }
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(self.evaluate(argument, scope)?);
        }
        if name.contains("::") && !name.starts_with("provider::terraform::") {
            let mut unknown = self.unknown_at(span, scope, "a provider's function is run by the provider");
            unknown.references = references(&values);
            return Ok(Value::from(unknown).at(self.origins.plain(scope.file, span)));
        }
        if expand && let Some(last) = values.pop() {
            if let Some(unknown) = last.as_unknown() {
                let whole: Value = unknown.derive(Type::Any, references(&values)).into();
                return Ok(whole.at(self.derive(scope, span, &[&last])));
            }
            match last.items() {
                Some(items) => values.extend(items.iter().cloned()),
                None => return scope.fail(span, format!("`...` of `{name}` must follow a list or set")),
            }
        }
        let origin = self.derive(scope, span, &values.iter().collect::<Vec<_>>());
        if name == "provider::terraform::decode_tfvars"
            && let [Value { data: Data::String(text), .. }] = values.as_slice()
        {
            return Ok(self.decode_values(text.as_str(), span, scope)?.at(origin));
        }
        let host = Library { evaluator: self, scope };
        match library::call(name, values, &host) {
            Ok(value) if value.origin == palisade_terraform_values::NO_ORIGIN => Ok(value.at(origin)),
            Ok(value) => Ok(value),
            Err(FunctionError::ByRun(reason)) => {
                let unknown: Value = self.unknown_at(span, scope, &reason).into();
                Ok(unknown.at(origin))
            }
            Err(error @ FunctionError::Limit(_)) => scope.limit(span, format!("{name}: {error}")),
            Err(error) => scope.fail(span, format!("{name}: {error}")),
        }
    }

    /// `provider::terraform::decode_tfvars`: the values that a text defines, like a file of values.
    fn decode_values(&self, text: &str, span: Span, scope: &Scope<'_>) -> Evaluated {
        let wrong = |what: &str| format!("not the text of a `.tfvars` file: {what}");
        let parsed = match syntax::native::parse(text) {
            Ok(file) if file.body.blocks.is_empty() => file,
            Ok(_) => return scope.fail(span, wrong("it has blocks")),
            Err(error) => return scope.fail(span, wrong(&error.message)),
        };
        // It is evaluated without declarations, and the text is not a file of the unit.
        let nothing = Rc::new(Instance::new(Rc::default(), "".into(), String::new(), 0, None));
        let inner = nothing.scope(FileId::MAX);
        let mut entries = Entries::new();
        for it in &parsed.body.attributes {
            let value = self.evaluate(&it.value, &inner);
            let value = value.or_else(|failure| scope.fail(span, wrong(&failure.message)))?;
            entries.insert(Rc::clone(&it.name), value.at(NO_ORIGIN));
        }
        Ok(Value::object(entries))
    }

    /// `try`: the first argument without an error.
    fn attempt(&self, arguments: &[Expr], span: Span, scope: &Scope<'_>) -> Evaluated {
        let mut last = None;
        for argument in arguments {
            match self.evaluate(argument, scope) {
                Ok(value) => return Ok(value),
                Err(failure) if failure.limit => return Ok(self.undecided(&failure, span, scope)),
                Err(failure) => last = Some(failure),
            }
        }
        let why = last.map_or("it has no arguments".to_owned(), |failure| failure.message);
        scope.fail(span, format!("try: none of its arguments works; the last: {why}"))
    }

    /// `can`: whether its argument has no error.
    fn can(&self, arguments: &[Expr], span: Span, scope: &Scope<'_>) -> Evaluated {
        let [argument] = arguments else { return scope.fail(span, "`can` takes one argument") };
        let value = self.evaluate(argument, scope);
        let origin = self.origins.plain(scope.file, span);
        Ok(match value {
            Ok(value) => match value.as_unknown() {
                Some(unknown) => Value::from(unknown.derive(Type::Bool, [])).at(origin),
                None => Value::from(true).at(origin),
            },
            Err(failure) if failure.limit => self.undecided(&failure, span, scope),
            Err(_) => Value::from(false).at(origin),
        })
    }

    /// The unknown result of `try` and `can` if only Terraform can decide whether their argument works.
    fn undecided(&self, failure: &Failure, span: Span, scope: &Scope<'_>) -> Value {
        let unknown: Value = self.unknown_at(span, scope, &failure.message).into();
        unknown.at(self.origins.plain(scope.file, span))
    }
}

fn references(values: &[Value]) -> Vec<u32> {
    let unknown = values.iter().filter_map(Value::first_unknown);
    let mut all: Vec<u32> = unknown.flat_map(|it: &Rc<Unknown>| it.references.iter().copied()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// What functions may read: files of the tree, and templates.
struct Library<'a, 's, 't> {
    evaluator: &'a Evaluator<'t>,
    scope: &'a Scope<'s>,
}

impl Library<'_, '_, '_> {
    /// Paths are relative to the working directory of Terraform, the folder of the root module.
    fn path(&self, relative: &str) -> Result<String, FunctionError> {
        if relative.starts_with('~') {
            return Err(FunctionError::by_run(format!(
                "`{relative}` is in the home of the user that runs Terraform"
            )));
        }
        let root = Evaluator::root_folder(self.scope.instance);
        let path = path::join(&root, relative)
            .ok_or_else(|| FunctionError::by_run(format!("`{relative}` is outside of the tree")))?;
        // The files that Git and `terraform init` store there are not part of a commit.
        match path.split('/').find(|it| matches!(*it, ".git" | ".terraform")) {
            Some(folder) => {
                Err(FunctionError::by_run(format!("what is in `{folder}` depends on the checkout")))
            }
            None => Ok(path),
        }
    }

    /// Why a path cannot be read. A path through a submodule leads out of the tree.
    fn unread(&self, path: &str, full: &str, error: &ReadError) -> FunctionError {
        let message = format!("`{path}`: {error}");
        match error {
            ReadError::Outside => FunctionError::by_run(message),
            ReadError::TooLarge(_) | ReadError::Changed | ReadError::Unreadable(_) => {
                FunctionError::limit(message)
            }
            ReadError::Absent | ReadError::WrongKind if self.in_submodule(full) => {
                FunctionError::by_run(format!("`{path}` is in a submodule"))
            }
            ReadError::Absent | ReadError::WrongKind | ReadError::NotText(_) => {
                FunctionError::failed(message)
            }
        }
    }

    fn in_submodule(&self, full: &str) -> bool {
        let folders = full.char_indices().filter(|(_, it)| *it == '/').filter_map(|(at, _)| full.get(..at));
        let tree = self.evaluator.files.tree();
        folders.chain([full]).any(|it| tree.stat(it).is_some_and(|it| it.kind == EntryKind::Submodule))
    }
}

impl library::Host for Library<'_, '_, '_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, FunctionError> {
        let full = self.path(path)?;
        self.evaluator.files.tree().read_bytes(&full).map_err(|error| self.unread(path, &full, &error))
    }

    fn exists(&self, path: &str) -> Result<bool, FunctionError> {
        let full = self.path(path)?;
        match self.evaluator.files.tree().stat(&full).map(|it| it.kind) {
            Some(EntryKind::File) => Ok(true),
            Some(EntryKind::Folder) => {
                Err(FunctionError::failed(format!("`{path}` is a folder, not a file")))
            }
            // A broken link may lead out of the tree.
            Some(EntryKind::Link) => {
                Err(FunctionError::by_run(format!("`{path}` is a link to what is not in the tree")))
            }
            _ if self.in_submodule(&full) => {
                Err(FunctionError::by_run(format!("`{path}` is in a submodule")))
            }
            _ => Ok(false),
        }
    }

    fn files_under(&self, folder: &str) -> Result<Vec<String>, FunctionError> {
        let top = self.path(folder)?;
        let mut found = Vec::new();
        let mut folders = vec![String::new()];
        while let Some(inner) = folders.pop() {
            let Some(full) = path::join(&top, &inner) else { continue };
            let entries = match self.evaluator.files.tree().list(&full) {
                Ok(entries) => entries,
                // A missing folder is empty, as in Terraform.
                Err(ReadError::Absent) if !self.in_submodule(&full) => continue,
                Err(error) if inner.is_empty() => return Err(self.unread(folder, &full, &error)),
                Err(_) => continue,
            };
            for entry in entries {
                let name = if inner.is_empty() { entry.name } else { format!("{inner}/{}", entry.name) };
                match entry.kind {
                    EntryKind::Folder => folders.push(name),
                    EntryKind::File | EntryKind::Link => found.push(name),
                    EntryKind::Submodule => {}
                }
            }
            if found.len() > MAX_FILES {
                return Err(FunctionError::limit(format!("`{folder}` holds more than {MAX_FILES} files")));
            }
        }
        found.sort();
        Ok(found)
    }

    fn render(&self, template: &str, name: &str, variables: &Entries) -> Result<Value, FunctionError> {
        let parts = syntax::native::parse_template(template).map_err(|error| {
            FunctionError::failed(format!("`{name}`, byte {}: {}", error.at, error.message))
        })?;
        let frame = Frame { names: Names::Many(variables), up: None };
        // The text is not a file of the unit, so its parts have no places.
        let scope = Scope {
            instance: self.scope.instance,
            file: FileId::MAX,
            each: &Each::NONE,
            frame: Some(&frame),
            own: None,
        };
        let span = Span::default();
        let value = self.evaluator.deeper(&scope, span, || self.evaluator.template(&parts, span, &scope));
        match value {
            Ok(value) => Ok(value.at(palisade_terraform_values::NO_ORIGIN)),
            Err(failure) => {
                let message = format!("`{name}`: {}", failure.message);
                Err(if failure.limit {
                    FunctionError::Limit(message)
                } else {
                    FunctionError::Failed(message)
                })
            }
        }
    }
}
