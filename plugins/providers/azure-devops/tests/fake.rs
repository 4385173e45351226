//! The adapter against a fake Azure DevOps, which checks every request against Microsoft's description.

#[cfg(test)]
mod fake {
    use palisade_fake_azure_devops::{FakeAzureDevOps, Fault, Options, Rule, Subscription};
    use palisade_fake_host::Direct;
    use palisade_provider_azure_devops::AzureDevOps;
    use palisade_sdk::CallError;
    use palisade_sdk::provider::{
        Annotation, ChangeKind, Check, CheckState, Conclusion, Content, FileEdit, Health, HookPlace,
        NewCommit, NewPull, Provider, Severity,
    };
    use serde_json::json;

    const REPOSITORY: &str = "my project/shop";
    const URL: &str = "https://palisade.example/hooks/1";
    const NAME: &str = "Palisade: policy";

    async fn start() -> FakeAzureDevOps {
        FakeAzureDevOps::start(Options::default()).await.unwrap()
    }

    fn host_with(fake: &FakeAzureDevOps, token: &str, account: Option<&str>) -> Direct {
        let mut settings = json!({ "organization": "acme", "url": fake.url() });
        if let Some(account) = account {
            settings["account"] = account.into();
        }
        Direct::new(fake.ca_pem(), &settings, token)
    }

    fn host(fake: &FakeAzureDevOps) -> Direct {
        host_with(fake, fake.token(), Some("acme"))
    }

    /// A fake with a repository, and a pull request from `topic` to `main`: its number and its head.
    async fn with_pull() -> (FakeAzureDevOps, u64, String) {
        let fake = start().await;
        fake.add_repository(REPOSITORY, &[("a.tf", "one\n"), ("modules/net/b.tf", "two\n")]).unwrap();
        let head = fake.commit(REPOSITORY, "topic", &[("a.tf", Some("1\n2\n3\n4\n"))]).unwrap();
        let number = fake.open_pull(REPOSITORY, "topic", "main", "A change").unwrap();
        (fake, number, head)
    }

    fn finish(fake: &FakeAzureDevOps) {
        let is_required = std::env::var_os("PALISADE_REQUIRE_CORPORA").is_some();
        assert!(fake.validates() || !is_required, "the description of the API is required here");
        assert_eq!(fake.violations(), Vec::<String>::new());
    }

    fn annotation(key: &str, line: u32) -> Annotation {
        Annotation {
            key: key.to_owned(),
            path: "a.tf".to_owned(),
            line,
            end_line: line,
            severity: Severity::High,
            title: format!("title {key}"),
            message: format!("message {key}"),
        }
    }

    fn check(number: u64, head: &str, id: &str, state: CheckState, keys: &[(&str, u32)]) -> Check {
        let failed = !keys.is_empty();
        let completed = state == CheckState::Completed;
        Check {
            external_id: id.to_owned(),
            owner: "integration-1".to_owned(),
            pulls: vec![number.to_string()],
            head_sha: head.to_owned(),
            name: NAME.to_owned(),
            state,
            conclusion: completed.then_some(if failed { Conclusion::Failure } else { Conclusion::Success }),
            details_url: format!("https://palisade.example/checks/{id}"),
            title: if failed {
                format!("{} new violations", keys.len())
            } else {
                "no new violations".to_owned()
            },
            summary: "The summary.".to_owned(),
            annotations: keys.iter().map(|(key, line)| annotation(key, *line)).collect(),
            previous_handle: None,
        }
    }

    /// What a pull request shows: the status that counts, and each thread with its line and status.
    fn shown(fake: &FakeAzureDevOps, number: u64) -> String {
        let pull = fake.pull(REPOSITORY, number).unwrap();
        let status = pull.status_of("palisade", NAME).map(|it| format!("{} by {}", it.state, it.author));
        let mut all = vec![status.unwrap_or_else(|| "no status".to_owned())];
        for thread in &pull.threads {
            let text = thread.comments[0].content.lines().find(|it| it.starts_with("**")).unwrap_or_default();
            let line = thread.context["rightFileStart"]["line"].as_u64();
            let place = line.map(|it| format!("{}:{it}", thread.context["filePath"].as_str().unwrap()));
            all.push(format!(
                "{} {} {} by {}",
                place.unwrap_or_else(|| "summary".to_owned()),
                text.trim_matches('*'),
                thread.status,
                thread.comments[0].author
            ));
        }
        all.join("; ")
    }

    fn status_count(fake: &FakeAzureDevOps, number: u64) -> usize {
        fake.pull(REPOSITORY, number).unwrap().statuses.len()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_status_of_a_connection() {
        let fake = start().await;
        fake.add_repository(REPOSITORY, &[("a.tf", "one\n")]).unwrap();
        let test = |token: &str, account: Option<&str>| -> Health {
            AzureDevOps.test_connection(&host_with(&fake, token, account)).unwrap()
        };
        let good = test(fake.token(), Some("acme"));
        assert_eq!((good.status.as_str(), good.missing, good.warnings), ("active", vec![], vec![]));
        assert_eq!(good.details[1], ("user".to_owned(), "palisade".to_owned()));
        for (what, token, account, words) in [
            ("unknown", "never".to_owned(), None, "sign-in page"),
            ("expired", fake.expired_token(), None, "The Personal Access Token used has expired"),
            (
                "of another organization",
                fake.foreign_token(),
                None,
                "create a token for the organization `acme`",
            ),
            (
                "for another account",
                fake.token().to_owned(),
                Some("umbrella"),
                "organization `umbrella`, but",
            ),
        ] {
            let health = test(&token, account);
            let is_error = health.status == "error" && health.reason.contains(words);
            assert!(is_error, "{what}: {health:?}");
        }
        for (scopes, missing) in [
            (&["vso.profile", "vso.code_write"][..], &[][..]),
            (&["vso.profile", "vso.code", "vso.code_status"], &["Code: Write"]),
            (&["vso.profile", "vso.code"], &["Code: Write", "Code: Status"]),
            (&["vso.profile", "vso.code_status"], &["Code: Read"]),
        ] {
            let health = test(&fake.narrow_token(scopes), Some("acme"));
            assert_eq!(health.missing, missing, "{scopes:?}");
            assert_eq!(health.status, if missing.is_empty() { "active" } else { "error" }, "{scopes:?}");
            for name in missing {
                assert!(health.reason.contains(name), "{}", health.reason);
            }
        }
        fake.allow_hooks(1);
        assert_eq!(test(fake.token(), None).missing, ["Service hooks: Edit subscriptions"]);
        fake.allow_hooks(0);
        let both = ["Service hooks: View subscriptions", "Service hooks: Edit subscriptions"];
        assert_eq!(test(fake.token(), None).missing, both);
        fake.fail(Rule::new("GET", "connectionData", 1, Fault::Html203));
        assert_eq!(test(fake.token(), None).status, "error");
        fake.fail(Rule::new("GET", "connectionData", 1, Fault::retry_after(429, "7")));
        let limited = AzureDevOps.test_connection(&host(&fake));
        assert_eq!(limited.unwrap_err(), CallError::RateLimited(Some(7)));
        finish(&fake);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn repositories_of_many_projects() {
        let fake = start().await;
        let mut expected = Vec::new();
        for number in 0..23 {
            fake.add_empty_repository(&format!("project {number}/r")).unwrap();
            expected.push(format!("project {number}/r"));
        }
        fake.add_project("empty");
        fake.add_repository("project 3/a b", &[("a.tf", "")]).unwrap();
        fake.set_disabled("project 3/a b", true).unwrap();
        expected.push("project 3/a b".to_owned());
        let host = host(&fake);
        let (mut names, mut cursor, mut pages) = (Vec::new(), None, 0);
        loop {
            let page = AzureDevOps.repositories(&host, cursor.as_deref()).unwrap();
            for it in &page.items {
                assert_eq!(it.archived, it.full_name == "project 3/a b", "{}", it.full_name);
                assert_eq!(it.id.len(), 36, "{}", it.full_name);
            }
            names.extend(page.items.into_iter().map(|it| it.full_name));
            pages += 1;
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        names.sort();
        expected.sort();
        assert_eq!((names, pages), (expected, 3));
        let account = AzureDevOps.accounts(&host, None).unwrap().items.remove(0);
        assert_eq!((account.id.as_str(), account.web_url), ("acme", format!("{}/acme", fake.url())));
        finish(&fake);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn branches_folders_and_pulls() {
        let (fake, number, head) = with_pull().await;
        let host = host(&fake);
        for branch in ["topic-2", "feature/x"] {
            fake.branch(REPOSITORY, branch, "main").unwrap();
        }
        let branches = AzureDevOps.branches(&host, REPOSITORY, None).unwrap();
        assert_eq!(
            (branches.items.join(" ").as_str(), branches.next),
            ("feature/x main topic topic-2", None)
        );
        let main = fake.head_of(REPOSITORY, "main").unwrap();
        for (branch, expected) in [
            ("", Some(&main)),
            ("main", Some(&main)),
            ("feature/x", Some(&main)),
            ("topic", Some(&head)),
            ("feature", None),
            ("absent", None),
        ] {
            assert_eq!(AzureDevOps.branch(&host, REPOSITORY, branch).unwrap().as_ref(), expected, "{branch}");
        }
        fake.add_empty_repository("my project/empty").unwrap();
        assert_eq!(AzureDevOps.branch(&host, "my project/empty", "").unwrap(), None);
        assert_eq!(AzureDevOps.branch(&host, "my project/absent", "").unwrap(), None);
        for (branch, folder, expected) in [
            ("main", "", Some("modules")),
            ("main", "/", Some("modules")),
            ("main", "modules", Some("modules/net")),
            ("main", "/modules/net/", Some("")),
            ("main", "a.tf", None),
            ("main", "absent", None),
            ("absent", "modules", None),
        ] {
            let found = AzureDevOps.folders(&host, REPOSITORY, branch, folder).unwrap();
            let found = found.map(|it| it.items.join(" "));
            assert_eq!(found.as_deref(), expected, "{branch} {folder}");
        }
        let pull = AzureDevOps.pull(&host, REPOSITORY, &number.to_string()).unwrap().unwrap();
        let fields =
            (pull.open, pull.head_ref.as_str(), pull.head_sha.as_str(), pull.head_repository.as_str());
        assert_eq!(fields, (true, "topic", head.as_str(), REPOSITORY));
        let fields = (pull.base_ref.as_str(), pull.base_sha.as_str(), pull.author.as_str());
        assert_eq!(fields, ("main", main.as_str(), "ada@example.com"));
        assert!(pull.web_url.ends_with("/acme/my%20project/_git/shop/pullrequest/1"), "{}", pull.web_url);
        assert!(AzureDevOps.pull(&host, REPOSITORY, "99").unwrap().is_none());
        assert!(matches!(AzureDevOps.pull(&host, REPOSITORY, "1/x"), Err(CallError::InvalidInput(_))));
        let open = AzureDevOps.open_pulls(&host, REPOSITORY, None).unwrap();
        assert_eq!((open.items.len(), open.next), (1, None));
        assert_eq!(AzureDevOps.pulls_of_commit(&host, REPOSITORY, &head).unwrap().len(), 1);
        assert_eq!(AzureDevOps.pulls_of_commit(&host, REPOSITORY, &main).unwrap().len(), 0);
        let base = |head: &str, base: &str| AzureDevOps.merge_base(&host, REPOSITORY, head, base, Some("1"));
        assert_eq!(base(&head, &main).unwrap(), Some(main.clone()));
        let other = fake.commit_unrelated(REPOSITORY, "other", &[("x", "y")]).unwrap();
        assert_eq!(base(&other, &main).unwrap(), None);
        assert!(matches!(base(&"a".repeat(40), &main), Err(CallError::Unavailable(_))));
        fake.fail(Rule::new("GET", "mergebases", 1, Fault::status(404, "not yet")));
        assert_eq!(base(&head, &main).unwrap(), Some(main), "from the iteration");
        fake.abandon_pull(REPOSITORY, number).unwrap();
        assert!(!AzureDevOps.pull(&host, REPOSITORY, "1").unwrap().unwrap().open);
        finish(&fake);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_head_of_a_fork_is_in_the_target() {
        let (fake, _, _) = with_pull().await;
        let host = host(&fake);
        fake.fork(REPOSITORY, "forks/shop").unwrap();
        let head = fake.commit("forks/shop", "mine", &[("a.tf", Some("fork\n"))]).unwrap();
        let number = fake.open_fork_pull(REPOSITORY, "forks/shop", "mine", "main", "From a fork").unwrap();
        let id = number.to_string();
        let pull = AzureDevOps.pull(&host, REPOSITORY, &id).unwrap().unwrap();
        assert_eq!((pull.head_repository.as_str(), pull.head_sha.as_str()), ("forks/shop", head.as_str()));
        let base = AzureDevOps.merge_base(&host, REPOSITORY, &head, &pull.base_sha, Some(&id)).unwrap();
        assert_eq!(base, Some(pull.base_sha));
        let want = [head.clone()];
        let content = AzureDevOps.content(&host, REPOSITORY, &want, false).unwrap();
        let Content::Git { url, user, want, .. } = content else { panic!("{content:?}") };
        assert_eq!((url, user.as_str()), (format!("{}/acme/my%20project/_git/shop", fake.url()), "palisade"));
        assert_eq!(want, std::slice::from_ref(&head));
        assert!(matches!(AzureDevOps.content(&host, REPOSITORY, &want, true), Err(CallError::Other(_))));
        let failed = check(number, &head, "c1", CheckState::Completed, &[("k", 1)]);
        AzureDevOps.publish(&host, REPOSITORY, &failed).unwrap();
        assert!(shown(&fake, number).starts_with("failed by palisade; /a.tf:1 title k active"));
        fake.delete_repository("forks/shop").unwrap();
        let pull = AzureDevOps.pull(&host, REPOSITORY, &id).unwrap().unwrap();
        assert_eq!(pull.head_repository, "", "the fork was deleted");
        finish(&fake);
    }

    fn hooks(fake: &FakeAzureDevOps) -> Vec<Subscription> {
        fake.subscriptions()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn hooks_are_created_repaired_and_removed() {
        let (fake, _, _) = with_pull().await;
        let host = host(&fake);
        let place = HookPlace::Repository(REPOSITORY.to_owned());
        let ensure = |place: &HookPlace, url: &str, secret: &str| {
            AzureDevOps.ensure_hook(&host, place, url, host.lend(secret)).unwrap()
        };
        let none = Vec::<String>::new();
        assert_eq!(ensure(&place, URL, "whsec_b25l"), none);
        assert_eq!(ensure(&place, "https://other.example/hooks/1", "whsec_b25l"), none);
        let first: Vec<Subscription> = hooks(&fake).into_iter().filter(|it| it.input("url") == URL).collect();
        let id = fake.repository(REPOSITORY).unwrap().id;
        assert_eq!(first.len(), 4);
        for it in &first {
            assert_eq!((it.filter("repository"), it.status), (id.as_str(), "enabled"), "{}", it.event);
            let user = (it.input("basicAuthUsername"), it.input("basicAuthPassword"));
            assert_eq!(user, ("palisade", "whsec_b25l"), "{}", it.event);
        }
        // Disabled, on probation, of another secret, doubled, deleted, and of an event that is not wanted.
        fake.change_subscription(&first[0].id, |it| it.status = "disabledBySystem").unwrap();
        fake.change_subscription(&first[1].id, |it| it.status = "onProbation").unwrap();
        fake.change_subscription(&first[2].id, |it| it.event.clone_from(&first[0].event)).unwrap();
        fake.change_subscription(&first[3].id, |it| it.event = "git.push".to_owned()).unwrap();
        let health = AzureDevOps.test_connection(&host).unwrap();
        assert_eq!((health.status.as_str(), health.warnings.len()), ("active", 2), "{health:?}");
        assert_eq!(ensure(&place, URL, "whsec_dHdv"), none);
        assert_eq!(ensure(&place, URL, "whsec_dHdv"), none);
        let all = hooks(&fake);
        let mut events: Vec<&str> =
            all.iter().filter(|it| it.input("url") == URL).map(|it| it.event.as_str()).collect();
        events.sort_unstable();
        assert_eq!(
            events,
            [
                "git.pullrequest.created",
                "git.pullrequest.merged",
                "git.pullrequest.updated",
                "ms.vss-code.git-pullrequest-comment-event",
            ]
        );
        for it in all.iter().filter(|it| it.input("url") == URL) {
            assert_eq!((it.status, it.input("basicAuthPassword")), ("enabled", "whsec_dHdv"), "{}", it.event);
        }
        // The organization.
        assert_eq!(ensure(&HookPlace::Account, URL, "whsec_dHdv"), none);
        assert_eq!(hooks(&fake).len(), 18);
        assert_eq!(hooks(&fake).iter().filter(|it| it.filter("projectId").is_empty()).count(), 10);
        let remove = |place: &HookPlace| AzureDevOps.remove_hook(&host, place, URL).unwrap();
        assert_eq!(remove(&place), none);
        assert_eq!(hooks(&fake).len(), 14);
        assert_eq!(remove(&place), none, "they are removed already");
        assert_eq!(remove(&HookPlace::Account), none);
        assert_eq!(hooks(&fake).len(), 4, "those of another URL remain");
        let connection = AzureDevOps.remove_hook(&host, &HookPlace::Connection, URL);
        assert!(matches!(connection, Err(CallError::InvalidInput(_))));
        finish(&fake);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_cannot_be_done_with_hooks_is_reported() {
        let (fake, _, _) = with_pull().await;
        let host = host(&fake);
        let place = HookPlace::Repository(REPOSITORY.to_owned());
        let ensure = |place: &HookPlace| AzureDevOps.ensure_hook(&host, place, URL, host.lend("whsec_b25l"));
        let only = |remarks: Vec<String>, words: &str| {
            assert!(remarks.len() == 1 && remarks[0].contains(words), "{words}: {remarks:?}");
        };
        fake.allow_hooks(0);
        only(ensure(&place).unwrap(), "*View subscriptions* and *Edit subscriptions*");
        fake.allow_hooks(1);
        only(ensure(&place).unwrap(), "was refused");
        fake.allow_hooks(7);
        only(ensure(&HookPlace::Repository("my project/absent".to_owned())).unwrap(), "was not found");
        assert_eq!(ensure(&place).unwrap(), Vec::<String>::new());
        // A repository that was deleted: its subscriptions remain until they are removed.
        let gone = HookPlace::Repository("my project/gone".to_owned());
        fake.add_repository("my project/gone", &[("a.tf", "")]).unwrap();
        assert_eq!(ensure(&gone).unwrap(), Vec::<String>::new());
        fake.delete_repository("my project/gone").unwrap();
        assert_eq!(hooks(&fake).len(), 8);
        assert_eq!(AzureDevOps.remove_hook(&host, &gone, URL).unwrap(), Vec::<String>::new());
        assert_eq!(hooks(&fake).len(), 4);
        // Deleted by hand during the removal.
        fake.fail(Rule::new("DELETE", "subscriptions", 1, Fault::status(404, "not found")));
        assert_eq!(AzureDevOps.remove_hook(&host, &place, URL).unwrap(), Vec::<String>::new());
        fake.fail(Rule::new("DELETE", "subscriptions", 1, Fault::status(403, "not allowed")));
        only(AzureDevOps.remove_hook(&host, &place, URL).unwrap(), "the removal of");
        finish(&fake);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_check_follows_the_pushes() {
        let (fake, number, head) = with_pull().await;
        let host = host(&fake);
        let publish = |check: &Check| AzureDevOps.publish(&host, REPOSITORY, check).unwrap();
        publish(&check(number, &head, "c1", CheckState::Queued, &[]));
        assert_eq!(shown(&fake, number), "pending by palisade");
        let mut first = check(number, &head, "c1", CheckState::Completed, &[("fixed soon", 2), ("stays", 3)]);
        let published = publish(&first);
        let expected = "failed by palisade; /a.tf:2 title fixed soon active by palisade; /a.tf:3 title stays active by \
                        palisade; summary 2 new violations unknown by palisade";
        assert_eq!(shown(&fake, number), expected);
        assert_eq!((published.accepted, published.handle.as_str()), (2, "1/1"));
        assert!(published.web_url.ends_with("/pullrequest/1"));
        // Again: nothing is written.
        let written = fake.requests().iter().filter(|it| it.method != "GET").count();
        first.previous_handle = Some(published.handle);
        publish(&first);
        assert_eq!(fake.requests().iter().filter(|it| it.method != "GET").count(), written);
        assert_eq!(AzureDevOps.inspect(&host, REPOSITORY, &first).unwrap(), Vec::<String>::new());

        // A push fixes one violation and adds another; the older check is superseded after the newer one began.
        let next = fake.push(REPOSITORY, number, &[("a.tf", Some("1\n2\n3\n4\n5\n"))]).unwrap();
        publish(&check(number, &next, "c2", CheckState::Running, &[]));
        assert_eq!(shown(&fake, number).split(';').next(), Some("pending by palisade"));
        let mut superseded = Check { state: CheckState::Superseded, ..first.clone() };
        for pulls in [vec![number.to_string()], Vec::new()] {
            superseded.pulls = pulls;
            publish(&superseded);
            let pull = fake.pull(REPOSITORY, number).unwrap();
            let of = |iteration: u64| pull.statuses.iter().rev().find(|it| it.iteration == Some(iteration));
            assert_eq!(of(1).unwrap().state, "error");
            assert_eq!(of(2).unwrap().state, "pending");
        }
        // A pull request that no longer exists has nothing to supersede.
        superseded.previous_handle = Some("99/1".to_owned());
        assert_eq!(publish(&superseded).handle, "99/1");
        let second = check(number, &next, "c2", CheckState::Completed, &[("stays", 3), ("new", 5)]);
        publish(&second);
        let expected = "failed by palisade; /a.tf:2 title fixed soon fixed by palisade; /a.tf:3 title stays active by \
                        palisade; summary 2 new violations unknown by palisade; /a.tf:5 title new active by palisade";
        assert_eq!(shown(&fake, number), expected);
        // A late running state of the older head changes nothing.
        publish(&check(number, &head, "c1", CheckState::Running, &[]));
        assert_eq!(shown(&fake, number), expected);

        // All is fixed, then a violation returns.
        let last = fake.push(REPOSITORY, number, &[("a.tf", Some("1\n"))]).unwrap();
        publish(&check(number, &last, "c3", CheckState::Completed, &[]));
        let expected = "succeeded by palisade; /a.tf:2 title fixed soon fixed by palisade; /a.tf:3 title stays fixed by \
                        palisade; summary All violations are resolved. no new violations unknown by palisade; /a.tf:5 \
                        title new fixed by palisade";
        assert_eq!(shown(&fake, number), expected);
        let again = fake.push(REPOSITORY, number, &[("a.tf", Some("1\n2\n3\n"))]).unwrap();
        publish(&check(number, &again, "c4", CheckState::Completed, &[("stays", 3)]));
        assert!(shown(&fake, number).contains("title stays active"), "{}", shown(&fake, number));
        assert_eq!(fake.pull(REPOSITORY, number).unwrap().threads.len(), 4);
        finish(&fake);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn nothing_is_created_for_a_change_without_violations() {
        let (fake, number, head) = with_pull().await;
        let host = host(&fake);
        let passed = check(number, &head, "c1", CheckState::Completed, &[]);
        AzureDevOps.publish(&host, REPOSITORY, &passed).unwrap();
        assert_eq!(shown(&fake, number), "succeeded by palisade");
        // A commit that is not the head of an iteration yet.
        let early = check(number, &"a".repeat(40), "c2", CheckState::Running, &[]);
        assert!(matches!(AzureDevOps.publish(&host, REPOSITORY, &early), Err(CallError::Unavailable(_))));
        let superseded = Check { state: CheckState::Superseded, ..early };
        assert_eq!(AzureDevOps.publish(&host, REPOSITORY, &superseded).unwrap().handle, "");
        // A new target branch makes an iteration with the same head, which is judged again.
        fake.branch(REPOSITORY, "release", "main").unwrap();
        fake.retarget_pull(REPOSITORY, number, "release").unwrap();
        let before = status_count(&fake, number);
        let other = check(number, &head, "c3", CheckState::Completed, &[("k", 1)]);
        assert_eq!(AzureDevOps.publish(&host, REPOSITORY, &other).unwrap().handle, "1/2");
        let superseded = Check { state: CheckState::Superseded, conclusion: None, ..passed };
        AzureDevOps.publish(&host, REPOSITORY, &superseded).unwrap();
        assert_eq!(status_count(&fake, number), before + 1);
        assert!(shown(&fake, number).starts_with("failed by palisade"));
        finish(&fake);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_interrupted_publication_is_continued() {
        let rules = [
            ("POST", "threads$", 1),
            ("POST", "threads$", 3),
            ("POST", "statuses$", 1),
            ("GET", "threads$", 1),
            ("GET", "iterations$", 1),
        ];
        for (method, path, times) in rules {
            let (fake, number, head) = with_pull().await;
            let host = host(&fake);
            let failed = check(number, &head, "c1", CheckState::Completed, &[("a", 1), ("b", 2)]);
            fake.fail(Rule::new(method, path, times, Fault::ResetAfter));
            let mut attempts = 0;
            while AzureDevOps.publish(&host, REPOSITORY, &failed).is_err() {
                attempts += 1;
                assert!(attempts < 10, "{method} {path}");
                assert_ne!(shown(&fake, number).split(' ').next(), Some("succeeded"), "{method} {path}");
            }
            assert!(attempts > 0, "{method} {path}");
            let expected = "failed by palisade; /a.tf:1 title a active by palisade; /a.tf:2 title b active by palisade; \
                            summary 2 new violations unknown by palisade";
            assert_eq!(shown(&fake, number), expected, "{method} {path}");
            assert_eq!(status_count(&fake, number), 1, "{method} {path}");

            // The conclusion is written last: until the threads are resolved, nothing passes.
            fake.fail(Rule::new("PATCH", "threads", 1, Fault::Reset));
            let passed = check(number, &head, "c1", CheckState::Completed, &[]);
            assert!(AzureDevOps.publish(&host, REPOSITORY, &passed).is_err());
            assert!(shown(&fake, number).starts_with("failed"));
            AzureDevOps.publish(&host, REPOSITORY, &passed).unwrap();
            assert!(shown(&fake, number).starts_with("succeeded"));
            finish(&fake);
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_others_changed_is_named_and_repaired() {
        let (fake, number, head) = with_pull().await;
        let host = host(&fake);
        let mut failed = check(number, &head, "c1", CheckState::Completed, &[("a", 1), ("b", 2)]);
        let published = AzureDevOps.publish(&host, REPOSITORY, &failed).unwrap();
        let before = shown(&fake, number);
        palisade_fake_host::Forge::tamper(&fake, REPOSITORY, number, &head).unwrap();
        failed.previous_handle = Some(published.handle);
        let requests = fake.requests().len();
        let found = AzureDevOps.inspect(&host, REPOSITORY, &failed).unwrap();
        assert_eq!(fake.requests().len() - requests, 3);
        let short: String = head.chars().take(8).collect();
        let thread = |key: &str, line: u32| {
            format!(
                "the thread for `title {key}` at `a.tf` line {line} was set to `closed` by another user (Azure DevOps does \
                 not report who) while the violation is present"
            )
        };
        assert_eq!(
            found,
            [
                format!("the status of `{short}` was set to `succeeded` by `mallory@example.com`"),
                thread("a", 1),
                thread("b", 2),
            ]
        );
        AzureDevOps.publish(&host, REPOSITORY, &failed).unwrap();
        assert_eq!(AzureDevOps.inspect(&host, REPOSITORY, &failed).unwrap(), Vec::<String>::new());
        assert_eq!(shown(&fake, number), before.replace("unknown", "closed"));

        // Another user copies our mark: that thread is not ours.
        let copy = fake.pull(REPOSITORY, number).unwrap().threads[0].comments[0].content.clone();
        palisade_fake_host::Forge::comment(&fake, REPOSITORY, number, &copy).unwrap();
        AzureDevOps.publish(&host, REPOSITORY, &failed).unwrap();
        let passed = check(number, &head, "c1", CheckState::Completed, &[]);
        AzureDevOps.publish(&host, REPOSITORY, &passed).unwrap();
        assert!(shown(&fake, number).ends_with("title a active by ada"), "{}", shown(&fake, number));
        assert_eq!(fake.pull(REPOSITORY, number).unwrap().threads.len(), 4);
        // A newer check has replaced this one: it is not inspected.
        let newer = check(number, &head, "c2", CheckState::Completed, &[]);
        AzureDevOps.publish(&host, REPOSITORY, &newer).unwrap();
        assert_eq!(AzureDevOps.inspect(&host, REPOSITORY, &failed).unwrap(), Vec::<String>::new());
        finish(&fake);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_branch_requires_the_check_of_our_account() {
        let (fake, _, _) = with_pull().await;
        let host = host(&fake);
        let requirement = || AzureDevOps.requirement(&host, REPOSITORY, "main", NAME).unwrap();
        assert!(!requirement().required);
        assert!(requirement().how.contains("add a policy under *Status checks*"), "{}", requirement().how);
        for (branch, context, author, blocking, required) in [
            ("main", ("palisade", NAME), Some("palisade"), false, false),
            ("release", ("palisade", NAME), Some("palisade"), true, false),
            ("main", ("other", NAME), Some("palisade"), true, false),
            ("main", ("palisade", "other"), Some("palisade"), true, false),
            ("main", ("palisade", NAME), None, true, false),
            ("main", ("palisade", NAME), Some("mallory"), true, false),
            ("main", ("palisade", NAME), Some("palisade"), true, true),
        ] {
            fake.require_status(REPOSITORY, branch, context, author, blocking).unwrap();
            assert_eq!(requirement().required, required, "{branch} {context:?} {author:?} {blocking}");
        }
        assert!(requirement().how.contains("others can write it"), "{}", requirement().how);
        finish(&fake);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn changes_branches_commits_and_pulls() {
        let (fake, _, _) = with_pull().await;
        let host = host(&fake);
        let main = fake.head_of(REPOSITORY, "main").unwrap();
        AzureDevOps.create_branch(&host, REPOSITORY, "fix/1", &main).unwrap();
        AzureDevOps.create_branch(&host, REPOSITORY, "fix/1", &main).unwrap();
        let refused = AzureDevOps.create_branch(&host, REPOSITORY, "fix 1", &main);
        assert!(matches!(refused, Err(CallError::InvalidInput(_))), "{refused:?}");
        let file = |path: &str, content: Option<&[u8]>| FileEdit {
            path: path.to_owned(),
            content: content.map(<[u8]>::to_vec),
        };
        let new = NewCommit {
            branch: "fix/1".to_owned(),
            parent: main.clone(),
            message: "Fix it".to_owned(),
            files: vec![
                file("a.tf", Some(b"fixed\n")),
                file("new/\u{fc}.bin", Some(&[0, 255, 1])),
                file("modules/net/b.tf", None),
            ],
        };
        let commit = AzureDevOps.create_commit(&host, REPOSITORY, &new).unwrap();
        assert_eq!(fake.head_of(REPOSITORY, "fix/1").unwrap(), commit);
        let stale = AzureDevOps.create_commit(&host, REPOSITORY, &new);
        assert!(matches!(&stale, Err(CallError::InvalidInput(why)) if why.contains("is not")), "{stale:?}");
        for (base, name) in [(main.as_str(), "a base"), ("", "a new branch")] {
            let page = AzureDevOps.changes(&host, REPOSITORY, base, &commit, None).unwrap();
            let mut found: Vec<(String, ChangeKind)> =
                page.items.iter().map(|it| (it.path.clone(), it.kind)).collect();
            found.sort_by(|one, other| one.0.cmp(&other.0));
            let expected = [
                ("a.tf".to_owned(), ChangeKind::Modified),
                ("modules/net/b.tf".to_owned(), ChangeKind::Removed),
                ("new/\u{fc}.bin".to_owned(), ChangeKind::Added),
            ];
            assert_eq!((found.as_slice(), page.complete, page.next), (&expected[..], true, None), "{name}");
        }
        let many: Vec<(String, String)> = (0..250).map(|it| (format!("f{it:03}"), "x".to_owned())).collect();
        let many: Vec<(&str, Option<&str>)> =
            many.iter().map(|(path, text)| (path.as_str(), Some(text.as_str()))).collect();
        let large = fake.commit(REPOSITORY, "large", &many).unwrap();
        let (mut count, mut cursor) = (0, None);
        loop {
            let page = AzureDevOps.changes(&host, REPOSITORY, &main, &large, cursor.as_deref()).unwrap();
            assert!(page.complete);
            count += page.items.len();
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(count, 250);
        let new = NewPull {
            head_ref: "fix/1".to_owned(),
            base_ref: "main".to_owned(),
            title: "Fix it".to_owned(),
            body: "text ".repeat(2_000),
        };
        let pull = AzureDevOps.create_pull(&host, REPOSITORY, &new).unwrap();
        assert_eq!(
            (pull.open, pull.head_sha.as_str(), pull.base_ref.as_str()),
            (true, commit.as_str(), "main")
        );
        let again = AzureDevOps.create_pull(&host, REPOSITORY, &new).unwrap();
        assert_eq!(again.id, pull.id, "it is not created twice");
        finish(&fake);
    }
}
