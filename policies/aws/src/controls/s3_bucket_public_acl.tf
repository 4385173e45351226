resource "aws_s3_bucket" "inline" {
  bucket = "inline"
  acl    = "public-read-write" #! failed
}

resource "aws_s3_bucket" "beside" {
  bucket = "beside"
}

resource "aws_s3_bucket_acl" "beside" {
  bucket = aws_s3_bucket.beside.id
  acl    = "authenticated-read" #! failed
}

resource "aws_s3_bucket" "grants" {
  bucket = "grants"
}

resource "aws_s3_bucket_acl" "grants" {
  bucket = "grants"

  access_control_policy {
    grant {
      permission = "READ"
      grantee {
        type = "Group"
        uri  = "http://acs.amazonaws.com/groups/global/AllUsers" #! failed
      }
    }
    owner {
      id = "1"
    }
  }
}

# A block that ignores public ACLs overrules it.
resource "aws_s3_bucket" "blocked" {
  bucket = "blocked"
  acl    = "public-read"
}

resource "aws_s3_bucket_public_access_block" "blocked" {
  bucket             = aws_s3_bucket.blocked.id
  ignore_public_acls = true
}

variable "ignore" {
  type = bool
}

resource "aws_s3_bucket" "perhaps" {
  bucket = "perhaps"
  acl    = "public-read"
}

resource "aws_s3_bucket_public_access_block" "perhaps" {
  bucket             = aws_s3_bucket.perhaps.id
  ignore_public_acls = var.ignore #! unknown
}

resource "aws_s3_bucket" "private" {
  bucket = "private"
  acl    = "private"
}

# It may be the ACL of the bucket, or not.
#! file possible/main.tf
variable "bucket" {
  type = string
}

resource "aws_s3_bucket" "perhaps_open" {
  bucket = "perhaps-open"
}

resource "aws_s3_bucket_acl" "perhaps_open" {
  bucket = var.bucket #! unknown
  acl    = "public-read"
}

# For the whole account public ACLs are ignored.
#! file account/main.tf
resource "aws_s3_bucket" "ignored" {
  bucket = "ignored"
  acl    = "public-read"
}

resource "aws_s3_account_public_access_block" "all" {
  ignore_public_acls = true
}
