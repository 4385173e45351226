variable "path" {}

resource "kubernetes_daemon_set_v1" "bad" {
  metadata {
    name = "bad"
  }

  spec {
    template {
      spec {
        container {
          name = "web"

          volume_mount {
            name       = "etc"
            mount_path = "/host"
          }
        }

        volume {
          name = "etc"

          host_path {
            path = "/etc" #! failed etc
          }
        }

        volume {
          name = "any"

          host_path {
            path = var.path #! unknown any
          }
        }

        volume {
          name = "data"

          empty_dir {}
        }
      }
    }
  }
}
