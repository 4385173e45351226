resource "aws_cloudtrail" "none" {
  name           = "none"
  s3_bucket_name = aws_s3_bucket.none.id #! failed
}

resource "aws_s3_bucket" "none" {
  bucket = "none"
}

resource "aws_cloudtrail" "logged" {
  name           = "logged"
  s3_bucket_name = aws_s3_bucket.logged.bucket
}

resource "aws_s3_bucket" "logged" {
  bucket = "logged"
}

resource "aws_s3_bucket_logging" "logged" {
  bucket        = aws_s3_bucket.logged.id
  target_bucket = "logs"
  target_prefix = "trail/"
}

resource "aws_cloudtrail" "elsewhere" {
  name           = "elsewhere"
  s3_bucket_name = "elsewhere"
}
