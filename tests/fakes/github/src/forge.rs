//! The fake with the operations that tests of all providers use.

use palisade_fake_host::{BadToken, Error, Forge, Hook, Remark, Running, Shown, Status};
use serde_json::Value;

use crate::payload::Event;
use crate::{App, FakeGitHub};

/// The organisation that the App is installed in when a fake is used as a [`Forge`].
const ACCOUNT: &str = "acme";

impl Forge for FakeGitHub {
    fn running(&self) -> &Running {
        self
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
        let changed = self.inner.state().webhook_secret.clone();
        let tokens = self.issued_tokens().into_iter().chain(key);
        tokens.chain([app.webhook_secret.clone()]).chain(changed).collect()
    }

    /// The key of another App. Keys neither expire nor have scopes, and a deleted key is refused as an unknown one is
    /// (docs.github.com, "Managing private keys for GitHub Apps").
    fn bad_tokens(&self) -> Vec<(BadToken, Value)> {
        let Ok(other) = App::make() else { return Vec::new() };
        let mut connection = self.connection();
        connection["secrets"]["private-key"] = other.private_key.into();
        vec![(BadToken::Foreign, connection)]
    }

    fn archive_repository(&self, full_name: &str) -> Result<bool, Error> {
        self.archive_repository(full_name).map(|()| true)
    }

    fn delete_repository(&self, full_name: &str) -> Result<(), Error> {
        self.remove_repository(full_name)
    }

    fn rename_repository(&self, old: &str, new: &str) -> Result<(), Error> {
        self.rename_repository(old, new)
    }

    /// The fake has no forks.
    fn open_from_fork(
        &self,
        repository: &str,
        _branch: &str,
        _files: &[(&str, Option<&str>)],
    ) -> Result<(u64, String), Error> {
        Err(Error::Absent(format!("a fork of {repository}")))
    }

    fn delete_fork(&self, repository: &str, number: u64) -> Result<(), Error> {
        self.lose_fork(repository, number)
    }

    fn retarget(&self, repository: &str, number: u64, base: &str) -> Result<(), Error> {
        self.retarget_pull(repository, number, base)
    }

    fn change_hook_secret(&self) {
        self.change_webhook_secret();
    }

    /// GitHub sends to a webhook whatever it responds (docs.github.com, "Handling failed webhook deliveries").
    fn disable_hooks(&self) -> bool {
        false
    }

    fn never_end(&self, on: bool) {
        self.inner.host.faults.never_end(if on { "^/installation/repositories$" } else { "" });
    }
}
