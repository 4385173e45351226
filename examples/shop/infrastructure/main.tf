# The shop's cloud account: where receipts are kept, and who reaches the machines.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 6.0" }
  }
}

variable "office" {
  description = "Networks that may reach the machines."
  type        = list(string)
  default     = ["0.0.0.0/0"]
}

variable "vpc_id" {
  description = "The network of the shop."
  type        = string
}

module "receipts" {
  source = "./modules/storage"

  name   = "shop-receipts"
  public = true
}

module "backups" {
  source   = "./modules/storage"
  for_each = toset(["daily", "weekly"])

  name = "shop-backups-${each.key}"
}

resource "aws_security_group" "machines" {
  name        = "shop-machines"
  description = "Whoever looks after the machines."
  vpc_id      = var.vpc_id

  dynamic "ingress" {
    for_each = [22, 443]
    content {
      description = "port ${ingress.value}"
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = var.office
    }
  }
}

data "aws_iam_policy_document" "deploy" {
  statement {
    actions   = ["*"]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "deploy" {
  name   = "shop-deploy"
  policy = data.aws_iam_policy_document.deploy.json
}
