resource "aws_iam_policy" "one" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = { Effect = "Allow", Action = "*", Resource = "*" } #! failed statement[0]
  })
}

#! +6 failed All
resource "aws_iam_role_policy" "list" {
  role   = "deploy"
  policy = <<-POLICY
    {
      "Statement": [
        {"Sid": "All", "Effect": "Allow", "Action": ["*"], "Resource": ["*"]},
        {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "*"},
        {"Effect": "Deny", "Action": "*", "Resource": "*"}
      ]
    }
  POLICY
}

data "aws_iam_policy_document" "admin" {
  statement {
    sid       = "Admin"
    actions   = ["*"]
    resources = ["*"]
  }
}

resource "aws_iam_user_policy" "document" {
  user   = "deploy"
  policy = data.aws_iam_policy_document.admin.json #! failed Admin
}

resource "aws_iam_group_policy" "document" {
  group  = "deploy"
  policy = data.aws_iam_policy_document.admin.json #! failed Admin
}

resource "aws_iam_role" "inline" {
  name               = "inline"
  assume_role_policy = jsonencode({ Statement = [] })

  inline_policy {
    name = "all"
    policy = jsonencode({
      Statement = [{
        Effect   = "Allow"
        Action   = "*" #! failed all.statement[0]
        Resource = "*"
      }]
    })
  }
}

variable "action" {
  type = string
}

resource "aws_iam_policy" "later" {
  policy = jsonencode({
    Statement = [{
      Effect   = "Allow"
      Action   = var.action #! unknown statement[0]
      Resource = "*"
    }]
  })
}

# Whatever the action is, the resource is one.
resource "aws_iam_policy" "narrow" {
  policy = jsonencode({
    Statement = [{
      Effect   = "Allow"
      Action   = var.action
      Resource = "arn:aws:s3:::data"
    }]
  })
}

# No JSON, no statement.
resource "aws_iam_policy" "broken" {
  policy = "{"
}
