package lib.kubernetes

default is_workload = false

is_workload {
  workloads[input.kind]
}

workloads = {"Deployment", "StatefulSet"}

name = input.metadata.name

pod = input.spec.template.spec { is_workload }
