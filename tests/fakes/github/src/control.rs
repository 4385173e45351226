//! What the control endpoint does.

use palisade_fake_host::{Branches, Controlled, Error};
use serde_json::{Value, json};

use crate::FakeGitHub;

impl Controlled for FakeGitHub {
    fn set_webhook(&self, url: &str, ca: Option<&str>) {
        self.set_webhook(url, ca);
    }

    fn open_pull(
        &self,
        repository: &str,
        branches: Branches<'_>,
        title: &str,
        files: &[(&str, Option<&str>)],
    ) -> Result<(u64, String), Error> {
        let sha = self.commit(repository, branches.head, files)?;
        Ok((self.open_titled(repository, branches.head, branches.base, title)?, sha))
    }

    fn push(&self, repository: &str, number: u64, files: &[(&str, Option<&str>)]) -> Result<String, Error> {
        self.push(repository, number, files)
    }

    fn checks(&self, repository: &str, sha: &str) -> Vec<Value> {
        let all = self.checks(repository, sha);
        all.iter()
            .map(|one| {
                json!({
                    "id": one.id, "name": one.name, "status": one.status, "conclusion": one.conclusion,
                    "title": one.title, "summary": one.summary, "text": one.text,
                    "external_id": one.external_id, "details_url": one.details_url,
                    "annotations": one.annotations, "writes": one.history.len(),
                })
            })
            .collect()
    }

    fn violations(&self) -> Vec<String> {
        (**self).violations()
    }
}
