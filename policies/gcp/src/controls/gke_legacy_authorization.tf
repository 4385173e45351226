resource "google_container_cluster" "on" {
  enable_legacy_abac = true #! failed
}

resource "google_container_cluster" "default" {
  name = "default"
}
