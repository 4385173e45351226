//! Authentic deliveries, and all others.

#[cfg(test)]
mod verify {
    use std::path::PathBuf;

    use palisade_service::{Refused, Scheme, Verifier};
    use proptest::prelude::*;
    use secrecy::SecretString;
    use serde_json::Value;

    /// The published example of GitHub's documentation.
    const SECRET: &str = "It's a Secret to Everybody";
    const BODY: &[u8] = b"Hello, World!";
    const SIGNATURE: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    /// The published example of Standard Webhooks.
    const NOW: u64 = 1_614_265_330;
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const TIMED: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    const TIMED_KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const TIMED_BODY: &[u8] = b"{\"test\": 2432232314}";

    fn github() -> Scheme {
        Scheme::HmacSha256 { header: "X-Hub-Signature-256".to_owned(), prefix: "sha256=".to_owned() }
    }

    fn gitlab() -> Scheme {
        Scheme::StandardWebhooks {
            header: "webhook-signature".to_owned(),
            id_header: "webhook-id".to_owned(),
            time_header: "webhook-timestamp".to_owned(),
        }
    }

    fn token() -> Scheme {
        Scheme::Token { header: "X-Gitlab-Token".to_owned() }
    }

    fn check(
        scheme: Scheme,
        secrets: &[&str],
        headers: &[(&str, &str)],
        body: &[u8],
        now: u64,
    ) -> Result<(), Refused> {
        let secrets = secrets.iter().map(|it| SecretString::from(*it)).collect();
        let headers: Vec<(&str, &[u8])> =
            headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        Verifier::new(vec![scheme], secrets).verify(&headers, body, now)
    }

    /// The previous secret is valid until its end, and the current one is not affected by that.
    #[test]
    fn the_previous_secret_has_an_end() {
        let verifier = |known: &str, previous: &str| {
            Verifier::new(vec![github()], vec![SecretString::from(known)])
                .with_previous(SecretString::from(previous), 100)
        };
        let headers: [(&str, &[u8]); 1] = [("X-Hub-Signature-256", SIGNATURE.as_bytes())];
        for (known, previous, now, expected) in [
            ("other", SECRET, 99, Ok(())),
            ("other", SECRET, 100, Err(Refused::Forged)),
            (SECRET, "other", 100, Ok(())),
            (SECRET, "", 99, Ok(())),
            ("other", "", 99, Err(Refused::Forged)),
        ] {
            assert_eq!(
                verifier(known, previous).verify(&headers, BODY, now),
                expected,
                "{known} {previous} {now}"
            );
        }
    }

    type Case = (
        &'static str,
        Scheme,
        &'static [&'static str],
        Vec<(&'static str, &'static str)>,
        Result<(), Refused>,
    );

    #[test]
    fn what_is_believed_and_what_is_not() {
        let name = "X-Hub-Signature-256";
        let timed = |id, time, signature| {
            vec![("webhook-id", id), ("webhook-timestamp", time), ("webhook-signature", signature)]
        };
        let upper = "sha256=757107EA0EB2509FC211221CCE984B8A37570B6D7586C22C46F4379C8B043E17";
        let cases: Vec<Case> = vec![
            ("as published", github(), &[SECRET], vec![(name, SIGNATURE)], Ok(())),
            ("a name in another case", github(), &[SECRET], vec![("x-hub-signature-256", SIGNATURE)], Ok(())),
            ("upper-case digits", github(), &[SECRET], vec![(name, upper)], Ok(())),
            ("a secret being changed", github(), &["new", SECRET], vec![(name, SIGNATURE)], Ok(())),
            ("another secret", github(), &["other"], vec![(name, SIGNATURE)], Err(Refused::Forged)),
            ("no secret", github(), &[], vec![(name, SIGNATURE)], Err(Refused::Forged)),
            ("no signature", github(), &[SECRET], vec![], Err(Refused::Unsigned)),
            ("an empty one", github(), &[SECRET], vec![(name, "")], Err(Refused::Unsigned)),
            (
                "the old header",
                github(),
                &[SECRET],
                vec![("X-Hub-Signature", SIGNATURE)],
                Err(Refused::Unsigned),
            ),
            ("no prefix", github(), &[SECRET], vec![(name, &SIGNATURE[7..])], Err(Refused::Malformed)),
            ("half of it", github(), &[SECRET], vec![(name, &SIGNATURE[..39])], Err(Refused::Forged)),
            ("an odd digit", github(), &[SECRET], vec![(name, &SIGNATURE[..40])], Err(Refused::Malformed)),
            ("no digits", github(), &[SECRET], vec![(name, "sha256=")], Err(Refused::Forged)),
            (
                "twice",
                github(),
                &[SECRET],
                vec![(name, SIGNATURE), (name, SIGNATURE)],
                Err(Refused::Ambiguous),
            ),
            ("timed", gitlab(), &[TIMED_KEY], timed(ID, "1614265330", TIMED), Ok(())),
            (
                "of two signatures",
                gitlab(),
                &[TIMED_KEY],
                timed(ID, "1614265330", "v1,AAAA v1a,x v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
                Ok(()),
            ),
            ("another id", gitlab(), &[TIMED_KEY], timed("msg_x", "1614265330", TIMED), Err(Refused::Forged)),
            ("another time", gitlab(), &[TIMED_KEY], timed(ID, "1614265331", TIMED), Err(Refused::Forged)),
            ("no time", gitlab(), &[TIMED_KEY], timed(ID, "", TIMED), Err(Refused::Unsigned)),
            ("no number", gitlab(), &[TIMED_KEY], timed(ID, "now", TIMED), Err(Refused::Malformed)),
            (
                "no version",
                gitlab(),
                &[TIMED_KEY],
                timed(ID, "1614265330", &TIMED[3..]),
                Err(Refused::Malformed),
            ),
            ("a token", token(), &["s3cret"], vec![("X-Gitlab-Token", "s3cret")], Ok(())),
            ("another token", token(), &["s3cret"], vec![("X-Gitlab-Token", "s3creT")], Err(Refused::Forged)),
            (
                "more than the token",
                token(),
                &["s3cret"],
                vec![("X-Gitlab-Token", "s3cret ")],
                Err(Refused::Forged),
            ),
            ("an empty secret", token(), &[""], vec![("X-Gitlab-Token", "x")], Err(Refused::Forged)),
            (
                "the password of any user",
                Scheme::Basic,
                &["p"],
                vec![("Authorization", "Basic dTpw")],
                Ok(()),
            ),
            (
                "a password with a colon",
                Scheme::Basic,
                &["p:q"],
                vec![("Authorization", "Basic dTpwOnE=")],
                Ok(()),
            ),
            ("another", Scheme::Basic, &["p"], vec![("Authorization", "Basic dTpx")], Err(Refused::Forged)),
            (
                "no password",
                Scheme::Basic,
                &["p"],
                vec![("Authorization", "Basic cA==")],
                Err(Refused::Malformed),
            ),
            (
                "not basic",
                Scheme::Basic,
                &["p"],
                vec![("Authorization", "Bearer dTpw")],
                Err(Refused::Malformed),
            ),
        ];
        for (what, scheme, secrets, headers, expected) in cases {
            let body = if matches!(scheme, Scheme::StandardWebhooks { .. }) { TIMED_BODY } else { BODY };
            assert_eq!(check(scheme, secrets, &headers, body, NOW), expected, "{what}");
        }
    }

    #[test]
    fn a_delivery_counts_for_five_minutes() {
        let headers = [("webhook-id", ID), ("webhook-timestamp", "1614265330"), ("webhook-signature", TIMED)];
        for (now, expected) in [
            (NOW - 300, Ok(())),
            (NOW + 300, Ok(())),
            (NOW - 301, Err(Refused::Old)),
            (NOW + 301, Err(Refused::Old)),
            (0, Err(Refused::Old)),
            (u64::MAX, Err(Refused::Old)),
        ] {
            assert_eq!(check(gitlab(), &[TIMED_KEY], &headers, TIMED_BODY, now), expected, "{now}");
        }
        // A sender that does not know the secret learns nothing about the time.
        assert_eq!(check(gitlab(), &["whsec_AAAA"], &headers, TIMED_BODY, 0), Err(Refused::Forged));
    }

    /// Vectors that the providers publish, if they are on this machine.
    #[test]
    fn the_published_vectors_fit() {
        let shared = std::env::var_os("PALISADE_SHARED")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
        let Ok(vectors) = std::fs::read_to_string(shared.join("contracts/signature-vectors.json")) else {
            assert!(std::env::var_os("PALISADE_REQUIRE_CORPORA").is_none(), "the vectors are required here");
            println!("SKIPPED: the published vectors are not on this machine");
            return;
        };
        let vectors: Value = serde_json::from_str(&vectors).unwrap();
        for provider in ["github", "bitbucket"] {
            let part = |name: &str| vectors[provider][name].as_str().unwrap();
            let scheme =
                Scheme::HmacSha256 { header: part("header").to_owned(), prefix: "sha256=".to_owned() };
            let headers = [(part("header"), part("value"))];
            assert_eq!(
                check(scheme, &[part("secret")], &headers, part("payload").as_bytes(), 0),
                Ok(()),
                "{provider}"
            );
        }
    }

    /// GitLab signs, or sends a token where it does not support signatures: the first of both that is present decides.
    #[test]
    fn a_wrong_signature_is_not_replaced_by_a_token() {
        let signed = [("webhook-signature", TIMED), ("webhook-id", ID), ("webhook-timestamp", "1614265330")];
        let forged =
            [("webhook-signature", "v1,AAAA"), ("webhook-id", ID), ("webhook-timestamp", "1614265330")];
        let (token_is, other_token) = (("X-Gitlab-Token", TIMED_KEY), ("X-Gitlab-Token", "other"));
        for (headers, expected) in [
            (signed.to_vec(), Ok(())),
            (vec![token_is], Ok(())),
            ([&signed[..], &[other_token]].concat(), Ok(())),
            ([&forged[..], &[token_is]].concat(), Err(Refused::Forged)),
            (vec![other_token], Err(Refused::Forged)),
            (vec![("X-Hub-Signature-256", SIGNATURE)], Err(Refused::Unsigned)),
        ] {
            let verifier = Verifier::new(vec![gitlab(), token()], vec![SecretString::from(TIMED_KEY)]);
            let bytes: Vec<(&str, &[u8])> =
                headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
            assert_eq!(verifier.verify(&bytes, TIMED_BODY, NOW), expected, "{headers:?}");
        }
    }

    #[test]
    fn a_verifier_does_not_print_its_secrets() {
        let verifier = Verifier::new(vec![token()], vec![SecretString::from("s3cret")]);
        assert!(!format!("{verifier:?}").contains("s3cret"));
    }

    proptest! {
        /// A changed delivery is refused, wherever the change is.
        #[test]
        fn nothing_changed_is_believed(at in 0usize..13, with in any::<u8>(), signature in "[ -~]{0,80}") {
            let mut body = BODY.to_vec();
            body[at] = with;
            let believed = check(github(), &[SECRET], &[("X-Hub-Signature-256", SIGNATURE)], &body, 0);
            prop_assert_eq!(believed.is_ok(), body == BODY);
            let other = check(github(), &[SECRET], &[("X-Hub-Signature-256", &signature)], BODY, 0);
            prop_assert!(other.is_err());
        }

        /// Arbitrary bytes in every header are refused without a panic.
        #[test]
        fn whatever_comes_is_answered(value in prop::collection::vec(any::<u8>(), 0..64), time in "[0-9a-z]{0,24}") {
            for scheme in [github(), gitlab(), token(), Scheme::Basic] {
                let headers: Vec<(&str, &[u8])> = ["X-Hub-Signature-256", "webhook-signature", "webhook-id",
                    "X-Gitlab-Token", "Authorization"]
                    .into_iter()
                    .map(|name| (name, value.as_slice()))
                    .chain([("webhook-timestamp", time.as_bytes())])
                    .collect();
                let verifier = Verifier::new(vec![scheme], vec![SecretString::from(SECRET)]);
                prop_assert!(verifier.verify(&headers, BODY, NOW).is_err());
            }
        }
    }
}
