//! The parser: from tokens to a tree in one pass, in linear time. Where `|` may begin a comprehension or be an
//! operator, a limited number of texts are read twice.
//!
//! The engine's own parser takes twice as long with each level of nested literals, so it only reads what was parsed
//! here and printed again.

mod expression;
mod literal;
mod logic;
mod rule;
mod template;

use std::collections::BTreeSet;

use crate::ast::{Import, Module, Version};
use crate::lexer::{Kind, Token, brief};
use crate::limits;
use crate::place::Place;
use crate::problem::Fault;
use crate::strict;
pub(crate) use rule::is_scalar;

/// Keywords in every version.
const KEYWORDS: [&str; 11] =
    ["as", "default", "else", "false", "import", "not", "null", "package", "some", "true", "with"];
/// Keywords since 1.0, or when they are imported.
const LATER: [&str; 4] = ["contains", "every", "if", "in"];
/// Keywords when `rego.v2` or they themselves are imported.
const NEWEST: [&str; 2] = ["and", "or"];

type Parsed<T> = Result<T, Fault>;

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    version: Version,
    keywords: BTreeSet<&'static str>,
    /// The height of the tree that was read last.
    height: usize,
    /// How often text may still be read a second time.
    retries: usize,
    /// How often what begins like an operand of `and` and `or` may still be tried.
    tries: usize,
    /// Whether braces after `not` are a body.
    negates_bodies: bool,
}

/// Reads a file as the newest Rego, and if that fails as the previous version, like OPA. The reported fault is that of
/// the version that the author meant.
pub(crate) fn parse(tokens: &[Token]) -> Parsed<Module> {
    let newest = Parser::new(tokens, Version::V1).module();
    let newest = newest.and_then(|module| match strict::check(&module) {
        Some(fault) => Err(fault),
        None => Ok(module),
    });
    let Err(fault) = newest else { return newest };
    match Parser::new(tokens, Version::V0).module() {
        Ok(module) if module.version == Version::V0 => Ok(module),
        Err(older) if older.place > fault.place && !imports_v1(tokens) => Err(older),
        Ok(_) | Err(_) => Err(fault),
    }
}

/// Whether the file imports `rego.v1` or `rego.v2`.
fn imports_v1(tokens: &[Token]) -> bool {
    tokens.windows(4).any(|window| {
        let names: Vec<_> = window
            .iter()
            .map(|token| match &token.kind {
                Kind::Name(name) => name.as_str(),
                Kind::Sign(sign) => sign,
                _ => "",
            })
            .collect();
        names == ["import", "rego", ".", "v1"] || names == ["import", "rego", ".", "v2"]
    })
}

impl<'a> Parser<'a> {
    fn new(tokens: &'a [Token], version: Version) -> Self {
        let keywords = if version == Version::V1 { LATER.into_iter().collect() } else { BTreeSet::new() };
        Self { tokens, at: 0, version, keywords, height: 0, retries: 64, tries: 512, negates_bodies: false }
    }

    fn token(&self) -> Option<&'a Token> {
        self.tokens.get(self.at).or_else(|| self.tokens.last())
    }

    fn place(&self) -> Place {
        self.token().map(|token| token.place).unwrap_or_default()
    }

    fn next(&mut self) {
        self.at = self.at.saturating_add(1).min(self.tokens.len());
    }

    fn is(&self, sign: &str) -> bool {
        matches!(self.token(), Some(Token { kind: Kind::Sign(it), .. }) if *it == sign)
    }

    /// Whether the sign is next, without a space before it.
    fn is_tight(&self, sign: &str) -> bool {
        self.is(sign) && self.token().is_some_and(|token| token.tight)
    }

    fn is_fresh(&self) -> bool {
        self.token().is_none_or(|token| token.fresh)
    }

    fn at_end(&self) -> bool {
        self.at >= self.tokens.len() || matches!(self.token(), Some(Token { kind: Kind::End, .. }))
    }

    fn name(&self) -> Option<&'a str> {
        match self.token() {
            Some(Token { kind: Kind::Name(name), .. }) => Some(name),
            _ => None,
        }
    }

    /// Whether this keyword is next, and enabled.
    fn is_word(&self, word: &str) -> bool {
        self.name() == Some(word) && self.is_keyword(word)
    }

    fn is_keyword(&self, word: &str) -> bool {
        KEYWORDS.contains(&word) || self.keywords.contains(word)
    }

    fn accept(&mut self, sign: &str) -> bool {
        let found = self.is(sign);
        if found {
            self.next();
        }
        found
    }

    fn accept_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        if found {
            self.next();
        }
        found
    }

    fn expect(&mut self, sign: &str, context: &str) -> Parsed<()> {
        if self.accept(sign) { Ok(()) } else { Err(self.unexpected(&format!("`{sign}` {context}"))) }
    }

    /// The fault that another token was expected.
    fn unexpected(&self, expected: &str) -> Fault {
        let found = match self.token().map(|token| &token.kind) {
            None | Some(Kind::End) => "the end of the file".to_owned(),
            Some(Kind::Sign(sign)) => format!("`{sign}`"),
            Some(Kind::Name(name) | Kind::Number(name)) => format!("`{}`", brief(name)),
            Some(Kind::Text(text)) => format!("the string {:?}", brief(text)),
        };
        Fault::new(self.place(), format!("expected {expected}, found {found}"), "")
    }

    /// A name that is not a keyword.
    fn identifier(&mut self, what: &str) -> Parsed<&'a str> {
        match self.name() {
            Some(name) if !self.is_keyword(name) => {
                self.next();
                Ok(name)
            }
            _ => Err(self.unexpected(what)),
        }
    }

    /// `a.b["c"]`, of constants only.
    fn path(&mut self, what: &str) -> Parsed<Vec<String>> {
        let mut path = vec![self.identifier(what)?.to_owned()];
        loop {
            if self.is_tight(".") {
                self.next();
                let Some(name) = self.name() else { return Err(self.unexpected("a name after `.`")) };
                path.push(name.to_owned());
                self.next();
            } else if self.is_tight("[") {
                self.next();
                let Some(Token { kind: Kind::Text(text), .. }) = self.token() else {
                    return Err(self.unexpected("a string"));
                };
                path.push(text.clone());
                self.next();
                self.expect("]", "after a step of a path")?;
            } else {
                return Ok(path);
            }
            if path.len() > 30 {
                return Err(Fault::new(self.place(), "path of more than 30 steps", ""));
            }
        }
    }

    fn module(mut self) -> Parsed<Module> {
        let package_place = self.place();
        if !self.accept_word("package") {
            return Err(self.unexpected("`package` at the start of the file"));
        }
        let package = self.path("the name of the package")?;
        let mut imports = Vec::new();
        let mut rules = Vec::new();
        while self.is_word("import") {
            imports.push(self.import()?);
        }
        while !self.at_end() {
            self.rule(&mut rules)?;
        }
        Ok(Module { package, package_place, imports, rules, version: self.version })
    }

    fn every_keyword(&mut self) {
        self.keywords.extend(LATER);
        self.keywords.extend(NEWEST);
        self.negates_bodies = true;
    }

    fn import(&mut self) -> Parsed<Import> {
        let place = self.place();
        self.next();
        let path = self.path("what to import")?;
        let steps: Vec<&str> = path.iter().map(String::as_str).collect();
        match steps.as_slice() {
            ["rego", "v1"] => {
                self.version = Version::V1;
                self.keywords.extend(LATER);
            }
            ["rego", "v2"] => {
                self.version = Version::V1;
                self.every_keyword();
            }
            ["future", "keywords"] => self.every_keyword(),
            ["future", "keywords", "not"] => self.negates_bodies = true,
            ["future", "keywords", word] => match LATER.into_iter().chain(NEWEST).find(|it| it == word) {
                Some(word) => {
                    self.keywords.insert(word);
                    if word == "every" {
                        self.keywords.insert("in");
                    }
                }
                None => return Err(Fault::new(place, format!("unknown keyword {word}"), "")),
            },
            ["data" | "input", ..] => {}
            _ => {
                return Err(Fault::new(
                    place,
                    format!("import of {}", steps.join(".")),
                    "imports begin with data, input, future.keywords, rego.v1 or rego.v2",
                ));
            }
        }
        let alias = if self.accept_word("as") {
            if matches!(path.first().map(String::as_str), Some("rego" | "future")) {
                return Err(Fault::new(place, format!("alias of {}", path.join(".")), "leave it out"));
            }
            Some(self.identifier("a name after `as`")?.to_owned())
        } else {
            None
        };
        Ok(Import { place, path, alias })
    }

    /// Tries to read text another way, at most a few times in a file. If that fails too, the first fault is reported.
    fn again<T>(
        &mut self,
        start: usize,
        fault: Fault,
        read: impl FnOnce(&mut Self) -> Parsed<T>,
    ) -> Parsed<T> {
        let Some(retries) = self.retries.checked_sub(1) else { return Err(fault) };
        self.retries = retries;
        let reached = self.at;
        self.at = start;
        read(self).map_err(|second| {
            self.at = reached;
            if second.place > fault.place { second } else { fault }
        })
    }

    /// Records that the tree that was read is above one of this height.
    fn grow(&mut self, below: usize) -> Parsed<()> {
        self.height = below.saturating_add(1);
        if self.height > limits::HEIGHT {
            return Err(Fault::new(
                self.place(),
                format!("expression more than {} levels high", limits::HEIGHT),
                "give its parts names",
            ));
        }
        Ok(())
    }
}
