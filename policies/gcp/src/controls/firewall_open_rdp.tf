resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "open"
  source_ranges = ["::/0"] #! failed

  allow {
    protocol = "TCP"
    ports    = ["3000-4000"]
  }
}

resource "google_compute_firewall" "ssh" {
  name          = "ssh"
  network       = "open"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}

variable "ports" {
  type = list(string)
}

resource "google_compute_firewall" "later" {
  name          = "later"
  network       = "open"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = var.ports #! unknown
  }
}
