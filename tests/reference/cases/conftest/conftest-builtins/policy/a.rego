package main

import rego.v1

deny contains msg if {
	blob := `kind: "x"`
	msg := sprintf("%v", [parse_config("yaml", blob).kind])
}
