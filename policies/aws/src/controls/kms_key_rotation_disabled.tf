resource "aws_kms_key" "none" { #! failed
  description = "none"
}

resource "aws_kms_key" "off" {
  enable_key_rotation = false #! failed
}

resource "aws_kms_key" "signing" {
  customer_master_key_spec = "ECC_NIST_P256"
  key_usage                = "SIGN_VERIFY"
}

resource "aws_kms_key" "on" {
  enable_key_rotation = true
}
