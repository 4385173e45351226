resource "kubernetes_deployment_v1" "bad" {
  metadata {
    name      = "bad"
    namespace = "default" #! failed
  }

  spec {
    template {
      spec {
        container {
          name = "web"
        }
      }
    }
  }
}

resource "kubernetes_config_map_v1" "bad" {
  metadata {
    name      = "bad"
    namespace = "default" #! failed
  }
}

resource "kubernetes_secret" "good" {
  metadata {
    name      = "good"
    namespace = "shop"
  }
}

# The cluster itself keeps this one there.
resource "kubernetes_service_v1" "api" {
  metadata {
    name      = "kubernetes"
    namespace = "default"
  }
}
