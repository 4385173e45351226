//! Every control against its cases, its examples and the rules of documentation, all at once.

use palisade_parser_terraform::Terraform;
use palisade_policies_azure::PACK;

palisade_sdk::pack_tests!(Terraform, PACK, "azure-", "tf");
