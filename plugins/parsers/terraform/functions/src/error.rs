//! What goes wrong in a call.

/// Why a call gives nothing. Messages do not repeat the function's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FunctionError {
    /// There is no such function.
    #[error("unknown function `{name}`{}", hint(*.similar))]
    NotFound {
        /// What was called.
        name: String,
        /// The name of a function that looks like it.
        similar: Option<&'static str>,
    },
    /// Too many arguments, or too few.
    #[error("it takes {takes}, and {given} were given")]
    Arity {
        /// How many it takes, in words.
        takes: String,
        /// How many there were.
        given: usize,
    },
    /// An argument is not what the function takes.
    #[error("argument `{parameter}`: {problem}")]
    Argument {
        /// The parameter.
        parameter: &'static str,
        /// What is wrong, and what would be right.
        problem: String,
    },
    /// The arguments are right one by one, but nothing comes of them.
    #[error("{0}")]
    Failed(String),
    /// A limit of Palisade, where Terraform may come to a result: `try` and `can` know nothing then.
    #[error("{0}")]
    Limit(String),
    /// The result depends on where Terraform runs, so it cannot be known.
    #[error("{0}")]
    ByRun(String),
}

impl FunctionError {
    /// Nothing comes of the arguments.
    pub fn failed(problem: impl Into<String>) -> FunctionError {
        FunctionError::Failed(problem.into())
    }

    /// More than Palisade computes.
    pub fn limit(problem: impl Into<String>) -> FunctionError {
        FunctionError::Limit(problem.into())
    }

    /// It depends on where Terraform runs.
    pub fn by_run(reason: impl Into<String>) -> FunctionError {
        FunctionError::ByRun(reason.into())
    }
}

fn hint(similar: Option<&str>) -> String {
    similar.map_or(String::new(), |it| format!("; did you mean `{it}`?"))
}

/// The error for a name that is no function's.
pub(crate) fn not_found(name: &str) -> FunctionError {
    let near = crate::names().map(|it| (strsim::damerau_levenshtein(it, name), it));
    let similar = if name.len() > 64 { None } else { near.min() };
    let similar = similar.filter(|(distance, it)| *distance <= 2 && *distance < it.len()).map(|(_, it)| it);
    FunctionError::NotFound { name: name.to_owned(), similar }
}
