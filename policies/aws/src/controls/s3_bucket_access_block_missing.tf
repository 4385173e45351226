resource "aws_s3_bucket" "alone" { #! failed
  bucket = "alone"
}

resource "aws_s3_bucket" "referred" {
  bucket = "referred"
}

resource "aws_s3_bucket_public_access_block" "referred" {
  bucket = aws_s3_bucket.referred.id
}

# By its name.
resource "aws_s3_bucket" "named" {
  bucket = "named"
}

resource "aws_s3_bucket_public_access_block" "named" {
  bucket = "named"
}

# Each instance has its own.
resource "aws_s3_bucket" "counted" {
  count  = 2
  bucket = "counted-${count.index}"
}

resource "aws_s3_bucket_public_access_block" "counted" {
  count  = 2
  bucket = aws_s3_bucket.counted[count.index].id
}

# Through a module.
module "bucket" {
  source = "./modules/bucket"
  name   = "inside"
}

resource "aws_s3_bucket_public_access_block" "inside" {
  bucket = module.bucket.id
}

#! file modules/bucket/main.tf
variable "name" {
  type = string
}

resource "aws_s3_bucket" "this" {
  bucket = var.name
}

output "id" {
  value = aws_s3_bucket.this.id
}
