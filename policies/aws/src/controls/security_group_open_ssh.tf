resource "aws_security_group" "inline" {
  name = "inline"

  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }

  ingress {
    protocol    = "tcp"
    from_port   = 20
    to_port     = 30
    cidr_blocks = ["10.0.0.0/8", "0.0.0.0/0"] #! failed ingress[1]
  }

  ingress {
    protocol         = "-1"
    from_port        = 0
    to_port          = 0
    ipv6_cidr_blocks = ["::/0"] #! failed ingress[2]
  }

  ingress {
    protocol    = "udp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["0.0.0.0/0"]
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group_rule" "beside" {
  security_group_id = aws_security_group.inline.id
  type              = "ingress"
  protocol          = "tcp"
  from_port         = 22
  to_port           = 22
  cidr_blocks       = ["0.0.0.0/0"] #! failed
}

resource "aws_security_group_rule" "out" {
  security_group_id = aws_security_group.inline.id
  type              = "egress"
  protocol          = "tcp"
  from_port         = 22
  to_port           = 22
  cidr_blocks       = ["0.0.0.0/0"]
}

resource "aws_vpc_security_group_ingress_rule" "beside" {
  security_group_id = aws_security_group.inline.id
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
  cidr_ipv4         = "0.0.0.0/0" #! failed
}

variable "office" {
  type = string
}

resource "aws_vpc_security_group_ingress_rule" "later" {
  security_group_id = aws_security_group.inline.id
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
  cidr_ipv4         = var.office #! unknown
}

variable "ports" {
  default = [80, 22]
}

resource "aws_security_group" "dynamic" {
  name = "dynamic"

  dynamic "ingress" {
    for_each = var.ports

    content {
      protocol    = "tcp"
      from_port   = ingress.value
      to_port     = ingress.value
      cidr_blocks = ["0.0.0.0/0"] #! failed ingress[1]
    }
  }
}

# Networks that a prefix list holds.
resource "aws_ec2_managed_prefix_list" "all" {
  name           = "all"
  address_family = "IPv4"
  max_entries    = 1

  entry {
    cidr = "0.0.0.0/0" #! failed
  }
}

resource "aws_vpc_security_group_ingress_rule" "list" {
  security_group_id = aws_security_group.inline.id
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
  prefix_list_id    = aws_ec2_managed_prefix_list.all.id
}

# Networks and numbers are compared by what they are.
resource "aws_security_group" "spelled" {
  name = "spelled"

  ingress {
    protocol         = "06"
    from_port        = 22
    to_port          = 22
    ipv6_cidr_blocks = ["0:0::/0"] #! failed ingress[0]
  }

  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["0.0.0.0/1", "128.0.0.0/1"] #! failed ingress[1]
  }

  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["192.168.0.0/16", "10.0.0.0/8"]
  }
}
