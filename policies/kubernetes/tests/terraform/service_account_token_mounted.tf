resource "kubernetes_service_account_v1" "quiet" {
  metadata {
    name = "quiet"
  }

  automount_service_account_token = false
}

resource "kubernetes_pod_v1" "account_refuses" {
  metadata {
    name = "one"
  }

  spec {
    service_account_name = kubernetes_service_account_v1.quiet.metadata[0].name

    container {
      name = "web"
    }
  }
}

resource "kubernetes_pod_v1" "bad" {
  metadata {
    name = "two"
  }

  spec { #! failed
    container {
      name = "web"
    }
  }
}

resource "kubernetes_pod_v1" "asks" {
  metadata {
    name = "three"
  }

  spec {
    automount_service_account_token = true #! failed

    container {
      name = "web"
    }
  }
}

resource "kubernetes_pod_v1" "good" {
  metadata {
    name = "four"
  }

  spec {
    automount_service_account_token = false

    container {
      name = "web"
    }
  }
}
