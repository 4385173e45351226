//! Controls for Kubernetes: pods, whatever creates them, and the roles, services and ingresses around them.

mod capabilities;
mod controls;
mod host_path;
mod image;
mod pod;
mod rbac;

use palisade_sdk::pack::Pack;

/// Every control, in the order of their names.
pub static PACK: Pack = Pack {
    title: "Kubernetes",
    controls: &[
        &controls::added_capability::ADDED_CAPABILITY,
        &controls::anonymous_binding::ANONYMOUS_BINDING,
        &controls::apparmor_unconfined::APPARMOR_UNCONFINED,
        &controls::capabilities_not_dropped::CAPABILITIES_NOT_DROPPED,
        &controls::cluster_admin_binding::CLUSTER_ADMIN_BINDING,
        &controls::cpu_limit_missing::CPU_LIMIT_MISSING,
        &controls::cpu_request_missing::CPU_REQUEST_MISSING,
        &controls::default_namespace::DEFAULT_NAMESPACE,
        &controls::default_service_account::DEFAULT_SERVICE_ACCOUNT,
        &controls::docker_socket_mounted::DOCKER_SOCKET_MOUNTED,
        &controls::host_ipc::HOST_IPC,
        &controls::host_network::HOST_NETWORK,
        &controls::host_path_volume::HOST_PATH_VOLUME,
        &controls::host_pid::HOST_PID,
        &controls::host_port::HOST_PORT,
        &controls::image_digest_missing::IMAGE_DIGEST_MISSING,
        &controls::image_pull_policy_never::IMAGE_PULL_POLICY_NEVER,
        &controls::image_tag_latest::IMAGE_TAG_LATEST,
        &controls::ingress_without_tls::INGRESS_WITHOUT_TLS,
        &controls::liveness_probe_missing::LIVENESS_PROBE_MISSING,
        &controls::low_user_id::LOW_USER_ID,
        &controls::may_run_as_root::MAY_RUN_AS_ROOT,
        &controls::memory_limit_missing::MEMORY_LIMIT_MISSING,
        &controls::memory_request_missing::MEMORY_REQUEST_MISSING,
        &controls::net_admin_capability::NET_ADMIN_CAPABILITY,
        &controls::net_raw_capability::NET_RAW_CAPABILITY,
        &controls::privilege_escalation_allowed::PRIVILEGE_ESCALATION_ALLOWED,
        &controls::privileged_container::PRIVILEGED_CONTAINER,
        &controls::proc_mount_unmasked::PROC_MOUNT_UNMASKED,
        &controls::rbac_bind::RBAC_BIND,
        &controls::rbac_create_pods::RBAC_CREATE_PODS,
        &controls::rbac_escalate::RBAC_ESCALATE,
        &controls::rbac_exec::RBAC_EXEC,
        &controls::rbac_impersonate::RBAC_IMPERSONATE,
        &controls::rbac_secrets_access::RBAC_SECRETS_ACCESS,
        &controls::rbac_wildcard::RBAC_WILDCARD,
        &controls::readiness_probe_missing::READINESS_PROBE_MISSING,
        &controls::root_group::ROOT_GROUP,
        &controls::root_user::ROOT_USER,
        &controls::runtime_socket_mounted::RUNTIME_SOCKET_MOUNTED,
        &controls::seccomp_profile_missing::SECCOMP_PROFILE_MISSING,
        &controls::seccomp_unconfined::SECCOMP_UNCONFINED,
        &controls::secret_from_environment::SECRET_FROM_ENVIRONMENT,
        &controls::secret_in_environment::SECRET_IN_ENVIRONMENT,
        &controls::selinux_custom_options::SELINUX_CUSTOM_OPTIONS,
        &controls::sensitive_host_path::SENSITIVE_HOST_PATH,
        &controls::service_account_token_mounted::SERVICE_ACCOUNT_TOKEN_MOUNTED,
        &controls::service_external_ips::SERVICE_EXTERNAL_IPS,
        &controls::service_external_name::SERVICE_EXTERNAL_NAME,
        &controls::service_load_balancer::SERVICE_LOAD_BALANCER,
        &controls::sys_admin_capability::SYS_ADMIN_CAPABILITY,
        &controls::system_masters_binding::SYSTEM_MASTERS_BINDING,
        &controls::tiller::TILLER,
        &controls::unsafe_sysctl::UNSAFE_SYSCTL,
        &controls::windows_host_process::WINDOWS_HOST_PROCESS,
        &controls::writable_host_path::WRITABLE_HOST_PATH,
        &controls::writable_root_filesystem::WRITABLE_ROOT_FILESYSTEM,
    ],
};

palisade_sdk::export_pack!(PACK);
