//! The files that `palisade pack new` writes.

/// The kind of controls that a new pack shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    /// Our controls, over resources.
    Resources,
    /// Controls of Conftest, over documents.
    Documents,
}

/// The files of a new pack, as paths and texts.
pub fn template(kind: Template, name: &str) -> Vec<(&'static str, String)> {
    let pack = format!("name = \"{name}\"\nversion = \"0.1.0\"\ntitle = \"Policies of {name}\"\n");
    match kind {
        Template::Resources => vec![
            ("pack.toml", pack),
            ("bucket_versioning.rego", RULE.to_owned()),
            ("bucket_versioning_test.rego", TEST.to_owned()),
        ],
        Template::Documents => vec![
            ("pack.toml", pack),
            ("policy/deployment.rego", DOCUMENT_RULE.to_owned()),
            ("policy/deployment_test.rego", DOCUMENT_TEST.to_owned()),
        ],
    }
}

const RULE: &str = r#"# METADATA
# title: Bucket keeps no versions
# description: What is overwritten or deleted by mistake, or by an attacker, is lost.
# custom:
#   severity: medium
#   kinds: [aws_s3_bucket]
#   remediation: Add a block `versioning` with `enabled = true`.
package palisade.bucket_versioning

import rego.v1

violation contains {"message": "versions are not kept", "path": ["config", "versioning"]} if {
	not is_versioned
}

is_versioned if {
	some block in input.config.versioning
	block.enabled == true
}
"#;

const TEST: &str = r#"package palisade.bucket_versioning_test

import rego.v1

import data.palisade.bucket_versioning

test_versions_are_kept if {
	count(bucket_versioning.violation) == 0 with input as {"config": {"versioning": [{"enabled": true}]}}
}

test_no_versions if {
	count(bucket_versioning.violation) == 1 with input as {"config": {"bucket": "logs"}}
}
"#;

const DOCUMENT_RULE: &str = r#"package main

import rego.v1

# METADATA
# title: Deployment without a request for memory
# description: The scheduler does not know which node has enough memory for it.
# custom:
#   severity: low
deny contains msg if {
	input.kind == "Deployment"
	some container in input.spec.template.spec.containers
	not container.resources.requests.memory
	msg := sprintf("container %s asks for no memory", [container.name])
}
"#;

const DOCUMENT_TEST: &str = r#"package main_test

import rego.v1

import data.main

deployment(container) := {
	"kind": "Deployment",
	"spec": {"template": {"spec": {"containers": [container]}}},
}

test_asks_for_memory if {
	container := {"name": "web", "resources": {"requests": {"memory": "64Mi"}}}
	count(main.deny) == 0 with input as deployment(container)
}

test_asks_for_none if {
	count(main.deny) == 1 with input as deployment({"name": "web"})
}
"#;
