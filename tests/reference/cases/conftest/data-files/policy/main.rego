package main

import rego.v1

import data.limits
import data.teams.platform

deny contains msg if {
	input.replicas > limits.replicas
	msg := sprintf("%d replicas, at most %d", [input.replicas, limits.replicas])
}

deny contains msg if {
	not input.owner in platform.members
	msg := sprintf("%s is not one of %s", [input.owner, concat(", ", platform.members)])
}

warn contains sprintf("data has %v", [[data.limits, data.teams]])
