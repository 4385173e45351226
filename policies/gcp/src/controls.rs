//! One control a file, with its cases beside it.

pub(crate) mod firewall_open_rdp;
pub(crate) mod firewall_open_ssh;
pub(crate) mod gke_default_service_account;
pub(crate) mod gke_legacy_authorization;
pub(crate) mod instance_default_service_account;
pub(crate) mod instance_public_address;
pub(crate) mod project_basic_role;
pub(crate) mod sql_open;
pub(crate) mod sql_plain_connections;
pub(crate) mod storage_bucket_acls;
pub(crate) mod storage_bucket_public;
