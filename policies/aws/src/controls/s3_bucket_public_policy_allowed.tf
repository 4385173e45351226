resource "aws_s3_bucket_public_access_block" "off" {
  bucket              = "off"
  block_public_policy = false
}

resource "aws_s3_bucket_public_access_block" "missing" {
  bucket = "missing"
}

# The account's block holds for every bucket.
resource "aws_s3_account_public_access_block" "all" {
  block_public_policy = true
}
