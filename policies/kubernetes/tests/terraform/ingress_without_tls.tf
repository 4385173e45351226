resource "kubernetes_ingress_v1" "bad" {
  metadata {
    name = "bad"
  }

  spec { #! failed
    rule {
      host = "shop.example.com"

      http {
        path {
          path = "/"
        }
      }
    }
  }
}

resource "kubernetes_ingress" "other_host" {
  metadata {
    name = "other"
  }

  spec {
    tls {
      hosts       = ["shop.example.com"]
      secret_name = "shop"
    }

    rule {
      host = "pay.example.com" #! failed pay.example.com
    }
  }
}

resource "kubernetes_ingress_v1" "good" {
  metadata {
    name = "good"
  }

  spec {
    tls {
      hosts       = ["shop.example.com"]
      secret_name = "shop"
    }

    rule {
      host = "shop.example.com"
    }
  }
}
