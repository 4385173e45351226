//! The adapter against a GitLab that keeps state and checks every request.

mod support;

#[cfg(test)]
mod fake {
    use palisade_fake_gitlab::{FakeGitLab, Fault, Options, Plan, Rule};
    use palisade_provider_gitlab::GitLab;
    use palisade_sdk::CallError;
    use palisade_sdk::provider::{
        ChangeKind, Check, CheckState, Conclusion, Content, FileEdit, HookPlace, Host as _, NewCommit,
        NewPull, Provider as _,
    };

    use crate::support::{
        CHECK, MAIN, SHOP, TOPIC, World, annotation, check, hook_url, run, shown_discussions, shown_statuses,
    };

    #[tokio::test(flavor = "multi_thread")]
    async fn a_token_is_tested() {
        let world = World::start(Options::default()).await;
        let fake = &world.fake;
        let health = GitLab.test_connection(&world.host()).unwrap();
        assert_eq!((health.status.as_str(), health.account.as_str()), ("active", "palisade"), "{health:?}");
        assert_eq!(health.missing, ["write_repository"]);
        assert!(health.expires_ms.is_some_and(|it| it > world.host().now_ms()), "{health:?}");
        let account = GitLab.accounts(&world.host(), None).unwrap().items.remove(0);
        assert_eq!((account.name.as_str(), account.status.as_str()), ("palisade", "active"));
        assert_eq!(account.id, world.user);

        for (what, token, words, missing) in [
            ("expired", fake.expired_token(), "GitLab does not accept the token", &[][..]),
            ("unknown", "glpat-x".to_owned(), "GitLab does not accept the token", &[]),
            (
                "without a scope",
                fake.token_with(&["read_repository"]),
                "the token lacks the scope `api`",
                &["api", "write_repository"],
            ),
            (
                "for reading",
                fake.token_with(&["read_api"]),
                "the token lacks the scope `api`",
                &["api", "read_repository", "write_repository"],
            ),
            ("of another user", fake.outsider_token(), "the token belongs to `eve`", &["write_repository"]),
            ("of a developer", fake.mallory_token(), "the token belongs to `mallory`", &[]),
        ] {
            let health = GitLab.test_connection(&world.host_of(&token, Some(&world.user))).unwrap();
            assert_eq!(health.status, "error", "{what}");
            assert!(health.reason.starts_with(words), "{what}: {health:?}");
            assert_eq!(health.missing, missing, "{what}");
        }
        let health = GitLab.test_connection(&world.host_of(&fake.mallory_token(), None)).unwrap();
        assert!(health.reason.starts_with("`mallory` has the role Maintainer in no project"), "{health:?}");

        for (fault, words) in [
            (Fault::Html203, "GitLab returns a sign-in page (status 203)"),
            (
                Fault::Status(
                    200,
                    vec![("content-type".into(), "text/html; charset=utf-8".into())],
                    "<html>".into(),
                ),
                "GitLab returns a sign-in page (status 200)",
            ),
        ] {
            fake.fail(Rule::new("", "/api/v4/", 1, fault));
            let health = GitLab.test_connection(&world.host()).unwrap();
            assert_eq!(health.status, "error");
            assert!(health.reason.starts_with(words), "{health:?}");
        }
        fake.fail(Rule::new("", "/api/v4/user", 1, Fault::retry_after(429, "7")));
        assert_eq!(GitLab.test_connection(&world.host()).unwrap_err(), CallError::RateLimited(Some(7)));
        world.has_no_violations();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn projects_branches_and_folders() {
        let world = World::start(Options::default()).await;
        let (fake, host) = (&world.fake, world.host());
        for number in 0..104 {
            fake.add_repository(&format!("acme/p{number:03}"), &[("a", "a")]).unwrap();
        }
        fake.archive_project("acme/p003", true).unwrap();
        let first = GitLab.repositories(&host, None).unwrap();
        let second = GitLab.repositories(&host, first.next.as_deref()).unwrap();
        let names: Vec<&str> =
            first.items.iter().chain(&second.items).map(|it| it.full_name.as_str()).collect();
        assert_eq!((first.items.len(), second.items.len(), second.next), (100, 4, None));
        assert_eq!((names[0], names.contains(&"acme/p003"), names[103]), (SHOP, false, "acme/p103"));
        assert!(matches!(GitLab.repositories(&host, Some("1&x=")), Err(CallError::InvalidInput(_))));

        let branches = GitLab.branches(&host, SHOP, None).unwrap().items;
        assert_eq!(branches, ["main", "topic"]);
        let elsewhere = Some("https://mallory.example/api/v4/projects");
        assert!(matches!(GitLab.branches(&host, SHOP, elsewhere), Err(CallError::InvalidInput(_))));
        for (branch, folder, expected) in [
            ("main", "", Some("deploy")),
            ("main", "/", Some("deploy")),
            ("main", "deploy", Some("deploy/base")),
            ("main", "deploy/base/", Some("")),
            ("main", "deploy/base/pod.yaml", None),
            ("main", "nowhere", None),
            ("nowhere", "", None),
        ] {
            let found = GitLab.folders(&host, SHOP, branch, folder).unwrap();
            assert_eq!(found.map(|it| it.items.join(" ")).as_deref(), expected, "{branch} {folder}");
        }
        assert_eq!(GitLab.branch(&host, SHOP, "").unwrap(), Some(world.base.clone()));
        assert_eq!(GitLab.branch(&host, SHOP, "topic").unwrap(), Some(world.head.clone()));
        assert_eq!(GitLab.branch(&host, SHOP, "nowhere").unwrap(), None);
        assert_eq!(GitLab.branch(&host, "acme/nowhere", "").unwrap(), None);
        world.has_no_violations();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn contents_of_a_commit() {
        let world = World::start(Options::default()).await;
        let host = world.host();
        let want = [world.head.clone()];
        let Content::Git { url, user, want: wanted, .. } = GitLab.content(&host, SHOP, &want, false).unwrap()
        else {
            panic!("Git");
        };
        assert_eq!((url, user.as_str()), (format!("{}/{SHOP}.git", world.fake.url()), "oauth2"));
        assert_eq!(wanted, want);
        let Content::Archive { blob, tree } = GitLab.content(&host, SHOP, &want, true).unwrap() else {
            panic!("an archive");
        };
        assert!(host.blob(blob).starts_with(&[0x1f, 0x8b]), "gzip");
        let expected =
            run(&world.fake.repository_folder(SHOP), &["rev-parse", &format!("{}^{{tree}}", world.head)]);
        assert_eq!(tree, expected, "Git's ID of the tree");
        let short = [world.head[..12].to_owned()];
        assert!(matches!(GitLab.content(&host, SHOP, &short, true), Err(CallError::Other(_))));
        world.has_no_violations();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn merge_requests_and_forks() {
        let world = World::start(Options::default()).await;
        let (fake, host) = (&world.fake, world.host());
        fake.add_fork(SHOP, "ada/shop", true).unwrap();
        fake.add_fork(SHOP, "ada/hidden", false).unwrap();
        fake.add_fork(SHOP, "ada/gone", true).unwrap();
        let mut heads = vec![world.head.clone()];
        for fork in ["ada/shop", "ada/hidden", "ada/gone"] {
            heads.push(fake.commit(fork, "patch", &[("main.tf", Some(fork))]).unwrap());
            fake.open_between((fork, "patch"), (SHOP, "main"), fork).unwrap();
        }
        let hidden = fake.project("ada/hidden").unwrap().id.to_string();
        fake.delete_project("ada/gone").unwrap();
        let pulls = GitLab.open_pulls(&host, SHOP, None).unwrap().items;
        let shown: Vec<_> = pulls.iter().map(|it| (it.id.as_str(), it.head_repository.as_str())).collect();
        assert_eq!(shown, [("1", SHOP), ("2", "ada/shop"), ("3", hidden.as_str()), ("4", "")]);
        for (pull, head) in pulls.iter().zip(&heads) {
            assert_eq!((&pull.head_sha, &pull.base_sha, pull.open), (head, &world.base, true), "{pull:?}");
            let one = GitLab.pull(&host, SHOP, &pull.id).unwrap().unwrap();
            assert_eq!((&one.head_sha, &one.base_sha, &one.web_url), (head, &world.base, &pull.web_url));
            let of_commit = GitLab.pulls_of_commit(&host, SHOP, head).unwrap();
            assert_eq!(of_commit.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), [pull.id.as_str()]);
            let base = GitLab.merge_base(&host, SHOP, head, &pull.base_sha, Some(&pull.id)).unwrap();
            assert_eq!(base.as_ref(), Some(&world.base));
        }
        let other = fake.commit_unrelated(SHOP, "other", &[("a", "a")]).unwrap();
        assert_eq!(GitLab.merge_base(&host, SHOP, &other, &world.base, None).unwrap(), None);
        let unknown = GitLab.merge_base(&host, SHOP, &"1".repeat(40), &world.base, None);
        assert!(matches!(unknown, Err(CallError::Unavailable(_))), "{unknown:?}");
        fake.close_pull(SHOP, 1).unwrap();
        assert!(!GitLab.pull(&host, SHOP, "1").unwrap().unwrap().open);
        assert!(GitLab.pull(&host, SHOP, "99").unwrap().is_none());
        assert!(matches!(GitLab.pull(&host, SHOP, "1/../2"), Err(CallError::InvalidInput(_))));
        world.has_no_violations();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn webhooks_are_created_repaired_and_removed() {
        for unsigned in [false, true] {
            let world = World::start(Options { unsigned, ..Options::default() }).await;
            let (fake, host) = (&world.fake, world.host());
            let place = HookPlace::Repository(SHOP.to_owned());
            let secret = || host.lend(fake.webhook_secret());
            let ensure = |secret| GitLab.ensure_hook(&host, &place, &hook_url(), secret).unwrap();
            let shown = || {
                let all = fake.all_hooks();
                let [hook] = &all[..] else { panic!("{} hooks", all.len()) };
                let events: Vec<&str> =
                    hook.events.iter().filter(|(_, it)| **it).map(|(name, _)| name.as_str()).collect();
                assert_eq!(events, ["merge_requests_events", "note_events", "pipeline_events"]);
                let proof = if unsigned { &hook.token } else { &hook.signing_token };
                assert_eq!(unsigned, hook.signing_token.is_none());
                (hook.id, proof.clone().unwrap(), hook.alert_status())
            };
            assert_eq!(ensure(secret()), [""; 0]);
            let (first, proof, _) = shown();
            assert_eq!(proof, fake.webhook_secret());
            assert_eq!(ensure(secret()), [""; 0]);
            assert_eq!(shown().0, first, "it is not created again");

            // Others change its events and its secret.
            fake.change_hooks(|hook| {
                hook.events.insert("merge_requests_events".to_owned(), false);
                hook.events.insert("push_events".to_owned(), true);
                (hook.token, hook.signing_token) = (Some("x".to_owned()), None);
            });
            assert_eq!(ensure(secret()), [""; 0]);
            assert_eq!(shown().1, fake.webhook_secret());
            // The secret is rotated.
            let rotated = format!("whsec_{}=", "A".repeat(43));
            assert_eq!(ensure(host.lend(&rotated)), [""; 0]);
            assert_eq!(shown().1, rotated);
            // GitLab has disabled it.
            fake.disable_hooks();
            assert_eq!(ensure(secret()), [""; 0]);
            let (second, _, status) = shown();
            assert_eq!((second == first, status), (false, "executable"));
            // An attempt was interrupted after the hook was created.
            assert_eq!(GitLab.remove_hook(&host, &place, &hook_url()).unwrap(), [""; 0]);
            fake.fail(Rule::new("POST", "/hooks$", 1, Fault::ResetAfter));
            assert!(GitLab.ensure_hook(&host, &place, &hook_url(), secret()).is_err());
            assert_eq!(ensure(secret()), [""; 0]);
            shown();

            // Hooks of others remain.
            GitLab.ensure_hook(&host, &place, "https://other.example/hook", secret()).unwrap();
            assert_eq!(fake.all_hooks().len(), 2);
            assert_eq!(GitLab.remove_hook(&host, &place, &hook_url()).unwrap(), [""; 0]);
            assert_eq!(GitLab.remove_hook(&host, &place, &hook_url()).unwrap(), [""; 0]);
            assert_eq!(fake.all_hooks()[0].url, "https://other.example/hook");

            let developer = world.host_of(&fake.mallory_token(), None);
            let refused = GitLab.ensure_hook(&developer, &place, &hook_url(), developer.lend("x")).unwrap();
            assert!(refused[0].contains("give the token's user the role Maintainer"), "{refused:?}");
            let refused = GitLab.remove_hook(&developer, &place, &hook_url()).unwrap();
            assert!(refused[0].contains("delete that under Settings, Webhooks"), "{refused:?}");
            let nowhere = HookPlace::Repository("acme/nowhere".to_owned());
            assert_eq!(GitLab.remove_hook(&host, &nowhere, &hook_url()).unwrap(), [""; 0]);
            world.has_no_violations();
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn webhooks_of_groups_need_a_plan() {
        let world = World::start(Options::default()).await;
        let (fake, host) = (&world.fake, world.host());
        let ensure = || {
            GitLab
                .ensure_hook(&host, &HookPlace::Account, &hook_url(), host.lend(fake.webhook_secret()))
                .unwrap()
        };
        let refused = ensure();
        assert_eq!(refused.len(), 1);
        assert!(refused[0].contains("group webhooks need the plan Premium"), "{refused:?}");
        fake.set_plan("acme", Plan::Premium);
        assert_eq!(ensure(), [""; 0]);
        assert_eq!(ensure(), [""; 0]);
        let all = fake.all_hooks();
        assert_eq!(all.len(), 1);
        for event in ["push_events", "member_events", "project_events", "tag_push_events"] {
            assert_eq!(all[0].events.get(event), Some(&true), "{event}");
        }
        assert_eq!(GitLab.remove_hook(&host, &HookPlace::Account, &hook_url()).unwrap(), [""; 0]);
        assert!(fake.all_hooks().is_empty());
        world.has_no_violations();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_check_from_the_first_push_to_success() {
        let world = World::start(Options::default()).await;
        let (fake, host) = (&world.fake, world.host());
        let publish = |check: &Check| GitLab.publish(&host, SHOP, check).unwrap();
        let pending = check(&world.head, CheckState::Running, None, &[]);
        publish(&pending);
        publish(&pending);
        assert_eq!(shown_statuses(fake, SHOP, &world.head), ["pending by palisade: Evaluating"]);
        assert_eq!(fake.discussions(SHOP, 1).len(), 0);

        // Line 2 was added, line 1 is unchanged, line 60 is outside of the diff.
        let first = [annotation("a", 2), annotation("b", 1), annotation("far", 60)];
        let failed = check(&world.head, CheckState::Completed, Some(Conclusion::Failure), &first);
        let published = publish(&failed);
        assert_eq!(published.accepted, 3);
        assert!(published.web_url.ends_with("/acme/shop/-/merge_requests/1"), "{}", published.web_url);
        let expected =
            ["open main.tf 1 -> 1 title b", "open main.tf - -> 2 title a", "summary: 3 violations"];
        let mut found = shown_discussions(fake, 1);
        found.sort();
        let mut sorted = expected;
        sorted.sort_unstable();
        assert_eq!(found, sorted);
        assert_eq!(shown_statuses(fake, SHOP, &world.head), ["failed by palisade: 3 violations"]);
        // Twice changes nothing, and writes nothing.
        let before = world.writes();
        assert_eq!(publish(&failed).handle, published.handle);
        assert_eq!(world.writes(), before);
        assert_eq!(GitLab.inspect(&host, SHOP, &failed).unwrap(), [""; 0]);

        // A second push fixes one violation and adds another.
        let head = fake.push(SHOP, 1, &[(MAIN, Some(&TOPIC.replace("b = 2", "b = 3\nc = 4")))]).unwrap();
        let second = [annotation("b", 1), annotation("c", 3)];
        let failed = check(&head, CheckState::Completed, Some(Conclusion::Failure), &second);
        publish(&failed);
        let mut found = shown_discussions(fake, 1);
        found.sort();
        assert_eq!(
            found,
            [
                "open main.tf - -> 3 title c",
                "open main.tf 1 -> 1 title b",
                "resolved main.tf - -> 2 title a",
                "summary: 2 violations",
            ]
        );
        // The older head: superseded, and its late results change no comment.
        publish(&check(&world.head, CheckState::Superseded, None, &[]));
        assert_eq!(
            shown_statuses(fake, SHOP, &world.head).last().unwrap(),
            "canceled by palisade: Superseded"
        );
        publish(&check(&world.head, CheckState::Completed, Some(Conclusion::Failure), &first));
        assert_eq!(shown_discussions(fake, 1).len(), 4);
        assert_eq!(shown_statuses(fake, SHOP, &head), ["failed by palisade: 2 violations"]);

        let passed = check(&head, CheckState::Completed, Some(Conclusion::Success), &[]);
        publish(&passed);
        let found = shown_discussions(fake, 1);
        assert!(found.iter().all(|it| !it.starts_with("open")), "{found:?}");
        assert!(
            found.contains(&"summary: All violations are resolved. 0 violations".to_owned()),
            "{found:?}"
        );
        assert_eq!(shown_statuses(fake, SHOP, &head).last().unwrap(), "success by palisade: 0 violations");
        assert_eq!(fake.pipeline_status(SHOP, 1).unwrap(), Some("success"));
        world.has_no_violations();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_interrupted_publication_is_continued() {
        let first = [annotation("a", 2), annotation("b", 1)];
        for (method, path) in [
            ("POST", "/discussions$"),
            ("POST", "/notes$"),
            ("POST", "/statuses/"),
            ("GET", "/diffs$"),
            ("GET", "/statuses$"),
        ] {
            let world = World::start(Options::default()).await;
            let (fake, host) = (&world.fake, world.host());
            let failed = check(&world.head, CheckState::Completed, Some(Conclusion::Failure), &first);
            fake.fail(Rule::new(method, path, 1, Fault::ResetAfter));
            assert!(GitLab.publish(&host, SHOP, &failed).is_err(), "{method} {path}");
            GitLab.publish(&host, SHOP, &failed).unwrap();
            assert_eq!(shown_discussions(fake, 1).len(), 3, "{method} {path}");
            assert_eq!(shown_statuses(fake, SHOP, &world.head), ["failed by palisade: 2 violations"]);
            world.has_no_violations();
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn success_is_written_last() {
        let world = World::start(Options::default()).await;
        let (fake, host) = (&world.fake, world.host());
        let first = [annotation("a", 2)];
        let failed = check(&world.head, CheckState::Completed, Some(Conclusion::Failure), &first);
        GitLab.publish(&host, SHOP, &failed).unwrap();
        GitLab.publish(&host, SHOP, &check(&world.head, CheckState::Running, None, &[])).unwrap();
        let passed = check(&world.head, CheckState::Completed, Some(Conclusion::Success), &[]);
        fake.fail(Rule::new("PUT", "/discussions/", 1, Fault::Reset));
        assert!(GitLab.publish(&host, SHOP, &passed).is_err());
        assert!(shown_statuses(fake, SHOP, &world.head).last().unwrap().starts_with("pending"));
        // Another update of the commit is in progress: GitLab answers 409, and the request is repeated.
        fake.fail(Rule::new("POST", "/statuses/", 2, FakeGitLab::conflict()));
        GitLab.publish(&host, SHOP, &passed).unwrap();
        assert!(shown_statuses(fake, SHOP, &world.head).last().unwrap().starts_with("success"));
        fake.fail(Rule::new("POST", "/statuses/", 9, FakeGitLab::conflict()));
        let busy = GitLab.publish(&host, SHOP, &failed);
        assert!(matches!(busy, Err(CallError::Unavailable(_))), "{busy:?}");
        world.has_no_violations();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_others_change_is_reported_and_published_again() {
        let world = World::start(Options::default()).await;
        let (fake, host) = (&world.fake, world.host());
        let first = [annotation("a", 2), annotation("b", 1)];
        let failed = check(&world.head, CheckState::Completed, Some(Conclusion::Failure), &first);
        GitLab.publish(&host, SHOP, &failed).unwrap();
        fake.set_status("mallory", SHOP, &world.head, CHECK, "success").unwrap();
        let ours = fake.discussions(SHOP, 1);
        let a = ours.iter().find(|it| it.notes[0].body.contains("title a")).unwrap();
        fake.resolve("mallory", SHOP, &a.id, true).unwrap();
        // A comment with a copied mark is not ours.
        let copied = a.notes[0].body.clone();
        fake.comment_as("mallory", SHOP, 1, &copied).unwrap();
        let before = world.requests();
        let short = &world.head[..8];
        assert_eq!(
            GitLab.inspect(&host, SHOP, &failed).unwrap(),
            [
                format!("the status `{CHECK}` of `{short}` was set to `success` by `mallory`"),
                "the discussion \"title a\" on merge request 1 was resolved by `mallory`, but the violation is present"
                    .to_owned(),
            ]
        );
        assert_eq!(world.requests() - before, 3);
        GitLab.publish(&host, SHOP, &failed).unwrap();
        assert_eq!(GitLab.inspect(&host, SHOP, &failed).unwrap(), [""; 0]);
        assert_eq!(
            shown_statuses(fake, SHOP, &world.head).last().unwrap(),
            "failed by palisade: 2 violations"
        );
        assert_eq!(fake.pipeline_status(SHOP, 1).unwrap(), Some("failed"));
        assert_eq!(shown_discussions(fake, 1).iter().filter(|it| it.starts_with("open")).count(), 2);
        world.has_no_violations();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_status_of_a_fork_is_in_the_fork() {
        let world = World::start(Options::default()).await;
        let (fake, host) = (&world.fake, world.host());
        for (fork, shared, place) in [("ada/shop", true, "ada/shop"), ("ada/hidden", false, SHOP)] {
            fake.add_fork(SHOP, fork, shared).unwrap();
            let head = fake.commit(fork, "patch", &[(MAIN, Some(&TOPIC.replace("b = 2", fork)))]).unwrap();
            let number = fake.open_between((fork, "patch"), (SHOP, "main"), fork).unwrap();
            let mut failed =
                check(&head, CheckState::Completed, Some(Conclusion::Failure), &[annotation("a", 2)]);
            failed.pulls = vec![number.to_string()];
            for _ in 0..2 {
                GitLab.publish(&host, SHOP, &failed).unwrap();
                assert_eq!(
                    shown_statuses(fake, place, &head),
                    ["failed by palisade: 1 violations"],
                    "{fork}"
                );
                assert_eq!(GitLab.inspect(&host, SHOP, &failed).unwrap(), [""; 0], "{fork}");
            }
            assert_eq!(shown_discussions(fake, number).len(), 2, "{fork}");
        }
        world.has_no_violations();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_merge_train_and_an_external_check() {
        let world = World::start(Options::default()).await;
        let (fake, host) = (&world.fake, world.host());
        let (merged, _) = fake.start_train(SHOP, 1).unwrap();
        let mut passed = check(&merged, CheckState::Completed, Some(Conclusion::Success), &[]);
        passed.pulls.clear();
        GitLab.publish(&host, SHOP, &passed).unwrap();
        assert_eq!(shown_statuses(fake, SHOP, &merged), ["success by palisade: 0 violations"]);
        let all = fake.statuses(SHOP, &merged);
        assert_eq!(all[0].reference, "refs/merge-requests/1/train", "it is in the pipeline of the train");

        fake.set_plan("acme", Plan::Ultimate);
        let number = fake.add_external_check(SHOP, CHECK).unwrap();
        fake.add_external_check(SHOP, "Another").unwrap();
        let response =
            |head: &str| fake.pull(SHOP, 1).unwrap().responses.get(&(number, head.to_owned())).cloned();
        for (conclusion, expected) in [(Conclusion::Failure, "failed"), (Conclusion::Success, "passed")] {
            let it = check(&world.head, CheckState::Completed, Some(conclusion), &[]);
            GitLab.publish(&host, SHOP, &it).unwrap();
            assert_eq!(response(&world.head).as_deref(), Some(expected));
            let before = world.writes();
            GitLab.publish(&host, SHOP, &it).unwrap();
            assert_eq!(world.writes(), before);
        }
        GitLab.publish(&host, SHOP, &check(&world.head, CheckState::Running, None, &[])).unwrap();
        assert_eq!(response(&world.head).as_deref(), Some("pending"), "no result remains while it runs");
        assert_eq!(fake.pull(SHOP, 1).unwrap().responses.len(), 1);
        world.has_no_violations();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn whether_a_branch_requires_the_check() {
        let world = World::start(Options::default()).await;
        let (fake, host) = (&world.fake, world.host());
        let requirement = |branch: &str| GitLab.requirement(&host, SHOP, branch, CHECK).unwrap();
        let none = requirement("main");
        assert!(!none.required && none.how.contains("Pipelines must succeed"), "{none:?}");
        fake.change(SHOP, |it| it.rules.pipeline = true).unwrap();
        let by_pipeline = requirement("main");
        assert!(by_pipeline.required && by_pipeline.how.contains("role Developer can set the status"));
        let open = requirement("topic");
        assert!(!open.required && open.how.contains("protect `topic`"), "{open:?}");
        fake.change(SHOP, |it| (it.rules.pipeline, it.rules.checks) = (false, true)).unwrap();
        assert!(!requirement("main").required, "the check is not among the external ones");
        fake.set_plan("acme", Plan::Ultimate);
        fake.add_external_check(SHOP, CHECK).unwrap();
        assert!(requirement("main").required);
        world.has_no_violations();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn changes_of_a_push() {
        let world = World::start(Options::default()).await;
        let (fake, host) = (&world.fake, world.host());
        let files = [("new.tf", Some("a = 1\n")), ("deploy/base/pod.yaml", None)];
        let head = fake.commit(SHOP, "topic", &files).unwrap();
        let shown = |base: &str| {
            let page = GitLab.changes(&host, SHOP, base, &head, None).unwrap();
            assert!(page.complete && page.next.is_none());
            let kind = |it| match it {
                ChangeKind::Added => "added",
                ChangeKind::Modified => "modified",
                ChangeKind::Removed => "removed",
                ChangeKind::Renamed => "renamed",
            };
            let mut all: Vec<String> =
                page.items.iter().map(|it| format!("{} {}", kind(it.kind), it.path)).collect();
            assert!(page.items.iter().all(|it| it.patch.as_ref().is_some_and(|it| it.starts_with("@@"))));
            all.sort();
            all
        };
        assert_eq!(shown(&world.head), ["added new.tf", "removed deploy/base/pod.yaml"]);
        let all = ["added new.tf", "modified main.tf", "removed deploy/base/pod.yaml"];
        assert_eq!(shown(""), all, "a new branch: since the merge base with the default branch");
        assert_eq!(shown(&"0".repeat(40)), all);
        world.has_no_violations();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn new_branches_commits_and_merge_requests() {
        let world = World::start(Options::default()).await;
        let (fake, host) = (&world.fake, world.host());
        for _ in 0..2 {
            GitLab.create_branch(&host, SHOP, "fix/one", &world.base).unwrap();
        }
        assert_eq!(fake.head_of(SHOP, "fix/one").unwrap(), world.base);
        assert!(GitLab.create_branch(&host, SHOP, "topic", &world.base).is_err(), "it is elsewhere");
        let edit = |path: &str, content: Option<&str>| FileEdit {
            path: path.to_owned(),
            content: content.map(|it| it.as_bytes().to_vec()),
        };
        let mut commit = NewCommit {
            branch: "fix/one".to_owned(),
            parent: world.base.clone(),
            message: "Fix".to_owned(),
            files: vec![
                edit(MAIN, Some("fixed\n")),
                edit("deploy/a b.yaml", Some("new\n")),
                edit("deploy/base/pod.yaml", None),
            ],
        };
        let made = GitLab.create_commit(&host, SHOP, &commit).unwrap();
        assert_eq!(fake.head_of(SHOP, "fix/one").unwrap(), made);
        let folder = fake.repository_folder(SHOP);
        let names = run(&folder, &["diff", "--name-status", &world.base, &made]);
        assert_eq!(names, "A\tdeploy/a b.yaml\nD\tdeploy/base/pod.yaml\nM\tmain.tf");
        assert_eq!(run(&folder, &["show", &format!("{made}:main.tf")]), "fixed");
        let moved = GitLab.create_commit(&host, SHOP, &commit);
        assert!(matches!(&moved, Err(CallError::InvalidInput(why)) if why.contains(&made)), "{moved:?}");
        commit.branch = "nowhere".to_owned();
        assert!(matches!(GitLab.create_commit(&host, SHOP, &commit), Err(CallError::InvalidInput(_))));

        let new = NewPull {
            head_ref: "fix/one".to_owned(),
            base_ref: "main".to_owned(),
            title: "Fix it".to_owned(),
            body: "Body\n/merge".to_owned(),
        };
        let pull = GitLab.create_pull(&host, SHOP, &new).unwrap();
        assert_eq!(
            (pull.head_sha.as_str(), pull.head_repository.as_str(), pull.open),
            (made.as_str(), SHOP, true)
        );
        assert_eq!(fake.pull(SHOP, pull.id.parse().unwrap()).unwrap().body, "Body\n\\/merge");
        assert_eq!(GitLab.create_pull(&host, SHOP, &new).unwrap().id, pull.id, "the same one");
        world.has_no_violations();
    }
}
