resource "kubernetes_cluster_role_binding" "bad" {
  metadata {
    name = "bad"
  }

  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "ClusterRole"
    name      = "cluster-admin" #! failed ServiceAccount/build/deployer
  }

  subject {
    kind      = "ServiceAccount"
    name      = "deployer"
    namespace = "build"
  }
}

resource "kubernetes_role_binding_v1" "bad" {
  metadata {
    name = "bad"
  }

  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "ClusterRole"
    name      = "cluster-admin" #! failed User/ann; failed Group/ops
  }

  subject {
    kind = "User"
    name = "ann"
  }

  subject {
    kind = "Group"
    name = "ops"
  }
}

resource "kubernetes_cluster_role_binding_v1" "good" {
  metadata {
    name = "good"
  }

  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "ClusterRole"
    name      = "view"
  }

  subject {
    kind = "User"
    name = "ann"
  }
}
