resource "aws_iam_role" "anybody" {
  assume_role_policy = jsonencode({
    Statement = [
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = "*" #! failed statement[0]
      },
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = "*"
        Condition = { StringEquals = { "sts:ExternalId" = "4711" } }
      },
    ]
  })
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}

resource "aws_iam_role" "document" {
  assume_role_policy = data.aws_iam_policy_document.trust.json #! failed statement[0]
}

variable "account" {
  type = string
}

resource "aws_iam_role" "later" {
  assume_role_policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = var.account } #! unknown statement[0]
    }]
  })
}

resource "aws_iam_role" "service" {
  assume_role_policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}
