//! Checks every control with its cases, its examples and the rules for documentation, all at once.

#![cfg(test)]

use std::collections::BTreeSet;
use std::fmt::Write as _;

use palisade_parser_terraform::Terraform;
use palisade_policies_aws::PACK;
use palisade_sdk::rule::Outcome;
use palisade_sdk::tape::Batch;
use palisade_sdk::testing::{Exception, Form, judge, parse, place};

palisade_sdk::pack_tests!(Terraform, PACK, "aws-", "tf", EXCEPTIONS);

const fn in_plan(control: &'static str, address: &'static str, why: &'static str) -> Exception {
    Exception { control, form: Form::Plan, address, why }
}

const DOCUMENT: &str = "a plan has a document as one text, and where a part is unknown, so is the whole text";
const PREFIX: &str = "a plan does not have what an unknown text certainly begins with";

const COUNT: &str = "a plan has as many resources as there will be";

/// Resources with other outcomes in a plan.
const EXCEPTIONS: &[Exception] = &[
    in_plan("aws-iam-pass-role-unrestricted", "aws_iam_role_policy.document", DOCUMENT),
    in_plan("aws-iam-policy-full-access", "aws_iam_policy.later", DOCUMENT),
    in_plan("aws-iam-policy-full-access", "aws_iam_policy.narrow", DOCUMENT),
    in_plan("aws-iam-role-assumable-by-anyone", "aws_iam_role.later", DOCUMENT),
    in_plan("aws-s3-bucket-access-block-missing", "aws_s3_bucket.data", PREFIX),
    in_plan("aws-s3-bucket-plain-transport", "aws_s3_bucket.denied", DOCUMENT),
    in_plan("aws-s3-bucket-public-policy", "aws_s3_bucket.encoded", DOCUMENT),
    in_plan("aws-s3-bucket-versioning-disabled", "aws_s3_bucket.perhaps", COUNT),
    in_plan("aws-sqs-queue-public", "aws_sqs_queue_policy.beside", DOCUMENT),
];

#[test]
fn values_of_the_wrong_kind_are_survived() {
    let values = ["null", "true", "-1", "\"x\"", "[]", "{}", "[[{}]]", "{ a = [null] }", "var.unknown"];
    let names = [
        "acl",
        "access_control_policy",
        "action",
        "assume_role_policy",
        "block_public_acls",
        "bucket",
        "cidr_blocks",
        "default_action",
        "email",
        "encrypted",
        "from_port",
        "grant",
        "ingress",
        "inline_policy",
        "internal",
        "launch_template",
        "load_balancer_arn",
        "logging",
        "metadata_options",
        "policy",
        "prefix_list_ids",
        "protocol",
        "replicate_source_db",
        "rule",
        "s3_bucket_name",
        "storage_encrypted",
        "target_bucket",
        "server_side_encryption_configuration",
        "type",
        "versioning",
        "versioning_configuration",
        "vpc_config",
        "vpc_id",
    ];
    let named = PACK.controls.iter().map(|control| control.describe());
    let kinds: BTreeSet<String> =
        named.flat_map(|control| [control.kinds, control.related].concat()).collect();
    let tables = palisade_shape_tables::tables().unwrap();
    let shaped = tables.iter().flat_map(|it| {
        let sources = it.define.iter().flat_map(|it| &it.from).flat_map(|it| &it.kinds);
        sources.chain(it.companion.values().flat_map(|it| &it.kinds))
    });
    let shaped = shaped.filter(|kind| kind.starts_with("aws_")).cloned();
    let kinds: BTreeSet<String> = kinds.into_iter().chain(shaped).collect();
    let mut text = "variable \"unknown\" {}\n".to_owned();
    for kind in kinds {
        for (number, value) in values.iter().enumerate() {
            writeln!(text, "resource \"{kind}\" \"r{number}\" {{").unwrap();
            for name in names {
                writeln!(text, "  {name} = {value}").unwrap();
            }
            text.push_str("}\n");
        }
    }
    for batch in parse(&Terraform, "main.tf", &text).unwrap() {
        for control in PACK.controls {
            judge(&PACK, control.id, batch.clone()).unwrap();
        }
    }
}

#[test]
fn each_policy_is_decoded_however_it_is_written() {
    let statement = r#"{"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}"#;
    let ways = [
        format!("<<POLICY\n{{\"Statement\": [{statement}]}}\nPOLICY"),
        format!("jsonencode({{ Statement = jsondecode({statement:?}) }})"),
        format!("jsonencode({{ Statement = [jsondecode({statement:?})] }})"),
        "file(\"policy.txt\")".to_owned(),
        "local.policy".to_owned(),
    ];
    for way in ways {
        let text = format!(
            "locals {{\n  policy = file(\"policy.txt\")\n}}\nresource \"aws_sqs_queue\" \"q\" {{\n  policy = {way}\n}}\n\
             #! file policy.txt\n{{\"Statement\": {statement}}}\n"
        );
        let batches = parse(&Terraform, "main.tf", &text).unwrap();
        let found: usize =
            batches.into_iter().map(|batch| judge(&PACK, "aws-sqs-queue-public", batch).unwrap().len()).sum();
        assert_eq!(found, 1, "{way}");
    }
}

#[test]
fn a_policy_of_a_nested_block_is_judged_in_a_plan() {
    let plan = |policy: &str| {
        format!(
            r#"{{"format_version": "1.2", "planned_values": {{"root_module": {{"resources": [
            {{"address": "aws_iam_role.r", "mode": "managed", "type": "aws_iam_role", "name": "r",
             "values": {{"inline_policy": [{{"name": "none", "policy": "{{}}"}}, {{"name": "all", "policy": {policy:?}}}]}}}}
            ]}}}}}}"#
        )
    };
    for (resource, expected) in [("*", &["all.statement[0]"][..]), ("arn:aws:iam::1:role/one", &[])] {
        let policy = format!(
            r#"{{"Statement": [{{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "{resource}"}}]}}"#
        );
        let batches = parse(&Terraform, "plan.json", &plan(&policy)).unwrap();
        let judged = batches
            .into_iter()
            .flat_map(|batch| judge(&PACK, "aws-iam-pass-role-unrestricted", batch).unwrap());
        let found: Vec<String> = judged.map(|outcome| outcome.instance).collect();
        assert_eq!(found, expected, "{resource}");
    }
}

#[test]
fn a_bucket_of_a_plan_has_what_belongs_to_it() {
    let plan = |status: &str| {
        format!(
            r#"{{"format_version": "1.2", "planned_values": {{"root_module": {{"resources": [
            {{"address": "aws_s3_bucket.b", "mode": "managed", "type": "aws_s3_bucket", "name": "b",
             "values": {{"bucket": "logs"}}}},
            {{"address": "aws_s3_bucket_versioning.b", "mode": "managed", "type": "aws_s3_bucket_versioning", "name": "b",
             "values": {{"bucket": "logs", "versioning_configuration": [{{"status": "{status}"}}]}}}}
            ]}}}}}}"#
        )
    };
    for (status, expected) in [("Enabled", 0), ("Suspended", 1)] {
        let batches = parse(&Terraform, "plan.json", &plan(status)).unwrap();
        let judged =
            batches.into_iter().flat_map(|it| judge(&PACK, "aws-s3-bucket-versioning-disabled", it).unwrap());
        assert_eq!(judged.count(), expected, "{status}");
    }
}

/// Resources that belong together by reference and by name are looked up: searching all of them for each one would take
/// far too long.
#[test]
fn many_resources_are_judged_in_one_go() {
    let mut text = String::new();
    for number in 0..2500 {
        write!(
            text,
            "resource \"aws_s3_bucket\" \"b{number}\" {{\n  bucket = \"b{number}\"\n}}\n\
             resource \"aws_s3_bucket_public_access_block\" \"a{number}\" {{\n  bucket = \"b{number}\"\n}}\n\
             resource \"aws_s3_bucket_versioning\" \"v{number}\" {{\n  bucket = aws_s3_bucket.b{number}.id\n\
             versioning_configuration {{\n    status = \"Enabled\"\n  }}\n}}\n\
             resource \"aws_s3_bucket_logging\" \"l{number}\" {{\n  bucket = aws_s3_bucket.b{number}.id\n}}\n"
        )
        .unwrap();
    }
    for batch in parse(&Terraform, "main.tf", &text).unwrap() {
        for id in [
            "aws-s3-bucket-access-block-missing",
            "aws-s3-bucket-logging-missing",
            "aws-s3-bucket-versioning-disabled",
        ] {
            assert_eq!(judge(&PACK, id, batch.clone()).unwrap().len(), 0, "{id}");
        }
    }
}

/// Fields of shapes are shown in Terraform's notation.
#[test]
fn messages_name_the_arguments_to_set() {
    for (control, text, expected) in [
        (
            "aws-s3-bucket-versioning-disabled",
            "resource \"aws_s3_bucket\" \"b\" {}",
            "versioning is not enabled: set `versioning_configuration.status = \"Enabled\"`",
        ),
        (
            "aws-s3-bucket-public-acls-honoured",
            "resource \"aws_s3_bucket_public_access_block\" \"b\" {}",
            "public ACLs are honoured: set `ignore_public_acls = true`",
        ),
        (
            "aws-ebs-volume-unencrypted",
            "resource \"aws_ebs_volume\" \"v\" {}",
            "the volume is not encrypted: set `encrypted = true`",
        ),
        (
            "aws-vpc-flow-logs-missing",
            "resource \"aws_vpc\" \"v\" {}",
            "VPC flow logs are not enabled: add a flow log",
        ),
    ] {
        let batches = parse(&Terraform, "main.tf", text).unwrap();
        let outcomes = batches.into_iter().flat_map(|batch| judge(&PACK, control, batch).unwrap());
        let messages: Vec<String> = outcomes.map(|it| it.message).collect();
        assert_eq!(messages, [expected], "{control}");
    }
}

/// A large unit is cut into chunks: a control that needs only its subject gets only the subject, and finds the same,
/// since shapes include what they link to.
#[test]
fn a_subject_alone_is_judged_as_among_the_others() {
    let found = |batch: Batch, control: &str, row: u32| {
        let outcomes =
            judge(&PACK, control, batch.clone()).unwrap().into_iter().filter(|it| it.resource == row);
        let shown = |it: &Outcome| place(&batch, it).map(|at| (batch.path(at.document).to_owned(), at.line));
        outcomes.map(|it| (shown(&it), it.kind, it.instance, it.message)).collect::<Vec<_>>()
    };
    let mut judged = 0;
    for control in PACK.controls.iter().filter(|it| it.related.is_empty()) {
        let name = control.id.trim_start_matches("aws-").replace('-', "_");
        let path = format!("{}/src/controls/{name}.tf", env!("CARGO_MANIFEST_DIR"));
        for batch in parse(&Terraform, "main.tf", &std::fs::read_to_string(path).unwrap()).unwrap() {
            for row in 0..u32::try_from(batch.resources.len()).unwrap() {
                let alone = found(batch.extract(&BTreeSet::from([row])), control.id, 0);
                assert_eq!(alone, found(batch.clone(), control.id, row), "{} {name}", control.id);
                judged += usize::from(!alone.is_empty());
            }
        }
    }
    assert!(judged > 50, "{judged}");
}
