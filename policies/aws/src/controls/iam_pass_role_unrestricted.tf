resource "aws_iam_policy" "exact" {
  policy = jsonencode({
    Statement = [
      {
        Sid      = "Pass"
        Effect   = "Allow"
        Action   = ["ecs:RunTask", "iam:PassRole"] #! failed Pass
        Resource = "*"
      },
      {
        Effect   = "Allow"
        Action   = "iam:Pass*" #! failed statement[1]
        Resource = "arn:aws:iam::111122223333:role/*"
      },
      {
        Effect   = "Allow"
        Action   = "iam:PassRole"
        Resource = "arn:aws:iam::111122223333:role/task"
      },
      {
        Effect   = "Deny"
        Action   = "iam:PassRole"
        Resource = "*"
      },
    ]
  })
}

data "aws_iam_policy_document" "pass" {
  statement {
    actions   = ["iam:PassRole"]
    resources = [aws_iam_role.task.arn]
  }
}

resource "aws_iam_role" "task" {
  name               = "task"
  assume_role_policy = jsonencode({ Statement = [] })
}

# The address of a role that is yet to be made is not every role's.
resource "aws_iam_role_policy" "document" {
  role   = "deploy"
  policy = data.aws_iam_policy_document.pass.json
}
