resource "google_compute_instance" "no_email" {
  name = "no-email"

  service_account { #! failed
    scopes = ["cloud-platform"]
  }
}

data "google_compute_default_service_account" "default" {
}

resource "google_compute_instance" "referred" {
  name = "referred"

  service_account {
    email  = data.google_compute_default_service_account.default.email #! failed
    scopes = ["cloud-platform"]
  }
}

resource "google_compute_instance" "named" {
  name = "named"

  service_account {
    email  = "1234-compute@developer.gserviceaccount.com" #! failed
    scopes = ["cloud-platform"]
  }
}

resource "google_service_account" "own" {
  account_id = "own"
}

resource "google_compute_instance" "own" {
  name = "own"

  service_account {
    email  = google_service_account.own.email
    scopes = ["cloud-platform"]
  }
}

variable "account" {
  type = string
}

resource "google_compute_instance" "later" {
  name = "later"

  service_account {
    email  = var.account #! unknown
    scopes = ["cloud-platform"]
  }
}

resource "google_compute_instance" "none" {
  name = "none"
}

resource "google_compute_instance" "empty" {
  name = "empty"

  service_account {
    email  = "" #! failed
    scopes = ["cloud-platform"]
  }
}
