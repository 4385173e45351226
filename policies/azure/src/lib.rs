//! Controls for Azure: storage, networks, databases and applications, as Terraform declares them.

mod controls;
mod network;

use palisade_sdk::pack::Pack;

/// Every control, in the order of their names.
pub static PACK: Pack = Pack {
    title: "Azure",
    controls: &[
        &controls::aks_rbac_disabled::AKS_RBAC_DISABLED,
        &controls::app_plain_http::APP_PLAIN_HTTP,
        &controls::key_vault_purge_unprotected::KEY_VAULT_PURGE_UNPROTECTED,
        &controls::network_open_rdp::NETWORK_OPEN_RDP,
        &controls::network_open_ssh::NETWORK_OPEN_SSH,
        &controls::sql_firewall_open::SQL_FIREWALL_OPEN,
        &controls::sql_server_auditing_missing::SQL_SERVER_AUDITING_MISSING,
        &controls::storage_container_public::STORAGE_CONTAINER_PUBLIC,
        &controls::storage_network_open::STORAGE_NETWORK_OPEN,
        &controls::storage_old_tls::STORAGE_OLD_TLS,
        &controls::storage_plain_http::STORAGE_PLAIN_HTTP,
    ],
};

palisade_sdk::export_pack!(PACK);
