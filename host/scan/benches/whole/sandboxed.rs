//! Plugins in their sandbox, called as a scan calls them: one instance for each call, with the result checked.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use palisade_capabilities::{Moment, SnapshotView};
use palisade_catalog::{Admitted, Catalog, Role};
use palisade_domain::{Environment, Found, Unit, Work};
use palisade_sandbox::{Call, JudgeRequest};
use palisade_sdk::pack::Request;
use palisade_sdk::tape::Batch;
use tokio::runtime::Runtime;

use crate::common::{self, Failure};
use crate::folders::Folder;
use crate::measure::Counts;
use crate::work::{Judges, Plugins, Reads};

pub(crate) struct Sandboxed {
    catalog: Catalog,
    runtime: Runtime,
    in_calls: Cell<Duration>,
}

impl Sandboxed {
    pub(crate) fn new() -> Result<Sandboxed, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Sandboxed { catalog: common::catalog()?, runtime, in_calls: Cell::default() })
    }

    /// Processor time of all calls so far.
    pub(crate) fn in_calls(&self) -> Duration {
        self.in_calls.get()
    }

    fn plugin(&self, name: &str) -> Result<&Admitted, Failure> {
        let mut plugins = self.catalog.plugins().iter();
        plugins.find(|it| it.manifest.name == name).ok_or_else(|| format!("no plugin {name}").into())
    }

    fn ended<T>(&self, call: Call<T>) -> Result<T, Failure> {
        self.in_calls.set(self.in_calls.get() + call.usage.cpu);
        Ok(call.result?)
    }
}

fn no_parser() -> Failure {
    "no parser".into()
}

impl Plugins for Sandboxed {
    fn claim(&self, (name, _): Reads, tree: &Folder, candidates: &[String]) -> Result<Vec<Unit>, Failure> {
        let Role::Parser { parser, formats } = &self.plugin(name)?.role else { return Err(no_parser()) };
        let view = Arc::new(SnapshotView::new(Arc::clone(&tree.0), candidates));
        self.ended(self.runtime.block_on(parser.claim(view, candidates, formats.len())))
    }

    fn parse(&self, (name, _): Reads, tree: &Folder, work: &Work) -> Result<Batch, Failure> {
        let Role::Parser { parser, .. } = &self.plugin(name)?.role else { return Err(no_parser()) };
        let view = Arc::new(SnapshotView::new(Arc::clone(&tree.0), &work.files));
        let parsed = self.runtime.block_on(parser.parse(view, work, &[], &Environment::default()));
        Ok(self.ended(parsed)?.batch)
    }

    fn judge(&self, (name, _): Judges, request: &Request, counts: &mut Counts) -> Result<(), Failure> {
        let Role::Pack { pack, info } = &self.plugin(name)?.role else { return Err("no pack".into()) };
        let asked = JudgeRequest {
            batch: &request.batch,
            subjects: &request.subjects,
            enabled: &request.enabled,
            parameters: &request.parameters,
            environment: &request.environment,
            list_passed: request.list_passed,
            moment: Moment(0),
        };
        let judgement = self.ended(self.runtime.block_on(pack.judge(asked, &info.controls)))?;
        let violated = judgement.outcomes.iter().map(|it| matches!(it.kind, Found::Failed));
        counts.add(&judgement.passed, violated);
        Ok(())
    }
}
