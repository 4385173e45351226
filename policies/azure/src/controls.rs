//! One control a file, with its cases beside it.

pub(crate) mod aks_rbac_disabled;
pub(crate) mod app_plain_http;
pub(crate) mod key_vault_purge_unprotected;
pub(crate) mod network_open_rdp;
pub(crate) mod network_open_ssh;
pub(crate) mod sql_firewall_open;
pub(crate) mod sql_server_auditing_missing;
pub(crate) mod storage_container_public;
pub(crate) mod storage_network_open;
pub(crate) mod storage_old_tls;
pub(crate) mod storage_plain_http;
