package main

violation_run_as_root[{"msg": msg}] {
  not input.spec.runAsNonRoot
  msg := "runs as root"
}

deny_run_as_root[msg] {
  not input.spec.runAsNonRoot
  msg := "denied too"
}

exception[rules] {
  input.metadata.name == "excepted"
  rules = ["run_as_root"]
}
