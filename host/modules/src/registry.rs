//! A module of a registry: selects the version, and finds its source.
//! <https://developer.hashicorp.com/terraform/internals/module-registry-protocol>

use std::fmt::Display;
use std::io::Read;

use semver::Version;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use crate::error::ModuleError;
use crate::host::AllowList;
use crate::secret::Credentials;
use crate::version::Constraint;
use crate::web::{Answer, Ask, Bounded, Proof, Web, shown};

/// The maximum size of a registry's response, in bytes.
const LONGEST: u64 = 16 << 20;
/// The number of versions in an error message.
const SHOWN: usize = 5;

#[derive(Deserialize)]
struct Services {
    #[serde(rename = "modules.v1")]
    modules: Option<String>,
}

#[derive(Deserialize)]
struct Versions {
    modules: Vec<Module>,
}

#[derive(Deserialize)]
struct Module {
    versions: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    version: String,
}

/// A module of a registry.
pub(crate) struct Registry<'a> {
    web: &'a Web,
    host: &'a str,
    proof: Option<Proof>,
    /// Ends with `/`.
    module: Url,
}

fn wrong(url: &Url, why: &dyn Display) -> ModuleError {
    ModuleError::Web { url: shown(url), why: why.to_string() }
}

fn json<T: DeserializeOwned>(answer: Answer) -> Result<T, ModuleError> {
    let mut bytes = Vec::new();
    Bounded::new(answer.body, LONGEST).read_to_end(&mut bytes).map_err(|error| wrong(&answer.url, &error))?;
    serde_json::from_slice(&bytes)
        .map_err(|error| wrong(&answer.url, &format!("unexpected response of a registry: {error}")))
}

impl<'a> Registry<'a> {
    /// Finds the registry of a host (service discovery). Plain HTTP is used only for hosts that are allowed with it.
    pub(crate) fn discover(
        web: &'a Web,
        allowed: &AllowList,
        credentials: &Credentials,
        host: &'a str,
        path: [&str; 3],
    ) -> Result<Registry<'a>, ModuleError> {
        let url = |scheme: &str| {
            Url::parse(&format!("{scheme}://{host}/.well-known/terraform.json"))
                .map_err(|error| ModuleError::Source(format!("invalid host `{host}`: {error}")))
        };
        let (secure, plain) = (url("https")?, url("http")?);
        let start =
            if allowed.trust(&secure).is_none() && allowed.trust(&plain).is_some() { plain } else { secure };
        let name = start.host_str().unwrap_or_default();
        let proof = credentials.registry(name).cloned().map(Proof::Bearer);
        let answer = web.send(&start, &Ask { proof: proof.clone(), ..Ask::default() })?;
        let base = answer.url.clone();
        let services: Services = json(answer)?;
        let modules = services.modules.ok_or_else(|| wrong(&base, &"this host has no module registry"))?;
        let mut service = base.join(&modules).map_err(|error| wrong(&base, &error))?;
        if !service.path().ends_with('/') {
            service.set_path(&format!("{}/", service.path()));
        }
        let [namespace, name, provider] = path;
        let module = service
            .join(&format!("{namespace}/{name}/{provider}/"))
            .map_err(|error| wrong(&service, &error))?;
        // A token is only for the host that it is named after.
        let proof =
            proof.filter(|_| service.host_str() == start.host_str() && service.port() == start.port());
        Ok(Registry { web, host, proof, module })
    }

    fn get(&self, path: &str) -> Result<Answer, ModuleError> {
        let url = self.module.join(path).map_err(|error| wrong(&self.module, &error))?;
        self.web.send(&url, &Ask { proof: self.proof.clone(), ..Ask::default() })
    }

    /// The best matching version, as the registry writes it.
    pub(crate) fn version(
        &self,
        constraint: &Constraint,
        text: &str,
    ) -> Result<(Version, String), ModuleError> {
        let versions: Versions = json(self.get("versions")?)?;
        let all: Vec<&str> =
            versions.modules.iter().flat_map(|it| &it.versions).map(|it| it.version.as_str()).collect();
        let best = constraint.best(all.iter().copied());
        best.map(|(version, text)| (version, text.to_owned())).ok_or_else(|| {
            let some: Vec<&str> = all.iter().copied().take(SHOWN).collect();
            let found = match all.len() {
                0 => "none".to_owned(),
                count if count > SHOWN => format!("{} and {} more", some.join(", "), count - SHOWN),
                _ => some.join(", "),
            };
            ModuleError::NoVersion { version: text.to_owned(), found: found.escape_debug().to_string() }
        })
    }

    /// The source of the package of a version; it may be relative to the URL of the response.
    pub(crate) fn download(&self, version: &str) -> Result<(Url, String), ModuleError> {
        let answer = self.get(&format!("{version}/download"))?;
        let source = pointer(&answer).ok_or_else(|| {
            wrong(&answer.url, &format!("the response of `{}` has no location of the module", self.host))
        })?;
        Ok((answer.url, source))
    }

    /// The token for a download from the registry's own host.
    pub(crate) fn proof_for(&self, url: &Url) -> Option<Proof> {
        let same = self.module.host_str() == url.host_str() && self.module.port() == url.port();
        self.proof.clone().filter(|_| same)
    }
}

/// The header that contains the source of a module.
pub(crate) fn pointer(answer: &Answer) -> Option<String> {
    answer.headers.get("x-terraform-get")?.to_str().ok().map(str::to_owned).filter(|it| !it.is_empty())
}
