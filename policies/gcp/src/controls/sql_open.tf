resource "google_sql_database_instance" "open" {
  settings {
    ip_configuration {
      authorized_networks {
        value = "192.0.2.0/24"
      }
      authorized_networks {
        name  = "all"
        value = "0.0.0.0/0" #! failed
      }
    }
  }
}

variable "office" {
  type = string
}

resource "google_sql_database_instance" "later" {
  settings {
    ip_configuration {
      authorized_networks {
        value = var.office #! unknown
      }
    }
  }
}

resource "google_sql_database_instance" "private" {
  settings {
    tier = "db-f1-micro"
  }
}
