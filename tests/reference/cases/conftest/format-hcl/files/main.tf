variable "size" {
  type    = string
  default = "small"
}

locals {
  tags = { Name = "x", "quoted-key" = var.size }
}

resource "aws_instance" "web" {
  count         = 2
  ami           = "ami-${var.size}"
  instance_type = var.size == "small" ? "t3.micro" : "t3.large"
  ports         = [80, 443]
  enabled       = true
  ratio         = 1.5
  nothing       = null
  template      = <<-EOT
    hello ${var.size}
    there
  EOT

  ebs_block_device {
    device_name = "/dev/sda"
    volume_size = 10
  }

  ebs_block_device {
    device_name = "/dev/sdb"
  }

  lifecycle {
    ignore_changes = [tags]
  }
}

resource "aws_instance" "db" {
  ami  = data.aws_ami.x.id
  list = [for x in var.xs : upper(x) if x != ""]
  map  = { for k, v in var.m : k => v }
  call = merge(local.tags, { a = 1 })
  splat = aws_instance.web[*].id
  sum  = 1 + 2
  neg  = -1
  not  = !var.flag
}

output "id" {
  value = aws_instance.web[0].id
}
