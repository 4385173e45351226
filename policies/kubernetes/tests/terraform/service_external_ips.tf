resource "kubernetes_service_v1" "bad" {
  metadata {
    name = "bad"
  }

  spec {
    external_ips = ["203.0.113.7"] #! failed 203.0.113.7

    port {
      port = 80
    }
  }
}
