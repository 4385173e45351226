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

#! file later/main.tf
variable "bucket" {
  type = string
}

# It may be the bucket's block, or not.
resource "aws_s3_bucket" "perhaps" {
  bucket = "perhaps"
}

resource "aws_s3_bucket_public_access_block" "perhaps" {
  bucket = var.bucket #! unknown
}

# What refers to another bucket is not meant.
resource "aws_s3_bucket" "other" {
  bucket = "other"
}

resource "aws_s3_bucket_public_access_block" "other" {
  bucket = aws_s3_bucket.other.id
}

#! file prefix/main.tf
variable "stage" {
  type = string
}

# Its name begins otherwise.
resource "aws_s3_bucket" "data" { #! failed
  bucket = "data"
}

resource "aws_s3_bucket_public_access_block" "logs" {
  bucket = "logs-${var.stage}"
}

#! file choice/main.tf
variable "first" {
  type = bool
}

# Which of the two is chosen cannot be known.
resource "aws_s3_bucket" "one" {
  bucket = "one"
}

resource "aws_s3_bucket" "two" {
  bucket = "two"
}

resource "aws_s3_bucket_public_access_block" "either" {
  bucket = var.first ? aws_s3_bucket.one.id : aws_s3_bucket.two.id #! unknown; unknown
}

#! file named/main.tf
variable "name" {
  type = string
}

# A name that cannot be known may be the one that the block says.
resource "aws_s3_bucket" "unnamed" {
  bucket = var.name
}

resource "aws_s3_bucket_public_access_block" "unnamed" {
  bucket = "data" #! unknown
}

#! file account/main.tf
# The account's block is enough.
resource "aws_s3_bucket" "covered" {
  bucket = "covered"
}

resource "aws_s3_account_public_access_block" "all" {
  block_public_acls = true
}
