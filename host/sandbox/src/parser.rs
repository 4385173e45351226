//! Calls of the world `parser`.

use std::sync::Arc;

use palisade_capabilities::{Moment, SettingsText, TreeAccess};
use palisade_domain::{Environment, Format, Mount, Parsed, Unit, Work};
use wasmtime::component::Linker;

use crate::bindings::parser::{ParserPre, exports::palisade::parser::parser as wire};
use crate::call::{Call, Guest};
use crate::convert;
use crate::engine::{Code, LoadError, Sandbox};
use crate::fault::Fault;
use crate::handles::Tree;
use crate::limits::Limits;
use crate::state::State;

/// A parser, linked and ready.
#[derive(Clone)]
pub struct Parser {
    sandbox: Arc<Sandbox>,
    pre: ParserPre<State>,
    limits: Limits,
}

impl Parser {
    /// Links a component against its world.
    pub fn link(sandbox: &Arc<Sandbox>, code: &Code, limits: Limits) -> Result<Parser, LoadError> {
        let error = |error: wasmtime::Error| LoadError::Link(format!("{error:#}"));
        let mut linker = Linker::<State>::new(sandbox.engine());
        crate::bindings::parser::Parser::add_to_linker::<_, wasmtime::component::HasSelf<State>>(
            &mut linker,
            |state| state,
        )
        .map_err(error)?;
        let pre = linker.instantiate_pre(&code.0).map_err(error)?;
        Ok(Parser { sandbox: Arc::clone(sandbox), pre: ParserPre::new(pre).map_err(error)?, limits })
    }

    /// Limits of its calls.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Returns its formats.
    pub async fn describe(&self, limits: Limits) -> Call<Vec<Format>> {
        let mut guest =
            Guest::new(&self.sandbox, limits.within(self.limits), Moment(0), SettingsText::default()).await;
        let ended = guest
            .bounds()
            .hold(async {
                let store = &mut guest.store;
                let instance = self.pre.instantiate_async(&mut *store).await?;
                instance.palisade_parser_parser().call_describe(store).await
            })
            .await;
        let call = guest.end(ended);
        call.and_then(|info| convert::formats(info.formats))
    }

    /// Returns the units that it claims among the candidates.
    pub async fn claim(
        &self,
        tree: Arc<dyn TreeAccess>,
        candidates: &[String],
        formats: usize,
    ) -> Call<Vec<Unit>> {
        let mut guest = Guest::new(&self.sandbox, self.limits, Moment(0), SettingsText::default()).await;
        let ended = guest
            .bounds()
            .hold(async {
                let store = &mut guest.store;
                let instance = self.pre.instantiate_async(&mut *store).await?;
                let tree = store.data_mut().table.push(Tree(tree))?;
                instance.palisade_parser_parser().call_claim(store, tree, candidates).await
            })
            .await;
        let call = guest.end(ended);
        call.and_then(|claimed| match claimed {
            Ok(units) => convert::units(units, formats, candidates),
            Err(error) => Err(Fault::Refused { why: convert::call_error(error) }),
        })
    }

    /// Parses a unit.
    pub async fn parse(
        &self,
        tree: Arc<dyn TreeAccess>,
        work: &Work,
        mounts: &[Mount],
        environment: &Environment,
    ) -> Call<Parsed> {
        let wire_work =
            wire::Work { root: work.root.clone(), format: work.format.clone(), files: work.files.clone() };
        let mounts: Vec<wire::Mount> = mounts.iter().map(convert::mount).collect();
        let environment = wire::Environment {
            name: environment.name.clone(),
            files: environment.files.clone(),
            tool: environment.tool.clone(),
            workspace: environment.workspace.clone(),
            assume: environment
                .assume
                .as_ref()
                .map(|it| wire::Assumption { condition: it.condition.clone(), holds: it.holds }),
        };
        let mut guest = Guest::new(&self.sandbox, self.limits, Moment(0), SettingsText::default()).await;
        let ended = guest
            .bounds()
            .hold(async {
                let store = &mut guest.store;
                let instance = self.pre.instantiate_async(&mut *store).await?;
                let tree = store.data_mut().table.push(Tree(tree))?;
                let parser = instance.palisade_parser_parser();
                parser.call_parse(store, tree, &wire_work, &mounts, &environment).await
            })
            .await;
        let call = guest.end(ended);
        call.and_then(|parsed| match parsed {
            Ok(parsed) => convert::parsed(parsed, work),
            Err(error) => Err(Fault::Refused { why: convert::call_error(error) }),
        })
    }
}
