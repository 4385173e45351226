resource "google_container_cluster" "none" { #! failed
  name = "none"
}

resource "google_container_cluster" "without_pool" {
  name                     = "without-pool"
  remove_default_node_pool = true
}

resource "google_container_node_pool" "unnamed" {
  cluster = google_container_cluster.without_pool.name

  node_config { #! failed
    machine_type = "e2-small"
  }
}

resource "google_container_node_pool" "default" {
  cluster = google_container_cluster.without_pool.name

  node_config {
    service_account = "default" #! failed
  }
}

resource "google_service_account" "nodes" {
  account_id = "nodes"
}

resource "google_container_node_pool" "own" {
  cluster = google_container_cluster.without_pool.name

  node_config {
    service_account = google_service_account.nodes.email
  }
}

resource "google_container_node_pool" "empty" {
  name    = "empty"
  cluster = "empty"

  node_config {
    service_account = "" #! failed
  }
}

variable "account" {
  type = string
}

# Whichever it is, it is chosen.
resource "google_container_node_pool" "later" {
  cluster = google_container_cluster.without_pool.name

  node_config {
    service_account = var.account
  }
}

variable "configs" {
  type = list(string)
}

resource "google_container_node_pool" "later_block" {
  cluster = google_container_cluster.without_pool.name

  dynamic "node_config" { #! unknown
    for_each = var.configs

    content {
      machine_type = node_config.value
    }
  }
}
