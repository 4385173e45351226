//! What happens in repositories, through the API or by hand: pushes and pull requests.

use palisade_fake_host::{Error, clock};

use crate::Inner;
use crate::payload::Push;
use crate::state::Pull;

/// A pull request to be opened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opening<'a> {
    /// Full name of the target repository.
    pub(crate) repository: &'a str,
    /// Full name of the source repository.
    pub(crate) source: &'a str,
    /// The source branch.
    pub(crate) head: &'a str,
    /// The target branch.
    pub(crate) base: &'a str,
    /// Title.
    pub(crate) title: &'a str,
    /// Description.
    pub(crate) description: &'a str,
    /// Nickname of the author.
    pub(crate) author: &'a str,
    /// Whether it is a draft.
    pub(crate) draft: bool,
}

impl Inner {
    /// The commit of a branch.
    pub(crate) fn head_of(&self, repository: &str, branch: &str) -> Result<String, Error> {
        self.host.git.tip(repository, branch)
    }

    /// A repository that has the commits of both: the fork, with the branches of the other one under hidden names. The
    /// target repository never gets commits of a fork.
    pub(crate) fn together(&self, source: &str, target: &str) -> String {
        if source.eq_ignore_ascii_case(target) {
            return target.to_owned();
        }
        let folder = self.host.git.path(source).display().to_string();
        let all = "refs/heads/*:refs/upstream/*";
        self.host.git.run(target, &["push", "--quiet", "--force", &folder, all]);
        source.to_owned()
    }

    /// The commits of a pull request that its target lacks, oldest first, and the repository that has them. Without a
    /// source repository, only the target's own commits are known.
    pub(crate) fn commits_of(&self, pull: &Pull) -> (String, Vec<String>) {
        let source = pull.source.as_deref().unwrap_or(&pull.repository);
        let repository = self.together(source, &pull.repository);
        let base = self.head_of(&pull.repository, &pull.base_branch).ok();
        let base = if pull.state == "OPEN" { base } else { None };
        let base = base.as_deref().unwrap_or(&pull.base_sha);
        let all = self.host.git.between(&repository, base, &pull.head_sha);
        (repository, all)
    }

    /// Opens a pull request and sends the event. Returns its number.
    pub(crate) fn open(&self, opening: &Opening<'_>) -> Result<u64, Error> {
        let absent = |name: &str| Error::Absent(format!("repository {name}"));
        let (repository, source) = {
            let state = self.state();
            let find = |name: &str| state.repository(name).map(|one| one.full_name.clone());
            let repository = find(opening.repository).ok_or_else(|| absent(opening.repository))?;
            (repository, find(opening.source).ok_or_else(|| absent(opening.source))?)
        };
        let (head_sha, base_sha) =
            (self.head_of(&source, opening.head)?, self.head_of(&repository, opening.base)?);
        let both = self.together(&source, &repository);
        if self.host.git.between(&both, &base_sha, &head_sha).is_empty() {
            return Err(Error::Absent("changes to be pulled".to_owned()));
        }
        let mut state = self.state();
        let number = state.pulls.keys().filter(|(name, _)| *name == repository).count() as u64 + 1;
        let now = clock::now();
        let pull = Pull {
            number,
            repository: repository.clone(),
            title: opening.title.to_owned(),
            description: opening.description.to_owned(),
            author: opening.author.to_owned(),
            source: Some(source),
            head_branch: opening.head.to_owned(),
            head_sha,
            base_branch: opening.base.to_owned(),
            base_sha,
            state: "OPEN",
            draft: opening.draft,
            created_at: now.clone(),
            updated_at: now,
            closed_by: None,
            merge_commit: None,
        };
        let key = (repository, number);
        state.pulls.insert(key.clone(), pull);
        self.pull_event(&state, "pullrequest:created", opening.author, &key);
        Ok(number)
    }

    /// Gives the open pull requests from a branch its commit as their head, and those to it as their base. Returns those
    /// that have another head now.
    pub(crate) fn follow(&self, repository: &str, branch: &str, sha: &str) -> Vec<(String, u64)> {
        let mut state = self.state();
        let mut moved = Vec::new();
        for pull in state.pulls.values_mut().filter(|pull| pull.state == "OPEN") {
            if pull.source.as_deref() == Some(repository) && pull.head_branch == branch {
                sha.clone_into(&mut pull.head_sha);
                pull.updated_at = clock::now();
                moved.push((pull.repository.clone(), pull.number));
            }
            if pull.repository == repository && pull.base_branch == branch {
                sha.clone_into(&mut pull.base_sha);
            }
        }
        moved
    }

    /// What follows a push: the pull requests from the branch have another head, and the events are sent: `repo:push`,
    /// then `pullrequest:updated` and `pullrequest:push` for each pull request.
    pub(crate) fn pushed(&self, actor: &str, repository: &str, branch: &str, old: Option<&str>, new: &str) {
        let moved = self.follow(repository, branch, new);
        let state = self.state();
        self.push_event(&state, actor, &Push { repository, branch, old, new: Some(new) });
        for key in &moved {
            for event in ["pullrequest:updated", "pullrequest:push"] {
                self.pull_event(&state, event, actor, key);
            }
        }
    }
}
