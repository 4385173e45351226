//! Calls of the world `pack`.

use std::sync::Arc;

use palisade_capabilities::{Moment, SettingsText};
use palisade_domain::tape::Batch;
use palisade_domain::{Control, Judgement};
use wasmtime::component::Linker;

use crate::bindings::pack::{PackPre, exports::palisade::pack::pack as wire};
use crate::call::{Call, Guest};
use crate::convert;
use crate::engine::{Code, LoadError, Sandbox};
use crate::fault::Fault;
use crate::limits::Limits;
use crate::state::State;

/// Description of a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackInfo {
    /// Title for readers.
    pub title: String,
    /// Its controls.
    pub controls: Vec<Control>,
}

/// Input of a call that judges.
#[derive(Clone, Copy, Debug)]
pub struct JudgeRequest<'a> {
    /// The resources.
    pub batch: &'a Batch,
    /// Rows of the resources to judge.
    pub subjects: &'a [u32],
    /// Indices of the enabled controls.
    pub enabled: &'a [u32],
    /// Parameters, as `control-id.name` and JSON.
    pub parameters: &'a [(String, String)],
    /// Name of the environment.
    pub environment: &'a str,
    /// Whether passes are listed too.
    pub list_passed: bool,
    /// The time of the scan.
    pub moment: Moment,
}

/// A pack, linked and ready.
#[derive(Clone)]
pub struct Pack {
    sandbox: Arc<Sandbox>,
    pre: PackPre<State>,
    limits: Limits,
    settings: SettingsText,
}

impl Pack {
    /// Links a component against its world.
    pub fn link(
        sandbox: &Arc<Sandbox>,
        code: &Code,
        limits: Limits,
        settings: SettingsText,
    ) -> Result<Pack, LoadError> {
        let error = |error: wasmtime::Error| LoadError::Link(format!("{error:#}"));
        let mut linker = Linker::<State>::new(sandbox.engine());
        crate::bindings::pack::Pack::add_to_linker::<_, wasmtime::component::HasSelf<State>>(
            &mut linker,
            |state| state,
        )
        .map_err(error)?;
        let pre = linker.instantiate_pre(&code.0).map_err(error)?;
        let pre = PackPre::new(pre).map_err(error)?;
        Ok(Pack { sandbox: Arc::clone(sandbox), pre, limits, settings })
    }

    /// Limits of its calls.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Settings of the administrator.
    pub fn settings(&self) -> &SettingsText {
        &self.settings
    }

    /// Returns its description; `name` is the name of the pack, which every control carries.
    pub async fn describe(&self, name: &str, limits: Limits) -> Call<PackInfo> {
        let mut guest =
            Guest::new(&self.sandbox, limits.within(self.limits), Moment(0), self.settings.clone()).await;
        let ended = guest
            .bounds()
            .hold(async {
                let store = &mut guest.store;
                let instance = self.pre.instantiate_async(&mut *store).await?;
                instance.palisade_pack_pack().call_describe(store).await
            })
            .await;
        let call = guest.end(ended);
        call.and_then(|info| {
            Ok(PackInfo { title: info.title, controls: convert::controls(info.controls, name)? })
        })
    }

    /// Judges resources.
    pub async fn judge(&self, request: JudgeRequest<'_>, controls: &[Control]) -> Call<Judgement> {
        let tables = convert::Tables::new(request.batch);
        let parameters: Vec<_> = request
            .parameters
            .iter()
            .map(|(key, value)| convert::Property { key: key.as_str(), value: value.as_str() })
            .collect();
        let mut guest = Guest::new(&self.sandbox, self.limits, request.moment, self.settings.clone()).await;
        let ended = guest
            .bounds()
            .hold(async {
                let store = &mut guest.store;
                let instance = self.pre.instantiate_async(&mut *store).await?;
                let wire = wire::Request {
                    batch: tables.wire(request.batch),
                    subjects: request.subjects,
                    enabled: request.enabled,
                    parameters: &parameters,
                    environment: request.environment,
                    list_passed: request.list_passed,
                };
                instance.palisade_pack_pack().call_judge(store, wire).await
            })
            .await;
        let call = guest.end(ended);
        let limits = self.limits;
        call.and_then(|judged| match judged {
            Ok(judgement) => convert::judgement(judgement, &request, controls, limits.findings),
            Err(error) => Err(Fault::Refused { why: convert::pack_call_error(error) }),
        })
    }
}
