//! The fake with the operations that tests of all providers use.

use palisade_fake_host::{Error, Forge, Hook, Host, Later, Remark, Shown, Status};
use serde_json::Value;

use crate::FakeGitHub;
use crate::payload::Event;

/// The organisation that the App is installed in when a fake is used as a [`Forge`].
const ACCOUNT: &str = "acme";

impl Forge for FakeGitHub {
    fn host(&self) -> &Host {
        &self.inner.host
    }

    fn ca_pem(&self) -> &str {
        self.ca_pem()
    }

    fn validates(&self) -> bool {
        self.validates()
    }

    fn connection(&self) -> Value {
        self.connection()
    }

    fn account(&self) -> &'static str {
        ACCOUNT
    }

    fn full_name(&self, name: &str) -> String {
        format!("{ACCOUNT}/{name}")
    }

    fn add_repository(&self, full_name: &str, files: &[(&str, &str)]) -> Result<String, Error> {
        let installation = self.installation_of(ACCOUNT);
        let installation = installation.unwrap_or_else(|| self.add_installation(ACCOUNT));
        self.add_repository(installation, full_name, files)
    }

    fn shown(&self, repository: &str, _number: u64, sha: &str) -> Option<Shown> {
        let run = self.checks(repository, sha).pop()?;
        let status = match run.conclusion.as_deref() {
            None => Status::Pending,
            Some("success") => Status::Success,
            Some("failure") => Status::Failure,
            Some(_) => Status::Stopped,
        };
        let text = |it: &Value, name: &str| it[name].as_str().unwrap_or_default().to_owned();
        let remark = |it: &Value| Remark {
            path: text(it, "path"),
            line: it["start_line"].as_u64().unwrap_or_default(),
            open: true,
            text: format!("{}: {}", text(it, "title"), text(it, "message")),
        };
        let mut remarks: Vec<Remark> = run.annotations.iter().map(remark).collect();
        remarks.sort();
        let summaries = run.summary.into_iter().filter(|_| !remarks.is_empty()).collect();
        Some(Shown { status, title: run.title.unwrap_or_default(), remarks, summaries })
    }

    fn hooks(&self) -> Vec<Hook> {
        let state = self.inner.state();
        let app = state.hook.url.iter().map(|url| Hook {
            url: url.clone(),
            repository: String::new(),
            active: true,
        });
        let ours = state.organization_hooks.values().map(|one| Hook {
            url: one.url.clone(),
            repository: String::new(),
            active: one.active,
        });
        app.chain(ours).collect()
    }

    /// The App's webhook cannot be deleted, only its address.
    fn delete_hooks(&self) {
        let mut state = self.inner.state();
        state.hook.url = None;
        state.organization_hooks.clear();
    }

    /// GitHub lets only the App that created a check run write to it, and nobody resolve its annotations
    /// (docs.github.com, "REST API endpoints for check runs").
    fn tamper(&self, _repository: &str, _number: u64, _sha: &str) -> Result<Option<String>, Error> {
        Ok(None)
    }

    fn comment(&self, repository: &str, number: u64, text: &str) -> Result<(), Error> {
        self.emit(&Event::Comment(repository.to_owned(), number, text.to_owned()));
        Ok(())
    }

    fn secrets(&self) -> Vec<String> {
        let app = self.app();
        let key = app.private_key.lines().filter(|it| !it.starts_with('-') && it.len() > 40);
        let key = key.map(ToOwned::to_owned);
        self.issued_tokens().into_iter().chain(key).chain([app.webhook_secret.clone()]).collect()
    }

    fn settled(&self) -> Later<'_, ()> {
        Box::pin(self.settled())
    }

    fn outage(&self, away: bool) -> Later<'_, Result<(), Error>> {
        Box::pin(self.outage(away))
    }
}
