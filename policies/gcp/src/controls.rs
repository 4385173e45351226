//! One control for each file, with its cases beside it.

palisade_sdk::controls! {
    firewall_open_rdp
    firewall_open_ssh
    gke_default_service_account
    gke_legacy_authorization
    instance_default_service_account
    instance_public_address
    project_basic_role
    sql_open
    sql_plain_connections
    storage_bucket_acls
    storage_bucket_public
}
