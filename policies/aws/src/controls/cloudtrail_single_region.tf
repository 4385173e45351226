resource "aws_cloudtrail" "none" { #! failed
  name = "none"
}

resource "aws_cloudtrail" "off" {
  is_multi_region_trail = false #! failed
}

variable "regions" {
  type = bool
}

resource "aws_cloudtrail" "later" {
  is_multi_region_trail = var.regions #! unknown
}

resource "aws_cloudtrail" "on" {
  is_multi_region_trail = true
}
