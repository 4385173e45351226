resource "aws_cloudtrail" "open" {
  name           = "open"
  s3_bucket_name = aws_s3_bucket.open.id
}

resource "aws_s3_bucket" "open" {
  bucket = "open"
}

resource "aws_s3_bucket_acl" "open" {
  bucket = aws_s3_bucket.open.id
  acl    = "public-read" #! failed
}

# By its name.
resource "aws_cloudtrail" "named" {
  name           = "named"
  s3_bucket_name = "named"
}

resource "aws_s3_bucket" "named" {
  bucket = "named"
}

resource "aws_s3_bucket_policy" "named" {
  bucket = "named"
  policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Principal = "*" #! failed
      Action    = "s3:*"
      Resource  = "*"
    }]
  })
}

variable "bucket" {
  type = string
}

resource "aws_cloudtrail" "later" {
  name           = "later"
  s3_bucket_name = var.bucket #! unknown
}

# A bucket that is declared elsewhere.
resource "aws_cloudtrail" "elsewhere" {
  name           = "elsewhere"
  s3_bucket_name = "elsewhere"
}

# A policy of a data source.
resource "aws_cloudtrail" "document" {
  name           = "document"
  s3_bucket_name = aws_s3_bucket.document.id
}

resource "aws_s3_bucket" "document" {
  bucket = "document"
}

resource "aws_s3_bucket_policy" "document" {
  bucket = aws_s3_bucket.document.id
  policy = data.aws_iam_policy_document.open.json #! failed
}

data "aws_iam_policy_document" "open" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}
