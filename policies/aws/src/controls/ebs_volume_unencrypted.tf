resource "aws_ebs_volume" "none" { #! failed
  availability_zone = "eu-central-1a"
}

resource "aws_ebs_volume" "off" {
  availability_zone = "eu-central-1a"
  encrypted         = false #! failed
}

variable "encrypted" {
  type = bool
}

resource "aws_ebs_volume" "later" {
  availability_zone = "eu-central-1a"
  encrypted         = var.encrypted #! unknown
}

resource "aws_ebs_volume" "on" {
  availability_zone = "eu-central-1a"
  encrypted         = true
}

resource "aws_ebs_encryption_by_default" "off" {
  enabled = false
}

# Encryption is the default of the account.
#! file default/main.tf
resource "aws_ebs_volume" "of_the_account" {
  availability_zone = "eu-central-1a"
}

resource "aws_ebs_encryption_by_default" "on" {
}
