resource "aws_s3_bucket_public_access_block" "off" {
  bucket            = "off"
  block_public_acls = false #! failed
}

resource "aws_s3_bucket_public_access_block" "missing" { #! failed
  bucket = "missing"
}

resource "aws_s3_bucket_public_access_block" "null" {
  bucket            = "null"
  block_public_acls = null #! failed
}

variable "block" {
  type = bool
}

resource "aws_s3_bucket_public_access_block" "later" {
  bucket            = "later"
  block_public_acls = var.block #! unknown
}

variable "on" {
  default = true
}

resource "aws_s3_bucket_public_access_block" "on" {
  bucket            = "on"
  block_public_acls = var.on
}

resource "aws_s3_bucket_public_access_block" "text" {
  bucket            = "text"
  block_public_acls = "true"
}
