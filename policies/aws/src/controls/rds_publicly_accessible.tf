resource "aws_db_instance" "open" {
  publicly_accessible = true #! failed
}

resource "aws_rds_cluster_instance" "open" {
  cluster_identifier  = "shop"
  publicly_accessible = "true" #! failed
}

resource "aws_db_instance" "closed" {
  identifier = "closed"
}

variable "public" {
  type = bool
}

resource "aws_db_instance" "later" {
  publicly_accessible = var.public #! unknown
}
