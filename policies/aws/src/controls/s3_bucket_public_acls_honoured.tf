resource "aws_s3_bucket_public_access_block" "off" {
  bucket             = "off"
  ignore_public_acls = false #! unknown
}

resource "aws_s3_bucket_public_access_block" "on" {
  bucket             = "on"
  ignore_public_acls = true
}

variable "ignore" {
  type = bool
}

# What the account says cannot be known, and it would be enough.
resource "aws_s3_account_public_access_block" "all" {
  ignore_public_acls = var.ignore
}
