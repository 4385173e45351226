//! Errors of calls.

/// Why a call has no result. Messages do not repeat the name of the function.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FunctionError {
    /// The function does not exist.
    #[error("unknown function `{name}`{}", hint(*.similar))]
    NotFound {
        /// The name that was called.
        name: String,
        /// A function with a similar name.
        similar: Option<&'static str>,
    },
    /// Too many arguments, or too few.
    #[error("it takes {takes}, and {given} were given")]
    Arity {
        /// The number of parameters, in words.
        takes: String,
        /// The number of arguments.
        given: usize,
    },
    /// An argument is invalid.
    #[error("argument `{parameter}`: {problem}")]
    Argument {
        /// The parameter.
        parameter: &'static str,
        /// What was found, and what was expected.
        problem: String,
    },
    /// Each argument is valid, but the call fails.
    #[error("{0}")]
    Failed(String),
    /// A limit of Palisade. Terraform may have a result, so `try` and `can` are unknown.
    #[error("{0}")]
    Limit(String),
    /// The result depends on where Terraform runs, so it is unknown.
    #[error("{0}")]
    ByRun(String),
}

impl FunctionError {
    /// The arguments have no result.
    pub fn failed(problem: impl Into<String>) -> FunctionError {
        FunctionError::Failed(problem.into())
    }

    /// The call exceeds a limit of Palisade.
    pub fn limit(problem: impl Into<String>) -> FunctionError {
        FunctionError::Limit(problem.into())
    }

    /// The result depends on where Terraform runs.
    pub fn by_run(reason: impl Into<String>) -> FunctionError {
        FunctionError::ByRun(reason.into())
    }
}

fn hint(similar: Option<&str>) -> String {
    similar.map_or(String::new(), |it| format!("; did you mean `{it}`?"))
}

/// The error for a name without a function.
pub(crate) fn not_found(name: &str) -> FunctionError {
    let near = crate::names().map(|it| (strsim::damerau_levenshtein(it, name), it));
    let similar = if name.len() > 64 { None } else { near.min() };
    let similar = similar.filter(|(distance, it)| *distance <= 2 && *distance < it.len()).map(|(_, it)| it);
    FunctionError::NotFound { name: name.to_owned(), similar }
}
