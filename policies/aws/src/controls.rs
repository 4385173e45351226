//! One control for each file, with its cases beside it.

palisade_sdk::controls! {
    cloudtrail_bucket_logging_missing
    cloudtrail_bucket_public
    cloudtrail_single_region
    cloudtrail_validation_disabled
    ebs_volume_unencrypted
    ecr_tags_mutable
    eks_endpoint_open
    iam_pass_role_unrestricted
    iam_policy_full_access
    iam_role_assumable_by_anyone
    instance_metadata_without_token
    kms_key_rotation_disabled
    lb_listener_plain_http
    rds_instance_unencrypted
    rds_publicly_accessible
    s3_bucket_access_block_missing
    s3_bucket_customer_key_missing
    s3_bucket_logging_missing
    s3_bucket_plain_transport
    s3_bucket_public_access_unrestricted
    s3_bucket_public_acl
    s3_bucket_public_acls_allowed
    s3_bucket_public_acls_honoured
    s3_bucket_public_policy
    s3_bucket_public_policy_allowed
    s3_bucket_versioning_disabled
    security_group_open_all_ports
    security_group_open_rdp
    security_group_open_ssh
    sns_topic_public
    sns_topic_unencrypted
    sqs_queue_public
    vpc_flow_logs_missing
}
