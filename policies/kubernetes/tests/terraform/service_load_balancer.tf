resource "kubernetes_service" "bad" {
  metadata {
    name = "bad"
  }

  spec {
    type = "LoadBalancer" #! failed

    port {
      port = 80
    }
  }
}

resource "kubernetes_service_v1" "bad" {
  metadata {
    name = "bad"
  }

  spec {
    type                        = "LoadBalancer" #! failed
    load_balancer_source_ranges = ["0.0.0.0/0"]
  }
}

resource "kubernetes_service_v1" "restricted" {
  metadata {
    name = "restricted"
  }

  spec {
    type                        = "LoadBalancer"
    load_balancer_source_ranges = ["10.0.0.0/8"]
  }
}

resource "kubernetes_service_v1" "internal" {
  metadata {
    name = "internal"

    annotations = {
      "networking.gke.io/load-balancer-type" = "Internal"
    }
  }

  spec {
    type = "LoadBalancer"
  }
}
