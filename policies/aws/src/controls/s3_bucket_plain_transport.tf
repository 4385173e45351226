resource "aws_s3_bucket" "none" { #! failed
  bucket = "none"
}

# Only the reading of objects is asked for: a denial of one action is not enough to begin with.
resource "aws_s3_bucket" "other_action" { #! failed
  bucket = "other-action"
}

resource "aws_s3_bucket_policy" "other_action" {
  bucket = aws_s3_bucket.other_action.id
  policy = jsonencode({
    Statement = [{
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:PutObject"
      Resource  = "*"
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

resource "aws_s3_bucket" "denied" {
  bucket = "denied"
}

data "aws_iam_policy_document" "denied" {
  statement {
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.denied.arn, "${aws_s3_bucket.denied.arn}/*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "denied" {
  bucket = aws_s3_bucket.denied.id
  policy = data.aws_iam_policy_document.denied.json
}

variable "policy" {
  type = string
}

resource "aws_s3_bucket" "later" {
  bucket = "later"
  policy = var.policy #! unknown
}
