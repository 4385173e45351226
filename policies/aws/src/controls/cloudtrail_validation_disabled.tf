resource "aws_cloudtrail" "none" { #! failed
  name = "none"
}

resource "aws_cloudtrail" "off" {
  enable_log_file_validation = false #! failed
}

resource "aws_cloudtrail" "on" {
  enable_log_file_validation = true
}
