# palisade:ignore PAL-1 a reason
locals {
  plain   = "é \"quoted\" \n"
  number  = -10
  sum     = 1 + 2
  group   = (1 + 2)
  nothing = null
  not     = !true
  neg     = -x
  list    = [1, "two", var.three]
  object = {
    word         = 1
    "a.b"        = 2
    (var.key)    = 3
    (a.b.c)      = 4
    "${var.key}" = 5
  }
  simple    = "${4 - 2}"
  condition = test3 > 2 ? 1 : 0
  mixed     = "${var.a ? "b" : "c"}-${upper("x")}-${(var.d)}"
  directive = "%{if local.a < 3}yes%{else}no%{endif}"
  loop      = "all: %{for i, x in local.arr}${x},%{endfor}"
  for       = [for x in local.arr : x * 2]
  heredoc   = <<-EOF
    This is ${local.a}
      indented
  EOF
}

locals {
  again = true
}

variable "profile" {
  type = list(string)
}

variable "region" {
  type    = string
  default = "eu"
}

resource "aws_s3_bucket" "one" {
  bucket = "one" // tfsec:ignore:aws
  rule {
    id = 1
  }
  rule {
    id = 2
  }
}

resource "aws_s3_bucket" "one" {}
resource "aws_s3_bucket" "two" {}
resource aws_iam_role three {}
