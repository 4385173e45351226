resource "aws_sns_topic" "topic" {
  name = "topic"
}

data "aws_iam_policy_document" "open" {
  statement {
    sid       = "Everybody"
    actions   = ["sns:Publish", "sns:Subscribe"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}

resource "aws_sns_topic_policy" "topic" {
  arn    = aws_sns_topic.topic.arn
  policy = data.aws_iam_policy_document.open.json #! failed Everybody
}

# The default policy of SNS says the owner this way.
resource "aws_sns_topic_policy" "owner" {
  arn = aws_sns_topic.topic.arn
  policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "*" }
      Action    = "sns:Publish"
      Resource  = "*"
      Condition = { StringEquals = { "AWS:SourceOwner" = "111122223333" } }
    }]
  })
}
