locals {
  restrict = { logs = false, data = true }
}

resource "aws_s3_bucket_public_access_block" "each" {
  for_each                = local.restrict
  bucket                  = each.key
  restrict_public_buckets = each.value #! failed
}

resource "aws_s3_bucket_public_access_block" "off" {
  bucket                  = "off"
  restrict_public_buckets = false #! failed
}
