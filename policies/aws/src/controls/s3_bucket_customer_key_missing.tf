resource "aws_kms_key" "data" {
  enable_key_rotation = true
}

resource "aws_s3_bucket" "none" { #! failed
  bucket = "none"
}

resource "aws_s3_bucket" "own_key_of_s3" {
  bucket = "own-key-of-s3"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "own_key_of_s3" {
  bucket = aws_s3_bucket.own_key_of_s3.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256" #! failed
    }
  }
}

# Without a key named, KMS takes the one of AWS.
resource "aws_s3_bucket" "of_aws" {
  bucket = "of-aws"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "of_aws" {
  bucket = "of-aws"

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "aws:kms" #! failed
    }
  }
}

resource "aws_s3_bucket" "key" {
  bucket = "key"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "key" {
  bucket = aws_s3_bucket.key.bucket

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.data.arn
    }
  }
}

resource "aws_s3_bucket" "inline" {
  bucket = "inline"

  server_side_encryption_configuration {
    rule {
      apply_server_side_encryption_by_default {
        sse_algorithm     = "aws:kms"
        kms_master_key_id = aws_kms_key.data.arn
      }
    }
  }
}
