//! Controls for AWS: storage, networks, identities, databases and logs, as Terraform declares them.

mod bucket;
mod controls;
mod iam;
mod network;

use palisade_sdk::pack::Pack;

/// Every control, in the order of their names.
pub static PACK: Pack = Pack {
    title: "AWS",
    controls: &[
        &controls::cloudtrail_bucket_logging_missing::CLOUDTRAIL_BUCKET_LOGGING_MISSING,
        &controls::cloudtrail_bucket_public::CLOUDTRAIL_BUCKET_PUBLIC,
        &controls::cloudtrail_single_region::CLOUDTRAIL_SINGLE_REGION,
        &controls::cloudtrail_validation_disabled::CLOUDTRAIL_VALIDATION_DISABLED,
        &controls::ebs_volume_unencrypted::EBS_VOLUME_UNENCRYPTED,
        &controls::ecr_tags_mutable::ECR_TAGS_MUTABLE,
        &controls::eks_endpoint_open::EKS_ENDPOINT_OPEN,
        &controls::iam_pass_role_unrestricted::IAM_PASS_ROLE_UNRESTRICTED,
        &controls::iam_policy_full_access::IAM_POLICY_FULL_ACCESS,
        &controls::iam_role_assumable_by_anyone::IAM_ROLE_ASSUMABLE_BY_ANYONE,
        &controls::instance_metadata_without_token::INSTANCE_METADATA_WITHOUT_TOKEN,
        &controls::kms_key_rotation_disabled::KMS_KEY_ROTATION_DISABLED,
        &controls::lb_listener_plain_http::LB_LISTENER_PLAIN_HTTP,
        &controls::rds_instance_unencrypted::RDS_INSTANCE_UNENCRYPTED,
        &controls::rds_publicly_accessible::RDS_PUBLICLY_ACCESSIBLE,
        &controls::s3_bucket_access_block_missing::S3_BUCKET_ACCESS_BLOCK_MISSING,
        &controls::s3_bucket_customer_key_missing::S3_BUCKET_CUSTOMER_KEY_MISSING,
        &controls::s3_bucket_logging_missing::S3_BUCKET_LOGGING_MISSING,
        &controls::s3_bucket_plain_transport::S3_BUCKET_PLAIN_TRANSPORT,
        &controls::s3_bucket_public_access_unrestricted::S3_BUCKET_PUBLIC_ACCESS_UNRESTRICTED,
        &controls::s3_bucket_public_acl::S3_BUCKET_PUBLIC_ACL,
        &controls::s3_bucket_public_acls_allowed::S3_BUCKET_PUBLIC_ACLS_ALLOWED,
        &controls::s3_bucket_public_acls_honoured::S3_BUCKET_PUBLIC_ACLS_HONOURED,
        &controls::s3_bucket_public_policy::S3_BUCKET_PUBLIC_POLICY,
        &controls::s3_bucket_public_policy_allowed::S3_BUCKET_PUBLIC_POLICY_ALLOWED,
        &controls::s3_bucket_versioning_disabled::S3_BUCKET_VERSIONING_DISABLED,
        &controls::security_group_open_all_ports::SECURITY_GROUP_OPEN_ALL_PORTS,
        &controls::security_group_open_rdp::SECURITY_GROUP_OPEN_RDP,
        &controls::security_group_open_ssh::SECURITY_GROUP_OPEN_SSH,
        &controls::sns_topic_public::SNS_TOPIC_PUBLIC,
        &controls::sns_topic_unencrypted::SNS_TOPIC_UNENCRYPTED,
        &controls::sqs_queue_public::SQS_QUEUE_PUBLIC,
        &controls::vpc_flow_logs_missing::VPC_FLOW_LOGS_MISSING,
    ],
};

palisade_sdk::export_pack!(PACK);
