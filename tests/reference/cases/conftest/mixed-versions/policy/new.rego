package main

import rego.v1

warn contains msg if {
	some x in input.xs
	x > 2
	msg := sprintf("new %d", [x])
}
