resource "aws_sns_topic" "none" { #! failed
  name = "none"
}

resource "aws_kms_key" "key" {
  enable_key_rotation = true
}

resource "aws_sns_topic" "key" {
  name              = "key"
  kms_master_key_id = aws_kms_key.key.id
}

resource "aws_sns_topic" "empty" {
  name              = "empty"
  kms_master_key_id = "" #! failed
}
