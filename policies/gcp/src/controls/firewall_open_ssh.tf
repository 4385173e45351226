resource "google_compute_network" "guarded" {
  name = "guarded"
}

resource "google_compute_firewall" "open" {
  name          = "open"
  network       = "open"
  source_ranges = ["10.0.0.0/8", "0.0.0.0/0"] #! failed

  allow {
    protocol = "icmp"
  }

  allow {
    protocol = "tcp"
    ports    = ["80", "20-30"]
  }
}

resource "google_compute_firewall" "every_protocol" {
  name          = "all"
  network       = "open"
  source_ranges = ["0.0.0.0/0"] #! failed

  allow {
    protocol = "all"
  }
}

# Without a source it is for everybody.
resource "google_compute_firewall" "sourceless" { #! failed
  name    = "sourceless"
  network = "open"

  allow {
    protocol = "tcp"
  }
}

resource "google_compute_firewall" "tagged" {
  name        = "tagged"
  network     = "open"
  source_tags = ["bastion"]

  allow {
    protocol = "tcp"
    ports    = [22]
  }
}

resource "google_compute_firewall" "out" {
  name          = "out"
  network       = "open"
  direction     = "EGRESS"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
  }
}

resource "google_compute_firewall" "off" {
  name          = "off"
  network       = "open"
  disabled      = true
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
  }
}

# A rule of the same network that comes before says no.
resource "google_compute_firewall" "overruled" {
  name          = "overruled"
  network       = google_compute_network.guarded.name
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}

resource "google_compute_firewall" "never" {
  name          = "never"
  network       = google_compute_network.guarded.self_link
  priority      = 500
  source_ranges = ["0.0.0.0/0"]

  deny {
    protocol = "all"
  }
}

variable "sources" {
  type = list(string)
}

resource "google_compute_firewall" "later" {
  name          = "later"
  network       = "open"
  source_ranges = var.sources #! unknown

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}

# A denial for some machines leaves the others open.
resource "google_compute_firewall" "partly_denied" {
  name          = "partly-denied"
  network       = "partly"
  source_ranges = ["0.0.0.0/0"] #! failed

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}

resource "google_compute_firewall" "some" {
  name          = "some"
  network       = "partly"
  priority      = 500
  source_ranges = ["0.0.0.0/0"]
  target_tags   = ["web"]

  deny {
    protocol = "all"
  }
}

# Of two with one priority the denial wins; for which machines it is cannot be known.
resource "google_compute_firewall" "perhaps_denied" {
  name          = "perhaps-denied"
  network       = "perhaps"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}

resource "google_compute_firewall" "later_targets" {
  name          = "later-targets"
  network       = "perhaps"
  source_ranges = ["0.0.0.0/0"]
  target_tags   = var.sources #! unknown

  deny {
    protocol = "all"
  }
}

# A rule that names the network as a text.
resource "google_compute_firewall" "overruled_by_name" {
  name          = "overruled-by-name"
  network       = "guarded"
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}

resource "google_compute_firewall" "never_by_name" {
  name          = "never-by-name"
  network       = "guarded"
  source_ranges = ["0.0.0.0/0"]

  deny {
    protocol = "tcp"
  }
}
