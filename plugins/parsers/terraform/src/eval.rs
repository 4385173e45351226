//! Evaluation: module instances, created on demand, and the values of the names in them.
//!
//! All values are computed on demand and once, so no dependency order is needed. A cycle is detected as a value that is
//! requested while it is being computed.

mod block;
mod call;
mod default_tags;
mod expression;
mod functions;
mod operator;
mod reference;
mod repeat;
mod resource;
mod template;
mod types;
mod undecided;
mod validate;
mod variable;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use palisade_sdk::parser::{Mount, Need, Status};
use palisade_sdk::{Diagnostic, Level};
use palisade_terraform_values::{NO_ORIGIN, Type, Unknown, Value};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::check;
use crate::files::{FileId, Files};
use crate::installed::Installed;
use crate::module::Module;
use crate::origins::{OriginId, Origins, Place};
use crate::syntax::{Attribute, Expr, Span};

pub(crate) use self::block::each_dynamic;
pub(crate) use self::call::Calls;
pub(crate) use self::default_tags::TAGS_ALL;
pub(crate) use self::repeat::{Each, Key};
pub(crate) use self::resource::{ResourceInstance, Resources, is_meta};
pub(crate) use self::undecided::Undecided;

/// The maximum depth of expressions, including the values that they refer to.
const MAX_DEPTH: u32 = 500;
/// The maximum number of diagnostics per unit.
const MAX_DIAGNOSTICS: usize = 500;

/// Why an expression has no value.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) message: String,
    pub(crate) file: FileId,
    pub(crate) span: Span,
    /// Whether it is a limit of Palisade. Terraform may have a value, so `try` and `can` are unknown.
    pub(crate) limit: bool,
}

/// The result of an expression.
pub(crate) type Evaluated = Result<Value, Failure>;

/// A value that is computed once.
pub(crate) enum Slot<T> {
    /// It is being computed.
    Busy,
    /// It was computed.
    Done(T),
}

type Memo<K, T> = RefCell<FxHashMap<K, Slot<T>>>;

/// Looks up a value that is computed once: `Ok` with the value, `Err(true)` while it is being computed, `Err(false)` if
/// the caller must compute it (it is then marked as busy).
fn recall<K: std::hash::Hash + Eq + Clone, T: Clone>(memo: &Memo<K, T>, key: &K) -> Result<T, bool> {
    let mut memo = memo.borrow_mut();
    match memo.get(key) {
        Some(Slot::Done(value)) => Ok(value.clone()),
        Some(Slot::Busy) => Err(true),
        None => {
            memo.insert(key.clone(), Slot::Busy);
            Err(false)
        }
    }
}

fn remember<K: std::hash::Hash + Eq, T: Clone>(memo: &Memo<K, T>, key: K, value: T) -> T {
    memo.borrow_mut().insert(key, Slot::Done(value.clone()));
    value
}

/// One instance of a module.
pub(crate) struct Instance {
    pub(crate) module: Rc<Module>,
    /// `module.a["x"]`; empty for the root.
    pub(crate) address: Rc<str>,
    /// Names of the calls on the path to it, joined by dots.
    path: String,
    depth: u32,
    caller: Option<Caller>,
    /// Whether a root module gets the input values.
    given: bool,
    variables: Memo<Rc<str>, Value>,
    locals: Memo<Rc<str>, Value>,
    outputs: Memo<Rc<str>, Value>,
    calls: Memo<Rc<str>, Rc<Calls>>,
    resources: Memo<usize, Rc<Resources>>,
    /// The `default_tags` of its provider blocks, by name and alias.
    default_tags: Memo<Rc<str>, Option<Value>>,
}

/// The call of a module instance.
struct Caller {
    instance: Rc<Instance>,
    name: Rc<str>,
    each: Each,
}

/// A variable of a `for`, an iterator of a `dynamic` block, or the variables of a template.
pub(crate) struct Frame<'s> {
    names: Names<'s>,
    up: Option<&'s Frame<'s>>,
}

enum Names<'s> {
    One(&'s str, &'s Value),
    Many(&'s palisade_terraform_values::Entries),
}

impl Frame<'_> {
    fn get(&self, name: &str) -> Option<&Value> {
        let found = match &self.names {
            Names::One(own, value) => (*own == name).then_some(*value),
            Names::Many(entries) => entries.get(name),
        };
        found.or_else(|| self.up.and_then(|up| up.get(name)))
    }

    /// Whether it is in a template file, which only sees the variables that it is given.
    fn is_template(&self) -> bool {
        matches!(self.names, Names::Many(_)) || self.up.is_some_and(Frame::is_template)
    }
}

/// The meaning of names in an expression.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'s> {
    pub(crate) instance: &'s Rc<Instance>,
    pub(crate) file: FileId,
    pub(crate) each: &'s Each,
    pub(crate) frame: Option<&'s Frame<'s>>,
    /// The value of `self`.
    pub(crate) own: Option<&'s Rc<ResourceInstance>>,
}

impl<'s> Scope<'s> {
    /// The same scope with one more frame.
    fn with<'n>(self, frame: &'n Frame<'n>) -> Scope<'n>
    where
        's: 'n,
    {
        Scope { frame: Some(frame), ..self }
    }

    fn fail<T>(&self, span: Span, message: impl Into<String>) -> Result<T, Failure> {
        Err(Failure { message: message.into(), file: self.file, span, limit: false })
    }

    /// A limit of Palisade; Terraform may have a value.
    fn limit<T>(&self, span: Span, message: impl Into<String>) -> Result<T, Failure> {
        Err(Failure { message: message.into(), file: self.file, span, limit: true })
    }
}

/// A resource or an attribute of it that a value refers to.
#[derive(Clone)]
pub(crate) struct Reference {
    pub(crate) resource: Rc<ResourceInstance>,
    /// Empty for the whole resource.
    pub(crate) attribute: Rc<str>,
}

/// The state of the evaluation of a unit.
pub(crate) struct Evaluator<'t> {
    pub(crate) files: &'t Files<'t>,
    pub(crate) origins: Origins,
    /// Values of the root module's variables, by name.
    inputs: FxHashMap<Rc<str>, Value>,
    installed: Installed,
    mounts: &'t [Mount],
    modules: RefCell<FxHashMap<String, Rc<Module>>>,
    /// Folders with an instantiated module.
    instantiated: RefCell<FxHashSet<String>>,
    references: RefCell<Vec<Reference>>,
    reference_rows: RefCell<FxHashMap<(u32, Rc<str>), u32>>,
    resource_count: Cell<u32>,
    /// Places of the nested blocks of resources: their provider may compute attributes that they do not declare.
    nested: RefCell<FxHashSet<(FileId, Span)>>,
    depth: Cell<u32>,
    pub(crate) undecided: Undecided,
    /// The workspace of Terraform; empty if it is not known.
    pub(crate) workspace: String,
    pub(crate) needs: RefCell<Vec<Need>>,
    reported: RefCell<BTreeSet<(FileId, Span, String)>>,
    pub(crate) diagnostics: RefCell<Vec<Diagnostic>>,
}

impl<'t> Evaluator<'t> {
    pub(crate) fn new(files: &'t Files<'t>, installed: Installed, mounts: &'t [Mount]) -> Evaluator<'t> {
        Evaluator {
            files,
            origins: Origins::default(),
            inputs: FxHashMap::default(),
            installed,
            mounts,
            modules: RefCell::default(),
            instantiated: RefCell::default(),
            references: RefCell::default(),
            reference_rows: RefCell::default(),
            resource_count: Cell::new(0),
            nested: RefCell::default(),
            depth: Cell::new(0),
            undecided: Undecided::default(),
            workspace: String::new(),
            needs: RefCell::default(),
            reported: RefCell::default(),
            diagnostics: RefCell::default(),
        }
    }

    /// The module of a folder.
    pub(crate) fn module(&self, folder: &str) -> Rc<Module> {
        if let Some(known) = self.modules.borrow().get(folder) {
            return Rc::clone(known);
        }
        let module = Rc::new(Module::load(self.files, folder));
        self.modules.borrow_mut().insert(folder.to_owned(), Rc::clone(&module));
        module
    }

    /// Whether the module of a folder was read.
    pub(crate) fn knows(&self, folder: &str) -> bool {
        self.modules.borrow().contains_key(folder)
    }

    /// Whether the module of a folder is called or is a root.
    pub(crate) fn is_instantiated(&self, folder: &str) -> bool {
        self.instantiated.borrow().contains(folder)
    }

    /// The root module of a folder, with the input values.
    pub(crate) fn root(&self, folder: &str) -> Rc<Instance> {
        self.root_with(folder, true)
    }

    /// A folder as a root module with its default values.
    pub(crate) fn root_of_defaults(&self, folder: &str) -> Rc<Instance> {
        self.root_with(folder, false)
    }

    fn root_with(&self, folder: &str, given: bool) -> Rc<Instance> {
        self.instantiated.borrow_mut().insert(folder.to_owned());
        let root = Instance::new(self.module(folder), "".into(), String::new(), 0, None);
        Rc::new(Instance { given, ..root })
    }

    /// Sets a variable of the root module.
    pub(crate) fn input(&mut self, name: Rc<str>, value: Value) {
        self.inputs.insert(name, value);
    }

    /// The input values of the root module.
    pub(crate) fn inputs(&self) -> impl Iterator<Item = (&Rc<str>, &Value)> {
        self.inputs.iter()
    }

    /// Reports a diagnostic at a place, once.
    ///
    /// A level above note means that Terraform refuses the file, so it is covered as partial.
    pub(crate) fn report(&self, level: Level, code: &str, file: FileId, span: Span, message: &str) {
        if level != Level::Note {
            check::refuse(self.files, file, span, message);
        }
        if self.diagnostics.borrow().len() >= MAX_DIAGNOSTICS
            || !self.reported.borrow_mut().insert((file, span, message.to_owned()))
        {
            return;
        }
        let Some(source) = self.files.get(file) else { return };
        self.diagnostics.borrow_mut().push(Diagnostic {
            level,
            code: code.to_owned(),
            message: message.to_owned(),
            path: source.path.to_string(),
            span: Some(source.lines.span(span.start, span.end)),
        });
    }

    /// Reports a limit that omits declarations of a file: the file is covered as failed.
    pub(crate) fn cut_off(&self, file: FileId, span: Span, message: &str) {
        if let Some(source) = self.files.get(file) {
            self.files.cover(&source.path, Status::Failed, message, self.files.span(file, span));
        }
        self.report(Level::Error, "terraform-too-many", file, span, message);
    }

    /// The value, or an unknown value for a failure, which is reported.
    fn settle(&self, result: Evaluated, file: FileId, expr: &Expr) -> Value {
        result.unwrap_or_else(|failure| {
            self.report(Level::Warning, "terraform-expression", failure.file, failure.span, &failure.message);
            let expression = self.files.get(file).map_or(String::new(), |source| source.snippet(expr.span));
            let value: Value = Unknown::new(&expression, &failure.message, Type::Any).into();
            value.at(self.origins.plain(file, expr.span))
        })
    }

    /// A value at the place of its name, caused by the places outside that decided it.
    fn bind(&self, value: Value, file: FileId, at: Span, expr: Span) -> Value {
        let reference = self.reference_inside(value.origin, file, expr);
        let parent = self.origins.outside(value.origin, file, expr);
        value.at(self.origins.add(Place { file, span: at, parent, reference }))
    }

    /// The origin of a computed value: caused by the first operand from elsewhere.
    fn derive(&self, scope: &Scope<'_>, span: Span, operands: &[&Value]) -> OriginId {
        let of = |value: &&Value| {
            let parent = self.origins.outside(value.origin, scope.file, span);
            let reference = self.reference_inside(value.origin, scope.file, span);
            (parent != NO_ORIGIN || reference != NO_ORIGIN).then_some((parent, reference))
        };
        let (parent, reference) = operands.iter().find_map(of).unwrap_or((NO_ORIGIN, NO_ORIGIN));
        self.origins.add(Place { file: scope.file, span, parent, reference })
    }

    /// The reference of a value through its places in a range of a file; for a whole resource, through any place.
    fn reference_inside(&self, mut id: OriginId, file: FileId, span: Span) -> u32 {
        if let Some(place) = self.origins.get(id)
            && self.reference(place.reference).is_some_and(|it| it.attribute.is_empty())
        {
            return place.reference;
        }
        while let Some(place) = self.origins.get(id) {
            if !place.lies_in(file, span) {
                break;
            }
            if place.reference != NO_ORIGIN {
                return place.reference;
            }
            id = place.parent;
        }
        NO_ORIGIN
    }

    /// The reference in this row.
    pub(crate) fn reference(&self, row: u32) -> Option<Reference> {
        self.references.borrow().get(row as usize).cloned()
    }

    /// The row of a reference.
    fn reference_row(&self, resource: &Rc<ResourceInstance>, attribute: &Rc<str>) -> u32 {
        let key = (resource.id, Rc::clone(attribute));
        if let Some(row) = self.reference_rows.borrow().get(&key) {
            return *row;
        }
        let mut all = self.references.borrow_mut();
        let row = u32::try_from(all.len()).unwrap_or(NO_ORIGIN);
        all.push(Reference { resource: Rc::clone(resource), attribute: Rc::clone(attribute) });
        self.reference_rows.borrow_mut().insert(key, row);
        row
    }

    /// Runs a function one level deeper.
    fn deeper<T>(
        &self,
        scope: &Scope<'_>,
        span: Span,
        run: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let depth = self.depth.get();
        if depth >= MAX_DEPTH {
            return scope.limit(span, "the values that this one depends on are nested too deep to follow");
        }
        self.depth.set(depth + 1);
        let result = run();
        self.depth.set(depth);
        result
    }
}

impl Instance {
    fn new(
        module: Rc<Module>,
        address: Rc<str>,
        path: String,
        depth: u32,
        caller: Option<Caller>,
    ) -> Instance {
        Instance {
            module,
            address,
            path,
            depth,
            caller,
            given: false,
            variables: RefCell::default(),
            locals: RefCell::default(),
            outputs: RefCell::default(),
            calls: RefCell::default(),
            resources: RefCell::default(),
            default_tags: RefCell::default(),
        }
    }

    /// The module instance that calls this one, and the block of the call.
    pub(crate) fn call(&self) -> Option<(&Rc<Instance>, &crate::module::Declared<crate::syntax::Block>)> {
        let caller = self.caller.as_ref()?;
        Some((&caller.instance, caller.instance.module.calls.get(&caller.name)?))
    }

    /// Why it is unknown whether or how often this module exists; the reason of a caller if it has none.
    pub(crate) fn uncertain(&self) -> Option<Rc<Unknown>> {
        let caller = self.caller.as_ref()?;
        caller.each.unknown.clone().or_else(|| caller.instance.uncertain())
    }

    /// The scope of a top-level expression in a file of this module.
    pub(crate) fn scope(self: &Rc<Self>, file: FileId) -> Scope<'_> {
        Scope { instance: self, file, each: &Each::NONE, frame: None, own: None }
    }
}

impl Evaluator<'_> {
    /// The value of an expression at its place, with its causes.
    pub(crate) fn bound(&self, expr: &Expr, scope: &Scope<'_>) -> Value {
        let value = self.settle(self.evaluate(expr, scope), scope.file, expr);
        self.bind(value, scope.file, expr.span, expr.span)
    }

    /// The value of an attribute that others refer to by its name: its place begins at the name.
    pub(crate) fn named(&self, attribute: &Attribute, scope: &Scope<'_>) -> Value {
        let expr = &attribute.value;
        let value = self.settle(self.evaluate(expr, scope), scope.file, expr);
        let whole = Span { start: attribute.name_span.start, end: expr.span.end };
        self.bind(value, scope.file, whole, expr.span)
    }

    /// The entries of a `dynamic` block, or why they are unknown; a failure is reported.
    pub(crate) fn dynamic_or_unknown(
        &self,
        block: &crate::syntax::Block,
        scope: &Scope<'_>,
    ) -> Result<Vec<(Value, Value)>, Rc<Unknown>> {
        self.dynamic(block, scope).unwrap_or_else(|failure| {
            self.report(Level::Warning, "terraform-expression", failure.file, failure.span, &failure.message);
            Err(Rc::new(Unknown::new("dynamic", &failure.message, Type::Any)))
        })
    }
}
