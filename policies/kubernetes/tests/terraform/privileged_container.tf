# Every workload kind of the provider, with and without `_v1`.

resource "kubernetes_pod" "bad" {
  metadata {
    name = "bad"
  }

  spec {
    container {
      name  = "web"
      image = "registry.example/web:1.4.0"

      security_context {
        privileged = true #! failed web
      }
    }
  }
}

resource "kubernetes_pod" "good" {
  metadata {
    name = "good"
  }

  spec {
    container {
      name  = "web"
      image = "registry.example/web:1.4.0"

      security_context {
        privileged = false
      }
    }
  }
}

resource "kubernetes_pod_v1" "bad" {
  metadata {
    name = "bad"
  }

  spec {
    container {
      name  = "web"
      image = "registry.example/web:1.4.0"

      security_context {
        privileged = true #! failed web
      }
    }
  }
}

resource "kubernetes_pod_v1" "good" {
  metadata {
    name = "good"
  }

  spec {
    container {
      name  = "web"
      image = "registry.example/web:1.4.0"

      security_context {
        privileged = false
      }
    }
  }
}

resource "kubernetes_deployment" "bad" {
  metadata {
    name = "bad"
  }

  spec {
    template {
      metadata {
        labels = { app = "web" }
      }

      spec {
        container {
          name  = "web"
          image = "registry.example/web:1.4.0"

          security_context {
            privileged = true #! failed web
          }
        }
      }
    }
  }
}

resource "kubernetes_deployment" "good" {
  metadata {
    name = "good"
  }

  spec {
    template {
      metadata {
        labels = { app = "web" }
      }

      spec {
        container {
          name  = "web"
          image = "registry.example/web:1.4.0"

          security_context {
            privileged = false
          }
        }
      }
    }
  }
}

resource "kubernetes_deployment_v1" "bad" {
  metadata {
    name = "bad"
  }

  spec {
    template {
      metadata {
        labels = { app = "web" }
      }

      spec {
        container {
          name  = "web"
          image = "registry.example/web:1.4.0"

          security_context {
            privileged = true #! failed web
          }
        }
      }
    }
  }
}

resource "kubernetes_deployment_v1" "good" {
  metadata {
    name = "good"
  }

  spec {
    template {
      metadata {
        labels = { app = "web" }
      }

      spec {
        container {
          name  = "web"
          image = "registry.example/web:1.4.0"

          security_context {
            privileged = false
          }
        }
      }
    }
  }
}

resource "kubernetes_daemonset" "bad" {
  metadata {
    name = "bad"
  }

  spec {
    template {
      metadata {
        labels = { app = "web" }
      }

      spec {
        container {
          name  = "web"
          image = "registry.example/web:1.4.0"

          security_context {
            privileged = true #! failed web
          }
        }
      }
    }
  }
}

resource "kubernetes_daemonset" "good" {
  metadata {
    name = "good"
  }

  spec {
    template {
      metadata {
        labels = { app = "web" }
      }

      spec {
        container {
          name  = "web"
          image = "registry.example/web:1.4.0"

          security_context {
            privileged = false
          }
        }
      }
    }
  }
}

resource "kubernetes_daemon_set_v1" "bad" {
  metadata {
    name = "bad"
  }

  spec {
    template {
      metadata {
        labels = { app = "web" }
      }

      spec {
        container {
          name  = "web"
          image = "registry.example/web:1.4.0"

          security_context {
            privileged = true #! failed web
          }
        }
      }
    }
  }
}

resource "kubernetes_daemon_set_v1" "good" {
  metadata {
    name = "good"
  }

  spec {
    template {
      metadata {
        labels = { app = "web" }
      }

      spec {
        container {
          name  = "web"
          image = "registry.example/web:1.4.0"

          security_context {
            privileged = false
          }
        }
      }
    }
  }
}

resource "kubernetes_stateful_set" "bad" {
  metadata {
    name = "bad"
  }

  spec {
    template {
      metadata {
        labels = { app = "web" }
      }

      spec {
        container {
          name  = "web"
          image = "registry.example/web:1.4.0"

          security_context {
            privileged = true #! failed web
          }
        }
      }
    }
  }
}

resource "kubernetes_stateful_set" "good" {
  metadata {
    name = "good"
  }

  spec {
    template {
      metadata {
        labels = { app = "web" }
      }

      spec {
        container {
          name  = "web"
          image = "registry.example/web:1.4.0"

          security_context {
            privileged = false
          }
        }
      }
    }
  }
}

resource "kubernetes_stateful_set_v1" "bad" {
  metadata {
    name = "bad"
  }

  spec {
    template {
      metadata {
        labels = { app = "web" }
      }

      spec {
        container {
          name  = "web"
          image = "registry.example/web:1.4.0"

          security_context {
            privileged = true #! failed web
          }
        }
      }
    }
  }
}

resource "kubernetes_stateful_set_v1" "good" {
  metadata {
    name = "good"
  }

  spec {
    template {
      metadata {
        labels = { app = "web" }
      }

      spec {
        container {
          name  = "web"
          image = "registry.example/web:1.4.0"

          security_context {
            privileged = false
          }
        }
      }
    }
  }
}

resource "kubernetes_replication_controller" "bad" {
  metadata {
    name = "bad"
  }

  spec {
    template {
      metadata {
        labels = { app = "web" }
      }

      spec {
        container {
          name  = "web"
          image = "registry.example/web:1.4.0"

          security_context {
            privileged = true #! failed web
          }
        }
      }
    }
  }
}

resource "kubernetes_replication_controller" "good" {
  metadata {
    name = "good"
  }

  spec {
    template {
      metadata {
        labels = { app = "web" }
      }

      spec {
        container {
          name  = "web"
          image = "registry.example/web:1.4.0"

          security_context {
            privileged = false
          }
        }
      }
    }
  }
}

resource "kubernetes_replication_controller_v1" "bad" {
  metadata {
    name = "bad"
  }

  spec {
    template {
      metadata {
        labels = { app = "web" }
      }

      spec {
        container {
          name  = "web"
          image = "registry.example/web:1.4.0"

          security_context {
            privileged = true #! failed web
          }
        }
      }
    }
  }
}

resource "kubernetes_replication_controller_v1" "good" {
  metadata {
    name = "good"
  }

  spec {
    template {
      metadata {
        labels = { app = "web" }
      }

      spec {
        container {
          name  = "web"
          image = "registry.example/web:1.4.0"

          security_context {
            privileged = false
          }
        }
      }
    }
  }
}

resource "kubernetes_job" "bad" {
  metadata {
    name = "bad"
  }

  spec {
    template {
      metadata {
        labels = { app = "web" }
      }

      spec {
        container {
          name  = "web"
          image = "registry.example/web:1.4.0"

          security_context {
            privileged = true #! failed web
          }
        }
      }
    }
  }
}

resource "kubernetes_job" "good" {
  metadata {
    name = "good"
  }

  spec {
    template {
      metadata {
        labels = { app = "web" }
      }

      spec {
        container {
          name  = "web"
          image = "registry.example/web:1.4.0"

          security_context {
            privileged = false
          }
        }
      }
    }
  }
}

resource "kubernetes_job_v1" "bad" {
  metadata {
    name = "bad"
  }

  spec {
    template {
      metadata {
        labels = { app = "web" }
      }

      spec {
        container {
          name  = "web"
          image = "registry.example/web:1.4.0"

          security_context {
            privileged = true #! failed web
          }
        }
      }
    }
  }
}

resource "kubernetes_job_v1" "good" {
  metadata {
    name = "good"
  }

  spec {
    template {
      metadata {
        labels = { app = "web" }
      }

      spec {
        container {
          name  = "web"
          image = "registry.example/web:1.4.0"

          security_context {
            privileged = false
          }
        }
      }
    }
  }
}

resource "kubernetes_cron_job" "bad" {
  metadata {
    name = "bad"
  }

  spec {
    schedule = "0 0 * * *"

    job_template {
      metadata {}

      spec {
        template {
          metadata {
            labels = { app = "web" }
          }

          spec {
            container {
              name  = "web"
              image = "registry.example/web:1.4.0"

              security_context {
                privileged = true #! failed web
              }
            }
          }
        }
      }
    }
  }
}

resource "kubernetes_cron_job" "good" {
  metadata {
    name = "good"
  }

  spec {
    schedule = "0 0 * * *"

    job_template {
      metadata {}

      spec {
        template {
          metadata {
            labels = { app = "web" }
          }

          spec {
            container {
              name  = "web"
              image = "registry.example/web:1.4.0"

              security_context {
                privileged = false
              }
            }
          }
        }
      }
    }
  }
}

resource "kubernetes_cron_job_v1" "bad" {
  metadata {
    name = "bad"
  }

  spec {
    schedule = "0 0 * * *"

    job_template {
      metadata {}

      spec {
        template {
          metadata {
            labels = { app = "web" }
          }

          spec {
            container {
              name  = "web"
              image = "registry.example/web:1.4.0"

              security_context {
                privileged = true #! failed web
              }
            }
          }
        }
      }
    }
  }
}

resource "kubernetes_cron_job_v1" "good" {
  metadata {
    name = "good"
  }

  spec {
    schedule = "0 0 * * *"

    job_template {
      metadata {}

      spec {
        template {
          metadata {
            labels = { app = "web" }
          }

          spec {
            container {
              name  = "web"
              image = "registry.example/web:1.4.0"

              security_context {
                privileged = false
              }
            }
          }
        }
      }
    }
  }
}

# Blocks that cannot be known.
variable "containers" {}

resource "kubernetes_deployment_v1" "dynamic" {
  metadata {
    name = "dynamic"
  }

  spec {
    template {
      spec {
        dynamic "container" { #! unknown
          for_each = var.containers

          content {
            name = container.value
          }
        }
      }
    }
  }
}

# One of several containers, by a variable with a default.
variable "privileged" {
  default = true
}

resource "kubernetes_pod_v1" "several" {
  metadata {
    name = "several"
  }

  spec {
    init_container {
      name  = "init"
      image = "registry.example/init:1.4.0"

      security_context {
        privileged = true #! failed init
      }
    }

    container {
      name  = "one"
      image = "registry.example/one:1.4.0"
    }

    container {
      name  = "two"
      image = "registry.example/two:1.4.0"

      security_context {
        privileged = var.privileged #! failed two
      }
    }
  }
}

# A manifest as it is.
resource "kubernetes_manifest" "bad" {
  manifest = {
    apiVersion = "apps/v1"
    kind       = "Deployment"
    metadata   = { name = "web" }
    spec = {
      template = {
        spec = {
          containers = [{
            name            = "web"
            image           = "registry.example/web:1.4.0"
            securityContext = { privileged = true } #! failed web
          }]
        }
      }
    }
  }
}

resource "kubernetes_manifest" "good" {
  manifest = {
    apiVersion = "v1"
    kind       = "Pod"
    metadata   = { name = "web" }
    spec       = { containers = [{ name = "web", image = "registry.example/web:1.4.0" }] }
  }
}

# Manifests in texts.

variable "command" {
  default = "serve"
}

resource "kubectl_manifest" "bad" {
  yaml_body = <<-YAML
    # A comment before it.
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      template:
        spec:
          containers:
            - name: web
              image: registry.example/web:1.4.0
              command: ["${var.command}"]
              securityContext:
                privileged: yes #! failed web
  YAML
}

resource "kubectl_manifest" "made" {
  yaml_body = yamlencode({
    apiVersion = "v1"
    kind       = "Pod"
    metadata   = { name = "web" }
    spec = {
      containers = [{
        name            = "web"
        image           = "registry.example/web:1.4.0"
        command         = [var.command]
        securityContext = { privileged = true } #! failed web
      }]
    }
  })
}

resource "kubectl_manifest" "good" {
  yaml_body = <<YAML
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example/web:1.4.0
      securityContext:
        privileged: false
YAML
}

# The provider reads the first document alone.
resource "kubectl_manifest" "first" {
  yaml_body = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: web}]}\n---\napiVersion: v1\nkind: Pod\nspec: {containers: [{name: web, securityContext: {privileged: true}}]}\n"
}
