resource "aws_default_security_group" "default" {
  ingress {
    protocol    = "tcp"
    from_port   = 3000
    to_port     = 4000
    cidr_blocks = ["0.0.0.0/0"] #! failed ingress[0]
  }
}

# Another security group is no network.
resource "aws_security_group_rule" "group" {
  type                     = "ingress"
  security_group_id        = "sg-1"
  protocol                 = "tcp"
  from_port                = 3389
  to_port                  = 3389
  source_security_group_id = "sg-2"
}

variable "port" {
  type = number
}

resource "aws_security_group_rule" "later" {
  type              = "ingress"
  security_group_id = "sg-1"
  protocol          = "tcp"
  from_port         = var.port #! unknown
  to_port           = 4000
  cidr_blocks       = ["0.0.0.0/0"]
}

# Whatever the port is, the network is a small one.
resource "aws_security_group_rule" "narrow" {
  type              = "ingress"
  security_group_id = "sg-1"
  protocol          = "tcp"
  from_port         = var.port
  to_port           = 4000
  cidr_blocks       = ["192.0.2.0/24"]
}

resource "aws_ec2_managed_prefix_list" "office" {
  name           = "office"
  address_family = "IPv4"
  max_entries    = 2

  entry {
    cidr = "192.0.2.0/24"
  }
}

# An entry that stands for itself.
resource "aws_ec2_managed_prefix_list_entry" "all" {
  prefix_list_id = aws_ec2_managed_prefix_list.office.id
  cidr           = "0.0.0.0/0" #! failed ingress[0]
}

resource "aws_security_group" "list" {
  ingress {
    protocol        = "tcp"
    from_port       = 3389
    to_port         = 3389
    prefix_list_ids = [aws_ec2_managed_prefix_list.office.id]
  }
}

# In JSON a block may be a mapping alone.
#! +10 failed ingress[0]
#! file json/main.tf.json
{
  "resource": {
    "aws_security_group": {
      "json": {
        "ingress": {
          "protocol": "tcp",
          "from_port": 3389,
          "to_port": 3389,
          "cidr_blocks": ["0.0.0.0/0"]
        }
      }
    }
  }
}
