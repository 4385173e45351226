//! What the control endpoint does.

use palisade_fake_host::{Branches, Controlled, Error};
use serde_json::{Value, json};

use crate::FakeBitbucket;

impl Controlled for FakeBitbucket {
    /// Sets the certificate authority of receivers. The addresses are those of the webhooks that exist.
    fn set_webhook(&self, _url: &str, ca: Option<&str>) {
        self.set_delivery_ca(ca);
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

    /// The build statuses of a commit, with the reports.
    fn checks(&self, repository: &str, sha: &str) -> Vec<Value> {
        let reports: Vec<Value> = self
            .reports(repository, sha)
            .iter()
            .map(|report| {
                let annotations: Vec<&Value> = report.annotations.iter().map(|one| &one.body).collect();
                json!({ "id": report.external_id, "report": report.body, "annotations": annotations })
            })
            .collect();
        let all = self.statuses(repository, sha);
        all.iter()
            .map(|one| {
                json!({
                    "key": one.key, "state": one.state, "name": one.body["name"],
                    "description": one.body["description"], "url": one.body["url"], "refname": one.body["refname"],
                    "writes": one.writers.len(), "reports": reports,
                })
            })
            .collect()
    }

    fn violations(&self) -> Vec<String> {
        (**self).violations()
    }
}
