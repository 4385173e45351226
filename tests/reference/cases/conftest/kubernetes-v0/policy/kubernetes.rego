package main

import data.lib.kubernetes as k

deny[msg] {
  k.is_workload
  not k.pod.securityContext.runAsNonRoot
  msg = sprintf("%s/%s may run as root", [input.kind, k.name])
}

deny_registry[msg] {
  container := k.pod.containers[_]
  not startswith(container.image, "registry.example/")
  msg := sprintf("%s: image %q", [k.name, container.image])
}

violation[{"msg": msg, "details": {"name": k.name}}] {
  k.is_workload
  k.name == "web"
  container := k.pod.containers[i]
  not container.resources.limits
  msg := sprintf("container %d of %s has no limits", [i, k.name])
}

warn[msg] {
  input.spec.replicas < 2
  msg := sprintf("%v replicas", [input.spec.replicas])
}

exception[rules] {
  input.metadata.labels.legacy == "true"
  rules := ["registry"]
}
