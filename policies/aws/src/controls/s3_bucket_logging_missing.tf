resource "aws_s3_bucket" "none" { #! failed
  bucket = "none"
}

resource "aws_s3_bucket" "beside" {
  bucket = "beside"
}

resource "aws_s3_bucket_logging" "beside" {
  bucket        = aws_s3_bucket.beside.id
  target_bucket = aws_s3_bucket.logs.id
  target_prefix = "beside/"
}

resource "aws_s3_bucket" "inline" {
  bucket = "inline"

  logging {
    target_bucket = "collected"
  }
}

# What receives logs need not log itself.
resource "aws_s3_bucket" "logs" {
  bucket = "logs"
}

resource "aws_s3_bucket" "collected" {
  bucket = "collected"
}
