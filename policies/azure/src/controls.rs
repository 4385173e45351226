//! One control for each file, with its cases beside it.

palisade_sdk::controls! {
    aks_rbac_disabled
    app_plain_http
    key_vault_purge_unprotected
    network_open_rdp
    network_open_ssh
    sql_firewall_open
    sql_server_auditing_missing
    storage_container_public
    storage_network_open
    storage_old_tls
    storage_plain_http
}
