resource "aws_db_instance" "none" { #! failed
  identifier = "none"
}

resource "aws_db_instance" "off" {
  identifier        = "off"
  storage_encrypted = false #! failed
}

resource "aws_db_instance" "on" {
  identifier        = "on"
  storage_encrypted = true
}

resource "aws_db_instance" "replica" {
  identifier          = "replica"
  replicate_source_db = aws_db_instance.on.identifier
}

resource "aws_db_instance" "named_replica" {
  identifier          = "named-replica"
  replicate_source_db = "none" #! failed
}

resource "aws_db_instance" "replica_of_another_region" {
  identifier          = "far"
  replicate_source_db = "arn:aws:rds:us-east-1:111122223333:db:far" #! unknown
}
