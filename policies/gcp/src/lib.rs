//! Controls for Google Cloud: storage, networks, identities and machines, as Terraform declares them.

mod controls;
mod firewall;
mod iam;

use palisade_sdk::pack::Pack;

/// Every control, in the order of their names.
pub static PACK: Pack = Pack {
    title: "Google Cloud",
    controls: &[
        &controls::firewall_open_rdp::FIREWALL_OPEN_RDP,
        &controls::firewall_open_ssh::FIREWALL_OPEN_SSH,
        &controls::gke_default_service_account::GKE_DEFAULT_SERVICE_ACCOUNT,
        &controls::gke_legacy_authorization::GKE_LEGACY_AUTHORIZATION,
        &controls::instance_default_service_account::INSTANCE_DEFAULT_SERVICE_ACCOUNT,
        &controls::instance_public_address::INSTANCE_PUBLIC_ADDRESS,
        &controls::project_basic_role::PROJECT_BASIC_ROLE,
        &controls::sql_open::SQL_OPEN,
        &controls::sql_plain_connections::SQL_PLAIN_CONNECTIONS,
        &controls::storage_bucket_acls::STORAGE_BUCKET_ACLS,
        &controls::storage_bucket_public::STORAGE_BUCKET_PUBLIC,
    ],
};

palisade_sdk::export_pack!(PACK);
