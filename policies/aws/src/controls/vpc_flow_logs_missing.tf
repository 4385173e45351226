resource "aws_vpc" "none" { #! failed
  cidr_block = "10.0.0.0/16"
}

resource "aws_vpc" "logged" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_flow_log" "logged" {
  vpc_id          = aws_vpc.logged.id
  log_destination = "arn:aws:s3:::flows"
}

resource "aws_vpc" "counted" {
  count      = 2
  cidr_block = "10.${count.index}.0.0/16"
}

resource "aws_flow_log" "counted" {
  count           = 2
  vpc_id          = aws_vpc.counted[count.index].id
  log_destination = "arn:aws:s3:::flows"
}

# Inside a module, for a VPC that it is given.
resource "aws_vpc" "given" {
  cidr_block = "10.3.0.0/16"
}

module "flows" {
  source = "./flows"
  vpc_id = aws_vpc.given.id
}

#! file flows/main.tf
variable "vpc_id" {
  type = string
}

resource "aws_flow_log" "this" {
  vpc_id          = var.vpc_id
  log_destination = "arn:aws:s3:::flows"
}
