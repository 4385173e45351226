package main

import rego.v1

deny contains msg if {
	input.bad
	msg := sprintf("%v is bad", [input.bad])
}

warn contains msg if {
	input.odd
	msg := sprintf("%v is odd", [input.odd])
}
