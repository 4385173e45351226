//! What JSON alone does not define: which properties are blocks, and how texts are read (Terraform, "JSON Configuration
//! Syntax").

/// How the texts of a value are read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Meaning {
    /// As templates.
    Template,
    /// As literal texts.
    Literal,
    /// As expressions without `${}`, usually references.
    Expression,
}

/// The properties of a body. Properties that are not listed are attributes whose texts are templates, unless `rest` has
/// another meaning.
pub(super) struct Schema {
    /// Properties that are blocks, and their numbers of labels.
    pub(super) blocks: &'static [(&'static str, usize, &'static Schema)],
    pub(super) literals: &'static [&'static str],
    pub(super) expressions: &'static [&'static str],
    pub(super) rest: Meaning,
}

impl Schema {
    pub(super) fn meaning(&self, name: &str) -> Meaning {
        if self.literals.contains(&name) {
            Meaning::Literal
        } else if self.expressions.contains(&name) {
            Meaning::Expression
        } else {
            self.rest
        }
    }

    pub(super) fn block(&self, name: &str) -> Option<(usize, &'static Schema)> {
        let found = self.blocks.iter().find(|(own, _, _)| *own == name);
        found.map(|(_, labels, schema)| (*labels, *schema))
    }
}

const EMPTY: Schema = Schema { blocks: &[], literals: &[], expressions: &[], rest: Meaning::Template };
static LITERAL: Schema = Schema { rest: Meaning::Literal, ..EMPTY };

/// A file.
pub(super) static ROOT: Schema = Schema {
    blocks: &[
        ("resource", 2, &RESOURCE),
        ("data", 2, &RESOURCE),
        ("ephemeral", 2, &RESOURCE),
        ("module", 1, &MODULE),
        ("provider", 1, &PROVIDER),
        ("variable", 1, &VARIABLE),
        ("output", 1, &OUTPUT),
        ("check", 1, &CHECK),
        ("locals", 0, &EMPTY),
        ("terraform", 0, &TERRAFORM),
        ("moved", 0, &MOVED),
        ("import", 0, &IMPORT),
        ("removed", 0, &REMOVED),
    ],
    ..EMPTY
};

static RESOURCE: Schema = Schema {
    blocks: &[
        ("lifecycle", 0, &LIFECYCLE),
        ("connection", 0, &EMPTY),
        ("provisioner", 1, &PROVISIONER),
        ("dynamic", 1, &DYNAMIC),
    ],
    expressions: &["depends_on", "provider"],
    ..EMPTY
};

static LIFECYCLE: Schema = Schema {
    blocks: &[("precondition", 0, &EMPTY), ("postcondition", 0, &EMPTY)],
    expressions: &["ignore_changes", "replace_triggered_by"],
    ..EMPTY
};

static PROVISIONER: Schema =
    Schema { blocks: &[("connection", 0, &EMPTY)], expressions: &["when", "on_failure"], ..EMPTY };

static DYNAMIC: Schema = Schema { blocks: &[("content", 0, &CONTENT)], expressions: &["iterator"], ..EMPTY };

static CONTENT: Schema = Schema { blocks: &[("dynamic", 1, &DYNAMIC)], ..EMPTY };

static MODULE: Schema =
    Schema { literals: &["source", "version"], expressions: &["depends_on", "providers"], ..EMPTY };

static PROVIDER: Schema =
    Schema { blocks: &[("dynamic", 1, &DYNAMIC)], literals: &["alias", "version"], ..EMPTY };

static VARIABLE: Schema = Schema {
    blocks: &[("validation", 0, &EMPTY)],
    literals: &["default", "description", "deprecated"],
    expressions: &["type"],
    ..EMPTY
};

static OUTPUT: Schema = Schema {
    blocks: &[("precondition", 0, &EMPTY)],
    literals: &["description", "deprecated"],
    expressions: &["depends_on", "type"],
    ..EMPTY
};

static CHECK: Schema = Schema { blocks: &[("data", 2, &RESOURCE), ("assert", 0, &EMPTY)], ..EMPTY };

static TERRAFORM: Schema = Schema {
    blocks: &[
        ("required_providers", 0, &LITERAL),
        ("backend", 1, &LITERAL),
        ("cloud", 0, &CLOUD),
        ("provider_meta", 1, &EMPTY),
    ],
    expressions: &["experiments", "language"],
    rest: Meaning::Literal,
    ..EMPTY
};

static CLOUD: Schema = Schema { blocks: &[("workspaces", 0, &LITERAL)], rest: Meaning::Literal, ..EMPTY };

static MOVED: Schema = Schema { rest: Meaning::Expression, ..EMPTY };

static IMPORT: Schema = Schema { expressions: &["to", "provider"], ..EMPTY };

static REMOVED: Schema = Schema {
    blocks: &[("lifecycle", 0, &LIFECYCLE), ("connection", 0, &EMPTY), ("provisioner", 1, &PROVISIONER)],
    expressions: &["from"],
    ..EMPTY
};
