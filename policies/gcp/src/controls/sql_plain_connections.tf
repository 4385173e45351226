resource "google_sql_database_instance" "none" {
  settings { #! failed
    tier = "db-f1-micro"
  }
}

resource "google_sql_database_instance" "off" {
  settings {
    ip_configuration {
      require_ssl = false #! failed
    }
  }
}

resource "google_sql_database_instance" "mode" {
  settings {
    ip_configuration {
      ssl_mode = "ALLOW_UNENCRYPTED_AND_ENCRYPTED" #! failed
    }
  }
}

resource "google_sql_database_instance" "old" {
  settings {
    ip_configuration {
      require_ssl = true
    }
  }
}

variable "mode" {
  type = string
}

resource "google_sql_database_instance" "later" {
  settings {
    ip_configuration {
      ssl_mode = var.mode #! unknown
    }
  }
}
