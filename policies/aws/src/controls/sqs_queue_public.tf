resource "aws_sqs_queue" "inline" {
  name = "inline"
  policy = jsonencode({
    Statement = [{
      Sid       = "Send"
      Effect    = "Allow"
      Principal = "*" #! failed Send
      Action    = "sqs:*"
      Resource  = "*"
    }]
  })
}

resource "aws_sqs_queue" "beside" {
  name = "beside"
}

data "aws_iam_policy_document" "beside" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.beside.arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:aws:s3:::data"]
    }
  }
}

resource "aws_sqs_queue_policy" "beside" {
  queue_url = aws_sqs_queue.beside.id
  policy    = data.aws_iam_policy_document.beside.json
}
