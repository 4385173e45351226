resource "kubernetes_role" "bad" {
  metadata {
    name = "bad"
  }

  rule {
    api_groups = [""]
    resources  = ["pods"]
    verbs      = ["*"] #! failed pods
  }
}

resource "kubernetes_role_v1" "bad" {
  metadata {
    name = "bad"
  }

  rule {
    api_groups = ["apps"]
    resources  = ["*"] #! failed apps/*
    verbs      = ["get"]
  }
}

resource "kubernetes_cluster_role" "bad" {
  metadata {
    name = "bad"
  }

  rule {
    api_groups = [""]
    resources  = ["pods"]
    verbs      = ["*"] #! failed pods
  }
}

resource "kubernetes_cluster_role_v1" "bad" {
  metadata {
    name = "bad"
  }

  rule {
    api_groups = [""]
    resources  = ["pods"]
    verbs      = ["get"]
  }

  rule {
    api_groups = [""]
    resources  = ["services"]
    verbs      = ["*"] #! failed services
  }
}

resource "kubernetes_role_v1" "good" {
  metadata {
    name = "good"
  }

  rule {
    api_groups = [""]
    resources  = ["pods"]
    verbs      = ["get"]
  }
}
