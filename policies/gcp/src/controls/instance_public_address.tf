resource "google_compute_instance" "second" {
  name = "second"

  network_interface {
    network = "inside"
  }

  network_interface {
    network = "outside"

    access_config { #! failed network_interface[1]
      nat_ip = "192.0.2.1"
    }
  }
}

variable "public" {
  default = true
}

resource "google_compute_instance" "dynamic" {
  name = "dynamic"

  network_interface {
    network = "outside"

    dynamic "access_config" {
      for_each = var.public ? [] : [1]

      content {
      }
    }
  }
}

resource "google_compute_instance" "inside" {
  name = "inside"

  network_interface {
    network = "inside"
  }
}
