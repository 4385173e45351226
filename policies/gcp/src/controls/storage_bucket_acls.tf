resource "google_storage_bucket" "none" { #! failed
  name = "none"
}

resource "google_storage_bucket" "off" {
  uniform_bucket_level_access = false #! failed
}

variable "uniform" {
  type = bool
}

resource "google_storage_bucket" "later" {
  uniform_bucket_level_access = var.uniform #! unknown
}

resource "google_storage_bucket" "on" {
  uniform_bucket_level_access = true
}
