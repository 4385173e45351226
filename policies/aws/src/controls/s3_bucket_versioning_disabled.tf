resource "aws_s3_bucket" "none" { #! failed
  bucket = "none"
}

# As versions 3 of the provider and before had it.
resource "aws_s3_bucket" "inline" {
  bucket = "inline"

  versioning {
    enabled = true
  }
}

resource "aws_s3_bucket" "inline_off" {
  bucket = "inline-off"

  versioning {
    enabled = false #! failed
  }
}

resource "aws_s3_bucket" "beside" {
  bucket_prefix = "beside"
}

resource "aws_s3_bucket_versioning" "beside" {
  bucket = aws_s3_bucket.beside.bucket

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket" "suspended" {
  bucket = "suspended"
}

resource "aws_s3_bucket_versioning" "suspended" {
  bucket = "suspended"

  versioning_configuration {
    status = "Suspended" #! failed
  }
}

variable "status" {
  type = string
}

resource "aws_s3_bucket" "later" {
  bucket = "later"
}

resource "aws_s3_bucket_versioning" "later" {
  bucket = aws_s3_bucket.later.id

  versioning_configuration {
    status = var.status #! unknown
  }
}

locals {
  buckets = toset(["one", "two"])
}

resource "aws_s3_bucket" "each" {
  for_each = local.buckets
  bucket   = each.key
}

resource "aws_s3_bucket_versioning" "each" {
  for_each = local.buckets
  bucket   = aws_s3_bucket.each[each.key].id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket" "lacks" {
  bucket = "lacks"

  versioning { #! failed
    mfa_delete = true
  }
}

# What may be the bucket's versioning decides nothing where the bucket's own is on.
#! file possible/main.tf
variable "bucket" {
  type = string
}

resource "aws_s3_bucket" "off" {
  bucket = "off"
}

resource "aws_s3_bucket" "on" {
  bucket = "on"

  versioning {
    enabled = true
  }
}

resource "aws_s3_bucket_versioning" "of_either" {
  bucket = var.bucket #! unknown

  versioning_configuration {
    status = "Enabled"
  }
}

# Without its status known to be there, it is not known to be on.
#! file optional/main.tf
variable "versions" {
  type = bool
}

resource "aws_s3_bucket" "perhaps" {
  bucket = "perhaps"
}

resource "aws_s3_bucket_versioning" "perhaps" { #! unknown
  count  = var.versions ? 1 : 0
  bucket = aws_s3_bucket.perhaps.id

  versioning_configuration {
    status = "Enabled"
  }
}

# In another file of the module.
#! file files/main.tf
resource "aws_s3_bucket" "logs" {
  bucket = "logs"
}

#! file files/versioning.tf
resource "aws_s3_bucket_versioning" "logs" {
  bucket = aws_s3_bucket.logs.id

  versioning_configuration {
    status = "Suspended" #! failed
  }
}
