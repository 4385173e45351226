//! Resolves names: rules and functions of the pack, imports, and functions of the language.

use std::collections::{BTreeMap, BTreeSet};

use crate::ast::{Head, Module};

/// The functions of the engine itself, with the number of their arguments.
const BUILTINS: [(&str, usize); 84] = [
    ("abs", 1),
    ("array.concat", 2),
    ("array.reverse", 1),
    ("array.slice", 3),
    ("bits.and", 2),
    ("bits.lsh", 2),
    ("bits.negate", 1),
    ("bits.or", 2),
    ("bits.rsh", 2),
    ("bits.xor", 2),
    ("ceil", 1),
    ("concat", 2),
    ("contains", 2),
    ("count", 1),
    ("endswith", 2),
    ("floor", 1),
    ("format_int", 2),
    ("graph.reachable", 2),
    ("graph.reachable_paths", 2),
    ("indexof", 2),
    ("indexof_n", 2),
    ("intersection", 1),
    ("is_array", 1),
    ("is_boolean", 1),
    ("is_null", 1),
    ("is_number", 1),
    ("is_object", 1),
    ("is_set", 1),
    ("is_string", 1),
    ("json.filter", 2),
    ("json.is_valid", 1),
    ("json.marshal", 1),
    ("json.marshal_with_options", 2),
    ("json.patch", 2),
    ("json.remove", 2),
    ("json.unmarshal", 1),
    ("lower", 1),
    ("max", 1),
    ("min", 1),
    ("numbers.range", 2),
    ("numbers.range_step", 3),
    ("object.filter", 2),
    ("object.get", 3),
    ("object.keys", 1),
    ("object.remove", 2),
    ("object.subset", 2),
    ("object.union", 2),
    ("object.union_n", 1),
    ("product", 1),
    ("replace", 3),
    ("round", 1),
    ("semver.compare", 2),
    ("semver.is_valid", 1),
    ("set", 0),
    ("sort", 1),
    ("split", 2),
    ("sprintf", 2),
    ("startswith", 2),
    ("strings.any_prefix_match", 2),
    ("strings.any_suffix_match", 2),
    ("strings.count", 2),
    ("strings.replace_n", 2),
    ("strings.reverse", 1),
    ("substring", 3),
    ("sum", 1),
    ("to_number", 1),
    ("trace", 1),
    ("trim", 2),
    ("trim_left", 2),
    ("trim_prefix", 2),
    ("trim_right", 2),
    ("trim_space", 1),
    ("trim_suffix", 2),
    ("type_name", 1),
    ("union", 1),
    ("units.parse", 1),
    ("units.parse_bytes", 1),
    ("upper", 1),
    ("walk", 1),
    ("yaml.is_valid", 1),
    ("yaml.marshal", 1),
    ("yaml.unmarshal", 1),
    ("print", usize::MAX),
    (crate::template::NAME, 1),
];

/// Functions that OPA 1.0 removed from the language, and keeps for older files.
pub(crate) const DEPRECATED: [&str; 11] = [
    "all",
    "any",
    "cast_array",
    "cast_boolean",
    "cast_null",
    "cast_object",
    "cast_set",
    "cast_string",
    "net.cidr_overlap",
    "re_match",
    "set_diff",
];

/// Functions that are not available to packs, and why.
const REFUSED: [(&str, &str); 9] = [
    ("http.send", "a pack has no network"),
    ("net.lookup_ip_addr", "a pack has no network"),
    ("time.now_ns", "equal input must give equal results, so a pack has no clock"),
    ("rand.intn", "equal input must give equal results, so a pack has no chance"),
    ("uuid.rfc4122", "equal input must give equal results, so a pack has no chance"),
    ("opa.runtime", "a pack sees nothing of where it runs"),
    ("test.sleep", "a pack has no clock"),
    ("providers.aws.sign_req", "a pack has no network"),
    ("rego.parse_module", "a pack reads no Rego while it runs"),
];

/// The functions of the language that may be called, with the number of their arguments.
pub fn builtins() -> impl Iterator<Item = (&'static str, usize)> {
    BUILTINS.into_iter().filter(|(name, _)| !matches!(*name, "set" | "print" | crate::template::NAME))
}

/// Why a function is not available, if it is left out on purpose.
pub fn refused(name: &str) -> Option<&'static str> {
    REFUSED.iter().find(|(it, _)| *it == name).map(|(_, why)| *why)
}

/// All names of a pack.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Rules by package.
    rules: BTreeMap<Vec<String>, BTreeSet<String>>,
    /// Functions by package and name, with the number of their arguments.
    functions: BTreeMap<Vec<String>, usize>,
    /// The extensions.
    extensions: BTreeMap<String, usize>,
}

/// The target of a call.
pub(crate) enum Called {
    /// A function of the pack with this number of arguments.
    Function {
        arity: usize,
    },
    /// A function of the language.
    Builtin {
        arity: usize,
    },
    Refused(&'static str),
    Unknown,
}

impl Names {
    pub(crate) fn new(extensions: &[(String, u8)]) -> Self {
        let extensions = extensions.iter().map(|(name, arity)| (name.clone(), usize::from(*arity))).collect();
        Self { extensions, ..Self::default() }
    }

    /// Adds a module's rules.
    pub(crate) fn add(&mut self, module: &Module) {
        let rules = self.rules.entry(module.package.clone()).or_default();
        for rule in &module.rules {
            rules.insert(rule.name.clone());
            if let Head::Function { parameters, .. } = &rule.head {
                let steps = rule.path().into_iter().map(str::to_owned);
                let path = module.package.iter().cloned().chain(steps).collect();
                self.functions.insert(path, parameters.len());
            }
        }
    }

    /// The names with the same meaning in the whole module.
    pub(crate) fn globals(&self, module: &Module) -> BTreeSet<String> {
        let rules = self.rules.get(&module.package).into_iter().flatten().cloned();
        let imports =
            module.imports.iter().filter(|it| !it.is_syntax()).filter_map(|it| it.name().map(str::to_owned));
        rules.chain(imports).chain(["input", "data"].map(str::to_owned)).collect()
    }

    /// Resolves the name of a call in a module.
    pub(crate) fn called(&self, module: &Module, name: &[String]) -> Called {
        if let Some(arity) = self.function(module, name).and_then(|path| self.functions.get(&path)) {
            return Called::Function { arity: *arity };
        }
        let plain = name.join(".");
        if let Some(arity) = self.extensions.get(&plain) {
            return Called::Builtin { arity: *arity };
        }
        if let Some(why) = refused(&plain) {
            return Called::Refused(why);
        }
        match BUILTINS.iter().find(|(it, _)| *it == plain) {
            Some((_, arity)) => Called::Builtin { arity: *arity },
            None => Called::Unknown,
        }
    }

    /// The number of arguments of an extension.
    pub(crate) fn extension(&self, name: &str) -> Option<usize> {
        self.extensions.get(name).copied()
    }

    /// The extensions whose names mean nothing else.
    pub(crate) fn extensions_beside(&self, globals: &BTreeSet<String>) -> BTreeMap<String, usize> {
        let first = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
        let own = self.extensions.iter().filter(|(name, _)| !globals.contains(&first(name)));
        own.map(|(name, arity)| (name.clone(), *arity)).collect()
    }

    /// The full path of the function of the pack that this name refers to.
    pub(crate) fn function(&self, module: &Module, name: &[String]) -> Option<Vec<String>> {
        let own: Vec<String> = module.package.iter().chain(name).cloned().collect();
        if self.functions.contains_key(&own) {
            return Some(own);
        }
        let (first, rest) = name.split_first()?;
        let full: Vec<String> = if first == "data" {
            rest.to_vec()
        } else {
            let import =
                module.imports.iter().find(|import| !import.is_syntax() && import.name() == Some(first))?;
            import.path.iter().skip(1).chain(rest).cloned().collect()
        };
        self.functions.contains_key(&full).then_some(full)
    }
}
