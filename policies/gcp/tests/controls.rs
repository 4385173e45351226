//! Checks every control with its cases, its examples and the rules for documentation, all at once.

use palisade_parser_terraform::Terraform;
use palisade_policies_gcp::PACK;

palisade_sdk::pack_tests!(Terraform, PACK, "gcp-", "tf");
